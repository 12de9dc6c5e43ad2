"""Signing on a page: id and secret each time. Whoever signs for the first time chooses the secret, unless a file says who may sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from twin.apps.feed import Feed
from twin.model.events import OperationsEvent
from twin.results.reports.batch_record import release_entry, released_entry


def sign(feed: Feed, record: Callable[[], str], person: str, secret: str, meaning: str, terminal: str, entry_id: str = "") -> str:
    """Sign the entry that `record` names; "" or in words why not. A secret is one at every page and terminal; an `entry_id` signs once."""

    def signature(at_us: int) -> OperationsEvent:
        signed = record()
        feed.signatures.choose(person, secret)
        made = feed.signatures.sign(signed, person, secret, meaning, terminal=terminal, at_us=at_us)
        return replace(made, entry_id=entry_id)

    return feed.enter(signature, entry_id)


def release_batch(feed: Feed, lot: str, person: str, secret: str, reason: str, terminal: str, entry_id: str = "") -> str:
    """Release a lot with its batch record as it is now, and sign that; "" or in words why not. Whoever cannot sign releases nothing."""
    run = feed.run
    if words := feed.signatures.why_not_of(person, secret, terminal):
        return words

    def released(at_us: int) -> OperationsEvent:
        return replace(release_entry(run, lot, person=person, terminal=terminal, at_us=at_us, reason=reason), entry_id=entry_id)

    signed_as = f"{entry_id}/signed" if entry_id else ""
    return feed.enter(released, entry_id) or sign_batch(feed, lot, person, secret, "approved", terminal, signed_as)


def sign_batch(feed: Feed, lot: str, person: str, secret: str, meaning: str, terminal: str, entry_id: str = "") -> str:
    """Sign the release of a lot; "" or in words why not."""
    return sign(feed, lambda: released_entry(feed.run, lot).id, person, secret, meaning, terminal, entry_id)
