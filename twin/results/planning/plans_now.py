"""The plans of a run as it stands, as a page and programs read them: master schedule, capacity, finite load, buffers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from twin.erp.capacity_plan.capacity_plan import CapacityPlan
from twin.erp.demand_plan.buffers import BufferRow, buffer_rows
from twin.erp.demand_plan.master_schedule import MasterRow, Zone, master_schedule
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import Position, erp_position
from twin.erp.planners.forecasts import with_forecasts
from twin.results.outlook.work_left import work_left
from twin.results.planning.capacity import why_late
from twin.results.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterLine:
    """One product on a local day on which something of it moves, in its unit; `promisable`: of what is made, what no order has."""

    material: str
    day: str
    zone: Zone
    forecast: int
    ordered: int
    made: int
    projected: int
    promisable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLine:
    """A work center or qualification on one local day, us: what planned and open orders take of the hours that there are.

    `behind_us`: carried over to the next day; `rough_us`: what customers want then through all levels, stock not counted (rough cut).
    """

    kind: str
    resource: str
    day: str
    load_us: int
    capacity_us: int
    over_us: int
    behind_us: int
    rough_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLoad:
    """The same of a week, as in 2026-W10; `from_us`: its first instant that the plan knows."""

    kind: str
    resource: str
    week: str
    from_us: int
    load_us: int
    capacity_us: int
    over_us: int
    behind_us: int
    rough_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FiniteLine:
    """An order if equipment does one thing at a time; `done_us`, `late_us` None: not within the hours that are known.

    `customer_order`: the one that an open request was made for; "" if none, or it is planned alone.
    """

    order: str
    kind: str
    material: str
    quantity: int
    starts_us: int
    due_us: int
    done_us: int | None
    late_us: int | None
    why: str
    customer_order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansNow:
    """All of it, planned at one instant: what is over first, and what comes latest."""

    at_us: int
    master: list[MasterLine]
    load: list[LoadLine]
    finite: list[FiniteLine]
    buffers: list[BufferRow]


def plans_now(run: Run) -> PlansNow:
    """From where the run stands, with what it forecasts."""
    position, plant = with_forecasts(run.erp, erp_position(run.erp, run.now_us)), run.erp.planning_parameters.plant
    plan = run.erp.planning_parameters.plan(position)
    capacity = CapacityPlan(plant, plan, position, work_left(run))
    return PlansNow(
        at_us=run.now_us, master=master_lines(plan), load=_load(plan, capacity), finite=_finite(run, capacity),
        buffers=buffer_rows(plant, plan),
    )  # fmt: skip


def load_by_week(run: Run, plan: MaterialPlan, position: Position) -> list[WeekLoad]:
    """What is loaded, or behind, of the plan by week of the plant; `behind_us` as the week ends."""
    capacity = CapacityPlan(run.erp.planning_parameters.plant, plan, position, work_left(run))
    rough, found = capacity.rough, dict[tuple[str, str, str], WeekLoad]()
    for it in capacity.rows:
        year, week, _ = plan.buckets.day_of(it.bucket).isocalendar()
        key = it.kind, it.resource, f"{year}-W{week:02}"
        known = found.get(key) or WeekLoad(
            kind=it.kind, resource=it.resource, week=key[2], from_us=plan.buckets.start_us(it.bucket), load_us=0, capacity_us=0, over_us=0,
            behind_us=0, rough_us=0,
        )  # fmt: skip
        found[key] = replace(
            known, load_us=known.load_us + it.load_us, capacity_us=known.capacity_us + it.capacity_us, over_us=known.over_us + it.over_us,
            behind_us=it.behind_us, rough_us=known.rough_us + rough[it.kind, it.resource][it.bucket],
        )  # fmt: skip
    return [it for it in found.values() if it.load_us or it.behind_us or it.rough_us]


def master_lines(plan: MaterialPlan) -> list[MasterLine]:
    """The days of the master schedule on which something moves."""
    return [_master(plan, it) for it in master_schedule(plan) if it.forecast or it.ordered or it.made]


def _master(plan: MaterialPlan, it: MasterRow) -> MasterLine:
    return MasterLine(
        material=it.material, day=str(plan.day_of(it.bucket)), zone=it.zone, forecast=it.forecast, ordered=it.ordered, made=it.made,
        projected=it.projected, promisable=it.atp,
    )  # fmt: skip


def _load(plan: MaterialPlan, capacity: CapacityPlan) -> list[LoadLine]:
    """What is loaded, or behind; by day, and of a day what is over most first."""
    rough = capacity.rough
    found = [
        LoadLine(
            kind=it.kind, resource=it.resource, day=str(plan.day_of(it.bucket)), load_us=it.load_us, capacity_us=it.capacity_us,
            over_us=it.over_us, behind_us=it.behind_us, rough_us=rough[it.kind, it.resource][it.bucket],
        )
        for it in capacity.rows
        if it.load_us or it.behind_us
    ]  # fmt: skip
    return sorted(found, key=lambda it: (it.day, -it.over_us, -it.behind_us, it.kind, it.resource))


def _finite(run: Run, capacity: CapacityPlan) -> list[FiniteLine]:
    """Those that nobody can say when they are done first, then the latest."""
    requests = run.erp.requests.requests
    found = [
        FiniteLine(
            order=it.order.order, kind=it.order.kind, material=it.order.material, quantity=it.order.pieces, starts_us=it.order.start_us,
            due_us=it.order.due_us, done_us=it.done_us, late_us=it.late_us, why=why_late(it),
            customer_order=requests[it.order.order].order if it.order.order in requests else "",
        )
        for it in capacity.loaded
    ]  # fmt: skip
    return sorted(found, key=lambda it: (it.late_us is not None, -(it.late_us or 0), it.due_us, it.order))
