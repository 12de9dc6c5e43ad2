"""A plant that another Level 4 has told, before it begins, what is to be made."""

from __future__ import annotations

from collections.abc import Sequence

from twin.model.events import OperationsEvent
from twin.model.source import EventSource
from twin.model.states import Source


class ScheduledSource:
    """An event source around another: what was asked of it stands in its first round, as a person's word.

    Parameters
    ----------
    source : the plant
    asked : effective at the instant of its first round
    """

    def __init__(self, source: EventSource, asked: Sequence[OperationsEvent]) -> None:
        self._source, self._asked = source, list(asked)
        self._by_users = {id(it) for it in self._asked}
        self.origin = source.origin

    def advance(self) -> Sequence[OperationsEvent] | None:
        """The facts of the next round, what was asked first."""
        facts, asked = self._source.advance(), self._asked
        self._asked = []
        return facts if facts is None else [*asked, *facts]

    def origin_of(self, fact: OperationsEvent) -> Source:
        """Who says it."""
        said_by = getattr(self._source, "origin_of", None)
        return Source.USER if id(fact) in self._by_users else said_by(fact) if said_by else self.origin

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """On to the plant."""
        self._source.send(commands)
