"""What MESA calls a function of the MES, beside the flow of job orders: quality, documents, labour, maintenance and the like."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, Protocol, runtime_checkable

from twin.mes.execution import JobOrder
from twin.model.events import OperationsEvent

Reaction = Callable[[Any], list[OperationsEvent]]


class Function(Protocol):
    """A fold of its own, asked in the order of `Mes.functions`, before job orders react."""

    @property
    def hears(self) -> Collection[type[OperationsEvent]]:
        """What it listens to, with all classes below it: nothing else reaches `apply`, so a run pays for what happens in it and no more."""

    def apply(self, event: OperationsEvent) -> list[OperationsEvent]:
        """Take one event in; what follows from it."""

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """What it asks for at this instant. It is asked again until it asks for nothing, so it asks for each thing once."""


class Reacting:
    """A `Function` that reacts by the class of the event, and asks for nothing unless it says so itself: its table is all that it hears."""

    _reactions: dict[type[OperationsEvent], Reaction]

    @property
    def hears(self) -> Collection[type[OperationsEvent]]:
        """What it listens to."""
        return self._reactions.keys()

    def apply(self, event: OperationsEvent) -> list[OperationsEvent]:
        """What follows from an event."""
        reaction = self._reactions.get(type(event))
        return reaction(event) if reaction else []

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Nothing."""
        return []


def reactions_of(function: Function, kind: type[OperationsEvent]) -> list[Reaction]:
    """What a function does with events of a class that it hears: where a table says it, what stands there, without a call in between."""
    if isinstance(function, Reacting) and type(function).apply is Reacting.apply:
        return [function._reactions[kind]] if kind in function._reactions else []
    return [function.apply]


def asking(functions: Iterable[Function]) -> tuple[Function, ...]:
    """Those of them, in their order, that may ask for something; the others are not asked at each instant."""
    return tuple(it for it in functions if type(it).decide is not Reacting.decide)


class Interlock(Protocol):
    """Something about equipment that keeps it from taking a command: its mode."""

    def refusal(self, command: str, equipment: str) -> str:
        """Why the command is not taken there, in words; "" if it is."""


class Requirement(Protocol):
    """Something that has to be there before a job order starts: a released document, a calibrated gauge, a valid skill."""

    def missing_at(self, job: JobOrder, equipment: str, now_us: int) -> str:
        """What of it is missing, whoever does the work there, in words; "" if nothing is."""

    def missing_of(self, person: str, job: JobOrder, equipment: str, now_us: int) -> str:
        """What of it `person` is missing, in words; "" if nothing is."""


@runtime_checkable
class GoesWithStart(Protocol):
    """A requirement that the plant is told of with a start."""

    def recipes_of(self, jobs: Iterable[JobOrder]) -> tuple[tuple[str, str], ...]:
        """(document, revision) of the recipes by which job orders are done that start together."""


@runtime_checkable
class SaidBefore(Protocol):
    """A requirement that persons meet by what they say: nothing has started before they had said it."""

    def said_us(self, person: str, job: JobOrder, at_us: int) -> tuple[int, str]:
        """When what starting `job` at `at_us` needs was said last, and what that was, in words; (-1, "") where it needs nothing."""
