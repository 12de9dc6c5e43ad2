"""What persons say beside an event source, whichever it is: entries are rounds of their own, each at the instant at which it is taken.

    source = WithEntries(source, run.journal)     # carried as any source, by one thread
    source.enter(LotHoldRequested(...))           # from any thread: "" once it is taken, or why it is not

A simulated plant is stopped at that instant, so that a command takes effect there. A live plant's entries go into the bridge's journal and
come back in its order, so that whoever reads the journal again hears the same. After the end of a record, or of a simulation, nothing more
happens in the plant, but persons may go on to say something about it.
"""

from __future__ import annotations

import logging
import math
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from twin.model.events import EntryRefused, JobOrderCommand, JobOrderCommandRefused, OperationsEvent, event_to_fields
from twin.model.readiness.earlier import said_us
from twin.model.source import EventSource
from twin.model.states import Source
from twin.store.journal import StoreError
from twin.store.journal.hash_chain import canonical

if TYPE_CHECKING:
    from twin.store.journal import Journal, JournalEntry

_log = logging.getLogger(__name__)
Said = OperationsEvent | Callable[[int], OperationsEvent]
"""An entry, or what makes one of the instant at which it is taken: a signature is sealed over its instant."""
PATIENCE_S = 15.0
LOOK_S = 0.1
REMEMBERED = 100_000
"""Ids of entries that are known again when they are sent again: more than a plant's persons say in weeks."""
NOT_YET = "nobody has heard it yet; it is kept, and taken as soon as the plant is heard again"
OVER = "the run has ended: nothing can be commanded any more"


@dataclass(slots=True)
class _Spoken:
    said: Said
    entry_id: str
    answer: Future[str] = field(default_factory=Future)


