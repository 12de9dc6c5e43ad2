"""What stands at the terminal of one work center now: its units, what waits in the order of its rank and why, what has to be checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twin.mes.dispatching import Obstacle
from twin.mes.execution import JobOrder
from twin.mes.hand_work.hand_work import CALL
from twin.model.calendars import spoken_duration
from twin.model.floor.quality_plan import Characteristic
from twin.model.states import DispatchStatus
from twin.results.run import Run
from twin.results.views.overview import local_time

SHOWN_DONE = 5
RULES = {
    "fifo": "came first", "edd": "earliest due", "spt": "shortest run", "critical_ratio": "least time for the work left",
    "setup_avoidance": "least set-up", "priority": "most important", "slack": "least slack",
    "slack_per_operation": "least slack an operation",
    "sequence": "planned sequence", "weighted": "weighted rule",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHere:
    """A job order as whoever works on it has to know it."""

    job_order: str
    lot: str
    order: str
    material: str
    operation: str
    step: str  # title of its segment
    quantity: int
    good: int
    scrap: int
    rework: int
    left: int
    due_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitHere:
    """A work unit or a line. `is_stopped`: by a person's word, who has to say when it works again."""

    equipment: str
    state: int
    reason: str
    since_us: int
    person: str
    jobs: list[JobHere]
    is_stopped: bool
    calls: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingHere:
    """A job order that waits, in its place; `obstacle` is what keeps it from its start."""

    job: JobHere
    rank: str
    obstacle: Obstacle | None
    is_ready: bool
    units: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckHere:
    """One characteristic of a lot that has to be looked at."""

    plan: str
    title: str
    lot: str
    characteristic: str
    declared: Characteristic
    missing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalNow:
    """All that a terminal shows."""

    units: list[UnitHere]
    queue: list[WaitingHere]
    checks: list[CheckHere]
    held: dict[str, str]  # lots that may not go on, and why
    done: list[JobHere]  # last completed here, the newest first


def terminal_now(run: Run, center: str, now_us: int) -> TerminalNow:
    """The terminal of `center` at the plant's time `now_us`."""
    records = [it for it in run.mes.equipment.records.values() if it.work_center == center and it.is_scheduled]
    jobs = run.mes.execution.job_orders
    done = [job for job in jobs.values() if job.work_center == center and job.status == DispatchStatus.COMPLETED]
    done.sort(key=lambda job: -job.ended_us)
    units = [
        UnitHere(
            equipment=it.equipment, state=it.state, reason=it.reason, since_us=it.since_us, person=it.person,
            jobs=[_job(run, jobs[name]) for name in it.job_orders if name in jobs],
            is_stopped=it.equipment in run.mes.hand_work.stops,
            calls=[alarm.removeprefix(CALL) for alarm in it.alarms if alarm.startswith(CALL)],
        )
        for it in records
    ]  # fmt: skip
    return TerminalNow(
        units=units, queue=_queue(run, center, [it.equipment for it in records], now_us), checks=list(_checks(run, center)),
        held=dict(run.mes.tracking.restricted), done=[_job(run, job) for job in done[:SHOWN_DONE]],
    )  # fmt: skip


def _job(run: Run, job: JobOrder) -> JobHere:
    report = run.mes.execution.reports[job.job_order]
    request = run.mes.release.requests.get(job.request)
    operation = run.plant.layout.routings[job.material][job.operation]
    segment = run.plant.layout.process_segments[operation.segment]
    return JobHere(
        job_order=job.job_order, lot=job.lot, order=request.order if request else "", material=job.material, operation=job.operation,
        step=segment.title or operation.segment, quantity=job.quantity, good=report.good, scrap=report.scrap, rework=report.rework,
        left=run.mes.hand_work.left(job.job_order), due_us=job.due_us,
    )  # fmt: skip


def _queue(run: Run, center: str, units: list[str], now_us: int) -> list[WaitingHere]:
    """By rank at the first unit that can do it; last what is not here yet."""
    dispatching = run.mes.dispatching
    able: dict[str, list[str]] = {}
    for unit in units:
        for job in dispatching.in_rank(center, unit, now_us):
            able.setdefault(job.job_order, []).append(unit)
    jobs = sorted((run.mes.execution.job_orders[name] for name in able), key=lambda job: not 0 <= job.turn_us <= now_us)
    obstacles = {
        name: it for source in dict.fromkeys(job.work_center for job in jobs) for name, it in dispatching.obstacles(source, now_us).items()
    }
    return [
        WaitingHere(
            job=_job(run, job), rank=rank_words(run, center, job, able[job.job_order][0], now_us), obstacle=obstacles.get(job.job_order),
            is_ready=run.mes.status(job.job_order, now_us)[0] == DispatchStatus.READY, units=able[job.job_order],
        )
        for job in jobs
    ]  # fmt: skip


def rank_words(run: Run, center: str, job: JobOrder, equipment: str, now_us: int) -> str:
    """Why a job order has its place: the rule of its work center, and the figure that the rule looks at."""
    rule = run.mes.dispatching.rules(center)[0]
    words = RULES.get(rule, f"rule {rule}")
    match rule:
        case "fifo":
            figure = f"here since {local_time(run.plant, job.turn_us)}" if 0 <= job.turn_us <= now_us else ""
        case "spt":
            figure = spoken_duration(round(job.step.run_us(job.quantity, equipment)))
        case "setup_avoidance":
            figure = spoken_duration(run.mes.commands.setup_us(job, equipment))
        case "priority":
            figure = f"priority {job.priority}"
        case "sequence" | "weighted":
            figure = ""
        case _:
            figure = f"due {local_time(run.plant, job.due_us)}" if job.due_us >= 0 else ""
    return f"{words}: {figure}" if figure else words


def _checks(run: Run, center: str) -> Iterator[CheckHere]:
    """What of the lots that were worked on here, or are, is not measured yet."""
    inspections, jobs = run.mes.quality.inspections, run.mes.execution.job_orders
    here = {job.lot for job in jobs.values() if job.work_center == center}
    for (name, lot), inspection in inspections.all.items():
        plan = inspections.plans[name]
        if inspection.verdict or not inspection.was_opened or lot not in here:
            continue
        for missing in inspections.missing(inspection):
            characteristic = missing.split(" (")[0]
            yield CheckHere(
                plan=name, title=plan.title or name, lot=lot, characteristic=characteristic,
                declared=plan.characteristics[characteristic], missing=missing.removeprefix(characteristic).strip(),
            )  # fmt: skip
