"""What the MES does with an event."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from twin.mes.tracking.tracking import Tracking
from twin.model.events import Entry, OperationsEvent, WorkAlertRaised
from twin.model.readiness.signed import refusal, unsigned


class Quietly:
    """A reaction from which nothing is concluded. A function inside a function could not be copied with the MES whose state it changes."""

    def __init__(self, reaction: Callable[[Any], object]) -> None:
        self._reaction = reaction

    def __call__(self, event: OperationsEvent) -> list[OperationsEvent]:
        self._reaction(event)
        return []


class Accepted:
    """A reaction to what a person says: what makes no sense is refused in words, and changes nothing; the rest is taken in."""

    def __init__(self, persons: Collection[str], doubt: Callable[[Any], str], take: Callable[[Any], object]) -> None:
        self._persons, self._doubt, self._take = persons, doubt, take

    def __call__(self, event: Entry) -> list[OperationsEvent]:
        if reason := unsigned(event, self._persons) or self._doubt(event):
            return [refusal(event, reason)]
        self._take(event)
        return []


class SaidByPersons:
    """A reaction to deliveries where persons alone say what has come: of what else tells of one, nothing comes; the ERP tells somebody."""

    def __init__(self, reaction: Callable[[Any], list[OperationsEvent]]) -> None:
        self._reaction = reaction

    def __call__(self, event: Any) -> list[OperationsEvent]:
        return self._reaction(event) if event.person else []


class OfOneMaterial:
    """A reaction to what moves a lot: of a lot that is of another material nothing moves, and somebody is told."""

    def __init__(self, tracking: Tracking, reaction: Callable[[Any], list[OperationsEvent]]) -> None:
        self._tracking, self._reaction = tracking, reaction

    def __call__(self, event: Any) -> list[OperationsEvent]:
        lot = self._tracking.lots.get(event.lot or getattr(event, "order", ""))
        if lot is None or lot.material == event.material:
            return self._reaction(event)
        return [WorkAlertRaised.about(event, "lot", f"lot '{lot.lot}' is of '{lot.material}', and not of '{event.material}'")]
