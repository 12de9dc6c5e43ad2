"""What stands at the terminal of one work center now: its units, what waits in the order of its rank and why, what has to be checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twin.mes.alarms.alarm import QUIET
from twin.mes.documents.revisions import RevisionRecord, Revisions
from twin.mes.execution import JobOrder
from twin.mes.hand_work.hand_work import CALL
from twin.mes.resources.obstacles import Obstacle
from twin.model.floor.quality_plan import Characteristic
from twin.model.plant import most_at_once
from twin.model.states import DispatchStatus, WorkUnitState
from twin.model.upkeep.alarms import PRIORITIES
from twin.results.process.courses import Course, courses_at
from twin.results.readiness.documents_now import DocumentSeen
from twin.results.run import Run

SHOWN_DONE, SHOWN_VALUES = 5, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentHere(DocumentSeen):
    """A document that a job order is done by, as it is released now."""

    asks: bool  # whether it has to be acknowledged
    read_by: tuple[str, ...]


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
    documents: tuple[DocumentHere, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmHere:
    """An alarm or alert of a machine that calls somebody, or stands. `resets`: it was answered, and may be said to be dealt with."""

    is_alert: bool
    equipment: str
    alarm: str
    title: str
    priority: str
    state: str
    since_us: int
    message: str
    response: str
    calls: bool
    resets: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitHere:
    """A work unit or a line. `is_stopped`: by a person's word, who has to say when it works again.

    `unexplained_since_us`: when the stop began in which it is and of which no person has said why; -1: it is in none.
    """

    equipment: str
    state: int
    reason: str
    since_us: int
    person: str
    jobs: list[JobHere]
    is_stopped: bool
    unexplained_since_us: int
    calls: list[str]
    alarms: list[AlarmHere]  # the most important first
    courses: list[Course]  # the process values of what it works on


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
    due_us: int  # until when it has to be made; -1: whenever
    pieces: int  # of a sample, as the plan has it
    codes: list[str]  # defects that the plant declares


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchHere:
    """What an idle unit that takes several lots at once could start together now."""

    job_orders: tuple[str, ...]  # that are ready for it, by rank
    proposed: tuple[str, ...]  # the first of them, and of its set-up family what fits in with it
    maximum: int
    counts: str  # "lots" or "pieces"


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalNow:
    """All that a terminal shows."""

    units: list[UnitHere]
    batches: dict[str, BatchHere]  # by idle unit
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
            jobs=[_job(run, jobs[name], now_us) for name in it.job_orders if name in jobs],
            is_stopped=it.equipment in run.mes.hand_work.stops,
            unexplained_since_us=run.mes.hand_work.correcting.unexplained_since(it.equipment),
            courses=courses_at(run, it.equipment, SHOWN_VALUES) if it.job_order else [],
            calls=[alarm.removeprefix(CALL) for alarm in it.alarms if alarm.startswith(CALL)], alarms=_alarms(run, it.equipment),
        )
        for it in records
    ]  # fmt: skip
    queue = _queue(run, center, [it.equipment for it in records], now_us)
    idle = [it.equipment for it in records if it.state == WorkUnitState.IDLE]
    return TerminalNow(
        units=units, batches=_batches(run, idle, queue), queue=queue, checks=list(_checks(run, center)),
        held=dict(run.mes.tracking.restricted), done=[_job(run, job, now_us) for job in done[:SHOWN_DONE]],
    )  # fmt: skip


def _alarms(run: Run, unit: str) -> list[AlarmHere]:
    """Of a work unit, or of a line and its stations; calls for help stand there themselves."""
    line = run.plant.layout.production_lines.get(unit)
    names = {unit, *(line.stations if line else ())}
    order = {priority: n for n, priority in enumerate(PRIORITIES)}
    known = [
        it for it in run.mes.alarms.all.values()
        if it.equipment in names and not it.alarm.startswith(CALL) and (it.calls or it.is_active or it.is_latched)
    ]  # fmt: skip
    return [
        AlarmHere(
            is_alert=it.is_alert, equipment=it.equipment, alarm=it.alarm, title=it.declared.title or it.alarm.replace("_", " "),
            priority=it.declared.priority, state=str(it.state), since_us=it.raised_us, message=it.message, response=it.declared.response,
            calls=it.calls, resets=not it.calls and it.state not in QUIET and (it.is_latched or (it.is_alert and it.is_active)),
        )
        for it in sorted(known, key=lambda it: (not it.calls, order[it.declared.priority], it.heard_us, it.key))
    ]  # fmt: skip


def _job(run: Run, job: JobOrder, now_us: int) -> JobHere:
    report = run.mes.execution.reports[job.job_order]
    request = run.mes.release.requests.get(job.request)
    operation = run.plant.layout.routings[job.material][job.operation]
    segment = run.plant.layout.process_segments[operation.segment]
    return JobHere(
        job_order=job.job_order, lot=job.lot, order=request.order if request else "", material=job.material, operation=job.operation,
        step=segment.title or operation.segment, quantity=job.quantity, good=report.good, scrap=report.scrap, rework=report.rework,
        left=run.mes.hand_work.left(job.job_order), due_us=job.due_us,
        documents=tuple(_document(it, valid) for it, valid in run.mes.documents.at_point_of_use(job, now_us)),
    )  # fmt: skip


def _document(it: Revisions, valid: RevisionRecord | None) -> DocumentHere:
    return DocumentHere(
        document=it.name, title=it.declared.title or it.name, kind=it.declared.kind, revision=valid.revision if valid else "",
        text=valid.text if valid else "", file=valid.file if valid else "", digest=valid.digest if valid else "",
        asks=it.declared.acknowledge, read_by=tuple(valid.acknowledged) if valid else (),
    )  # fmt: skip


def _queue(run: Run, center: str, units: list[str], now_us: int) -> list[WaitingHere]:
    """What waits at the work center, and what waits elsewhere and may be done here, too, by rank; last what is not here yet."""
    dispatching = run.mes.dispatching
    found = []
    for source in run.plant.sources_of_centers()[center]:
        obstacles = dispatching.obstacles(source, now_us)
        for job, because in dispatching.queue(source, now_us):
            able = [unit for unit in units if run.mes.commands.can_do(job, unit)]
            if able and job.status == DispatchStatus.WAITING:
                is_ready = run.mes.status(job.job_order, now_us)[0] == DispatchStatus.READY
                found.append(
                    WaitingHere(
                        job=_job(run, job, now_us), rank=because, obstacle=obstacles.get(job.job_order), is_ready=is_ready, units=able,
                    )
                )  # fmt: skip
    return found


def _batches(run: Run, idle: list[str], queue: list[WaitingHere]) -> dict[str, BatchHere]:
    """Where a person has a choice: a unit that takes batches, and two lots or more that are ready for it."""
    found, jobs = dict[str, BatchHere](), run.mes.execution.job_orders
    for name in idle:
        batch = run.plant.layout.work_units[name].batch if name in run.plant.layout.work_units else None
        ready = [jobs[it.job.job_order] for it in queue if it.is_ready and name in it.units] if batch else []
        if len(ready) < 2:
            continue
        most, together = most_at_once(batch, ready[0].step.batch), list[JobOrder]()
        for job in ready:
            is_alike = job.step.setup_family == ready[0].step.setup_family
            if is_alike and not most.refusal([it.quantity for it in (*together, job)]):
                together.append(job)
        found[name] = BatchHere(
            job_orders=tuple(it.job_order for it in ready), proposed=tuple(it.job_order for it in together), maximum=most.maximum,
            counts=most.counts,
        )  # fmt: skip
    return found


def _checks(run: Run, center: str) -> Iterator[CheckHere]:
    """What of the lots that were worked on here, or are, is not measured yet."""
    inspections, jobs = run.mes.quality.inspections, run.mes.execution.job_orders
    here = {job.lot for job in jobs.values() if job.work_center == center}
    for (name, lot), inspection in inspections.all.items():
        plan = inspection.declared
        if inspection.verdict or not inspection.was_opened or lot not in here:
            continue
        for missing in inspections.missing(inspection):
            characteristic = missing.split(" (")[0]
            yield CheckHere(
                plan=name, title=plan.title or name, lot=lot, characteristic=characteristic,
                declared=plan.characteristics[characteristic], missing=missing.removeprefix(characteristic).strip(),
                due_us=inspection.due_us, pieces=plan.sampling.pieces, codes=run.plant.layout.reasons.defect,
            )  # fmt: skip
