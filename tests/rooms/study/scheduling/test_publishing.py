"""A published schedule: the MES dispatches by it from then on; what makes no sense is refused in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

import twin
from tests.laws.planning.test_schedules_come_true import HOUR_US, assert_came_true, stopped_at
from tests.parity.test_levels_by_rule import shipped_shop
from twin import run as path
from twin import study
from twin.model.events import EntryRefused, OperationsEvent, SchedulePublished
from twin.model.states import Source
from twin.now.planned import as_planned, planned_scenario
from twin.results.outlook.orders_ahead import orders_ahead
from twin.results.run import Run
from twin.results.views.overview import order_risks
from twin.results.views.schedule import late_orders, published_bars
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.study.scheduling.schedule import Schedule


class Planner:
    """A plant beside which a planner publishes a schedule at an instant."""

    origin = Source.SIMULATED

    def __init__(self, plant: CompiledPlant, run: Run, at_us: int, rule: str) -> None:
        self._plant, self._run, self._at_us, self._rule = plant, run, at_us, rule
        self.plan: Schedule | None = None

    def advance(self) -> Sequence[OperationsEvent] | None:
        if self.plan is None and self._plant.next_us > self._at_us:
            self._run.now_us = self._at_us
            self.plan = study.schedule(self._run, self._rule, until="4 d")
            self._plant.pass_time(self._at_us)
            return [self.plan.published("jana", "planner's desk")]
        return self._plant.advance()

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        self._plant.send(commands)

    def origin_of(self, fact: OperationsEvent) -> Source:
        return Source.USER if isinstance(fact, SchedulePublished) else self.origin


@pytest.mark.slow
def test_what_is_published_is_what_happens() -> None:
    """Where nothing happens by chance, to the microsecond; under its own rules the shop would have done something else."""
    read, scenario = shipped_shop("gearbox_shop")
    at_us = scenario.start_us + 31 * HOUR_US + 12_345
    plant = as_planned(read)
    ordered = set(stopped_at((plant, scenario), 3, at_us).erp.customer_orders.orders)
    known = planned_scenario(scenario, ordered, at_us)
    run = Run(plant, known, seed=3)
    source = Planner(CompiledPlant(plant, known, 3, at_us + 96 * HOUR_US), run, at_us, "setup_avoidance")
    path.carry(source, run)
    plan = source.plan
    assert plan is not None
    assert_came_true(plan, run)
    published = run.mes.published.current
    assert published is not None
    assert (published.person, published.terminal, published.made_by) == ("jana", "planner's desk", "setup_avoidance")
    assert run.mes.published.planned[published.job_orders[0]].start_us == published.starts_us[0]
    assert run.mes.policies.dispatch == "sequence"
    otherwise = stopped_at((plant, known), 3, at_us + 96 * HOUR_US - 2)
    assert [it for it in plan.operations if otherwise.mes.job_orders[it.job_order].started_us != it.start_us]


@pytest.fixture(scope="module")
def run() -> Run:
    return twin.simulate("plant_models/gearbox_shop", until="30 h", seed=2)


@pytest.mark.slow
def test_futures_and_schedules_from_then_on_go_by_it(run: Run) -> None:
    plan = study.schedule(run, "spt")
    before = {name: it.expected_us for name, it in orders_ahead(run).items()}
    assert not run.mes.apply(plan.published("jana", "desk"))
    leaves = {name: it.expected_us for name, it in orders_ahead(run).items()}
    assert all(abs((leaves[it.order] or 0) - (it.ships_us or 0)) < 60_000_000 for it in plan.orders), (
        "pages say of orders what the schedule says"
    )
    assert leaves != before
    planned = {it.order: it.leaves for it in order_risks(run) if it.leaves}
    assert {it.order: it.ships_us for it in plan.orders} == {name: it.planned_us for name, it in planned.items()}
    assert {it.published_us for it in planned.values() if it.planned_us} == {run.now_us}
    assert late_orders(run) >= {it.order for it in plan.late}
    assert {it.order for it in published_bars(run) if it.is_late} & {it.order for it in plan.late}
    again = study.schedule(run, "as now")
    assert plan.replan(run, rule="as now").stability == 1.0
    assert {(it.job_order, it.equipment, it.start_us) for it in again.operations} == {
        (it.job_order, it.equipment, it.start_us) for it in plan.operations
    }
    assert study.futures(run, 3, until="2 d").unknown, "they begin from what is known, not from the rules of the scenario"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"person": ""}, "nobody has signed it"),
        ({"terminal": ""}, "where it was said"),
        ({"person": "jama"}, "nobody knows a person 'jama'"),
        ({"units": ("mill_1", "mill_7")}, "there is no work unit or line 'mill_7'"),
        ({"units": ("mill_1",)}, "not equally many"),
        ({"job_orders": ("a/10", "a/10")}, "it plans a/10 twice"),
        ({"ends_us": (5, 1)}, "ends before it starts"),
        ({"orders": ("B1",)}, "orders and when they leave are not equally many"),
        ({"units": (), "job_orders": (), "starts_us": (), "ends_us": ()}, "it plans nothing"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(run: Run, wrong: dict[str, object], words: str) -> None:
    entry = SchedulePublished(
        effective_us=run.now_us, person="jana", terminal="desk", units=("mill_1", "mill_2"), job_orders=("a/10", "b/10"),
        starts_us=(1, 2), ends_us=(3, 4),
    )  # fmt: skip
    before, held = run.mes.policies, len(run.mes.published.all)
    (refusal,) = run.mes.apply(replace(entry, **wrong))  # type: ignore[arg-type]
    assert isinstance(refusal, EntryRefused)
    assert words in refusal.reason
    assert (run.mes.policies, len(run.mes.published.all)) == (before, held)
