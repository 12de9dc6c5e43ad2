"""Signing on a page or by a program: id and secret each time. Who signs first chooses the secret, unless a file says who may sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from twin.apps.feed import Feed
from twin.apps.terminals.readers import instant_in, number_of, parts_of
from twin.model.events import DefectsCounted, EntryRefused, OperationsEvent, TestResultCorrected, TestResultRecorded
from twin.model.problems import listed
from twin.results.auditing.signable import SIGNABLE, signed_entry
from twin.results.reports.batch_record import acceptance_entry, rejection_entry, release_entry, released_entry
from twin.store.proof.badges import Session

Make = Callable[[int], OperationsEvent]
"""Makes the event of the instant at which it is taken; a ValueError says why it cannot be."""


def signature(feed: Feed, person: str, terminal: str, record: Callable[[], str], secret: str, meaning: str, entry_id: str = "") -> Make:
    """The signature of the entry that `record` names, with the secret that the person has at every page, terminal and program."""

    def made(at_us: int) -> OperationsEvent:
        signed = record()
        feed.signatures.choose(person, secret)
        return replace(feed.signatures.sign(signed, person, secret, meaning, terminal=terminal, at_us=at_us), entry_id=entry_id)

    return made


def batch_release(feed: Feed, person: str, terminal: str, lot: str, reason: str, entry_id: str = "") -> Make:
    """The release of a lot with its batch record as it is then."""

    def made(at_us: int) -> OperationsEvent:
        entry = release_entry(feed.run, lot, person=person, terminal=terminal, at_us=at_us, reason=reason)
        if entry.exception_count and not reason.strip():  # a slip of the hand would be one more exception of the record
            raise ValueError(f"{entry.exception_count} exceptions would be accepted with it: it needs a reason; allowed: why, in words")
        return replace(entry, entry_id=entry_id)

    return made


def batch_rejection(feed: Feed, person: str, terminal: str, lot: str, reason: str, entry_id: str = "") -> Make:
    """That a lot is not released by its batch record as it is then."""

    def made(at_us: int) -> OperationsEvent:
        entry = rejection_entry(feed.run, lot, person=person, terminal=terminal, at_us=at_us, reason=reason)
        return replace(entry, entry_id=entry_id)

    return made


def exception_acceptance(feed: Feed, person: str, terminal: str, lot: str, exception: str, reason: str, entry_id: str = "") -> Make:
    """That one exception of the batch record of a lot is accepted."""

    def made(at_us: int) -> OperationsEvent:
        entry = acceptance_entry(feed.run, lot, exception, person=person, terminal=terminal, at_us=at_us, reason=reason)
        return replace(entry, entry_id=entry_id)

    return made


def batch_signature(feed: Feed, person: str, terminal: str, lot: str, secret: str, meaning: str, entry_id: str = "") -> Make:
    """The signature of the release of a lot."""
    return signature(feed, person, terminal, lambda: released_entry(feed.run, lot).id, secret, meaning, entry_id)


def result_signature(
    feed: Feed, by: Session, lot: str, characteristic: str, secret: str, meaning: str, entry_id: str = "", value: float | None = None
) -> Make:
    """The signature of the newest result of a characteristic of a lot, corrected as far as it was; `value`: what the signer has read.

    What was measured or corrected between reading and signing nobody has read (21 CFR 11.70), so it is not signed.
    """
    return signature(feed, by.person, by.terminal, lambda: _result(feed, lot, characteristic, value), secret, meaning, entry_id)


def _result(feed: Feed, lot: str, characteristic: str, value: float | None) -> str:
    entries = list(feed.run.journal.entries())
    refused = {entry.cause for entry in entries if isinstance(entry.event, EntryRefused)}
    found = (
        (entry.id, entry.event.found if isinstance(entry.event, DefectsCounted) else entry.event.value)
        for entry in reversed(entries)
        if isinstance(entry.event, TestResultRecorded | TestResultCorrected | DefectsCounted) and entry.id not in refused
        if (entry.event.lot, entry.event.characteristic) == (lot, characteristic)
    )
    record, newest = next(found, ("", 0.0))
    if not record:
        there = dict.fromkeys(
            it.event.characteristic
            for it in entries
            if isinstance(it.event, TestResultRecorded | DefectsCounted) and it.event.lot == lot and it.id not in refused
        )
        raise ValueError(f"lot {lot} has no result of '{characteristic}' that could be signed; allowed: {listed(there)}")
    if value not in (None, newest):
        raise ValueError(f"{characteristic} of lot {lot} is {newest!r} by now, not {value!r}; allowed: to read that, and to sign it")
    return record


def decision_signature(
    feed: Feed, by: Session, of: str, names: list[str], read_us: int | None, secret: str, meaning: str, entry_id: str = ""
) -> Make:
    """The signature of what a person has decided or done, as it was read: a disposition, an override, a released document, a step."""
    return signature(feed, by.person, by.terminal, lambda: signed_entry(feed.run, of, names, read_us).id, secret, meaning, entry_id)


def sign_decision(feed: Feed, by: Session, decision: str, secret: str, meaning: str, entry_id: str = "") -> str:
    """Sign what was chosen, as of what, when it was said and its names; "" or in words why not."""
    try:
        of, read_us, *_ = parts_of({"decision": decision}, "decision", 3)
        if of not in SIGNABLE:
            raise ValueError(f"decision: nobody signs a '{of}' here; allowed: {listed(SIGNABLE)}")
        names = parts_of({"decision": decision}, "decision", 2 + len(SIGNABLE[of][1]))[2:]
        made = decision_signature(feed, by, of, names, instant_in(read_us, "decision"), secret, meaning, entry_id)
    except ValueError as error:
        return str(error)
    return feed.enter(made, entry_id, session=by)


def sign_result(feed: Feed, by: Session, result: str, secret: str, meaning: str, entry_id: str = "") -> str:
    """Sign a result that was chosen, as value, characteristic and lot; "" or in words why not."""
    try:
        value, characteristic, lot = parts_of({"result": result}, "result", 3)
        made = result_signature(feed, by, lot, characteristic, secret, meaning, entry_id, number_of({"result": value}, "result"))
    except ValueError as error:
        return str(error)
    return feed.enter(made, entry_id, session=by)


def sign(feed: Feed, by: Session, record: Callable[[], str], secret: str, meaning: str, entry_id: str = "") -> str:
    """Sign the entry that `record` names; "" or in words why not. An `entry_id` signs once."""
    return feed.enter(signature(feed, by.person, by.terminal, record, secret, meaning, entry_id), entry_id, session=by)


def release_batch(feed: Feed, by: Session, lot: str, secret: str, reason: str, entry_id: str = "") -> str:
    """Release a lot with its batch record as it is now, and sign that; "" or in words why not. Whoever cannot sign releases nothing."""
    if words := feed.badges.why_not(by.person, by) or feed.signatures.why_not_of(by.person, secret, by.terminal):
        return words
    released = batch_release(feed, by.person, by.terminal, lot, reason, entry_id)
    signed_as = f"{entry_id}/signed" if entry_id else ""
    return feed.enter(released, entry_id, session=by) or sign_batch(feed, by, lot, secret, "approved", signed_as)


def reject_batch(feed: Feed, by: Session, lot: str, secret: str, reason: str) -> str:
    """Say that a lot is not released, and sign that; "" or in words why not. Whoever cannot sign rejects nothing."""
    said = batch_rejection(feed, by.person, by.terminal, lot, reason)
    return _reviewed(feed, by, said, "rejection", [lot], secret, reason)


def accept_exception(feed: Feed, by: Session, lot: str, exception: str, secret: str, reason: str) -> str:
    """Accept one exception of the record of a lot, and sign that; "" or in words why not. Whoever cannot sign accepts nothing."""
    said = exception_acceptance(feed, by.person, by.terminal, lot, exception, reason)
    return _reviewed(feed, by, said, "exception", [lot, exception], secret, reason)


def _reviewed(feed: Feed, by: Session, said: Make, of: str, names: list[str], secret: str, reason: str) -> str:
    if words := feed.badges.why_not(by.person, by) or feed.signatures.why_not_of(by.person, secret, by.terminal):
        return words
    if not reason:  # a slip of the hand is no entry of the record
        return "it needs a reason; allowed: why, in words"
    return feed.enter(said, session=by) or feed.enter(decision_signature(feed, by, of, names, None, secret, "reviewed"), session=by)


def sign_batch(feed: Feed, by: Session, lot: str, secret: str, meaning: str, entry_id: str = "") -> str:
    """Sign the release of a lot; "" or in words why not."""
    return feed.enter(batch_signature(feed, by.person, by.terminal, lot, secret, meaning, entry_id), entry_id, session=by)
