"""Our ERP's own facts, and what another MES tells, as one event source."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import groupby

from twin.model.events import GoodsReceived, JobOrderCommand, LotCreated, OperationsEvent, PurchaseOrderPlaced
from twin.model.exchange.properties import Told
from twin.model.states import Source

Round = list[OperationsEvent]


class ToldSource:
    """What another MES has told happens, with our own facts, instant by instant (EventSource); commands reach nobody.

    At one instant our own facts are a round, then deliveries, and then what is told, in its sequence: what a customer wants is
    released before another MES says that it has begun with it. What is delivered at the very instant of its order comes when another MES
    first says something of its lot, or else last.

    What is told of one instant may be several rounds (`_opens`): our ERP decides between what another MES has concluded and what it
    then lets in or begins. So it ships of all that has come by then, though requests are answered in the midst of that, and what it
    asks for anew may be begun at once.

    Parameters
    ----------
    own : events of Level 4 and heartbeats, in any order of instants; of one instant each keeps its place
    told : what messages say; of one instant by `sequence`
    """

    origin = Source.REPLAYED

    def __init__(self, own: Iterable[OperationsEvent], told: Iterable[Told]) -> None:
        ours = [(event.effective_us, int(isinstance(event, GoodsReceived)), n, event) for n, event in enumerate(own)]
        theirs = [(it.event.effective_us, 2, it.sequence, it.event) for it in told]
        self._in_order = sorted([*ours, *theirs], key=lambda it: it[:3])
        self._ordered: set[str] = set()  # purchase orders that were placed
        self._requests = {""}  # that were heard of
        self._rounds = self._cut()

    def _cut(self) -> Iterator[Round]:
        for _, instant in groupby(self._in_order, key=lambda it: it[0]):
            parts: tuple[Round, Round, Round] = ([], [], [])
            for _, part, _, event in instant:
                parts[part].append(event)
            own, deliveries, told = parts
            come = [it for it in deliveries if self._is_ordered(it)]
            awaited: dict[str, Round] = {}  # by lot: ordered at this very instant
            for it in deliveries:
                if not self._is_ordered(it):
                    awaited.setdefault(it.lot, []).append(it)
            if own:
                self._note(own)
                yield own
            if come:
                yield come
            for facts in self._told_rounds(told, awaited):
                if due := [come for it in facts for come in awaited.pop(it.lot, [])]:
                    yield due
                yield facts
            if last := [it for later in awaited.values() for it in later]:
                yield last

    def _told_rounds(self, told: Round, awaited: Container[str]) -> Iterator[Round]:
        facts: Round = []
        for event in told:
            if facts and (event.lot in awaited or self._opens(event, facts[-1])):
                yield facts
                facts = []
            facts.append(event)
            self._requests.add(event.request)
        if facts:
            yield facts

    def _opens(self, event: OperationsEvent, before: OperationsEvent) -> bool:
        """Whether a round begins here: another MES decides, or is at a request for the first time, or its plant goes on."""
        is_decision = isinstance(event, LotCreated | JobOrderCommand)
        return is_decision or event.request not in self._requests or (event.LEVEL == 2 and before.LEVEL == 3)

    def _is_ordered(self, event: OperationsEvent) -> bool:
        return isinstance(event, GoodsReceived) and event.order in self._ordered

    def _note(self, placed: Iterable[OperationsEvent]) -> None:
        self._ordered.update(it.order for it in placed if isinstance(it, PurchaseOrderPlaced))

    def advance(self) -> Sequence[OperationsEvent] | None:
        """The next round; None after the last."""
        return next(self._rounds, None)

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Another MES decides on the floor, and suppliers hear of orders by their own ways: what was ordered may be delivered now."""
        self._note(commands)
