"""Our ERP's own facts, and what another MES tells, as one event source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from twin.model.events import GoodsReceived, OperationsEvent, OperationsResponse
from twin.model.exchange.properties import Told
from twin.model.states import Source


class ToldSource:
    """What another MES has told happens, with our own facts, instant by instant (EventSource); commands reach nobody.

    At one instant our own facts are a round, then deliveries, and then what is told, in its sequence: what a customer wants is
    released before another MES says that it has begun with it. An answer to a request ends a round, since what our ERP concludes from
    it may be begun at once.

    Parameters
    ----------
    own : events of Level 4 and heartbeats, in any order of instants; of one instant each keeps its place
    told : what messages say; of one instant by `sequence`
    """

    origin = Source.REPLAYED

    def __init__(self, own: Iterable[OperationsEvent], told: Iterable[Told]) -> None:
        # what is delivered at once is ordered in the round before
        ours = [(event.effective_us, int(isinstance(event, GoodsReceived)), n, event) for n, event in enumerate(own)]
        theirs = [(it.event.effective_us, 2, it.sequence, it.event) for it in told]
        in_order = sorted([*ours, *theirs], key=lambda it: it[:3])
        self._rounds = self._cut(in_order)

    @staticmethod
    def _cut(in_order: list[tuple[int, int, int, OperationsEvent]]) -> Iterator[list[OperationsEvent]]:
        for _, group in groupby(in_order, key=lambda it: it[:2]):
            facts: list[OperationsEvent] = []
            for *_, event in group:
                facts.append(event)
                if isinstance(event, OperationsResponse):
                    yield facts
                    facts = []
            if facts:
                yield facts

    def advance(self) -> Sequence[OperationsEvent] | None:
        """The next round; None after the last."""
        return next(self._rounds, None)

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Another MES decides on the floor; suppliers hear of orders by their own ways."""
