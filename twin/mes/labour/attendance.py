"""Who is really there: absences, extra attendance and swapped shifts, as somebody says who answers for it.

What is said changes by which calendar a person works, for what is past too; whoever asks whether somebody is there reads that calendar.
"""

from __future__ import annotations

from collections.abc import Callable

from twin.mes.personnel import WorkCalendars
from twin.model.events import OperationsEvent, ShiftsSwapped
from twin.model.personnel.presence import PresenceEntry
from twin.model.plant import Plant
from twin.model.readiness.signed import refusal

Replanned = Callable[[OperationsEvent, str, int], list[OperationsEvent]]


class Attendance:
    """Takes in who is there when; `WorkCalendars.presence` keeps it. `replanned` is told whose calendar is another, and since when."""

    def __init__(self, plant: Plant, calendars: WorkCalendars, replanned: Replanned, latest_us: Callable[[], int]) -> None:
        self._layout, self._calendars, self._replanned, self._latest_us = plant.layout, calendars, replanned, latest_us

    def take(self, event: PresenceEntry) -> list[OperationsEvent]:
        """What is said counts, or is refused in words."""
        presence = self._calendars.presence
        if reason := presence.doubt(event, self._layout, self._latest_us()):
            return [refusal(event, reason)]
        presence.take(event)
        found: list[OperationsEvent] = []
        for person in (event.worker, event.other) if isinstance(event, ShiftsSwapped) else (event.worker,):
            self._calendars.replan(person)
            found += self._replanned(event, person, event.from_us)
        return found
