"""What a loss has cost, by the same run without it: by hand to the cent, what is equal before it, and what is refused."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import twin
from tests.rooms.study.losses.cut_kiosk import PLANT, SCENARIO, write_kiosk
from twin import study
from twin.__main__ import app
from twin.model.losses.left_out import LeftOut
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.run import Run
from twin.simulation.shop_floor.losses.counted_losses import NoSuchLossError
from twin.study import StudyStoppedError, cost_of_losses, losses_of

MIN_US = 60_000_000
Kiosk = Callable[..., tuple[Plant, Scenario]]


@pytest.fixture
def kiosk(tmp_path: Path) -> Kiosk:
    """The kiosk as read; what is said replaces words of its files."""
    return partial(write_kiosk, tmp_path)


def facts(run: Run, before_us: int | None = None) -> list[Any]:
    told = (entry.event for entry in run.journal.entries() if entry.source == "simulated")
    return [it for it in told if before_us is None or it.effective_us < before_us]


def without(run: Run, *left_out: LeftOut, until: str | None = None, engine: str = "compiled") -> Run:
    """The same run without these."""
    asked = run.scenario.model_copy(update={"without": list(left_out)})
    return twin.simulate(run.plant, asked, seed=run.seed or 0, engine=engine, until=until)


# Costs, by hand


def test_a_power_cut_that_keeps_an_order_from_leaving_costs_its_sale_and_the_hours_that_nobody_bears(kiosk: Kiosk) -> None:
    """A key takes 10 minutes of a press of 10 an hour and 1 kW at 0.20: 1.67 + 0.03 = 1.70, and sells at 30.

    With the cut after 4 minutes only 0.67 of the press and 0.01 of energy are borne by the end. So it has cost 30.00 of revenue less 1.70
    of cost of goods sold, and 1.00 of machine time that no request bears; energy is metered and borne alike. The key was due after 20
    minutes, and is not there after 30.
    """
    run = twin.simulate(*kiosk(), seed=1)
    (cost,) = cost_of_losses(run, workers=1).costs
    assert cost.changed == {
        "accounts_receivable": -3_000, "revenue": 3_000, "cost_of_goods_sold": -170, "work_in_progress": 68, "machine_absorbed": 100,
        "energy": -2, "energy_absorbed": 2, "energy_payable": 2,
    }  # fmt: skip
    assert cost.cost_minor == 2_930
    assert cost.groups == {"gross_profit": 2_830, "variances": 0, "not_absorbed": 100, "others": 0}
    assert (cost.late_orders, cost.late_us, cost.unshipped_orders) == (1, 10 * MIN_US, 1)
    assert (cost.found.duration_us, cost.found.goes_on) == (26 * MIN_US, True), "it was not over at the end of the run"
    assert sum(cost.changed.values()) == 0, "debits are credits in either run"


def test_a_stop_in_the_way_of_a_bad_bargain_has_helped(kiosk: Kiosk) -> None:
    """Sold at 0.50, the key loses 1.20; not sold, 1.00 of machine time is borne by nobody: it has saved 0.20."""
    (cost,) = cost_of_losses(twin.simulate(*kiosk(price="0.50 EUR"), seed=1), workers=1).costs
    assert cost.cost_minor == -20


def test_a_stop_of_a_press_that_has_nothing_to_do_has_no_effect(kiosk: Kiosk) -> None:
    found = cost_of_losses(twin.simulate(*kiosk(scenario=SCENARIO.replace("at: 4 min", "at: 15 min")), seed=1), workers=1)
    (cost,) = found.costs
    assert (cost.cost_minor, cost.changed, cost.has_effect) == (0, {}, False)
    assert found.table[["cost_eur", "late_orders", "unshipped_orders"]].to_numpy().tolist() == [[0.0, 0, 0]]


DEAR = PLANT.replace("10 EUR/h", "12 EUR/h").replace("execute: 1 kW", "execute: 3 kW")
"""10 minutes of this press are 2.00, and 0.5 kWh at 0.20 is 0.10: a key is 2.10."""
UNCUT = SCENARIO[: SCENARIO.index("disturbances")]


def test_a_scrapped_key_costs_what_was_spent_on_the_next_one_alone(kiosk: Kiosk) -> None:
    """The first key is bad after 10 minutes, the second good after 20, and leaves in time. 2.10 are lost, but the press would have stood
    idle: 2.00 of its hour are borne now that nobody would have borne. What is left is the energy of the second key, 0.10."""
    layout = DEAR.replace("run: 10 min", "run: 10 min, scrap: 0.5")
    (cost,) = cost_of_losses(twin.simulate(*kiosk(layout=layout, scenario=UNCUT), seed=1), kinds=["scrap"], workers=1).costs
    assert cost.changed == {"scrap_loss": 210, "machine_absorbed": -200, "energy": 10, "energy_absorbed": -10, "energy_payable": -10}
    assert (cost.cost_minor, cost.found.pieces, cost.late_orders, cost.unshipped_orders) == (10, 1, 0, 0)
    assert cost.groups == {"gross_profit": 0, "variances": 210, "not_absorbed": -200, "others": 0}


def test_a_setup_costs_the_sale_that_there_was_no_time_for(kiosk: Kiosk) -> None:
    """6 minutes of set-up, then three keys of 10, and the run ends after 32: the third has not left. So 30.00 of revenue are missing less
    2.10 that it would have cost. The set-up is 1.20 of press time, a variance, since one family alone needs none by the standard; and of
    the 6.00 that three keys bear, 3.20 and 2.00 are borne: 0.80 less. The third key's energy is neither metered nor borne yet."""
    layout = DEAR.replace("run: 10 min", "run: 10 min, setup_family: brass") + "setups: {press: {default: 6 min}}\n"
    lines = ", ".join(f"{{order: K{n}, customer: street, material: key, quantity: 1, due: 30 min}}" for n in (1, 2, 3))
    asked = UNCUT[: UNCUT.index("demand")].replace("30 min", "32 min") + f"demand: {{orders: [{lines}]}}\n"
    (cost,) = cost_of_losses(twin.simulate(*kiosk(layout=layout, scenario=asked), seed=1), kinds=["setup"], workers=1).costs
    assert cost.changed == {
        "accounts_receivable": -3_000, "revenue": 3_000, "cost_of_goods_sold": -210, "production_variance": 120, "machine_absorbed": 80,
        "energy": -10, "energy_absorbed": 10, "energy_payable": 10,
    }  # fmt: skip
    assert cost.cost_minor == 3_000 - 210 + 120 + 80
    assert (cost.found.duration_us, cost.late_orders, cost.late_us, cost.unshipped_orders) == (6 * MIN_US, 1, 2 * MIN_US, 1)


