"""The plant in one look: orders at risk, OEE and money today, and what needs a person."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from twin.mes.equipment import is_stop
from twin.model.calendars import written_local
from twin.model.events import WorkAlertRaised
from twin.model.plant import Plant
from twin.model.states import WorkUnitState
from twin.results.explain.ask import Causes, causes_of
from twin.results.outlook.leaving import ON_TRACK_SHARE, Leaves, leaves
from twin.results.outlook.orders_ahead import orders_ahead
from twin.results.run import Run
from twin.results.trade.promised_first import moved_to

US_PER_DAY = 86_400_000_000
Risk = Literal["shipped", "shipped late", "late", "at risk", "on track", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRisk:
    """One customer order and how it stands.

    `slack_us`: working time between when it should leave and when it is due (`twin.results.outlook`); None: no end in sight. How it
    stands, and when each method lets it leave: `twin.results.outlook.leaving`.
    """

    order: str
    customer: str
    material: str
    quantity: int
    due_us: int
    slack_us: int | None
    expected_us: int | None  # when it should leave, or has left
    done: float  # share of the expected work for its goods that is done, 0 to 1
    waits_for: str
    risk: Risk
    late_by_us: int
    main_cause: str = ""  # what one that is late or at risk waited for most
    waits_now: str = ""  # what it waits for at this instant, or what is done to it
    waits_since_us: int | None = None
    leaves: Leaves | None = None  # None: it has left, or was cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    """A piece of equipment that stands, or of which nothing is known, since when, and why. Off shift is no standstill."""

    equipment: str
    state: int  # WorkUnitState
    reason: str
    since_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What a manager asks first. Money in minor units, shares 0 to 1 (None: nothing was planned yet)."""

    now_us: int
    local_time: str
    orders: list[OrderRisk]
    oee: float | None
    availability: float | None
    effectiveness: float | None
    quality: float | None
    revenue_today_minor: int
    cost_today_minor: int
    result_today_minor: int
    revenue_minor: int  # since the start
    result_minor: int
    wip_minor: int
    running_count: int
    down: list[Down]
    alerts: list[WorkAlertRaised]
    moved: list[tuple[str, str]]  # open orders of which a change has moved the date that did not ask for another: order, words
    calling_count: int  # alarms and alerts that nobody has answered, as on page Supervisor

    def count(self, *risks: Risk) -> int:
        """How many orders stand so."""
        return sum(1 for order in self.orders if order.risk in risks)


def midnight_us(plant: Plant, now_us: int) -> int:
    """The last local midnight of the plant, UTC microseconds."""
    zone = ZoneInfo(plant.layout.time_zone)
    local = datetime.fromtimestamp(now_us / 1_000_000, zone)
    return int(local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()) * 1_000_000


def local_time(plant: Plant, at_us: int) -> str:
    """The plant's local time as people read it: "Mon 2 Mar, 06:00"."""
    return written_local(at_us, plant.layout.time_zone)


def overview(run: Run) -> Overview:
    """How the plant stands now."""
    today_us = max(run.scenario.start_us, midnight_us(run.plant, run.now_us))
    ours = run.erp.income_statement(today_us, run.now_us + 1)
    revenue = sum(row.amount_minor for row in ours if row.account == "revenue")
    result = sum(row.amount_minor for row in ours if row.account)
    all_ours = run.erp.income_statement(run.scenario.start_us, run.now_us + 1)
    oee, availability, effectiveness, quality = plant_oee(run, today_us, run.now_us)
    records = run.mes.equipment.records.values()
    return Overview(
        now_us=run.now_us,
        local_time=local_time(run.plant, run.now_us),
        orders=order_risks(run),
        oee=oee,
        availability=availability,
        effectiveness=effectiveness,
        quality=quality,
        revenue_today_minor=revenue,
        cost_today_minor=revenue - result,
        result_today_minor=result,
        revenue_minor=sum(row.amount_minor for row in all_ours if row.account == "revenue"),
        result_minor=sum(row.amount_minor for row in all_ours if row.account),
        wip_minor=sum(row.value_minor for row in run.erp.work_in_progress(run.now_us)),
        running_count=sum(1 for it in records if it.state in (WorkUnitState.EXECUTE, WorkUnitState.STARTING)),
        down=[
            Down(equipment=it.equipment, state=it.state, reason=it.reason, since_us=it.since_us)
            for it in records
            if is_stop(it) or it.state == WorkUnitState.UNKNOWN
        ],
        alerts=run.erp.alerts[-20:][::-1],
        moved=[
            (it.order, moved_to(run, it.moved_from_us, it.due_us, it.moved_why))
            for it in run.erp.customer_orders.orders.values()
            if it.moved_at_us >= 0 and it.open_quantity
        ],
        calling_count=len(run.mes.alarms.calling()),
    )


