"""What persons may have to say beside counts and stops: clockings, the next guided step, tools, lots that lie there, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from twin.mes.execution import ACTIVE, ENDED, NOT_STARTED, JobOrder
from twin.mes.labour.timesheets import Clocking
from twin.mes.process.steps import Confirmed
from twin.mes.quality.inspections import FAILED
from twin.mes.quality.nonconformances import CorrectiveAction, Nonconformance
from twin.mes.resources.tool_room import ToolRecord
from twin.model.floor.quality_plan import Characteristic
from twin.model.readiness.procedures import GuidedStep
from twin.model.states import DispatchStatus
from twin.results.readiness.documents_now import DocumentSeen
from twin.results.run import Run

SHOWN_JOBS = 12
SHOWN_LOTS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class StepHere:
    """A guided step of a job order that may be confirmed now: number `place` of `count`; by a second person, what the `first` has said."""

    job_order: str
    step: str
    declared: GuidedStep
    place: int
    count: int
    first: Confirmed | None
    shown: DocumentSeen | None = None  # what stands beside it, as it is in force for the job order


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorAtHand:
    """For one work center, or for all of them."""

    jobs: list[str]  # job orders that persons may clock on to, those under way first
    clocked: list[Clocking]  # what is open, of all persons
    steps: list[StepHere]
    confirmed: list[tuple[str, GuidedStep, Confirmed]]  # by job order: what is confirmed, the newest first
    phases: list[tuple[str, str, str]]  # job order, phase, and what may be said of it
    tools: list[ToolRecord]
    can_split: dict[str, int]  # lots that wait, with how many pieces they have
    choices: list[tuple[str, str, str]]  # lots that have not begun, a component, and what may go into them for it: the bill's own first
    can_merge: dict[str, int]  # lots that wait, of which another part waits too; with how many pieces they have
    in_stock: dict[str, tuple[str, int]]  # lots that lie there, with material and quantity
    to_release: list[str]  # lots that are done, and not released by their record
    released: list[str]  # lots that are, the newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurable:
    """A characteristic of a plan, for lots of a material."""

    plan: str
    characteristic: str
    declared: Characteristic
    lots: list[str]  # opened, and not judged


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityAtHand:
    """What is open about quality."""

    measurable: list[Measurable]
    failed: list[tuple[str, str]]  # plan and lot
    results: dict[str, tuple[str, str, float]]  # what was found, in words, and lot, characteristic, value of it; the newest first
    to_sign: list[tuple[str, str, float]]  # characteristic, lot and value of what was said last, wherever that lot is now; the newest first
    lots: list[str]
    held: dict[str, str]
    nonconformances: list[Nonconformance]  # not closed
    rework_to: dict[str, list[str]]  # by nonconformance: operations that a lot may go back to
    causes: list[Nonconformance]  # the newest first, closed ones too: of what a corrective action may be opened
    actions: list[CorrectiveAction]  # the newest first


def floor_at_hand(run: Run, center: str = "") -> FloorAtHand:
    """What persons at `center` may say ("": at any)."""
    mes, lots = run.mes, run.mes.tracking.lots
    here = [job for job in mes.execution.job_orders.values() if job.status not in ENDED and center in ("", job.work_center)]
    shown = _in_turn(run, here)
    stock = {name: (it.material, it.on_hand) for name, it in lots.items() if it.on_hand and not it.in_process}
    done = [name for name, it in lots.items() if it.made_here and it.begun and not it.in_process and it.produced]
    releases = mes.records.releases
    waiting = {job.lot: job.quantity for job in here if _waits(run, job)}
    return FloorAtHand(
        jobs=[job.job_order for job in shown],
        clocked=[it for sheet in mes.labour.sheets.values() for it in sheet.open.values()],
        steps=_steps(run, shown),
        confirmed=_confirmed(run, shown),
        phases=[(job.job_order, *said) for job in shown for said in mes.process.phases.changes_of(job)],
        tools=list(mes.tool_room.tools.values()),
        choices=_choices(run, here),
        can_merge={name: waiting[name] for name in mes.merging.rejoining.can_be_one(waiting)},
        can_split={lot: quantity for lot, quantity in waiting.items() if quantity > 1},
        in_stock=dict(list(stock.items())[-SHOWN_LOTS:]),
        to_release=[name for name in done if name not in releases][-SHOWN_LOTS:],
        released=list(reversed(releases))[:SHOWN_JOBS],
    )


def _in_turn(run: Run, here: list[JobOrder]) -> list[JobOrder]:
    """All that is under way, then what stands first in the queues: as they are dispatched, what has its lot and its material first.

    By date alone a hot lot might never come up, and its start could wait for a step that nobody is offered.
    """
    mes, now_us, stock = run.mes, run.now_us, run.mes.commands.free_stock(run.now_us)
    centers = dict.fromkeys(job.work_center for job in here)
    places = {job.job_order: n for center in centers for n, (job, _) in enumerate(mes.dispatching.queue(center, now_us))}
    waiting = [job for job in here if job.status not in ACTIVE]
    last = len(mes.execution.job_orders)
    waiting.sort(
        key=lambda job: (not mes.commands.is_ready(job, now_us, stock), places.get(job.job_order, last), job.due_us, job.job_order)
    )
    active = sorted((job for job in here if job.status in ACTIVE), key=lambda job: (job.due_us, job.job_order))
    return [*active, *waiting[:SHOWN_JOBS]]


def _choices(run: Run, here: list[JobOrder]) -> list[tuple[str, str, str]]:
    """Where bills leave a choice to persons."""
    tracking, found = run.mes.tracking, list[tuple[str, str, str]]()
    for job in here if tracking.issuing.choices or tracking.issuing.other_bills else ():
        if job.step.is_first and job.lot in tracking.lots and not tracking.lots[job.lot].begun:
            for component, others in tracking.issuing.choices.get(job.material, {}).items():
                found += [(job.lot, component, name) for name in (component, *(it.material for it, _ in others))]
            if bills := tracking.issuing.other_bills.get(job.material):
                found += [(job.lot, job.material, name) for name in (job.material, *bills)]
    return found[:SHOWN_LOTS]


def _waits(run: Run, job: JobOrder) -> bool:
    """Whether the lot of a job order lies there for it."""
    is_waiting = job.status in NOT_STARTED and job.status != DispatchStatus.DISPATCHED
    return is_waiting and 0 <= job.turn_us <= run.now_us and not run.mes.execution.is_at_a_unit(job.job_order)


def _steps(run: Run, jobs: list[JobOrder]) -> list[StepHere]:
    """The next step of each, with optional ones before it: of one that waits, only what has to be done before its start."""
    guided, found = run.mes.process.steps, []
    for job in jobs:
        declared = guided.steps_of(job)
        for name in guided.missing(job, before_start=job.status not in ACTIVE):
            place = list(declared).index(name) + 1
            first = guided.half_done(job).get(name)
            found.append(
                StepHere(
                    job_order=job.job_order,
                    step=name,
                    declared=declared[name],
                    place=place,
                    count=len(declared),
                    first=first,
                    shown=_shown(run, job, declared[name]),
                )
            )
            if not declared[name].optional:
                break
    return found


def _shown(run: Run, job: JobOrder, step: GuidedStep) -> DocumentSeen | None:
    """What stands beside a step: of a job order that has begun the revision with which it did, of others that which is valid now."""
    its = run.mes.documents.documents.get(step.document) if step.document else None
    if its is None:
        return None
    kept = run.mes.documents.in_force.get(job.job_order) if job.started_us >= 0 else None
    begun = next((digest for name, _, digest in kept[-1].documents if name == its.name), "") if kept else ""
    valid = next((it for it in its.every if begun and it.digest == begun), None) or its.valid_at(run.now_us)
    return DocumentSeen(
        document=its.name, title=its.declared.title or its.name, kind=its.declared.kind, revision=valid.revision if valid else "",
        text=valid.text if valid else "", file=valid.file if valid else "", digest=valid.digest if valid else "",
    )  # fmt: skip


def _confirmed(run: Run, jobs: list[JobOrder]) -> list[tuple[str, GuidedStep, Confirmed]]:
    guided = run.mes.process.steps
    said = [(job, {**guided.done(job), **guided.half_done(job)}) for job in jobs]
    found = [(job.job_order, guided.steps_of(job)[name], it) for job, known in said for name, it in known.items()]
    return sorted(found, key=lambda it: -it[2].at_us)[:SHOWN_LOTS]


def quality_at_hand(run: Run) -> QualityAtHand:
    """What there is to be said about quality, anywhere in the plant."""
    quality = run.mes.quality
    inspections = quality.inspections
    opened: dict[str, list[str]] = {}
    for (plan, lot), it in inspections.all.items():
        if it.was_opened and not it.verdict:
            opened.setdefault(plan, []).append(lot)
    measurable = [
        Measurable(plan=plan, characteristic=name, declared=it, lots=opened[plan][-SHOWN_LOTS:])
        for plan in opened
        for name, it in inspections.plans[plan].characteristics.items()
    ]
    lots = [name for name, it in run.mes.tracking.lots.items() if it.in_process or it.on_hand]
    wrong = [it for it in quality.nonconformances.all.values() if it.standing != "closed"]
    return QualityAtHand(
        measurable=measurable,
        failed=[(plan, lot) for (plan, lot), it in inspections.all.items() if it.verdict == FAILED],
        results=_results(run, lots[-SHOWN_LOTS:]),
        to_sign=[
            (name, it.lot, value) for it in list(reversed(inspections.all.values()))[:SHOWN_LOTS] for name, value in it.newest.items()
        ],
        lots=lots[-SHOWN_LOTS:],
        held={name: quality.holds.why(name) for name in quality.holds.reasons},
        nonconformances=wrong,
        rework_to={it.nonconformance: quality.entries.operations_before(it.lot) for it in wrong},
        causes=list(reversed(quality.nonconformances.all.values()))[:SHOWN_LOTS],
        actions=list(reversed(quality.nonconformances.actions.values()))[:SHOWN_LOTS],
    )


def _results(run: Run, lots: list[str]) -> dict[str, tuple[str, str, float]]:
    """What was found of lots that are there, as far as nobody has corrected it."""
    inspections, known = run.mes.quality.inspections, set(lots)
    found: dict[str, tuple[str, str, float]] = {}
    for it in reversed(inspections.all.values()):
        declared = it.declared.characteristics
        for name, value in ((name, value) for name, values in it.values.items() if it.lot in known for value in dict.fromkeys(values)):
            words = f"{declared[name].title or name} of {it.lot}: {written(value)} {declared[name].unit}".strip()
            found[f"{words} ({name})" if words in found else words] = (it.lot, name, value)  # two may have one title
    return found


def written(value: float) -> str:
    """A value as it was measured, every digit of it, and no power of ten."""
    return f"{Decimal(repr(value)):f}".removesuffix(".0")
