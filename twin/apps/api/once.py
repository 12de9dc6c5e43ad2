"""Writing once: what a program says under one Idempotency-Key is one entry, however often it is sent, after a restart too.

The key, after the program's name, is the `entry_id` of the event in the journal, so nothing else has to be kept. The same document under it
again has the same answer, a refusal too; another document is refused, for whoever sends it has mixed something up.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import BaseModel

from twin.apps.api.entries import said_fields
from twin.apps.feed import Feed
from twin.model.events import OperationsEvent
from twin.model.states import Source
from twin.store.entries import NOT_YET, REMEMBERED


class Refused(Exception):
    """It was not taken; the status says of what kind that is, the words why."""

    def __init__(self, status: int, words: str) -> None:
        self.status, self.words = status, words
        super().__init__(words)


@dataclass(slots=True)
class _Said:
    asked: BaseModel | None  # None: said in a run before this one, of which the event alone is known
    made: OperationsEvent | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Once:
    """Enters what programs say into a feed, each thing once."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._lock = threading.Lock()
        self._said: dict[str, _Said] = {}
        for entry in feed.run.journal.entries():
            if entry.source == Source.USER and (entry_id := getattr(entry.event, "entry_id", "")):
                self._said[entry_id] = _Said(None, entry.event)

    def enter(
        self, entry_id: str, asked: BaseModel, kind: type[OperationsEvent], make: Callable[[int], OperationsEvent]
    ) -> tuple[OperationsEvent, bool]:
        """Take what was asked, as an event of that kind; the event as it was kept, and whether it had been taken before.

        Raises
        ------
        Refused : in words
        """
        with self._lock:
            was_there = (said := self._said.get(entry_id)) is not None
            if said is None:
                said = self._said[entry_id] = _Said(asked)
                if len(self._said) > REMEMBERED:
                    del self._said[next(iter(self._said))]
        with said.lock:  # a program that asks again while the first answer is on its way waits for it
            if said.asked != asked if said.asked is not None else not _says(asked, kind, said.made):
                raise Refused(422, "this Idempotency-Key was used for another document; allowed: a key of its own for each")

            def made(at_us: int) -> OperationsEvent:
                said.made = event = make(at_us)
                return event

            words = self._feed.enter(made, entry_id)  # which knows what it has answered under this id, in an earlier run too
            if words or said.made is None:
                raise Refused(503 if words == NOT_YET else 409, words or "it was not taken")
            return said.made, was_there


def _says(asked: BaseModel, kind: type[OperationsEvent], event: OperationsEvent | None) -> bool:
    """Whether an event says what a document asks for."""
    if not isinstance(event, kind):
        return False
    return all(getattr(event, name, None) == value for name, value in said_fields(asked).items())
