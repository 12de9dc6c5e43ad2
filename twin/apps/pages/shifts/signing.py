"""Signing on a page: id and secret each time. Whoever signs for the first time chooses the secret, unless a file says who may sign."""

from __future__ import annotations

from collections.abc import Callable

from twin.apps.feed import Feed
from twin.model.events import OperationsEvent


def sign(feed: Feed, record: Callable[[], str], person: str, secret: str, meaning: str, terminal: str) -> str:
    """Sign the entry that `record` names; "" or in words why not. A secret is one at every page and terminal."""

    def signature(at_us: int) -> OperationsEvent:
        signed = record()
        feed.signatures.choose(person, secret)
        return feed.signatures.sign(signed, person, secret, meaning, terminal=terminal, at_us=at_us)

    return feed.enter(signature)
