"""Plants played by rule: what is told is what MES and ERP would tell, wherever it runs; what nobody knows is said by name."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from tests.parity.any_bills import plants_with_bills, priced
from tests.rooms.study.by_rule.any_books import OVERHEADS, energy_prices, with_overheads
from twin import study
from twin.erp.accounting.capacity import Capacity
from twin.kernels.floor.rows import log_rows as said
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import WorkUnitState
from twin.results.run import Run
from twin.run import carry
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.study.by_rule.attendance import Attendance
from twin.study.by_rule.declared import declared
from twin.study.by_rule.hearing import Heard, PlannedTime, UnitTimes
from twin.study.by_rule.playing import PlayedByRule, not_told_by_rule, played
from twin.study.by_rule.work import Intervals

SHOP = "plant_models/gearbox_shop"
MIN_US = 60_000_000
_OF_A_REQUEST = ("material", "labour", "machine", "energy", "overhead", "service", "produced", "scrap", "wip", "variance")


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(
    case=plants_with_bills(for_several=False), overheads=st.sets(st.sampled_from([*OVERHEADS])), energy=energy_prices(),
    seed=st.integers(0, 2**32), warm_up=st.sampled_from([0, 37 * MIN_US, 180 * MIN_US]),
)  # fmt: skip
def test_by_rule_tells_what_mes_and_erp_tell(
    case: tuple[Plant, Scenario], overheads: set[str], energy: dict[str, Any], seed: int, warm_up: int
) -> None:
    """Overheads, energy by the hour, shifts, set-ups, failures, rework, stations, storage, bills, work found: every outcome told, exactly;

    and the books from the pages alone: every account and every request to the cent, from any instant on.
    """
    plant, scenario = with_overheads(priced(case[0]), overheads, energy), case[1]
    warm_up = min(warm_up, scenario.horizon - 1)
    run = carry(CompiledPlant(plant, scenario, seed), Run(plant, scenario, seed=seed))
    found, known = played(plant, scenario, seed, scenario.horizon, warm_up), run.outcomes(scenario.start_us + warm_up)
    assert found.outcomes() == {name: known[name] for name in found.outcomes()}
    assert set(known) - set(found.outcomes()) == set(not_told_by_rule(plant.layout.currency))
    for unit, row in zip(found.heard.units, run.mes.indicators("equipment", found.from_us, found.now_us), strict=True):
        assert (unit.equipment, unit.busy_us, unit.run_us, unit.setup_us, unit.failed_us) == (
            row.name, row.pbt_us, row.apt_us, row.asut_us, row.repair_us,
        )  # fmt: skip
    assert not found.booked_for
    assert found.costs.accounts() == run.erp.ledger.balances
    assert requests_by_rule(found) == requests_of(run)


def requests_by_rule(found: PlayedByRule) -> dict[str, tuple[int, ...]]:
    """What each request has taken in and given out."""
    columns, names = found.costs.request_costs(), found.costs.request_names()
    of = [columns[it].tolist() for it in _OF_A_REQUEST]
    return {name: tuple(column[n] for column in of) for n, name in names.items()}


def requests_of(run: Run) -> dict[str, tuple[int, ...]]:
    return {it.request: tuple(getattr(it, f"{what}_minor") for what in _OF_A_REQUEST) for it in run.erp.request_costs()}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gearbox_shop", "bottling_line", "nist_cell"])
def test_a_shipped_plant_by_rule_tells_what_its_run_tells(name: str) -> None:
    found, run = study.play_by_rule(f"plant_models/{name}", until="2 d", seed=7), twin.simulate(f"plant_models/{name}", until="2 d", seed=7)
    known = run.outcomes()
    assert found.outcomes() == {name: known[name] for name in found.outcomes()}
    assert found.costs.accounts() == run.erp.ledger.balances
    assert requests_by_rule(found) == requests_of(run)
    assert list(found.books().iloc[:, 1]) == [minor / 100 for minor in run.erp.ledger.balances.values()]
    assert list(found.request_costs()["request"]) == list(requests_of(run))
    assert (found.summary()["orders"]["received"], found.summary()["orders"]["shipped"]) == (
        run.summary()["orders"]["received"], run.summary()["orders"]["shipped"],
    )  # fmt: skip
    assert list(found.equipment["equipment"]) == list(run.plant.equipment)


def test_work_outside_of_the_calendar_was_planned_by_whoever_let_it_happen() -> None:
    """Planned from 0 to 100 and from 200 to 260; it runs from 50 to 230, of which 100 are not planned, and is maintained for 10 to 240."""
    unit = UnitTimes(equipment="oven", planned=PlannedTime([(0, 100), (200, 260)]))
    heard = Heard([unit], 0, 300)
    told = [(50, WorkUnitState.EXECUTE, 0), (230, WorkUnitState.STOPPED, 7), (240, WorkUnitState.STOPPED, said.OFF_SHIFT)]
    heard.take(np.array([(at_us, said.TELLS_STATE + said.PLACES, state, reason, 0, 0) for at_us, state, reason in told]))
    heard.end()
    assert (unit.run_us, unit.unplanned_us, unit.busy_us) == (180, 100, 260 - 10)
    assert list(unit.planned.until(np.array([-5, 0, 100, 150, 230, 900]))) == [0, 0, 100, 100, 130, 160]


@settings(max_examples=10, deadline=None)
@given(
    spans=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 30), st.sampled_from([0, 1])), min_size=1, max_size=6),
    until_h=st.integers(1, 240),
)
def test_work_outside_of_calendars_is_paid_as_the_erp_pays_it(spans: list[tuple[int, int, int]], until_h: int) -> None:
    """Stretches of work on a machine, attended or not, some of them at night: wages with overtime and machine cost until any instant."""
    plant, hour_us = priced(twin.read_plant(SHOP)), 60 * MIN_US
    start_us = twin.read_scenario(None, SHOP).start_us
    texts = ["", next(iter(plant.layout.persons))]
    unit = next(name for name, it in plant.layout.work_units.items() if it.calendar)
    paid, at_us, rows = Capacity(plant.layout), start_us, []
    paid.advance(start_us)
    for pause_h, work_h, text in spans:
        since, until = at_us + pause_h * hour_us, at_us + (pause_h + work_h) * hour_us
        rows.append((list(plant.equipment).index(unit), since, until, int(WorkUnitState.EXECUTE), 1, text, 0, 0, 1))
        at_us = until
    for _, since, until, _, _, text, *_ in rows:
        for told_us, begins in ((since, True), (until, False)):
            if told_us <= start_us + until_h * hour_us:
                paid.begin(unit, (texts[text],) if text else (), told_us) if begins else paid.end(unit, told_us)
    paid.advance(start_us + until_h * hour_us)
    columns = dict(zip(Intervals.__slots__, np.array(rows, np.int64).T, strict=True))
    of = declared(plant, start_us, start_us + 300 * hour_us)
    found = Attendance(of, Intervals(**columns), texts.__getitem__)
    assert found.cost_minor(start_us + until_h * hour_us) == (paid.wages_minor, paid.machines_minor)


def test_rows_may_be_heard_in_any_slices() -> None:
    plant, scenario = twin.read_plant(SHOP), twin.read_scenario(None, SHOP)
    end_us = scenario.start_us + 24 * 60 * MIN_US
    rows = CompiledPlant(plant, scenario, 1, end_us, control="planned").run_on().copy()
    whole, sliced = Heard.of(plant, scenario.start_us, end_us), Heard.of(plant, scenario.start_us, end_us)
    whole.take(rows)
    cuts = sorted(random.Random(5).sample(range(len(rows)), 40))
    for part in np.split(rows, cuts):
        sliced.take(part)
    for heard in (whole, sliced):
        heard.end()
    assert [(u.run_us, u.setup_us, u.unplanned_us) for u in sliced.units] == [(u.run_us, u.setup_us, u.unplanned_us) for u in whole.units]
    assert (sliced.orders, sliced.counted, sliced.fact_count) == (whole.orders, whole.counted, whole.fact_count)


@pytest.mark.slow
def test_a_study_by_rule_is_the_study_with_mes_and_erp_in_what_both_tell(kiosk: dict[str, Path], tmp_path: Path) -> None:
    files = [kiosk["baseline"], kiosk["two_presses"]]
    quick = study.compare(files, 4, by_rule=True, folder=tmp_path)
    whole = study.compare(files, 4, workers=1, folder=tmp_path)
    for name in quick.outcomes:
        assert (quick.values(name) == whole.values(name)).all(), name
    assert "cost_eur" in quick.outcomes
    assert set(whole.outcomes) - set(quick.outcomes) == {"open_requests_mean"}
    assert quick.summary()["by_rule"]
    assert len(list(tmp_path.glob("*/*.json"))) == 16  # neither is taken for the other
    elsewhere = study.compare(files, 4, by_rule=True, workers=2)
    assert elsewhere.results == quick.results
    assert "by rule alone" in (quick.save(tmp_path / "report") / "report.html").read_text()


def test_what_rules_cannot_play_is_told_before_anything_runs(kiosk: dict[str, Path]) -> None:
    plant = twin.read_plant(kiosk["plant"])
    scenario = twin.read_scenario(kiosk["baseline"], plant)
    planned = scenario.model_copy(update={"policies": scenario.policies.model_copy(update={"planning": "material_plan"})})
    with pytest.raises(ValueError, match="material_plan"):
        study.replicate(plant, planned, 2, by_rule=True)
    with pytest.raises(ValueError, match="by rule nobody counts"):
        study.warm_up(plant, scenario, 2, by_rule=True)
    with pytest.raises(ValueError, match="no outcome 'open_requests_mean'"):
        study.select_best({"a": scenario, "b": scenario}, "open_requests_mean", 1, plant=plant, by_rule=True)


def test_a_plant_whose_lots_are_held_is_not_played_by_rule() -> None:
    """Rules know nothing of holds: the lead times would be too short."""
    with pytest.raises(ValueError, match=r"lots are held by quality plan \w+"):
        study.play_by_rule(SHOP, "scenarios/gearbox_shop/measured_teeth.yaml", until="1 d")