# What is equal, and what is not


CASES: list[tuple[str, str, int, dict[str, Any], set[str]]] = [
    ("gearbox_shop", "27 h", 7, {}, {"setup", "scrap", "rework"}),
    ("bottling_line", "1 h", 3, {"setups.line_1.initial": "water"}, {"failure", "setup", "scrap"}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("plant", "until", "seed", "changes", "kinds"), CASES, ids=[it[0] for it in CASES])
def test_up_to_the_loss_all_facts_are_equal_and_it_alone_does_not_come(
    root: Path, plant: str, until: str, seed: int, changes: dict[str, Any], kinds: set[str]
) -> None:
    folder = root / "plant_models" / plant
    asked = twin.read_scenario(root / "scenarios" / plant / "baseline.yaml", folder).model_copy(update={"changes": changes})
    run = twin.simulate(folder, asked, until=until, seed=seed)
    found = losses_of(run)
    assert kinds <= {it.left_out.loss for it in found}
    for kind in kinds:
        of_kind = [it for it in found if it.left_out.loss == kind]
        it = of_kind[len(of_kind) // 2]
        other = without(run, it.left_out, until=until)
        assert facts(run, it.at_us) == facts(other, it.at_us)
        at = [[fact for fact in facts(one) if fact.effective_us == it.at_us] for one in (run, other)]
        assert at[0] != at[1], it
        assert it.left_out not in [one.left_out for one in losses_of(other)], it
        assert other.violations(whole=True) == []
    assert other.trace_hash == without(run, it.left_out, until=until, engine="simpy").trace_hash


def test_every_other_failure_is_drawn_as_it_was(kiosk: Kiosk) -> None:
    """By the calendar the others come at their instants; by wear after the same work; their repairs take as long as they did."""
    failures = "[{reason: jam, time_to_failure: {exponential: 25 min}, repair: {exponential: 5 min}, clock: CLOCK}]"
    lines = ", ".join(f"{{order: K{n}, customer: street, material: key, quantity: 1, due: 20 min}}" for n in range(30))
    asked = SCENARIO[: SCENARIO.index("demand")].replace("30 min", "8 h") + f"demand: {{orders: [{lines}]}}\n"
    for clock in ("calendar", "busy"):
        run = twin.simulate(*kiosk(failures=failures.replace("CLOCK", clock), scenario=asked), seed=4)
        second = next(it for it in losses_of(run) if it.left_out.occurrence == 2)
        others = {it.left_out.occurrence: it for it in losses_of(without(run, second.left_out))}
        same = [it for it in losses_of(run) if it.left_out.occurrence in others and not it.goes_on]
        assert len(same) > 3
        for it in same:
            other = others[it.left_out.occurrence]
            assert other.duration_us == it.duration_us or other.goes_on
            if clock == "calendar" or it.at_us < second.at_us:
                assert other.at_us == it.at_us
            else:
                assert other.at_us == it.at_us - second.duration_us, "it works on while it would have been down"


def test_nothing_taken_out_is_the_run_itself_in_every_account(kiosk: Kiosk) -> None:
    run = twin.simulate(*kiosk(), seed=1)
    found = cost_of_losses(run, workers=1)
    assert found.accounts == run.erp.ledger.balances
    assert found.delivery == {"orders": 1, "shipped": 0, "late": 1, "late_us": 10 * MIN_US, "under_way_minor": 0}
    assert without(run).trace_hash == run.trace_hash
    assert cost_of_losses(run, losses=[], workers=1).costs == ()


def test_a_run_that_goes_on_is_asked_up_to_now(kiosk: Kiosk) -> None:
    """Ended after a quarter of an hour by a person, it is played again up to there, and no further."""
    plant, asked = kiosk(scenario=SCENARIO.replace("at: 4 min, lasts: 40 min", "at: 4 min, lasts: 3 min"))
    stop = threading.Event()
    run = twin.simulate(
        plant, asked, seed=1, stop=stop, watch=lambda now_us: stop.set() if now_us >= asked.start_us + 15 * MIN_US else None
    )
    found = cost_of_losses(run, workers=1)
    assert found.until_us == asked.start_us + 15 * MIN_US
    (cost,) = found.costs
    assert (cost.found.duration_us, cost.found.goes_on, cost.late_us) == (3 * MIN_US, False, 0)


# How it is asked


def test_the_longest_are_chosen_equally_long_ones_as_they_came_and_the_others_are_said(kiosk: Kiosk) -> None:
    lasts = {50: 5, 70: 3, 90: 5, 110: 5, 130: 8}
    cuts = "".join(f"- {{equipment: press_1, at: {at} min, lasts: {minutes} min, reason: cut}}\n" for at, minutes in lasts.items())
    run = twin.simulate(*kiosk(scenario=SCENARIO.replace("horizon: 30 min", "horizon: 3 h") + cuts), seed=1)
    seen: list[str] = []
    found = cost_of_losses(run, 2, kinds=["failure"], workers=1, watch=lambda progress: seen.append(str(progress)))
    assert {str(it.found.left_out) for it in found.costs} == {"failure 1 of press_1 (power_cut)", "failure 5 of press_1 (cut)"}
    third = cost_of_losses(run, 4, workers=1).costs
    assert {str(it.found.left_out) for it in third} - {str(it.found.left_out) for it in found.costs} == {
        "failure 1 of press_1 (cut)", "failure 3 of press_1 (cut)",
    }  # fmt: skip
    assert [it.cost_minor for it in found.costs] == sorted((it.cost_minor for it in found.costs), reverse=True)
    assert found.scope == "2 of 6 losses; the other 4 lasted 18 min in all"
    assert (seen[0][:6], seen[-1][:6]) == ("0 of 3", "3 of 3")


def test_what_is_done_when_it_is_stopped_counts(kiosk: Kiosk) -> None:
    cut = "\n- {equipment: press_1, at: 50 min, lasts: 5 min, reason: power_cut}\n"
    run = twin.simulate(*kiosk(scenario=SCENARIO.replace("horizon: 30 min", "horizon: 1 h").rstrip() + cut), seed=1)
    stop = threading.Event()
    found = cost_of_losses(run, workers=1, stop=stop, watch=lambda progress: stop.set() if progress.done == 2 else None)
    assert (len(found.costs), found.asked_count, found.stopped) == (1, 2, True)
    stop.set()
    with pytest.raises(StudyStoppedError, match="stopped before the run was played again"):
        cost_of_losses(run, workers=1, stop=stop)


def test_what_cannot_be_taken_out_is_refused_in_words(kiosk: Kiosk) -> None:
    run = twin.simulate(*kiosk(), seed=1)
    replayed = twin.replay(run.plant, run.journal.entries(), run.scenario)
    second = LeftOut(loss="failure", equipment="press_1", reason="power_cut", occurrence=2)
    refused: list[tuple[Callable[[], object], type[ValueError], str]] = [
        (lambda: cost_of_losses(run, losses=[second]), ValueError, "no such loss in this run: failure 2 of press_1"),
        (lambda: without(run, second), NoSuchLossError, "up to its end: failure 2 of press_1 \\(power_cut\\) \\(1 came\\)"),
        (lambda: cost_of_losses(run, 0), ValueError, "0 losses cost nothing"),
        (lambda: cost_of_losses(run, kinds=["failures"]), ValueError, "no loss 'failures' \\(did you mean 'failure'"),  # type: ignore[list-item]
        (lambda: cost_of_losses(run, equipment=["press"]), ValueError, "no equipment is called 'press' \\(did you mean 'press_1'"),
        (lambda: cost_of_losses(replayed, kinds=["scrap"]), ValueError, "cannot be played again without scrap, since it was replayed"),
        (lambda: cost_of_losses(replayed, futures=1), ValueError, "1 futures say nothing of a spread; allowed: 2 or more"),
    ]  # fmt: skip
    for ask, kind, words in refused:
        with pytest.raises(kind, match=words):
            ask()
    asked = run.scenario.model_copy(update={"without": [second]})
    for play in (
        lambda: twin.simulate(run.plant, asked, seed=1, engine="simpy"),
        lambda: study.play_by_rule(run.plant, asked),
    ):
        with pytest.raises(NoSuchLossError, match=r"up to its end: failure 2 of press_1 \(power_cut\) \(1 came\)"):
            play()


def test_by_rule_and_in_futures_it_does_not_come_either(kiosk: Kiosk) -> None:
    """Played by rule a run without the cut has the books of that run; and what may become of it begins from there."""
    plant, asked = kiosk()
    run = twin.simulate(plant, asked, seed=1)
    (cut,) = (it.left_out for it in losses_of(run))
    other, ruled = without(run, cut), study.play_by_rule(plant, asked.model_copy(update={"without": [cut]}), seed=1)
    assert {name: minor for name, minor in ruled.costs.accounts().items() if minor} == {
        name: minor for name, minor in other.erp.ledger.balances.items() if minor
    }
    begun = without(run, cut, until="5 min")
    (order,) = study.futures(begun, 4, until="15 min").orders
    assert (order.order, order.on_time_count) == ("K1", 4)
    assert "losses that its scenario leaves out: what has not been left out yet, comes" in twin.plant_now(begun).unknown


# Estimates of what nobody can play again


def test_a_stop_of_a_record_is_estimated_at_what_it_has_cost_where_nothing_is_left_to_chance(kiosk: Kiosk) -> None:
    """MES and ERP know of a record what they knew 4 minutes after the key was begun: every future, with the cut or without, is the run."""
    run = twin.simulate(*kiosk(), seed=1)
    (exact,) = cost_of_losses(run, workers=1).costs
    found = cost_of_losses(twin.replay(run.plant, run.journal.entries(), run.scenario), futures=2)
    (cost,) = found.costs
    assert (cost.changed, cost.cost_minor, cost.range_minor) == (exact.changed, 2_930, (2_930, 2_930))
    assert (cost.late_orders, cost.late_us, cost.unshipped_orders, cost.under_way_minor) == (1, 10 * MIN_US, 1, exact.under_way_minor)
    assert (found.delivery, found.accounts) == (cost_of_losses(run, losses=[], workers=1).delivery, run.erp.ledger.balances)
    assert (found.is_estimated, cost_of_losses(run, losses=[], workers=1).is_estimated) == (True, False)


def test_what_a_stop_has_cost_lies_within_the_spread_of_its_estimate_where_much_is_left_to_chance(kiosk: Kiosk) -> None:
    """Keys take 9 minutes more or less, customers come as they like: who knows only what was known before the cut cannot know its cost."""
    demand = "{streams: {s: {customer: street, material: key, interval: {exponential: 12 min}, quantity: [1], promise: 40 min}}}\n"
    asked = f"{SCENARIO[: SCENARIO.index('horizon')]}horizon: 80 min\ndemand: {demand}{SCENARIO[SCENARIO.index('disturbances') :]}"
    layout = PLANT.replace("run: 10 min", "run: {exponential: 9 min}")
    run = twin.simulate(*kiosk(layout=layout, scenario=asked.replace("at: 4 min", "at: 20 min")), seed=1)
    (exact,) = cost_of_losses(run, workers=1).costs
    found = cost_of_losses(twin.replay(run.plant, run.journal.entries(), run.scenario), futures=6)
    (cost,) = found.costs
    low, high = cost.range_minor
    assert low <= exact.cost_minor <= high
    assert low < cost.cost_minor < high
    assert cost.estimate is not None
    assert (cost.estimate.mean.low < cost.cost_minor < cost.estimate.mean.high, round(cost.estimate.covers, 3)) == (True, 0.714)
    assert sum(cost.changed.values()) == 0, "means of debits are means of credits"
    assert any("drawn anew in each future" in it for it in found.assumed)
    assert "in 6 futures" in found.basis
    assert "71% of all cases" in found.basis


def test_a_run_that_somebody_has_led_another_way_is_estimated(kiosk: Kiosk) -> None:
    failures = "[{reason: jam, time_to_failure: {exponential: 5 min}, repair: 1 min, clock: calendar}]"
    run = twin.simulate(*kiosk(failures=failures), seed=1)
    run.seed = 2
    found = cost_of_losses(run, 1, workers=1, futures=2)
    assert (found.is_estimated, len(found.costs)) == (True, 1)


def test_a_run_without_a_loss_has_other_losses_still_by_their_numbers_and_comes_back_from_disk(kiosk: Kiosk, tmp_path: Path) -> None:
    cut = "\n- {equipment: press_1, at: 50 min, lasts: 5 min, reason: power_cut}\n"
    run = twin.simulate(*kiosk(scenario=SCENARIO.replace("horizon: 30 min", "horizon: 1 h").rstrip() + cut), seed=1)
    one, two = (it.left_out for it in losses_of(run))
    other = twin.load(without(run, one).save(tmp_path / "run"))
    assert other.scenario.without == [one]
    assert [it.left_out for it in losses_of(other)] == [two]
    (cost,) = cost_of_losses(other, workers=1).costs
    assert cost.found.left_out == two


def test_the_command_lists_them_and_says_what_they_cost(kiosk: Kiosk, tmp_path: Path) -> None:
    kiosk()
    place = [str(tmp_path / "kiosk"), "--scenario", str(tmp_path / "asked.yaml")]
    found = CliRunner().invoke(app, ["losses", *place, "--workers", "1", "--json"])
    (told,) = json.loads(found.stdout)["losses"]
    assert (told["loss"], told["reason"], told["cost_minor"], told["goes_on"]) == ("failure", "power_cut", 2_930, True)
    assert told["sections_minor"] == {"Gross profit": 2_830, "Machine time not absorbed": 100}
    listed = CliRunner().invoke(app, ["losses", *place, "--list"])
    assert "failure 1 of press_1 (power_cut)" in listed.stdout
    shown = CliRunner().invoke(app, ["losses", *place, "--workers", "1", "--about", "failure 1 of press_1 (power_cut)"])
    assert "29.30" in shown.stdout
    twin.simulate(*kiosk(), seed=1, journal=str(tmp_path / "kiosk.db"))
    record = [*place, "--record", str(tmp_path / "kiosk.db"), "--futures", "2"]
    estimated = CliRunner().invoke(app, ["losses", *record])
    assert "Estimated: what stops have cost" in estimated.stdout
    assert "29.30" in estimated.stdout
    told = json.loads(CliRunner().invoke(app, ["losses", *record, "--as-recorded", "--json"]).stdout)
    assert (told["is_estimated"], told["losses"][0]["estimate"]["costs_minor"]) == (True, [2_930, 2_930])
    wrong = CliRunner().invoke(app, ["losses", *place, "--kind", "scrapped"])
    assert "no loss 'scrapped' (did you mean 'scrap'?)" in wrong.stderr + str(wrong.exception)
