"""A plant that only persons move, again as it was when its journal ended: its own facts follow anew, persons say what they have said.

    with journal.recalling():
        carry(Resumed(plant, journal.entries(), takes), run)      # MES, ERP and the plant stand where they stood

It is the same plant because the same things were said to it at the same instants: each fact is compared with the one in the journal.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Protocol

from twin.model.events import (
    EntryRefused,
    EquipmentStateChanged,
    JobOrderCommand,
    JobOrderCommandRefused,
    OperationsEvent,
    PurchaseOrderPlaced,
)
from twin.model.states import Source
from twin.store.journal import StoreError
from twin.store.journal.hash_chain import canonical

if TYPE_CHECKING:
    from twin.store.journal import JournalEntry

ALLOWED = "allowed: the plant, scenario and seed that it was begun with, or a new journal"


class PlayedPlant(Protocol):
    """A plant of which every fact follows from what it was told, and when."""

    origin: Source

    @property
    def has_ended(self) -> bool: ...

    def pass_time(self, to_us: int) -> None: ...

    def advance(self, to_us: int | None = None) -> Sequence[OperationsEvent] | None: ...

    def send(self, commands: Sequence[OperationsEvent]) -> None: ...

    def recall_refusals(self, refused: Iterable[tuple[int, str]]) -> None: ...


class Resumed:
    """The recorded part of such a plant's life (an `EventSource`); then it is over, and `plant` goes on.

    Parameters
    ----------
    plant : as it was before its first fact
    recorded : the whole journal, in its order
    takes : what else than commands, of what persons have said, the plant was told once it was accepted
    """

    def __init__(self, plant: PlayedPlant, recorded: Iterable[JournalEntry], takes: tuple[type[OperationsEvent], ...]) -> None:
        self._plant = plant
        self._takes: tuple[type[OperationsEvent], ...] = (JobOrderCommand, *takes)
        self.origin: Source = plant.origin
        self._left: deque[JournalEntry] = deque()
        self._refused: set[str] = set()  # id of each entry that was not accepted
        self._said: JournalEntry | None = None  # by a person: the round yielded last
        for entry in recorded:
            if entry.source != Source.RULE:
                self._left.append(entry)
            elif isinstance(entry.event, EntryRefused | JobOrderCommandRefused):
                self._refused.add(entry.cause)
        told = (it.event for it in self._left if isinstance(it.event, JobOrderCommandRefused))
        plant.recall_refusals((it.effective_us, it.reason) for it in told if it.command == PurchaseOrderPlaced.__name__)

    def advance(self) -> Sequence[OperationsEvent] | None:
        """The next recorded round; None after the last.

        Raises
        ------
        StoreError : this plant does something else than the recorded one did, so it is another
        """
        self._said = None
        if not self._left:
            return None
        first = self._left[0]
        if first.source == Source.USER:
            if not self._plant.has_ended:
                self._pass_time_before(first)
            self._said = self._left.popleft()
            return [first.event]
        if first.source != self.origin:
            raise StoreError(f"entry {first.seq} of the journal is a {first.source} fact; {ALLOWED}")
        facts = self._plant.advance(first.event.recorded_us) or ()
        heard = [self._as_recorded(fact) for fact in facts]
        if not heard:
            what = type(first.event).__name__
            raise StoreError(f"entry {first.seq} of the journal is {what}, and in this plant nothing happens there; {ALLOWED}")
        return heard

    def _pass_time_before(self, said: JournalEntry) -> None:
        """What happens before a person speaks says nothing, as when a supplier hears of an order, or it would stand in the journal."""
        at_us = said.event.recorded_us  # it may have happened earlier
        if facts := self._plant.advance(at_us - 1):
            what = type(facts[0]).__name__
            raise StoreError(f"before entry {said.seq} of the journal nothing happens, and in this plant {what} does; {ALLOWED}")
        self._plant.pass_time(at_us)

    def _as_recorded(self, fact: OperationsEvent) -> OperationsEvent:
        """This fact, without what facts did not say yet when the journal was written: what was concluded then goes by that."""
        recorded = self._left.popleft() if self._left else None
        if recorded is None:
            raise StoreError(f"the journal ends within a round, before {type(fact).__name__}; allowed: a journal that nobody cut off")
        if type(recorded.event) is type(fact):
            kept = {it.name: getattr(recorded.event, it.name) for it in fields(fact) if it.metadata}  # what is left out where it is empty
            later = {name: value for name, value in kept.items() if not value and getattr(fact, name)}
            fact = replace(fact, **later) if later else fact
            if isinstance(fact, EquipmentStateChanged) and not fact.person:  # who had only set it up was said to stand there all the time
                fact = replace(fact, person=recorded.event.person)
        if canonical(recorded.event).content != canonical(fact).content:
            raise StoreError(f"entry {recorded.seq} of the journal is {_difference(recorded.event, fact)} there; {ALLOWED}")
        return fact

    def origin_of(self, fact: OperationsEvent) -> Source:
        """Who says this fact of the round yielded last."""
        return Source.USER if self._said else self.origin

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """What a person has said goes on to the plant if it was accepted then, and after it what was decided on it."""
        if self._plant.has_ended:
            return
        said = self._said
        is_told = said and said.id not in self._refused and isinstance(said.event, self._takes)
        self._plant.send([said.event, *commands] if said and is_told else commands)


def _difference(recorded: OperationsEvent, fact: OperationsEvent) -> str:
    """In what they differ, in words."""
    name, other = type(recorded).__name__, type(fact).__name__
    if name != other:
        return f"{name}, and this plant says {other}"
    names = [it.name for it in fields(recorded) if it.name != "recorded_us" and getattr(recorded, it.name) != getattr(fact, it.name)]
    of = recorded.equipment or recorded.lot or getattr(recorded, "order", "") or getattr(recorded, "material", "")
    told = ", ".join(f"{it} {getattr(recorded, it)}" for it in names)
    return f"{name}{f' of {of}' if of else ''} with {told}, and this plant says {', '.join(str(getattr(fact, it)) for it in names)}"
