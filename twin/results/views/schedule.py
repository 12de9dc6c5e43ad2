"""The schedule as it was worked: job orders as bars on work units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from twin.mes.equipment import SUSPENDED_STATES, StateInterval
from twin.mes.execution import NOT_STARTED, JobOrder
from twin.mes.performance.time_model import FAILED_STATES
from twin.mes.scheduling.published import Pin
from twin.results.outlook.orders_ahead import orders_ahead
from twin.results.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One job order on one work unit: set-up from `start_us`, run from `run_start_us`, to `end_us` (or now). UTC microseconds."""

    equipment: str
    job_order: str
    request: str
    order: str
    material: str
    quantity: int
    person: str  # who worked on it last; several joined with "+"
    start_us: int
    run_start_us: int
    end_us: int
    is_open: bool
    is_late: bool  # its customer order is late, was shipped late, or should leave late
    is_planned: bool = False  # it has not begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A stretch in which a work unit did not work: down, or standing with a job order on it. A bar goes on beneath it."""

    equipment: str
    start_us: int
    end_us: int
    kind: Literal["down", "off shift", "waiting", "kept free"]
    reason: str


def stops(run: Run) -> list[Stop]:
    """Every stop of every work unit and line since the start; the open one ends now."""
    found = []
    for record in run.mes.equipment.records.values():
        if record.is_scheduled:
            for interval in (*record.intervals, record.open_interval(run.now_us)):
                kind = _kind(interval)
                if kind and interval.duration_us:
                    found.append(
                        Stop(
                            equipment=interval.equipment,
                            start_us=interval.start_us,
                            end_us=interval.end_us,
                            kind=kind,
                            reason=interval.reason,
                        )
                    )
    return found


def windows(run: Run) -> list[Stop]:
    """What somebody has planned to maintain: nothing begins there meanwhile. What is done or cancelled is left out."""
    records = run.mes.equipment.records
    return [
        Stop(equipment=it.equipment, start_us=it.from_us, end_us=it.until_us, kind="kept free", reason=it.maintenance)
        for it in run.mes.maintenance.orders.values()
        if it.is_open and it.until_us >= 0 and records[it.equipment].is_scheduled
    ]


def _kind(interval: StateInterval) -> Literal["down", "off shift", "waiting", ""]:
    if interval.state in FAILED_STATES:
        return "waiting" if interval.is_commanded else "down"
    if interval.state not in SUSPENDED_STATES:
        return ""
    return "off shift" if interval.reason == "off_shift" else "waiting"


def schedule(run: Run) -> list[Bar]:
    """Every job order that has started, in the order of their starts."""
    late, found = late_orders(run), []
    for job in run.mes.execution.job_orders.values():
        if job.started_us < 0 or not job.equipment:
            continue
        order = run.mes.release.requests[job.request].order if job.request in run.mes.release.requests else ""
        end_us = job.ended_us if job.ended_us >= 0 else run.now_us
        found.append(
            Bar(
                equipment=job.equipment,
                job_order=job.job_order,
                request=job.request,
                order=order,
                material=job.material,
                quantity=job.quantity,
                person=job.person,
                start_us=job.started_us,
                run_start_us=min(end_us, job.started_us + job.setup_us),
                end_us=end_us,
                is_open=job.ended_us < 0,
                is_late=order in late,
            )
        )
    return sorted(found, key=lambda bar: (bar.start_us, bar.job_order))


def published_bars(run: Run) -> list[Bar]:
    """What is still to come of the schedule that was published, in its order; what is overdue begins now."""
    if not run.mes.published.planned:
        return []
    late, found = late_orders(run), []
    for it in run.mes.published.planned.values():
        job = run.mes.execution.job_orders.get(it.job_order)
        if job is None or (job.started_us < 0 and job.ended_us < 0):
            request = run.mes.release.requests.get(job.request) if job else None
            start_us, order = max(run.now_us, it.start_us), request.order if request else ""
            found.append(
                Bar(
                    equipment=it.equipment, job_order=it.job_order, request=job.request if job else "",
                    order=order, material=job.material if job else "",
                    quantity=job.quantity if job else 0, person="", start_us=start_us,
                    run_start_us=start_us, end_us=start_us + it.end_us - it.start_us, is_open=False, is_late=order in late, is_planned=True,
                )
            )  # fmt: skip
    return found


def movable(run: Run) -> dict[str, tuple[str, ...]]:
    """What a planner can put elsewhere, with the units that can do it, the most urgent first."""
    return {it.job_order: tuple(it.step.equipment) for it in sorted(_to_come(run), key=lambda it: (it.due_us, it.job_order))}


def beside(run: Run, job_order: str) -> dict[str, str]:
    """Before or after what a job order could stand, each with the unit where it is planned, "" where that is open."""
    units = movable(run).get(job_order, ())
    lot, planned = run.mes.job_orders[job_order].lot if units else "", run.mes.published.planned
    found = {}
    for it in _to_come(run) if units else ():
        unit = planned[it.job_order].equipment if it.job_order in planned else ""
        if it.lot != lot and (unit in units if unit else any(one in units for one in it.step.equipment)):
            found[it.job_order] = unit
    return found


def _to_come(run: Run) -> list[JobOrder]:
    return [it for it in run.mes.job_orders.values() if it.status in NOT_STARTED and it.started_us < 0]


def pins_now(run: Run) -> list[Pin]:
    """What was put somewhere by hand and has not begun."""
    jobs = run.mes.job_orders
    return [it for name, it in run.mes.published.pins.items() if name not in jobs or jobs[name].status in NOT_STARTED]


SCHEDULED = "a schedule was published"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleNow:
    """By which rule a work center goes; `by`, `at_us`, `reason`: of whoever changed it last or published a schedule, "" if nobody has."""

    work_center: str
    rule: str
    by: str
    at_us: int
    reason: str


def rules_now(run: Run) -> list[RuleNow]:
    """Every work center in declared order; a schedule that was published since takes the place of what somebody has changed."""
    said, schedule = {it.work_center: it for it in run.mes.changed_rules.said}, run.mes.published.current
    found = []
    for center, rule in run.mes.changed_rules.rules().items():
        by, at_us, reason = "", -1, ""
        if (it := said.get(center)) and it.rule == rule:
            by, at_us, reason = it.by, it.at_us, it.reason
        if schedule and rule == "sequence" and schedule.effective_us > at_us:
            by, at_us, reason = schedule.person, schedule.effective_us, SCHEDULED
        found.append(RuleNow(work_center=center, rule=rule, by=by, at_us=at_us, reason=reason))
    return found


def late_orders(run: Run) -> set[str]:
    """Customer orders that are late, were shipped late, or should leave late as things stand: the same as on the page Orders."""
    ahead = orders_ahead(run)
    found = {it.order for it in run.erp.orders(run.now_us) if it.late_by_us}
    due = {name: it.due_us for name, it in run.erp.customer_orders.orders.items()}
    return found | {name for name, it in ahead.items() if it.expected_us is None or it.expected_us > due[name]}


def offset_us(run: Run) -> int:
    """Local time of the plant minus UTC, now."""
    shift = datetime.fromtimestamp(run.now_us / 1_000_000, ZoneInfo(run.plant.layout.time_zone)).utcoffset()
    return round(shift.total_seconds() * 1_000_000) if shift else 0
