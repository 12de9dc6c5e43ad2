"""Whatever is asked for its reasons, they fill its time exactly, at every depth, and lateness is shared out without rest."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import twin
from tests.laws.test_mes_laws import shops
from tests.laws.test_simulation import Case
from tests.rooms.simulation.any_plant import plants_and_scenarios
from twin.model.states import DispatchStatus
from twin.results.explain.explanation import blame, leaves, totals
from twin.results.explain.span import Span
from twin.run import simulate

SEEDS = st.integers(0, 2**32)
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=25)


def tiles(spans: Sequence[Span], from_us: int, to_us: int) -> bool:
    """Whether spans, and all that lies behind them, follow one another from `from_us` to `to_us`."""
    if not spans:
        return from_us == to_us
    bounds_meet = spans[0].start_us == from_us and spans[-1].end_us == to_us and all(a.end_us == b.start_us for a, b in pairwise(spans))
    return bounds_meet and all(it.start_us < it.end_us and (not it.because or tiles(it.because, it.start_us, it.end_us)) for it in spans)


def check_all(run: twin.Run, *, simulated: bool = True) -> None:
    """Every id of a run, against what its events say of the same time."""
    for order in run.erp.customer_orders.orders.values():
        answer = run.explain(order.order)
        is_shipped = not order.open_quantity
        end_us = order.shipped_us if is_shipped and order.shipped_us is not None else run.now_us
        assert tiles(answer.spans, order.confirmed_us, end_us), order.order
        assert answer.late_us == max(0, end_us - order.due_us)
        assert sum(late_us for _, late_us in blame(answer.spans, answer.late_us)) == answer.late_us
        assert sum(total_us for _, total_us, _ in totals(answer.spans)) == end_us - order.confirmed_us
        if simulated:
            assert not [it for it in leaves(answer.spans) if it.kind == "unknown"], str(answer)
    for job in run.job_orders["job_order"]:
        check_job_order(run, job)
    for name in (*run.erp.requests.requests, *run.mes.lots):
        spans = run.explain(name).spans
        assert tiles(spans, spans[0].start_us, spans[-1].end_us) if spans else True, name
    for equipment in run.plant.equipment:
        answer = run.explain(equipment)
        assert tiles(answer.spans, run.scenario.start_us, run.now_us), equipment


def check_job_order(run: twin.Run, job_order: str) -> None:
    job = run.mes.job_orders[job_order]
    answer = run.explain(job_order)
    spans = answer.spans
    assert tiles(spans, spans[0].start_us, spans[-1].end_us) if spans else True, job_order
    if job.status == DispatchStatus.COMPLETED and job.started_us >= 0:  # else its lot was no sample for it
        batched = any("+" in it.job_order for it in run.mes.equipment.intervals(job.equipment, job.started_us, job.ended_us))
        worked_us = {kind: sum(it.duration_us for it in spans if it.kind == kind) for kind in ("run", "setup")}
        assert batched or (worked_us["run"], worked_us["setup"]) == (job.run_us, job.setup_us), job_order


@pytest.mark.slow
@SLOW
@given(case=plants_and_scenarios(), seed=SEEDS)
def test_reasons_fill_time_in_any_plant(case: Case, seed: int) -> None:
    check_all(simulate(*case, seed=seed))


@pytest.mark.slow
@settings(SLOW, max_examples=15)
@given(shop=shops())
def test_reasons_fill_time_where_parts_are_made_of_parts(shop) -> None:  # type: ignore[no-untyped-def]
    plant, scenario, seed = shop
    check_all(simulate(plant, scenario, seed=seed))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plant", "scenario", "until"),
    [("gearbox_shop", "furnace_down", "4 d"), ("gearbox_shop", "baseline", "2 d"), ("bottling_line", "baseline", "12 h")],
)
def test_reasons_fill_time_in_the_plants_that_ship(root: Path, plant: str, scenario: str, until: str) -> None:
    check_all(twin.simulate(root / "plant_models" / plant, root / "scenarios" / plant / f"{scenario}.yaml", until=until, seed=2))
