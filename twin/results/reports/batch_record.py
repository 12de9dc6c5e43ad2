"""The electronic batch record: how a lot was made, step by step, exceptions first; released by quality assurance, bound to the journal.

Every entry of the journal that the record rests on stands in it with its hash, and the journal is looked through for a link that does not
hold. Once a lot is released, the record that was released stands, whatever comes to be known later.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from twin.mes.execution import JobOrder
from twin.mes.process.steps import Confirmed
from twin.model import events as e
from twin.model.events import BatchRecordRejected, BatchRecordReleased, Entry, RecordExceptionAccepted
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.opened import media_of
from twin.model.states import MaterialUse
from twin.results.auditing.audit_trail import said_by
from twin.results.reports.batch_evidence import Evidence, evidence_of
from twin.results.reports.batch_exceptions import exceptions_of, is_open, number_of, verified_by_two, who_worked
from twin.results.reports.documents import Shown
from twin.results.reports.handover import content_hash, content_text, local
from twin.store.journal import verify

if TYPE_CHECKING:
    from twin.results.run import Run
    from twin.store.journal import JournalEntry

Row = dict[str, Any]


def batch_record(run: Run, name: str) -> dict[str, Any]:
    """The record of a lot, or of all lots of a request, as plain values; instants are local time of the plant.

    Raises
    ------
    ValueError : nobody knows such a lot or request
    """
    lots, requests, chain = run.mes.lots, run.mes.requests, _Chain(list(run.journal.entries()))
    if name in requests:
        records = [_of_lot(run, lot.lot, chain) for lot in lots.values() if lot.request == name and lot.made_here]
        exceptions = [{"lot": record["lot"], **row} for record in records for row in record["exceptions"]]
        return {"document": "batch record", "request": name, "exceptions": exceptions, "lots": records}
    if name not in lots:
        raise ValueError(f"no lot or request '{name}'{did_you_mean(name, [*lots, *requests])}")
    return _of_lot(run, name, chain)


class _Chain:
    """The journal, looked through once however many lots a record is of: where a link does not hold, and the hashes of today."""

    def __init__(self, entries: list[JournalEntry]) -> None:
        self.broken_at = verify(entries)
        self.hashes = {entry.id: entry.hash for entry in entries}


def _of_lot(run: Run, lot: str, chain: _Chain) -> dict[str, Any]:
    kept = run.mes.records.releases.get(lot)
    content = json.loads(kept.record) if kept else _content(run, lot)
    changed = [it["entry"] for it in content["evidence"] if chain.hashes.get(it["entry"]) != it["hash"]]
    stands = {"holds": chain.broken_at is None and not changed, "broken_at": chain.broken_at, "changed": changed}
    return {**content, "hash": content_hash(content), "chain": stands, "release": _release(run, kept)}


def pictures_of(run: Run, record: dict[str, Any]) -> list[Shown]:
    """The pictures that a record names, as they were taken."""
    named = [row for one in record.get("lots", [record]) for row in one.get("pictures", ())]
    known = {one.digest: one for it in run.mes.quality.nonconformances.all.values() for one in it.pictures}
    return [
        Shown(
            words=", ".join(filter(None, (row["nonconformance"], row["note"], row["person"], row["at"], row["digest"]))),
            media=media_of(row["file"]), content=known[row["digest"]].content,
        )
        for row in named
        if row["digest"] in known
    ]  # fmt: skip


def release_entry(run: Run, lot: str, *, person: str, terminal: str, at_us: int, reason: str = "") -> BatchRecordReleased:
    """What a person of quality assurance says to release a lot with its record as it is now, and the exceptions that are left with it."""
    content = _content(run, lot)
    return BatchRecordReleased(
        effective_us=at_us, person=person, terminal=terminal, lot=lot, record=content_text(content), record_hash=content_hash(content),
        exception_count=sum(not it["accepted"] for it in content["exceptions"]), reason=reason,
    )  # fmt: skip


def rejection_entry(run: Run, lot: str, *, person: str, terminal: str, at_us: int, reason: str) -> BatchRecordRejected:
    """What a person of quality assurance says who does not release a lot by its record as it is now."""
    content = _content(run, lot)
    return BatchRecordRejected(
        effective_us=at_us, person=person, terminal=terminal, lot=lot, record=content_text(content), record_hash=content_hash(content),
        exception_count=len(content["exceptions"]), reason=reason,
    )  # fmt: skip


def acceptance_entry(
    run: Run, lot: str, exception: str, *, person: str, terminal: str, at_us: int, reason: str
) -> RecordExceptionAccepted:  # fmt: skip
    """What a person of quality assurance says who accepts one exception of the record of a lot.

    Raises
    ------
    ValueError : the record has no such exception
    """
    rows = {number_of(row): row for row in exceptions_of(run, evidence_of(run, lot))}
    known = {number: f"{row['kind']}: {row['what']}" for number, row in rows.items()}
    if exception not in known:
        raise ValueError(
            f"the record of lot '{lot}' has no exception '{exception}'; allowed: {listed(known) if known else 'none, it has none'}"
        )
    if is_open(rows[exception]):  # who accepts it would have accepted what somebody else decides later
        raise ValueError(f"exception '{exception}' is {rows[exception]['standing']}; allowed: once it is decided what becomes of it")
    return RecordExceptionAccepted(
        effective_us=at_us, person=person, terminal=terminal, lot=lot, exception=exception, words=known[exception], reason=reason
    )


def released_entry(run: Run, lot: str) -> JournalEntry:
    """The entry of the journal by which a lot was released: this is signed.

    Raises
    ------
    ValueError : it is not released
    """
    kept = run.mes.records.releases.get(lot)
    found = next((it for it in run.journal.entries() if kept and it.event == kept), None)
    if found is None:
        raise ValueError(f"lot '{lot}' is not released by its record; allowed: Release a batch, then sign")
    return found


def _release(run: Run, kept: BatchRecordReleased | None) -> dict[str, Any]:
    if kept is None:
        return {"standing": "not released"}
    entry = released_entry(run, kept.lot)
    signed = [it for it in run.mes.quality.signatures if (it.record, it.record_hash) == (entry.id, entry.hash)]
    return {
        "standing": "released and signed" if signed else "released, not signed", "person": kept.person,
        "at": local(run, kept.effective_us), "reason": kept.reason, "record_hash": kept.record_hash, "entry": entry.id,
        "entry_hash": entry.hash, "signatures": [_signature(run, it) for it in signed],
    }  # fmt: skip


def _content(run: Run, lot: str) -> dict[str, Any]:
    found, it = evidence_of(run, lot), run.mes.lots[lot]
    material = run.plant.materials.materials[it.material]
    accepted = run.mes.records.accepted_of(lot)
    exceptions = [
        {**row, "at": local(run, row["at"]), "number": (number := number_of(row)), "accepted": _accepted(run, accepted.get(number))}
        for row in exceptions_of(run, found)
    ]
    request = run.mes.requests.get(it.request)
    pictures = _pictures(run, lot)
    return {
        "document": "batch record", "plant": run.plant.title, "lot": lot, "material": it.material, "title": material.title or it.material,
        "unit": material.unit, "quantity": it.quantity, "produced": it.produced, "scrapped": it.scrapped, "request": it.request,
        "order": request.order if request else "", "exceptions": exceptions, "steps": [step_row(run, found, job) for job in found.jobs],
        "materials": _materials(run, found),
        "made_of": [{"lot": link.lot, "quantity": link.quantity, "into": link.into} for link in run.mes.backward(lot)],
        **({"pictures": pictures} if pictures else {}),  # a record of before there were any is the same
        "results": result_rows(run, found), "entries": _entries(run, found),
        "signatures": [
            {**_signature(run, signature), "entry": record} for record, its in found.signatures.items() for signature in its
        ],
        "evidence": [
            {"entry": one.id, "event": type(one.event).__name__, "at": local(run, one.event.effective_us), "hash": one.hash}
            for one in found.entries
        ],
    }  # fmt: skip


def _accepted(run: Run, it: RecordExceptionAccepted | None) -> str:
    return f"by {it.person}, {local(run, it.effective_us)}: {it.reason}" if it else ""


def _pictures(run: Run, lot: str) -> list[Row]:
    """What was seen of what was wrong with the lot, or with what it came out of; each by its digest."""
    return [
        {
            "nonconformance": it.nonconformance, "file": one.file, "note": one.note, "person": one.person, "at": local(run, one.at_us),
            "digest": one.digest,
        }
        for it in run.mes.quality.nonconformances.all.values()
        if lot in (it.lot, it.into_lot)
        for one in it.pictures
    ]  # fmt: skip


def step_row(run: Run, found: Evidence, job: JobOrder) -> Row:
    """One operation on a lot: where, when, by whom, with what, and what came of it."""
    segment = run.plant.layout.routings[job.material][job.operation].segment
    title = run.plant.layout.process_segments[segment].title or segment
    return {
        "operation": job.operation, "title": title, "job_order": job.job_order, "standing": str(run.mes.status(job.job_order)[0]),
        "equipment": job.equipment, "start": local(run, job.started_us) if job.started_us >= 0 else "",
        "end": local(run, job.ended_us) if job.ended_us >= 0 else "",
        "persons": [f"{person} ({work_us / 60e6:.0f} min)" for person, work_us in who_worked(found, job).items()],
        "good": job.good, "scrap": job.scrap, "rework": job.rework, "setup_min": round(job.setup_us / 60e6, 1),
        "run_min": round(job.run_us / 60e6, 1), "energy_kwh": job.energy_wh / 1000, "documents": _documents(found, job),
        "tools": _tools(found, job), "confirmed": _confirmed(run, job), "values": _values(run, found, job),
    }  # fmt: skip


def _documents(found: Evidence, job: JobOrder) -> list[str]:
    """Revisions that were in force when it began, with the digests of what they said."""
    return [
        f"{document} rev {revision} ({digest[:12]})"
        for event in found.by_job[job.job_order]
        if isinstance(event, e.DocumentsInForce)
        for document, revision, digest in event.documents
    ]


def _confirmed(run: Run, job: JobOrder) -> list[str]:
    """Steps of the guided instruction that persons have confirmed, and with what; a correction stands beside what it corrects, with why."""
    return [f"{it.step}: {it.said} ({', '.join(filter(None, _by(it)))})" for it in run.mes.process.steps.history.get(job.job_order, ())]


def _by(it: Confirmed) -> tuple[str, str, str]:
    """Who said it, why it is another than before, and who has verified it."""
    return it.person, f"corrected: {it.reason}" * bool(it.reason), f"verified by {it.verified_by}" * bool(it.verified_by)


def _tools(found: Evidence, job: JobOrder) -> list[str]:
    """Tools that it had."""
    return [event.tool for event in found.by_job[job.job_order] if isinstance(event, e.ToolAssigned)]


def _values(run: Run, found: Evidence, job: JobOrder) -> list[str]:
    """Process values while it ran, as far as they were corrected: how many, from where to where."""
    said = {
        (it.property, it.observed_us, it.was): it.value
        for it in reversed(run.mes.process.corrections.taken)
        if job.job_order in it.job_order.split("+")
    }
    seen: dict[tuple[str, str], list[float]] = {}
    doubted = Counter[tuple[str, str]]()
    for event in found.by_job[job.job_order]:
        if isinstance(event, e.ProcessValueObserved):
            value = event.value
            while (event.property, event.effective_us, value) in said:  # a correction may be corrected
                value = said.pop((event.property, event.effective_us, value))
            seen.setdefault((event.property, event.unit), []).append(value)
            doubted[event.property, event.unit] += bool(event.quality)
    return [
        f"{name}: {len(values)} from {min(values):g} to {max(values):g} {unit}".strip()
        + (f" ({doubted[name, unit]} uncertain)" if doubted[name, unit] else "")
        for (name, unit), values in seen.items()
    ]  # fmt: skip


def _materials(run: Run, found: Evidence) -> list[Row]:
    return [
        {
            "at": local(run, event.effective_us), "job_order": event.job_order, "material": event.material, "lot": event.lot,
            "quantity": event.quantity,
        }
        for event in found.of(e.MaterialActual)
        if isinstance(event, e.MaterialActual) and event.use == MaterialUse.CONSUMED and event.lot != found.lot
    ]  # fmt: skip


def result_rows(run: Run, found: Evidence, before_us: int | None = None) -> list[Row]:
    """What was inspected (was to be, before an instant), against what, with the verdict, and whether two persons have signed it."""
    rows = []
    for (plan, lot), it in run.mes.quality.inspections.all.items():
        if lot != found.lot or (before_us is not None and it.asked_us >= before_us):
            continue
        for name, asked in it.declared.characteristics.items():
            rows.append(
                {
                    "plan": plan, "characteristic": name, "found": list(it.values.get(name, ())), "unit": asked.unit,
                    "allowed": asked.asked, "is_allowed": bool(it.values.get(name)) and name not in it.wrong, "verdict": it.verdict,
                    "verified_by_two": verified_by_two(found, {name}),
                }
            )  # fmt: skip
    return rows


def _entries(run: Run, found: Evidence) -> list[Row]:
    """What persons have said about the lot and its job orders, with who, when and from where, and whether it was taken."""
    refused = {it.cause: it.event.reason for it in found.entries if isinstance(it.event, e.EntryRefused)}
    return [
        {
            "at": local(run, it.event.effective_us), "person": it.event.person, "terminal": it.event.terminal,
            "says": type(it.event).__name__, "what": said_by(it.event, run.plant.layout.time_zone),
            "reason": getattr(it.event, "reason", ""), "entry": it.id,
            "standing": f"refused: {refused[it.id]}" if it.id in refused else "taken",
        }
        for it in found.entries
        if isinstance(it.event, Entry) and it.event.person and not isinstance(it.event, e.RecordSigned)
    ]  # fmt: skip


def _signature(run: Run, it: e.RecordSigned) -> Row:
    return {"person": it.person, "meaning": it.meaning, "at": local(run, it.effective_us), "terminal": it.terminal}