class WithEntries:
    """An event source around another, beside which persons speak.

    Parameters
    ----------
    source : the plant. If it has `wake`, whoever speaks does not have to wait for its next round; `pass_time` lets it be at that instant
    journal : where the path keeps the run; what was entered before this object was made is known again by its id
    stop : set to end; without one it ends with its source
    takes : what else than commands, of what persons say, goes on to the source once it is accepted
    """

    def __init__(
        self, source: EventSource, journal: Journal, stop: threading.Event | None = None, takes: tuple[type[OperationsEvent], ...] = ()
    ) -> None:
        self._source, self._journal, self._stop = source, journal, stop
        self._takes: tuple[type[OperationsEvent], ...] = (JobOrderCommand, *takes)
        self.origin: Source = source.origin
        self.is_over = bool(getattr(source, "has_ended", False))  # the source has nothing more to say
        self._closed = ""
        self._lock = threading.Lock()
        self._waiting: deque[_Spoken] = deque()
        self._known: dict[str, _Spoken] = {}  # by entry id, oldest first
        self._expected: dict[int | str, _Spoken] = {}  # said, and not yet carried: by id() of the event, or by id in the bridge's journal
        self._own: set[int] = set()  # id() of the facts of the round yielded last that persons have said here
        self._heard: list[tuple[_Spoken, OperationsEvent]] = []  # the same with who waits for an answer
        self._mark = 0  # how many entries the journal had before that round
        self._sent: list[tuple[_Spoken, OperationsEvent]] = []  # what the plant has to answer at this instant
        self._answered: list[tuple[_Spoken, str]] = []  # what it has answered, in the round that is being carried
        self._last_us = -1
        self._recall()

    # From any thread

    def enter(self, said: Said, entry_id: str = "", patience_s: float = PATIENCE_S) -> str:
        """Say something; "" once it is taken, or in words why it is not. With an id that was there before, the answer is that of then."""
        entry_id = entry_id or getattr(said, "entry_id", "") or uuid.uuid4().hex
        with self._lock:
            spoken = self._known.get(entry_id)
            if spoken is None and self._closed:
                return self._closed
            if spoken is None:
                spoken = self._known[entry_id] = _Spoken(said, entry_id)
                self._waiting.append(spoken)
                if len(self._known) > REMEMBERED:
                    del self._known[next(iter(self._known))]
        if wake := getattr(self._source, "wake", None):
            wake()
        return _answer_to(spoken, patience_s)

    def heard(self, entry_id: str, patience_s: float = PATIENCE_S) -> tuple[OperationsEvent | None, str] | None:
        """What was said under this id before, and what was answered, as `enter` does; None for what nobody has said.

        There is no event where none could be made of it; the answer says why.
        """
        with self._lock:
            spoken = self._known.get(entry_id)
        if spoken is None:
            return None
        words = _answer_to(spoken, patience_s)
        return spoken.said if isinstance(spoken.said, OperationsEvent) else None, words

    def close(self, why: str) -> None:
        """Nobody carries this source any more: whoever waits for an answer is told so, and whoever comes later."""
        with self._lock:
            self._closed = why
            left = [*self._waiting, *(spoken for spoken, _ in (*self._heard, *self._sent)), *(spoken for spoken, _ in self._answered)]
            self._waiting.clear()
            for spoken in left:
                self._known.pop(spoken.entry_id, None)
        for spoken in left:
            _answer(spoken, why)

    # As an event source

    def advance(self) -> Sequence[OperationsEvent] | None:
        """An entry, if somebody has said something; else what happens next in the plant. None at its end, or once stopped."""
        self._deliver()
        while not (self._stop and self._stop.is_set()):
            if not self._is_at_work and (facts := self._next_entry()):
                return facts
            if self.is_over:
                if self._stop is None:
                    return None
                self._stop.wait(LOOK_S)
                continue
            told = self._source.advance()
            if told is None:
                self.is_over = True
                self._deliver()
                continue
            if told:
                self._hear_answers(told)
                self._note(told)
            return told
        return None

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """What persons have commanded and was not refused goes on to the plant, then what was decided on it."""
        for spoken, words in self._answered:  # now that MES and ERP have heard the plant, too
            _answer(spoken, words)
        accepted: list[OperationsEvent] = []
        self._answered = []
        for spoken, event in self._heard:
            words = self._refusal(event)
            if words or not isinstance(event, self._takes):
                _answer(spoken, words)
            elif self.is_over:
                _answer(spoken, OVER)
            else:
                accepted.append(event)
                self._sent.append((spoken, event))
        self._heard = []
        if not self.is_over:
            self._source.send([*accepted, *commands])

    @property
    def _is_at_work(self) -> bool:
        """Whether the plant has still to do what it was told: that happens before the next is heard, unless a viewer holds the plant."""
        return bool(self._sent) and not getattr(self._source, "is_paused", False)

    def origin_of(self, fact: OperationsEvent) -> Source:
        """Who says this fact of the round yielded last."""
        if id(fact) in self._own:
            return Source.USER
        said_by = getattr(self._source, "origin_of", None)
        return said_by(fact) if said_by else self.origin

    def entry_of(self, fact: OperationsEvent) -> JournalEntry | None:
        """The journal's entry of a fact that a bridge has written; None where the path has to write it."""
        known = getattr(self._source, "entry_of", None)
        return known(fact) if known and id(fact) not in self._own else None

    # Inside

    def _recall(self) -> None:
        """Know again what was entered into this journal before."""
        said: dict[str, _Spoken] = {}
        for entry in self._journal.entries():
            entry_id = getattr(entry.event, "entry_id", "")
            if entry.source == Source.USER and entry_id:
                said[entry.id] = self._known[entry_id] = _Spoken(entry.event, entry_id)
            elif entry.cause in said and isinstance(entry.event, EntryRefused | JobOrderCommandRefused):
                _answer(said[entry.cause], entry.event.reason)
        for spoken in said.values():
            _answer(spoken, "")

    def _next_entry(self) -> list[OperationsEvent]:
        """The next entry as a round of its own; none where nobody has spoken, or the plant has not begun."""
        now_us: int | None = getattr(self._source, "now_us", None)
        at_us = max(self._last_us, -1 if now_us is None else now_us)
        while at_us >= 0:
            with self._lock:
                if not self._waiting:
                    return []
                spoken = self._waiting.popleft()
            if (event := self._made(spoken, at_us)) is None:
                continue
            if not self.is_over and (journal_entry := getattr(self._source, "journal_entry", None)):
                self._expected[journal_entry(event).id] = spoken
                continue
            if not self.is_over and (pass_time := getattr(self._source, "pass_time", None)):
                pass_time(at_us)
            self._expected[id(event)] = spoken
            self._note([event])
            return [event]
        return []

    def _made(self, spoken: _Spoken, at_us: int) -> OperationsEvent | None:
        """The event of that instant; None, and an answer in words, where none can be made."""
        if isinstance(spoken.said, OperationsEvent):
            at: dict[str, Any] = {"effective_us": at_us, "recorded_us": at_us}
            if hasattr(spoken.said, "entry_id"):
                at["entry_id"] = spoken.entry_id
            event = replace(spoken.said, **at)
        else:
            try:
                event = spoken.said(at_us)
            except ValueError as error:
                _answer(spoken, str(error))
                return None
            except Exception as error:  # of what one person says; it is no reason for the plant of all others to end
                _log.exception("an entry could not be made: %s", spoken.entry_id)
                _answer(
                    spoken, f"it cannot be understood ({type(error).__name__}), and nothing of it was done; allowed: what the form asks for"
                )
                return None
        if doubt := _why_not_kept(event):  # it could not be kept, and the run would end
            _answer(spoken, doubt)
            return None
        spoken.said = event
        return event

    def _note(self, facts: Iterable[OperationsEvent]) -> None:
        """Keep which facts of this round persons have said here."""
        self._own = set()
        for fact in facts:
            self._last_us = max(self._last_us, said_us(fact))
            spoken = self._expected.pop(id(fact), None)
            if spoken is not None:
                self._own.add(id(fact))
            elif self._expected and (known := self.entry_of(fact)):
                spoken = self._expected.pop(known.id, None)
            if spoken is not None:
                self._heard.append((spoken, fact))
        if self._heard:
            self._mark = len(self._journal)

    def _refusal(self, event: OperationsEvent) -> str:
        """Why MES or ERP have refused an entry of the round yielded last; "" if they have not."""
        known = self.entry_of(event)
        its_id = known.id if known else ""
        for entry in self._journal.entries(self._mark):
            if not its_id and entry.source == Source.USER and entry.event == event:
                its_id = entry.id
            elif entry.cause == its_id and its_id and isinstance(entry.event, EntryRefused | JobOrderCommandRefused):
                return entry.event.reason
        return ""

    def _hear_answers(self, facts: Sequence[OperationsEvent]) -> None:
        """What the plant says to commands comes at their instant, in its next round; what it does not refuse it has done."""
        for spoken, sent in self._sent:
            named = (getattr(sent, "command", type(sent).__name__), sent.equipment, sent.job_order)
            refused = (it for it in facts if isinstance(it, JobOrderCommandRefused))
            words = next((it.reason for it in refused if (it.command, it.equipment, it.job_order) == named), "")
            self._answered.append((spoken, words))
        self._sent = []

    def _deliver(self) -> None:
        """Nothing more is said at that instant: what was sent is taken."""
        next_us: int | None = getattr(self._source, "next_us", None)
        if self.is_over or next_us is None or next_us > self._last_us:
            for spoken, _ in self._sent:
                _answer(spoken, "")
            self._sent = []


def _why_not_kept(event: OperationsEvent) -> str:
    """Why no journal can keep this; "" if one can."""
    if no_number := [name for name, value in event_to_fields(event).items() if isinstance(value, float) and not math.isfinite(value)]:
        return f"{', '.join(no_number)} is no number; allowed: a finite one"
    try:
        canonical(event)
    except StoreError as error:
        return str(error)
    return ""


def _answer_to(spoken: _Spoken, patience_s: float) -> str:
    try:
        return spoken.answer.result(patience_s)
    except TimeoutError:
        return NOT_YET


def _answer(spoken: _Spoken, words: str) -> None:
    if not spoken.answer.done():
        spoken.answer.set_result(words)
