"""Signing on a page: id and secret each time. Whoever signs for the first time chooses the secret, unless a file says who may sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from twin.apps.feed import Feed
from twin.model.events import OperationsEvent
from twin.results.reports.batch_record import release_entry, released_entry
from twin.store.proof.badges import Session


def sign(feed: Feed, by: Session, record: Callable[[], str], secret: str, meaning: str, entry_id: str = "") -> str:
    """Sign the entry that `record` names; "" or in words why not. A secret is one at every page and terminal; an `entry_id` signs once."""

    def signature(at_us: int) -> OperationsEvent:
        signed = record()
        feed.signatures.choose(by.person, secret)
        made = feed.signatures.sign(signed, by.person, secret, meaning, terminal=by.terminal, at_us=at_us)
        return replace(made, entry_id=entry_id)

    return feed.enter(signature, entry_id, session=by)


def release_batch(feed: Feed, by: Session, lot: str, secret: str, reason: str, entry_id: str = "") -> str:
    """Release a lot with its batch record as it is now, and sign that; "" or in words why not. Whoever cannot sign releases nothing."""
    run = feed.run
    if words := feed.badges.why_not(by.person, by) or feed.signatures.why_not_of(by.person, secret, by.terminal):
        return words

    def released(at_us: int) -> OperationsEvent:
        entry = release_entry(run, lot, person=by.person, terminal=by.terminal, at_us=at_us, reason=reason)
        return replace(entry, entry_id=entry_id)

    signed_as = f"{entry_id}/signed" if entry_id else ""
    return feed.enter(released, entry_id, session=by) or sign_batch(feed, by, lot, secret, "approved", signed_as)


def sign_batch(feed: Feed, by: Session, lot: str, secret: str, meaning: str, entry_id: str = "") -> str:
    """Sign the release of a lot; "" or in words why not."""
    return sign(feed, by, lambda: released_entry(feed.run, lot).id, secret, meaning, entry_id)
