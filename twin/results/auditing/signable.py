"""What persons decide and sign beside results and batch records: each as it was said last, and bound to the entry that says it.

Who signs has read it: what was said otherwise since then is another record, and is not signed in its place (21 CFR 11.70).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from twin.mes.quality.inspections import OVERRULED
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.problems import listed

if TYPE_CHECKING:
    from twin.results.run import Run
    from twin.store.journal import JournalEntry

SIGNABLE: dict[str, tuple[tuple[type[OperationsEvent], ...], tuple[str, ...]]] = {
    "disposition": ((e.NonconformanceDispositioned,), ("nonconformance",)),
    "override": ((e.InspectionOverruled,), ("plan", "lot")),
    "document": ((e.DocumentReleased,), ("document", "revision")),
    "step": ((e.StepConfirmed, e.StepCorrected), ("step", "job_order")),
    "exception": ((e.RecordExceptionAccepted,), ("lot", "exception")),
    "rejection": ((e.BatchRecordRejected,), ("lot",)),
}
"""By what is signed: the entries that say it, and the fields by which one is named; the last of them others may have called so."""
SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Signable:
    """One that may be signed: `names` in the order of its fields, when it was said last (us), and what, in words."""

    of: str
    names: tuple[str, ...]
    at_us: int
    words: str


def to_sign(run: Run, *of: str) -> list[Signable]:
    """What persons have decided of these kinds, or of all, the newest first; steps of the newest job orders. Called with the run's lock."""
    found = (it for kind in of or SIGNABLE for it in _FOUND[kind](run))
    return sorted(found, key=lambda it: -it.at_us)


def _dispositions(run: Run) -> Iterator[Signable]:
    for it in run.mes.quality.nonconformances.all.values():
        if it.disposed_by:
            words = f"{it.nonconformance}: {it.disposition}, by {it.disposed_by}"
            yield Signable(of="disposition", names=(it.nonconformance,), at_us=it.disposition_us, words=words)


def _overrides(run: Run) -> Iterator[Signable]:
    for (plan, lot), it in run.mes.quality.inspections.all.items():
        if it.verdict == OVERRULED:
            words = f"{plan} of {lot}: {it.verdict} by {it.judged_by}, {it.reason}"
            yield Signable(of="override", names=(plan, lot), at_us=it.judged_us, words=words)


def _documents(run: Run) -> Iterator[Signable]:
    for name, document in run.mes.documents.documents.items():
        for revision, it in document.all.items():
            if it.released_by:
                words = f"{name}, revision {revision}: released by {it.released_by}, digest {it.digest}"
                yield Signable(of="document", names=(name, revision), at_us=it.released_us, words=words)


def _steps(run: Run) -> Iterator[Signable]:
    confirmed = run.mes.process.steps.confirmed
    for job_order in islice(reversed(confirmed), SHOWN):
        for step, it in confirmed[job_order].items():
            words = f"{step} of {job_order}: {it.said}, by {it.verified_by or it.person}"
            yield Signable(of="step", names=(step, job_order), at_us=it.at_us, words=words)


def _exceptions(run: Run) -> Iterator[Signable]:
    for lot, accepted in run.mes.records.accepted.items():
        for exception, it in accepted.items():
            words = f"exception {exception} of {lot}: {it.words}; accepted by {it.person}, {it.reason}"
            yield Signable(of="exception", names=(lot, exception), at_us=it.effective_us, words=words)


def _rejections(run: Run) -> Iterator[Signable]:
    for lot, rejections in run.mes.records.rejections.items():
        words = f"record of {lot}: rejected by {rejections[-1].person}, {rejections[-1].reason}"
        yield Signable(of="rejection", names=(lot,), at_us=rejections[-1].effective_us, words=words)


_FOUND: dict[str, Callable[[Run], Iterator[Signable]]] = {
    "disposition": _dispositions, "override": _overrides, "document": _documents, "step": _steps,
    "exception": _exceptions, "rejection": _rejections,
}  # fmt: skip


def signed_decisions(run: Run) -> list[tuple[Signable, list[e.RecordSigned]]]:
    """What may be signed, the newest first, each with its signatures. Called with the run's lock."""
    signatures: dict[str, list[e.RecordSigned]] = {}
    for it in run.mes.quality.signatures:
        signatures.setdefault(it.record, []).append(it)
    of: dict[tuple[str, int], list[e.RecordSigned]] = {}
    for entry in run.journal.entries() if signatures else ():
        if entry.id in signatures:
            of.setdefault((subject_of(entry.event), entry.event.effective_us), []).extend(signatures[entry.id])
    return [(it, of.get((subject(it.of, it.names), it.at_us), [])) for it in to_sign(run)]


def subject_of(event: OperationsEvent) -> str:
    """What a signature of this entry is of, in words; "" of what is not signed so."""
    for of, (kinds, fields) in SIGNABLE.items():
        if isinstance(event, kinds):
            return subject(of, [getattr(event, name) for name in fields])
    return ""


def subject(of: str, names: Sequence[str]) -> str:
    """As in "step clear, B1-GB1/40"."""
    return f"{of} {', '.join(names)}"


def names_of(of: str, named: Mapping[str, str]) -> list[str]:
    """The names of what shall be signed, in the order of its fields.

    Raises
    ------
    ValueError : one is missing, or there are others
    """
    fields = SIGNABLE[of][1]
    if set(named) != set(fields):
        raise ValueError(f"names: a signature of a {of} names {listed(named) if named else 'nothing'}; allowed: {listed(fields)}")
    return [named[name] for name in fields]


def signed_entry(run: Run, of: str, names: list[str], read_us: int | None) -> JournalEntry:
    """The entry that says it as it stands; `read_us`: of which instant the signer has read it, None: whatever was said last.

    Raises
    ------
    ValueError : nobody has said it, it was said otherwise since it was read, or it does not stand: a step that is undone, or half confirmed
    """
    entries = list(run.journal.entries())
    refused = {entry.cause for entry in entries if isinstance(entry.event, e.EntryRefused)}
    wanted = subject(of, names)
    found = (it for it in reversed(entries) if it.event.person and it.id not in refused and subject_of(it.event) == wanted)
    newest = next(found, None)
    if newest is None:
        raise ValueError(f"there is no {wanted} that could be signed")
    if read_us is not None and newest.event.effective_us != read_us:
        raise ValueError(f"{wanted} was said otherwise since it was read; allowed: to read that, and to sign it")
    if isinstance(newest.event, SIGNABLE["step"][0]):
        _refuse_open_step(run, *names)
    return newest


def _refuse_open_step(run: Run, step: str, job_order: str) -> None:
    """Nobody signs that a step is done which was taken back, or which a second person has still to confirm."""
    steps = run.mes.process.steps
    if step in steps.confirmed.get(job_order, {}):
        return
    is_half = step in steps.first.get(job_order, {})
    why = "a second person has still to confirm it" if is_half else "it was said that it is not done"
    raise ValueError(f"{subject('step', [step, job_order])} is not confirmed: {why}; allowed: once it is")
