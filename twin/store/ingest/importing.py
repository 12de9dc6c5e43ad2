"""An import as an event source: what was received, once and in order, round by round."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from twin.model.events import OperationsEvent
from twin.model.problems import Problem
from twin.model.states import Source
from twin.store.ingest.received import ReceivedFact
from twin.store.ingest.stage import Counts, IngestStage, rounds_of_messages


class ImportSource:
    """What others have collected happens again (EventSource); commands change nothing, since it has happened.

    Parameters
    ----------
    messages : in the order in which they were received
    tolerance_us : see `IngestStage`
    """

    origin = Source.REPLAYED

    def __init__(self, messages: Iterable[ReceivedFact | Problem], *, tolerance_us: int) -> None:
        self._stage = IngestStage(tolerance_us)
        self._rounds = iter(rounds_of_messages(self._stage, messages))

    @property
    def counts(self) -> Counts:
        """What became of what was received so far."""
        return self._stage.counts

    def advance(self) -> Sequence[OperationsEvent] | None:
        """The facts of the next instant; None after the last."""
        return next(self._rounds, None)

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Nobody carries out what was decided about the past."""