SLACK_MEANS = (
    "A plan is the date of the published schedule, a forecast what futures said, within a day of when they were asked for; with neither,"
    " an order leaves when all open work played through once lets it: queues, set-ups, batches, shifts, what runs and what is being"
    f" repaired, with expected times and no new failure. On track: in time in {ON_TRACK_SHARE:.0%} of the futures, or, where nobody"
    " asked for any, with slack of a fourth of the working time until it leaves. Slack is working time, by the plant's calendars, between"
    " then and when it is due; less than nothing is at risk, whatever futures say. Late: it was due before now."
)


def order_risks(run: Run) -> list[OrderRisk]:
    """Every customer order, the most urgent first, shipped ones last."""
    ahead = orders_ahead(run)
    found = []
    for it in run.erp.orders(run.now_us):
        open_order = ahead.get(it.order)
        when = leaves(run, open_order, it.quantity - it.shipped, it.due_us, it.late_by_us) if open_order and it.quantity else None
        found.append(
            OrderRisk(
                order=it.order,
                customer=it.customer,
                material=it.material,
                quantity=it.quantity,
                due_us=it.due_us,
                slack_us=open_order.slack_us if open_order else None,
                expected_us=open_order.expected_us if open_order else it.shipped_us,
                done=open_order.done if open_order else 1.0,
                waits_for=open_order.waits_for if open_order else "",
                risk=when.standing if when else "cancelled" if not it.quantity else "shipped late" if it.late_by_us else "shipped",
                late_by_us=it.late_by_us,
                leaves=when,
            )
        )
    causes = causes_of(run, [order.order for order in found if order.risk in ("late", "at risk")])
    return sorted((_with(order, causes.get(order.order)) for order in found), key=_urgency)


def _with(order: OrderRisk, causes: Causes | None) -> OrderRisk:
    return replace(order, main_cause=causes.most, waits_now=causes.now, waits_since_us=causes.since_us) if causes else order


def _urgency(order: OrderRisk) -> tuple[bool, float, str]:
    """Shipped and cancelled ones last by due date; before them those without an end in sight, then by slack."""
    if order.risk.startswith("shipped") or order.risk == "cancelled":
        return True, order.due_us, order.order
    return False, float("-inf") if order.slack_us is None else order.slack_us, order.order


def plant_oee(run: Run, from_us: int, to_us: int) -> tuple[float | None, float | None, float | None, float | None]:
    """OEE, availability, effectiveness and quality ratio of the whole plant in a window (ISO 22400-2), each a ratio of sums.

    Effectiveness is of the job orders that ended in the window, with all of their run time: what began yesterday and was counted
    today would otherwise count its pieces without their time. Planned time in which nothing was made has an OEE of 0.
    """
    rows = run.mes.indicators("equipment", from_us, to_us)
    planned, produced = sum(row.pbt_us for row in rows), sum(row.produced for row in rows)
    ended = [job for job in run.mes.job_orders.values() if from_us <= job.ended_us < to_us and job.started_us >= 0]
    counts = (count for record in run.mes.equipment.records.values() if record.is_scheduled for count in record.counts)
    shared_by = {count.job_order: count.batch_size for count in counts}  # the job orders of a batch share its run
    expected_us = math.fsum(  # in whatever order
        job.step.busy_us(job.good + job.scrap + job.rework, job.equipment) / shared_by.get(job.job_order, 1) for job in ended
    )
    run_us = sum(job.run_us for job in ended)
    availability = sum(row.apt_us for row in rows) / planned if planned else None
    effectiveness = expected_us / run_us if run_us else None
    quality = sum(row.good for row in rows) / produced if produced else None
    if not produced and planned > sum(row.unknown_us for row in rows):
        return 0.0, availability, effectiveness, quality
    if availability is None or effectiveness is None or quality is None:
        return None, availability, effectiveness, quality
    return availability * effectiveness * quality, availability, effectiveness, quality
