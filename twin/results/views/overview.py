"""The plant in one look: orders at risk, OEE and money today, and what needs a person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from twin.model.calendars import written_local
from twin.model.events import WorkAlertRaised
from twin.model.plant import Plant
from twin.model.states import WorkUnitState
from twin.results.explain.ask import main_causes
from twin.results.run import Run

US_PER_DAY = 86_400_000_000
Risk = Literal["shipped", "shipped late", "late", "at risk", "on track"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRisk:
    """One customer order and how it stands.

    `slack_us` = due - now - expected work of the longest chain still to be done. Less than nothing: late, whatever is done
    (or late already). Less than the work itself: at risk, since on this floor lots wait about as long as they are worked on.
    """

    order: str
    customer: str
    material: str
    quantity: int
    due_us: int
    slack_us: int
    remaining_us: int
    done: float  # share of the expected work of its requests that is done, 0 to 1
    risk: Risk
    late_by_us: int
    main_cause: str = ""  # what one that is late or at risk waited for most


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
    wip_minor: int
    running_count: int
    down: list[tuple[str, str]]  # equipment and reason
    alerts: list[WorkAlertRaised]

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
        wip_minor=sum(row.value_minor for row in run.erp.work_in_progress(run.now_us)),
        running_count=sum(1 for it in records if it.state in (WorkUnitState.EXECUTE, WorkUnitState.STARTING)),
        down=[
            (it.equipment, it.reason) for it in records if it.state in (WorkUnitState.HELD, WorkUnitState.ABORTED, WorkUnitState.UNKNOWN)
        ],
        alerts=run.erp.alerts[-20:][::-1],
    )


def order_risks(run: Run) -> list[OrderRisk]:
    """Every customer order, the most urgent first, shipped ones last."""
    work: dict[str, tuple[float, float]] = {}  # order -> (expected work in all, still to be done)
    chain: dict[str, float] = {}  # order -> the longest chain still to be done in one request, us
    for job in run.mes.job_orders.values():
        request = run.mes.release.requests.get(job.request)
        if request is None:
            continue
        all_us, open_us = work.get(request.order, (0.0, 0.0))
        remaining_us = max(0.0, job.run_expected_us - job.run_us) if job.ended_us < 0 else 0.0
        work[request.order] = (all_us + job.run_expected_us, open_us + remaining_us)
        key = f"{request.order}\0{job.lot}"
        chain[key] = chain.get(key, 0.0) + remaining_us
    longest: dict[str, float] = {}
    for key, length_us in chain.items():
        order = key.split("\0")[0]
        longest[order] = max(longest.get(order, 0.0), length_us)
    found = []
    for it in run.erp.orders(run.now_us):
        all_us, open_us = work.get(it.order, (0.0, 0.0))
        remaining = round(longest.get(it.order, 0.0))
        slack = it.due_us - run.now_us - remaining
        shipped = it.shipped >= it.quantity
        found.append(
            OrderRisk(
                order=it.order,
                customer=it.customer,
                material=it.material,
                quantity=it.quantity,
                due_us=it.due_us,
                slack_us=slack,
                remaining_us=remaining,
                done=1.0 if shipped else 1 - open_us / all_us if all_us else 0.0,
                risk=_risk(shipped, it.late_by_us, slack, remaining),
                late_by_us=it.late_by_us,
            )
        )
    causes = main_causes(run, [order.order for order in found if order.risk in ("late", "at risk")])
    found = [replace(order, main_cause=causes.get(order.order, "")) for order in found]
    return sorted(found, key=lambda o: (o.risk.startswith("shipped"), o.due_us if o.risk.startswith("shipped") else o.slack_us, o.order))


def _risk(shipped: bool, late_by_us: int, slack_us: int, remaining_us: int) -> Risk:
    if shipped:
        return "shipped late" if late_by_us else "shipped"
    if late_by_us or slack_us < 0:
        return "late"
    return "at risk" if slack_us < remaining_us else "on track"


def plant_oee(run: Run, from_us: int, to_us: int) -> tuple[float | None, float | None, float | None, float | None]:
    """OEE, availability, effectiveness and quality ratio of the whole plant in a window (ISO 22400-2), each a ratio of sums.

    Effectiveness is of the job orders that ended in the window, with all of their run time: what began yesterday and was counted
    today would otherwise count its pieces without their time.
    """
    rows = run.mes.indicators("equipment", from_us, to_us)
    planned, produced = sum(row.pbt_us for row in rows), sum(row.produced for row in rows)
    ended = [job for job in run.mes.job_orders.values() if from_us <= job.ended_us < to_us]
    counts = (count for record in run.mes.equipment.records.values() if not record.is_station for count in record.counts)
    shared_by = {count.job_order: count.batch_size for count in counts}  # the job orders of a batch share its run
    expected_us = sum(job.step.run_us(job.good + job.scrap + job.rework) / shared_by.get(job.job_order, 1) for job in ended)
    run_us = sum(job.run_us for job in ended)
    availability = sum(row.apt_us for row in rows) / planned if planned else None
    effectiveness = expected_us / run_us if run_us else None
    quality = sum(row.good for row in rows) / produced if produced else None
    if availability is None or effectiveness is None or quality is None:
        return None, availability, effectiveness, quality
    return availability * effectiveness * quality, availability, effectiveness, quality
