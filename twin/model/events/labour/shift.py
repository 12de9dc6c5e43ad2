"""Level 3, shifts and batches: what persons leave to the next shift, that a shift is handed over, how batches are reviewed."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftNoteLeft(Entry):
    """What `person` wants the next shift to know, about the shift that began at `start_us`."""

    shift: str
    start_us: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftHandedOver(Entry):
    """The shift from `start_us` to `end_us` is handed over with this report (JSON), of this hash (SHA-256); both shifts sign this."""

    shift: str
    start_us: int
    end_us: int
    report: str
    report_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRecordReleased(Entry):
    """Quality assurance releases a lot by this batch record (JSON), of this hash (SHA-256).

    `exception_count`: of so many exceptions in it that nobody has accepted by themselves, which are accepted with it, for a reason.
    """

    record: str
    record_hash: str
    exception_count: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordExceptionAccepted(Entry):
    """Quality assurance has reviewed one exception of the batch record of a lot, and accepts it.

    `exception`: its number there, a digest of when, where and what; `words`: what it said when it was read.
    """

    exception: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRecordRejected(Entry):
    """Quality assurance does not release a lot by this batch record (JSON), of this hash (SHA-256). What is here of the lot is held."""

    record: str
    record_hash: str
    exception_count: int
    reason: str
