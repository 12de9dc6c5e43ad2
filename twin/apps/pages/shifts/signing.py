"""Signing on a page: id and secret each time. Whoever signs for the first time chooses the secret; it is kept while the server runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from weakref import WeakKeyDictionary

from twin.apps.feed import Feed
from twin.model.events import OperationsEvent
from twin.store.signing import Signatures

_LOCK = threading.Lock()
_KEYRINGS: WeakKeyDictionary[Feed, tuple[Signatures, set[str]]] = WeakKeyDictionary()


def sign(feed: Feed, record: Callable[[], str], person: str, secret: str, meaning: str, terminal: str) -> str:
    """Sign the entry that `record` names; "" or in words why not."""

    def signature(at_us: int) -> OperationsEvent:
        with _LOCK:
            signatures, enrolled = _KEYRINGS.setdefault(feed, (Signatures(feed.run.journal), set()))
            if person not in enrolled:
                signatures.enroll(person, secret)
                enrolled.add(person)
            return signatures.sign(record(), person, secret, meaning, terminal=terminal, at_us=at_us)

    return feed.enter(signature)
