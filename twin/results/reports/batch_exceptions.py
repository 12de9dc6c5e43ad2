"""Review by exception: what in the making of a lot was not as it should be, so that whoever reviews reads this first, and only this."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from twin.mes.execution import JobOrder
from twin.mes.quality.holds import RESTRICTED
from twin.model import events as e
from twin.model.calendars import written_local
from twin.results.reports.batch_evidence import Descent, Evidence

if TYPE_CHECKING:
    from twin.results.run import Run

Row = dict[str, Any]
AUTHORED, REVIEWED = "authored", "reviewed"


def exceptions_of(run: Run, found: Evidence) -> list[Row]:
    """Every exception with when, where, what and how it stands, in the order of time."""
    rows = [
        *_events(run, found), *_inspections(run, found), *_descent(run, found), *_nonconformances(run, found), *_pieces(found),
        *_persons(run, found), *_steps(run, found),
    ]  # fmt: skip
    return sorted(rows, key=lambda it: (it["at"], it["kind"], it["what"]))


def number_of(row: Row) -> str:
    """What an exception is called by who accepts it: 12 hex digits of when, what and where; how it stands by then is no part of it."""
    told = "\x1f".join(str(row[name]) for name in ("at", "kind", "where", "what"))
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def is_open(row: Row) -> bool:
    """Whether it is a nonconformance, and nobody has decided what becomes of it."""
    return row["kind"] == "nonconformance" and row["standing"].partition(",")[0] in ("raised", "contained")


def _row(at_us: int, kind: str, what: str, *, where: str = "", standing: str = "") -> Row:
    return {"at": at_us, "kind": kind, "where": where, "what": what, "standing": standing}


def _events(run: Run, found: Evidence) -> Iterator[Row]:
    """What was said and reported: stops, alarms, alerts, holds, refusals, corrections."""
    refused = {entry.cause for entry in found.entries if isinstance(entry.event, e.EntryRefused)}
    for event in (entry.event for entry in found.entries if entry.id not in refused):
        where = event.job_order or event.equipment
        match event:
            case e.JobOrderHeld() | e.JobOrderAborted():
                kind = "not done" if isinstance(event, e.JobOrderAborted) else "held" if _was_wanted(run, event) else "failure"
                yield _row(event.effective_us, kind, event.reason or "no reason given", where=where)
            case e.AlarmRaised():
                yield _row(event.effective_us, "alarm", event.message or event.alarm, where=event.equipment)
            case e.WorkAlertRaised():
                yield _row(event.effective_us, "alert", event.message, where=where)
            case e.LotDispositionChanged() if event.disposition == RESTRICTED:
                standing = "held" if run.mes.quality.holds.why(found.lot) else "released"
                yield _row(event.effective_us, "hold", event.reason, standing=standing)
            case e.TestResultCorrected():
                what = f"{event.characteristic}: {event.was:g} is {event.value:g}; {event.reason}"
                yield _row(event.effective_us, "corrected", what, standing=f"by {event.person}")
            case e.ProcessValueCorrected():
                what = f"{event.property}: {event.was:g} is {event.value:g}; {event.reason}"
                yield _row(event.effective_us, "corrected", what, where=where, standing=f"by {event.person}")
            case e.TestResultRecorded() if not event.passed:
                what = f"{event.characteristic} is {event.value:g} {event.unit}; allowed: {_limits(event)}"
                yield _row(event.effective_us, "out of limits", what)
            case e.ProcessDeviationFound():
                what = f"{event.parameter} is {event.value:g}; allowed: {event.asked}"
                yield _row(event.effective_us, "process deviation", what, where=where, standing=event.level)
            case e.BatchRecordRejected():
                yield _row(event.effective_us, "rejected", event.reason, standing=f"by {event.person}")
            case e.EntryRefused() | e.JobOrderCommandRefused():
                yield _row(event.effective_us, "refused", event.reason, where=where, standing=f"said by {event.person or 'rule'}")


def _was_wanted(run: Run, event: e.JobOrderHeld) -> bool:
    """Whether a person has told the equipment to stop then."""
    there = run.mes.equipment.intervals(event.equipment, event.effective_us, event.effective_us + 1)
    return any(it.is_commanded for it in there)


def _limits(event: e.TestResultRecorded) -> str:
    lower, upper = ("" if it is None else f"{it:g}" for it in (event.lower, event.upper))
    return f"{lower} to {upper}" if lower and upper else f"at least {lower}" if lower else f"at most {upper}" if upper else "yes"


def _inspections(run: Run, found: Evidence) -> Iterator[Row]:
    """Plans that were failed or overruled, are not judged, or that two persons should have signed and have not."""
    for it in run.mes.quality.inspections.missed:
        if it.lot == found.lot:
            title = it.declared.title or it.plan
            yield _row(it.asked_us, "inspection", f"{title}: it was not made before the next was due", standing="missed")
    for (plan, lot), it in run.mes.quality.inspections.all.items():
        if lot != found.lot:
            continue
        declared = it.declared
        title = declared.title or plan
        if 0 <= it.due_us < (it.judged_us if it.verdict else run.now_us):
            until = written_local(it.due_us, run.plant.layout.time_zone)
            standing = "made late" if it.verdict else "not made"
            yield _row(it.due_us, "inspection", f"{title}: it was to be made until {until}", standing=standing)
        if it.verdict != "passed":
            what = f"{title}: {', '.join(it.wrong) or 'not all is measured'}"
            standing = it.verdict + (f" by {it.judged_by}, {it.reason}" if it.reason else "") or "not judged"
            yield _row(max(it.asked_us, it.judged_us), "inspection", what, standing=standing)
        if declared.verified_by_two and not verified_by_two(found, set(declared.characteristics)):
            yield _row(max(it.asked_us, it.judged_us), "not verified", f"{title}: two persons have not signed its results")


def verified_by_two(found: Evidence, characteristics: set[str]) -> bool:
    """Whether one person signed a result of each of these as its author, and another as who reviewed it."""
    signed: dict[str, dict[str, set[str]]] = {name: {} for name in characteristics}
    for entry in found.entries:
        name = getattr(entry.event, "characteristic", "")
        if name in signed and isinstance(entry.event, e.TestResultRecorded | e.TestResultCorrected | e.DefectsCounted):
            for signature in found.signatures.get(entry.id, ()):
                signed[name].setdefault(signature.meaning, set()).add(signature.person)
    return all(_two(by.get(AUTHORED, set()), by.get(REVIEWED, set())) for by in signed.values())


def _two(authors: set[str], reviewers: set[str]) -> bool:
    return any(author != reviewer for author in authors for reviewer in reviewers)


def _descent(run: Run, found: Evidence) -> Iterator[Row]:
    """That it is rework, or part of what is."""
    descent, lots = Descent(run), run.mes.lots
    for part, source in descent.of(found.lot):
        if descent.is_rework(part):
            sent_back = run.mes.job_orders.get(lots[part].split_by)
            why = f", sent back at operation {sent_back.operation}" if sent_back else ""
            standing = "" if part == found.lot else f"as {part}, of which this is a part"
            yield _row(
                lots[part].created_us, "rework", f"{lots[part].quantity} of {source}{why}", where=lots[part].split_by, standing=standing
            )


def _nonconformances(run: Run, found: Evidence) -> Iterator[Row]:
    own = (it for it in run.mes.quality.nonconformances.all.values() if found.lot in (it.lot, it.into_lot))
    for it in (*own, *Descent(run).wrong_before(found.lot)):
        standing = ", ".join(filter(None, (it.standing, it.disposition, it.reason)))
        yield _row(it.raised_us, "nonconformance", f"{it.nonconformance}: {it.description}", where=it.lot, standing=standing)


def _pieces(found: Evidence) -> Iterator[Row]:
    for job in found.jobs:
        told = [it for it in found.by_job[job.job_order] if isinstance(it, e.CountCorrected | e.CountObserved)]
        reasons = ", ".join(dict.fromkeys(it.reason for it in told if (it.scrap or it.rework) and it.reason))
        for count, words in ((job.scrap, "scrapped"), (job.rework, "sent back")):
            if count:
                yield _row(job.ended_us, words, f"{count} of {job.quantity}", where=job.job_order, standing=reasons)


def _persons(run: Run, found: Evidence) -> Iterator[Row]:
    """Who worked without the qualification that the step asks for, or nobody where somebody should have been."""
    persons = run.plant.layout.persons
    for job in found.jobs:
        wanted = job.step.personnel_class
        if not wanted or job.started_us < 0 or not persons:
            continue
        worked = who_worked(found, job)
        for person in worked:
            if person in persons and wanted not in persons[person].classes:
                yield _row(job.started_us, "not qualified", f"{person} is no {wanted}", where=job.job_order)
        if not worked and job.ended_us >= 0:
            yield _row(job.started_us, "nobody", f"no {wanted} is known to have worked on it", where=job.job_order)


def _steps(run: Run, found: Evidence) -> Iterator[Row]:
    """Guided steps that two persons have to verify, and have not."""
    guided = run.mes.process.steps
    for job in found.jobs:
        done = guided.done(job)
        wanted = [name for name, it in guided.steps_of(job).items() if it.verified_by_two] if job.ended_us >= 0 else []
        for name in wanted:
            if name not in done or not done[name].verified_by:
                yield _row(job.ended_us, "not verified", f"step {name}: two persons have not confirmed it", where=job.job_order)


def who_worked(found: Evidence, job: JobOrder) -> dict[str, int]:
    """Persons of a job order with their posted time, us; who is named without any is there with 0."""
    worked: dict[str, int] = {}
    for event in found.by_job[job.job_order]:
        if isinstance(event, e.PersonnelActual):
            worked[event.person] = worked.get(event.person, 0) + event.work_us
        elif isinstance(event, e.JobOrderStarted | e.JobOrderResumed) and event.person:
            for person in event.person.split("+"):
                worked.setdefault(person, 0)
    return worked
