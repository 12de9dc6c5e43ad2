"""When orders should leave: against what then happened, in working time, with what runs and what is down."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import twin
from twin import study
from twin.model.personnel.working_hours import WorkingHours
from twin.model.plant import Plant
from twin.results.outlook.orders_ahead import orders_ahead
from twin.results.run import Run
from twin.results.views.floor import floor_now
from twin.results.views.overview import OrderRisk, order_risks
from twin.store.files import read_plant, read_scenario

HOUR_US = 3_600_000_000

spans = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=8)


def hours_of(gaps_and_lengths: list[tuple[int, int]]) -> WorkingHours:
    found, at = [], 0
    for gap, length in gaps_and_lengths:
        found.append((at + gap, at + gap + length))
        at += gap + length
    return WorkingHours(found)


@given(spans=spans, start=st.integers(0, 60), need=st.integers(1, 40))
def test_work_that_is_done_took_as_much_working_time_as_it_needed(spans: list[tuple[int, int]], start: int, need: int) -> None:
    hours = hours_of(spans)
    end = hours.end_us(start, need)
    if end is None:
        assert hours.between_us(start, 10_000) < need
    else:
        assert hours.between_us(start, end) == need == -hours.between_us(end, start)
        assert hours.is_open(end - 1)


@given(one=spans, other=spans, at=st.integers(0, 60))
def test_both_work_when_each_works(one: list[tuple[int, int]], other: list[tuple[int, int]], at: int) -> None:
    first, second = hours_of(one), hours_of(other)
    assert first.both(second).is_open(at) == (first.is_open(at) and second.is_open(at))


def without_surprises(plant: Plant) -> Plant:
    """The plant, in which nothing fails, and nothing is scrapped or reworked."""
    layout = plant.layout
    units = {name: it.model_copy(update={"failures": []}) for name, it in layout.work_units.items()}
    lines = {
        name: it.model_copy(
            update={"stations": {s: station.model_copy(update={"failures": [], "scrap": 0.0}) for s, station in it.stations.items()}}
        )
        for name, it in layout.production_lines.items()
    }
    routings = {m: {o: it.model_copy(update={"scrap": 0.0, "rework": 0.0}) for o, it in r.items()} for m, r in layout.routings.items()}
    changed = layout.model_copy(update={"work_units": units, "production_lines": lines, "routings": routings})
    return plant.model_copy(update={"layout": changed})


@cache
def run_of(root: Path, name: str, until: str, scenario: str = "baseline") -> Run:
    return twin.simulate(root / "plant_models" / name, root / f"scenarios/{name}/{scenario}.yaml", until=until, seed=1)


def risk_of(run: Run, order: str) -> OrderRisk:
    return next(it for it in order_risks(run) if it.order == order)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "at", "end", "share"), [("bottling_line", "4 h", "13 h", 0.03), ("gearbox_shop", "1 d 2 h", "4 d", 0.25)])
def test_without_surprises_orders_leave_when_they_were_expected_to(root: Path, name: str, at: str, end: str, share: float) -> None:
    plant = without_surprises(read_plant(root / "plant_models" / name))
    scenario = read_scenario(root / f"scenarios/{name}/baseline.yaml", plant)
    scenario = scenario.model_copy(update={"demand": scenario.demand.model_copy(update={"streams": {}})})
    then, whole = (twin.simulate(plant, scenario, until=until, seed=1) for until in (at, end))
    left = {it.order: it.shipped_us for it in whole.erp.orders(whole.now_us)}
    ahead = orders_ahead(then)
    assert ahead
    shipped = {order: shipped_us for order in ahead if (shipped_us := left[order]) is not None}  # the last batch may never fill
    assert shipped
    for order, shipped_us in shipped.items():
        it = ahead[order]
        assert it.expected_us is not None
        assert abs(it.expected_us - shipped_us) <= share * (shipped_us - then.now_us) + 0.1 * HOUR_US, order


@pytest.mark.slow
@pytest.mark.parametrize(("scenario", "at"), [("baseline", "3 d 6 h"), ("third_hobber", "3 d")])
def test_persons_are_at_one_machine_at_a_time_across_breaks_and_shifts(root: Path, scenario: str, at: str) -> None:
    """The schedule by the rules as they are is played by the plant itself. With persons who were free again for others
    after each break, orders were expected to leave up to a day too early."""
    run = run_of(root, "gearbox_shop", at, scenario)
    plan, ahead = study.schedule(run, rule="as now"), orders_ahead(run)
    assert len(plan.orders) > 10
    for it in plan.orders:
        assert it.ships_us is not None
        assert ahead[it.order].expected_us == pytest.approx(it.ships_us, abs=60e6), it.order


@pytest.mark.slow
def test_work_that_runs_counts_as_far_as_it_has_come(root: Path) -> None:
    run = run_of(root, "bottling_line", "4 h 31 min")
    order = risk_of(run, "D2")
    line = next(it for it in floor_now(run).units if it.equipment == "line_1")
    assert line.job_order == "D2-WATER/fill"
    assert order.done == pytest.approx(line.progress, abs=0.01)
    assert 0.3 < order.done < 0.9
    job = run.mes.job_orders["D2-WATER/fill"]
    counted = run.mes.execution.reports["D2-WATER/fill"].counted
    assert line.progress == pytest.approx(counted / job.quantity)


@pytest.mark.slow
def test_a_refill_of_a_few_pieces_is_a_small_part_of_the_work(root: Path) -> None:
    whole = run_of(root, "bottling_line", "13 h")
    shipped_us = next(it.shipped_us for it in whole.erp.orders(whole.now_us) if it.order == "D5")
    assert shipped_us is not None
    after_us = (whole.mes.requests["D5-WATER"].answered_us + shipped_us) // 2 - whole.scenario.start_us
    run = run_of(root, "bottling_line", f"{after_us} us")
    assert run.mes.requests["D5-WATER"].answered_us > 0
    assert risk_of(run, "D5").risk == "on track"
    assert 0.98 < risk_of(run, "D5").done < 1


@pytest.mark.slow
def test_an_order_whose_goods_went_to_another_says_so_and_is_not_done(root: Path) -> None:
    run = run_of(root, "gearbox_shop", "3 d 6 h")
    order = risk_of(run, "SPA-1")
    assert run.mes.requests["SPA-1-GB1"].answered_us > 0
    assert "went to an order that is due earlier" in order.waits_for
    assert order.done < 1
    assert order.expected_us is not None
    assert order.expected_us > run.now_us


@pytest.mark.slow
def test_slack_is_working_time(root: Path) -> None:
    run = run_of(root, "gearbox_shop", "3 d 6 h")
    order = risk_of(run, "CON-1")  # due on Sunday; the shop shuts on Friday at 22:00
    friday_us = run.scenario.start_us + 4 * 24 * HOUR_US + 16 * HOUR_US
    assert order.expected_us is not None
    assert order.expected_us < friday_us < order.due_us
    packing = WorkingHours.of([run.mes.calendars.work_times["two_shifts"]], run.now_us, order.due_us)
    assert order.slack_us == packing.between_us(order.expected_us, friday_us)
    assert order.slack_us < order.due_us - order.expected_us - 30 * HOUR_US


@pytest.mark.slow
def test_what_a_furnace_that_is_down_delays_is_at_risk_and_says_why(root: Path) -> None:
    sound, down = (run_of(root, "gearbox_shop", "1 d 10 h", name) for name in ("baseline", "furnace_down"))
    order = risk_of(down, "B5")  # ships 18 hours late
    assert order.risk == "at risk"
    assert "furnace_1, down: lining_repair" in order.waits_for
    before = risk_of(sound, "B5")
    assert "furnace_1" not in before.waits_for
    assert before.expected_us is not None
    assert order.expected_us is not None
    assert order.expected_us > before.expected_us


@pytest.mark.slow
def test_to_look_ahead_changes_nothing(root: Path) -> None:
    run = run_of(root, "gearbox_shop", "1 d 10 h")
    head, rows = run.journal.head, [(it.job_order, it.quantity, it.status) for it in run.mes.job_orders.values()]
    assert order_risks(run) == order_risks(run)
    assert (run.journal.head, [(it.job_order, it.quantity, it.status) for it in run.mes.job_orders.values()]) == (head, rows)
    assert run.violations(whole=True) == []
