"""What somebody beside a simulated plant is to whoever carries it: the plant itself, which says a little more."""

from __future__ import annotations

from collections.abc import Sequence

from twin.model.events import OperationsEvent, UnitCommandAnswered, UnitCommandRequested
from twin.model.source import EventSource
from twin.model.states import Source
from twin.simulation.pacing import advance_to, pass_time


class BesidePlant:
    """An event source around another, which adds to the rounds of that (`added`) and hears what it is told (`heard`)."""

    def __init__(self, source: EventSource) -> None:
        self._source, self.origin = source, source.origin

    def added(self, facts: Sequence[OperationsEvent]) -> Sequence[OperationsEvent]:
        """A round of the plant, with what is added to it."""
        return facts

    def heard(self, commands: Sequence[OperationsEvent]) -> None:
        """What the plant is told."""

    @property
    def next_us(self) -> int | None:
        """When something happens next; None if the plant cannot say."""
        return getattr(self._source, "next_us", None)

    @property
    def has_ended(self) -> bool:
        return getattr(self._source, "has_ended", True)

    def pass_time(self, to_us: int) -> None:
        """Let time pass up to an instant before which nothing happens."""
        pass_time(self._source, to_us)

    def advance(self, to_us: int | None = None) -> Sequence[OperationsEvent] | None:
        """What happens next, with `to_us` only up to that instant."""
        facts = advance_to(self._source, to_us)
        return self.added(facts) if facts else facts

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        self.heard(commands)
        self._source.send(commands)

    def origin_of(self, fact: OperationsEvent) -> Source:
        """Persons beside the plant say their own."""
        said_by = getattr(self._source, "origin_of", None)
        return said_by(fact) if said_by else self.origin


class AnsweringPlant(BesidePlant):
    """One that answers what it is told in the next round, of the same instant: `_answers`."""

    def __init__(self, source: EventSource) -> None:
        super().__init__(source)
        self._answers: list[OperationsEvent] = []

    @property
    def next_us(self) -> int | None:
        """When something happens next; None if the plant cannot say."""
        return self._answers[0].effective_us if self._answers else super().next_us

    def pass_time(self, to_us: int) -> None:
        """Let time pass up to an instant before which nothing happens."""
        if not self._answers:
            super().pass_time(to_us)

    def advance(self, to_us: int | None = None) -> Sequence[OperationsEvent] | None:
        """What was answered, if something was; else what happens next."""
        found, self._answers = self._answers, []
        return found or super().advance(to_us)


def refused(it: UnitCommandRequested, why: str) -> UnitCommandAnswered:
    """That a simulated controller does not take a command, and why."""
    return UnitCommandAnswered(
        effective_us=it.effective_us, equipment=it.equipment, command=it.command, phase=it.phase, outcome="refused", reason=why
    )  # fmt: skip
