"""Another plant from now on: what was, and what is under way, stays; what comes is that of the other plant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import twin
from tests.rooms.simulation.small_floor import SHAFTS, WITH_ANNA, counts_of, plant_of, scenario_of, states_of
from twin import study
from twin.model.events import GoodsShipped, Heartbeat, OperationsEvent, PersonnelActual
from twin.model.problems import PlantFileError
from twin.model.scenario import Scenario
from twin.now.from_now_on import LEAVING, NotFromNowOn
from twin.results.run import Run
from twin.run import simulate
from twin.study.ahead.one_more import one_more_or_less

SECOND = {"equipment_class": "lathe", "work_center": "turning"}
BOTH = {"work_units/lathe_2": "{equipment_class: lathe, work_center: turning}"}
DAY = scenario_of("shaft 40", horizon="4 h")


def facts(run: Run) -> list[OperationsEvent]:
    return [entry.event for entry in run.journal.entries() if entry.source == "simulated"]


def after(run: Run, minutes: float, *but: str) -> list[OperationsEvent]:
    """What the plant has said since, of all equipment but that."""
    since_us = run.scenario.start_us + round(minutes * 60_000_000)
    return [fact for fact in facts(run) if fact.effective_us > since_us and fact.equipment not in but]


def going_on(changes: dict[str, Any], plant: dict[str, str] | None = None, scenario: Scenario = DAY, at: str = "33 min") -> Run:
    """A run of lots of twenty minutes that has another plant from the 33rd minute on."""
    run = simulate(plant_of(materials=SHAFTS, **(plant or {})), scenario, seed=1, until_us=3_600_000_000)
    return twin.at(run, at).go_on(changes=changes)


def kept(run: Run, folder: Path) -> Run:
    """The run, saved and loaded: the books are those that they were."""
    again = Run.load(run.save(folder))
    assert again.erp.ledger.balances == run.erp.ledger.balances
    return again


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_a_machine_more_from_now_on_is_one_that_was_not_to_be_had_before(engine: str) -> None:
    """Either engine, from the beginning: a second lathe that stands until then; but for that, it is the run that has it from then on."""
    stands = {"equipment": "lathe_2", "at": 0, "lasts": "33 min"}
    known = simulate(
        plant_of(materials=SHAFTS, **BOTH),
        DAY.model_copy(update={"disturbances": scenario_of(disturbances=[stands]).disturbances}),
        engine=engine,
    )
    run = going_on({"work_units.lathe_2": SECOND})
    assert after(run, 33, "lathe_2") == after(known, 33, "lathe_2")
    assert counts_of(facts(run), "lathe_2") == counts_of(facts(known), "lathe_2") != []
    assert states_of(facts(run), "lathe_2")[0] == (33.0, "IDLE", ""), "it says nothing before it is there"
    assert run.mes.equipment.records["lathe_2"].first_us == run.scenario.start_us + 33 * 60_000_000
    assert not run.violations(whole=True)


def test_what_is_under_way_ends_as_it_began_and_the_next_by_the_other_time() -> None:
    run = going_on({"routings.shaft.10.run": "1 min"})
    assert [it[0] for it in counts_of(facts(run), "lathe")[:4]] == [20, 40, 44, 48]


def test_a_machine_that_is_taken_away_finishes_its_lot_first(tmp_path: Path) -> None:
    run = going_on({"work_units.lathe_2": None}, BOTH)
    assert [it[0] for it in counts_of(facts(run), "lathe_2")] == [20, 40]
    assert [it[0] for it in counts_of(facts(run), "lathe")][-1] == 160, "the other six lots are left to it"
    assert run.assumed == ("lathe_2 is taken away: it finishes A-shaft.04/10, and takes no more",)
    run = kept(run, tmp_path)
    assert run.assumed == ("lathe_2 is taken away: it finishes A-shaft.04/10, and takes no more",)
    assert LEAVING in twin.from_now_on(run, {"work_units.lathe.title": "The lathe"}).plant.layout.work_centers, "and it may change again"
    idle = going_on({"work_units.lathe_2": None}, BOTH, scenario_of("shaft 4, shaft 8 @ 40 min", horizon="4 h"))
    assert states_of(facts(idle), "lathe_2")[-1] == (33, "STOPPED", "taken_away")
    assert not idle.violations(whole=True)


def test_who_is_taken_away_finishes_what_is_in_hand_then_another_is_sent_and_both_are_paid(tmp_path: Path) -> None:
    changes = {"persons.anna": None, "persons.bert": {"classes": ["turner"], "calendar": "day", "hourly_cost": "60 EUR/h"}}
    run = going_on(changes, WITH_ANNA, scenario_of("shaft 40", horizon="2 h"))
    worked = [
        (it.person, it.work_us // 60_000_000) for it in (entry.event for entry in run.journal.entries()) if isinstance(it, PersonnelActual)
    ]
    assert worked == [("anna", 10), ("anna", 10), ("anna", 20), ("bert", 15)]
    assert (
        kept(run, tmp_path).erp.capacity.wages_minor
        == run.erp.capacity.wages_minor
        == round(4000 * 28 / 60 + 4000 * 12 / 60 + 6000 * 27 / 60)
    ), "who finishes is paid until then"
    assert not run.violations(whole=True)


def test_who_waits_for_a_crew_that_nobody_needs_from_now_on_is_repaired_from_now_on() -> None:
    jam = {"reason": "jam", "clock": "calendar", "repair": "40 min"}
    first, second = ({**jam, "time_to_failure": at} for at in ("10 min", "20 min"))
    with_crew = {
        "repair_crews/fitter/size": "1",
        "work_units/lathe/failures": str([{**first, "crew": "fitter"}]),
        "work_units/lathe_2": str({**SECOND, "failures": [{**second, "crew": "fitter"}]}),
    }
    run = going_on({"work_units.lathe_2.failures": [second]}, with_crew)
    assert (73, "IDLE", "") in states_of(facts(run), "lathe_2"), "forty minutes from the 33rd on"
    assert not run.violations(whole=True)


def test_futures_have_the_plant_that_is_from_now_on_of_a_simulated_run_and_of_one_that_is_only_told() -> None:
    begun = simulate(plant_of(materials=SHAFTS), DAY, seed=1, until_us=33 * 60_000_000)
    told = twin.replay(begun.plant, [fact for fact in facts(begun) if not isinstance(fact, Heartbeat) or fact.reason != "end"], DAY)
    told.now_us = begun.now_us
    run, ends = going_on({"work_units.lathe_2": SECOND}), []
    for seen in (
        begun,
        told,
        twin.from_now_on(begun, {"work_units.lathe_2": SECOND}),
        twin.from_now_on(told, {"work_units.lathe_2": SECOND}),
    ):
        (order,) = study.futures(seen, 3, until="4 h").orders
        ends.append({(it - DAY.start_us) // 60_000_000 for it in order.shipped_us})
    shipped = next(fact.effective_us for fact in (it.event for it in run.journal.entries()) if isinstance(fact, GoodsShipped))
    assert ends == [{200}, {200}, {120}, {120}]
    assert shipped == DAY.start_us + 120 * 60_000_000, "and so it comes"
    more = one_more_or_less(begun.plant)
    assert list(more) == ["one more at turning"]
    (order,) = study.futures(twin.from_now_on(begun, more["one more at turning"]), 1, until="4 h").orders
    assert order.shipped_us == (shipped,)
    assert twin.plant_now(twin.from_now_on(begun, {"work_units.lathe_2": SECOND}), "1 h").snapshot.plant.layout.work_units.keys() == {
        "lathe",
        "lathe_2",
    }


def test_what_a_machine_more_brings_is_told_future_by_future_in_orders_hours_and_money() -> None:
    """Forty shafts leave after 200 minutes as it is, after 120 with a second lathe; they are due after 150, and a lathe costs 60 EUR/h."""
    plant = plant_of(materials=SHAFTS.replace("lot_size", "price: 9 EUR, lot_size"), **{"work_units/lathe/hourly_cost": "60 EUR/h"})
    line = DAY.demand.orders[0].model_copy(update={"due": 150 * 60_000_000})
    due = DAY.model_copy(update={"demand": DAY.demand.model_copy(update={"orders": [line]})})
    begun = simulate(plant, due, seed=1, until_us=33 * 60_000_000)
    second = {"work_units.lathe_2": {**SECOND, "hourly_cost": "60 EUR/h"}}
    found = study.compare_futures(begun, second, 3, until="3 h", ledger_count=2)
    told = {it.outcome.name: (it.as_it_is, it.changed, it.interval.mean, it.verdict) for it in found.differences}
    assert told["on_time_orders"] == (0, 1, 1, "better")
    assert told["late_h"][2:] == (pytest.approx(-50 / 60), "better")
    assert told["revenue_eur"] == told["booked_revenue_eur"] == (360, 360, 0, "the same")
    assert all(told["booked_revenue_eur"][n] - told["cost_eur"][n] == told["result_eur"][n] for n in range(3))
    assert (told["cost_eur"][2:], told["result_eur"][2:]) == ((180, "worse"), (-180, "worse"))
    same = study.compare_futures(begun, {}, 2, until="3 h", ledger_count=1)
    assert {it.interval.mean for it in same.differences} == {0.0}
    told_alone = twin.replay(plant, [fact for fact in facts(begun) if not isinstance(fact, Heartbeat) or fact.reason != "end"], due)
    told_alone.now_us = begun.now_us
    heard = study.compare_futures(told_alone, second, 2, until="3 h")
    assert [it.outcome.name for it in heard.differences] == ["on_time_orders", "late_h", "revenue_eur"]
    assert "was not simulated" in heard.why_not_booked
    for ask in (lambda: study.compare_futures(begun, second, 0), lambda: study.futures(begun, -1)):
        with pytest.raises(ValueError, match="futures; allowed: 1 or more"):
            ask()


@pytest.fixture(scope="module")
def gearbox() -> Run:
    return twin.simulate("plant_models/gearbox_shop", until="20 h", seed=3)


@pytest.mark.slow
def test_a_plant_that_is_changed_in_nothing_that_counts_goes_on_as_the_run_did(gearbox: Run, root: Path) -> None:
    """All that a moment holds is carried over: jobs, ages, persons, set-ups, failures, deliveries, stock, orders."""
    moment = twin.at(gearbox, "9 h")
    run = moment.go_on(changes={"work_units.mill_1.title": "The mill"}, until="20 h")
    assert after(run, 540) == after(gearbox, 540)
    assert not run.assumed
    assert run.erp.ledger.balances == gearbox.erp.ledger.balances
    third = moment.go_on(scenario=root / "scenarios/gearbox_shop/third_hobber.yaml", until="20 h")
    assert {it.equipment for it in third.mes.job_orders.values()} >= {"hobber_3"}
    assert not third.violations(whole=True)


def test_what_a_plant_that_runs_cannot_become_is_refused_by_name_all_at_once(gearbox: Run) -> None:
    changes: dict[str, Any] = {
        "materials.GB1.price": "1 EUR", "energy_tariff": "0.5 EUR/kWh", "work_units.mill_1.power": {"idle": "9 kW"},
        "work_units.hobber_2": None,
    }  # fmt: skip
    with pytest.raises(NotFromNowOn, match=r"allowed from now on: work units more or less") as refused:
        twin.from_now_on(gearbox, changes)
    assert refused.value.problems == [
        "items.yaml has another 'materials'", "plant.yaml has another 'energy_tariff'", "work_units.mill_1 has another 'power'",
    ]  # fmt: skip
    units = gearbox.plant.layout.work_units
    busy = next(name for name, it in gearbox.mes.equipment.records.items() if it.job_orders and name in units)
    elsewhere = next(name for name in gearbox.plant.layout.work_centers if name != units[busy].work_center)
    with pytest.raises(
        NotFromNowOn, match=rf"{busy} works on .* and gets another class or work center; allowed: when it has nothing in hand"
    ):
        twin.from_now_on(gearbox, {f"work_units.{busy}.work_center": elsewhere})
    more = twin.from_now_on(gearbox, one_more_or_less(gearbox.plant)["one more at Gear hobbing"]).plant.layout.work_units["hobber_1_2"]
    assert more.model_copy(update={"title": units["hobber_1"].title}) == units["hobber_1"]
    with pytest.raises(PlantFileError, match=r"'work_units\.hober_2' is not there to be taken away"):
        twin.from_now_on(gearbox, {"work_units.hober_2": None})
