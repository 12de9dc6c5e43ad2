"""Writing once: what a program says under one Idempotency-Key is one entry, however often it is sent, after a restart too.

The key, after the program's name, is the `entry_id` of the event in the journal, so nothing else has to be kept. The same document under it
again has the same answer, a refusal too; another document is refused, for whoever sends it has mixed something up.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Header, Response
from pydantic import BaseModel

from twin.apps.api.documents import Taken, known_at
from twin.apps.api.entries import said_fields
from twin.apps.feed import Feed
from twin.model.events import (
    BatchRecordReleased,
    DefectsCounted,
    EntryRefused,
    JobOrderCommandRefused,
    OperationsEvent,
    RecordSigned,
    TestResultCorrected,
    TestResultRecorded,
)  # fmt: skip
from twin.model.states import Source
from twin.results.auditing.signable import subject_of
from twin.results.trade.promised_first import LinePromised, changed_words, promise_words, promised_first
from twin.results.views.business.purchasing import waits_after
from twin.store.entries import NOT_YET, REMEMBERED
from twin.store.tokens import Program

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.:-]+$", description="New for each thing that is said"
    ),
]
Kinds = type[OperationsEvent] | tuple[type[OperationsEvent], ...]


class Refused(Exception):
    """It was not taken; the status says of what kind that is, the words why."""

    def __init__(self, status: int, words: str) -> None:
        self.status, self.words = status, words
        super().__init__(words)


@dataclass(slots=True)
class _Said:
    asked: BaseModel | None  # None: said long ago, or in a run before this one, of which the event alone is known
    made: OperationsEvent | None = None
    words: str | None = None  # the answer: "" if it was taken, else why not; None: nobody has heard it yet
    promised: list[LinePromised] = field(default_factory=list)  # before it was taken; of what was said long ago nobody knows
    batch: str = ""  # what a signature that is known from the journal is of: it names an entry by its id, and a document a lot
    lock: threading.Lock = field(default_factory=threading.Lock)

    def may_be(self, asked: BaseModel, kind: Kinds) -> bool:
        """Whether a document may be the one that said this long ago, of which the event alone is known."""
        if self.batch and getattr(asked, "batch", self.batch) != self.batch:
            return False
        return self.made is None or _says(asked, kind, self.made)


class Once:
    """Enters what programs say into a feed, each thing once.

    No key is ever forgotten, else what was said with it would be said twice; of what is old only the event is kept, and its answer.
    """

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._lock = threading.Lock()
        self._said: dict[str, _Said] = {}
        self._whole: deque[_Said] = deque()  # those whose documents are kept, oldest first
        heard: dict[str, _Said] = {}  # by id of the entry in the journal
        signed: dict[str, str] = {}  # what may be signed, in the same way
        for entry in feed.run.journal.entries():
            if entry.source == Source.USER and (entry_id := getattr(entry.event, "entry_id", "")):
                batch = signed.get(entry.event.record, "") if isinstance(entry.event, RecordSigned) else ""
                heard[entry.id] = self._said[entry_id] = _Said(None, entry.event, "", batch=batch)
            elif entry.cause in heard and isinstance(entry.event, EntryRefused | JobOrderCommandRefused):
                heard[entry.cause].words = entry.event.reason
            if isinstance(entry.event, BatchRecordReleased):
                signed[entry.id] = entry.event.lot
            elif isinstance(entry.event, TestResultRecorded | TestResultCorrected | DefectsCounted):
                signed[entry.id] = f"{entry.event.characteristic} of {entry.event.lot}"
            elif said := subject_of(entry.event):
                signed[entry.id] = said

    def enter(self, entry_id: str, asked: BaseModel, kind: Kinds, make: Callable[[int], OperationsEvent]) -> tuple[OperationsEvent, bool]:
        """Take what was asked, as an event of that kind; the event as it was kept, and whether it had been taken before.

        Raises
        ------
        Refused : in words
        """
        with self._lock:
            was_there = (said := self._said.get(entry_id)) is not None
            if said is None:
                said = self._said[entry_id] = _Said(asked)
                self._whole.append(said)
                if len(self._whole) > REMEMBERED:
                    self._whole.popleft().asked = None
        with said.lock:  # a program that asks again while the first answer is on its way waits for it
            if said.asked != asked if said.asked is not None else not said.may_be(asked, kind):
                raise Refused(422, "this Idempotency-Key was used for another document; allowed: a key of its own for each")

            def made(at_us: int) -> OperationsEvent:
                said.made = event = make(at_us)
                said.promised = promised_first(self._feed.run, event)
                return event

            words = said.words
            if words is None:
                words = self._feed.enter(made, entry_id, has_token=True)
                said.words = None if words == NOT_YET else words
                if getattr(asked, "content", ""):  # of a file the event is kept, and not the document beside it
                    said.asked = None
            if words or said.made is None:
                raise Refused(503 if words == NOT_YET else 409, words or "it was not taken")
            return said.made, was_there

    def knows(self, entry_id: str) -> bool:
        """Whether something was said under that id."""
        with self._lock:
            return entry_id in self._said

    def waits(self, event: OperationsEvent) -> str:
        """What it waits for as things stand, though it was taken; "" where it waits for nothing."""
        with self._feed.run.lock:
            return waits_after(self._feed.run, event)

    def promise(self, entry_id: str, event: OperationsEvent) -> str:
        """What can be promised of an order that was taken under this id, or how it is after a change, in words."""
        with self._feed.run.lock:
            return promise_words(self._feed.run, self._said[entry_id].promised) or changed_words(self._feed.run, event)


def taken(once: Once, response: Response, program: Program, key: str, asked: Any, kind: Kinds, make: Callable[[str], Any]) -> Taken:
    """Enter what a program says, and say under which id it is kept."""
    entry_id = f"{program.name}/{key}"
    event, is_repeated = once.enter(entry_id, asked, kind, make(entry_id))
    if is_repeated:
        response.headers["Idempotency-Replayed"] = "true"
    at = known_at(event.effective_us)
    waits, promise = once.waits(event), once.promise(entry_id, event)
    return Taken(entry=entry_id, event=type(event).__name__, at=at, person=event.person, waits=waits, promise=promise)


def _says(asked: BaseModel, kind: Kinds, event: OperationsEvent) -> bool:
    """Whether an event says what a document asks for; what a document names beside (the planned order that was firmed) no event has."""
    if not isinstance(event, kind):
        return False
    return all(getattr(event, name) == value for name, value in said_fields(asked).items() if hasattr(event, name))
