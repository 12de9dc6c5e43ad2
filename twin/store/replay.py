"""A recorded journal, or a record of real machines, as an event source: the same facts, in the same rounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from typing import TYPE_CHECKING

from twin.model.events import OperationsEvent, event_to_fields
from twin.model.events.operations_event import SUBJECT_FIELDS
from twin.model.plant import Plant
from twin.model.readiness.earlier import said_us
from twin.model.source import COMMANDS
from twin.model.states import Source
from twin.store.journal import PLANT_SOURCES
from twin.store.live import rounds_of

if TYPE_CHECKING:
    from twin.store.journal import JournalEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """After the round at `effective_us` the record has other commands than this replay has sent."""

    effective_us: int
    recorded: tuple[OperationsEvent, ...]
    sent: tuple[OperationsEvent, ...]


@dataclass(slots=True)
class _Round:
    facts: list[OperationsEvent]
    commands: list[OperationsEvent] = field(default_factory=list)  # what the record has the MES and the ERP command after these facts
    by_users: set[int] = field(default_factory=set)  # id() of each fact that a person has said


class ReplaySource:
    """The replayed plant (EventSource): what is recorded happens again, and nothing else; commands change nothing.

    Parameters
    ----------
    recorded : the entries of a journal in their order, or plain facts.
        A simulated run gives back its rounds: the path appends all facts of a round, then what follows from them, so facts that
        lie together and have one `effective_us` are one round, what users have said there among them: if it was a round of its own,
        nothing had followed from the facts before it, so it makes no difference.
        A live recording is cut at its watermarks, as LiveSource does it.
        Plain facts give one round an instant; of facts of one instant each keeps its place.
    origin : what the path writes as the source of these facts; what a user has said stays the user's (see `origin_of`)
    plant : orders the facts of one instant in a live recording; not needed for anything else

    Attributes
    ----------
    divergences : rounds after which the sent commands differ from the recorded ones, in what they say or in their order;
        empty if the record has no commands at all, since then there is nothing to compare with
    """

    def __init__(
        self, recorded: Iterable[JournalEntry | OperationsEvent], *, origin: Source = Source.REPLAYED, plant: Plant | None = None
    ) -> None:
        self.origin = origin
        self._rounds = _rounds(iter(recorded), plant.equipment if plant else ())
        self._now: _Round | None = None
        self._sent: list[OperationsEvent] = []
        self._recorded_command_count = 0
        self._divergences: list[Divergence] = []

    @property
    def divergences(self) -> list[Divergence]:
        return list(self._divergences) if self._recorded_command_count else []

    def advance(self) -> Sequence[OperationsEvent] | None:
        """The facts of the next recorded round; None after the last."""
        self._compare()
        self._now = next(self._rounds, None)
        return self._now.facts if self._now else None

    def origin_of(self, fact: OperationsEvent) -> Source:
        """Who says this fact of the round yielded last: a replay does not turn a person's word into the plant's."""
        return Source.USER if self._now and id(fact) in self._now.by_users else self.origin

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Keep the commands for comparison with the recorded ones."""
        self._sent += commands

    def _compare(self) -> None:
        if self._now is None:
            return
        recorded, sent = self._now.commands, self._sent
        self._recorded_command_count += len(recorded)
        if [_said(command) for command in recorded] != [_said(command) for command in sent]:
            instant_us = self._now.facts[-1].effective_us
            self._divergences.append(Divergence(effective_us=instant_us, recorded=tuple(recorded), sent=tuple(sent)))
        self._sent = []


def _said(event: OperationsEvent) -> tuple[object, ...]:
    """What an event says, without the time at which it was written down."""
    subject = tuple(getattr(event, name) for name in SUBJECT_FIELDS)
    return type(event), event.effective_us, subject, tuple(event_to_fields(event).items())


def _rounds(recorded: Iterator[JournalEntry | OperationsEvent], equipment: Sequence[str]) -> Iterator[_Round]:
    first = next(recorded, None)
    if first is None:
        return iter(())
    everything = chain([first], recorded)
    if isinstance(first, OperationsEvent):
        return _rounds_of_facts(everything)  # type: ignore[arg-type]  # a record is all facts or all entries
    return _rounds_of_entries(everything, equipment)  # type: ignore[arg-type]


def _rounds_of_facts(facts: Iterator[OperationsEvent]) -> Iterator[_Round]:
    in_time = sorted(facts, key=lambda fact: fact.effective_us)  # stable: facts of one instant keep their order
    for _, group in groupby(in_time, key=lambda fact: fact.effective_us):
        yield _Round(list(group))


def _rounds_of_entries(entries: Iterator[JournalEntry], equipment: Sequence[str]) -> Iterator[_Round]:
    """Whoever said the plant's first fact has said them all: users may have been there before."""
    beginning: list[JournalEntry] = []
    for entry in entries:
        beginning.append(entry)
        if entry.source in PLANT_SOURCES:
            break
    everything = chain(beginning, entries)
    if beginning[-1].source == Source.LIVE:
        return (_round_of(members) for members in rounds_of(everything, equipment))
    return _rounds_as_they_lie(everything)


def _rounds_as_they_lie(entries: Iterator[JournalEntry]) -> Iterator[_Round]:
    now: _Round | None = None
    facts_lie_together = False
    for entry in entries:
        event, is_by_user = entry.event, entry.source == Source.USER
        if entry.source == Source.RULE:
            facts_lie_together = False
            if now and isinstance(event, COMMANDS):
                now.commands.append(event)
        elif now and facts_lie_together and said_us(event) == said_us(now.facts[-1]):
            now.facts.append(event)
            now.by_users |= {id(event)} if is_by_user else set()
        else:
            if now:
                yield now
            now = _round_of([entry])
            facts_lie_together = True
    if now:
        yield now


def _round_of(entries: Sequence[JournalEntry]) -> _Round:
    return _Round([entry.event for entry in entries], by_users={id(entry.event) for entry in entries if entry.source == Source.USER})
