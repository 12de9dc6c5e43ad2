"""Who works here and what each can do, as it becomes otherwise while the plant runs: all that the MES knows of persons follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from twin.mes.labour.skills import Skills
from twin.mes.labour.timesheets import Timesheet
from twin.mes.personnel import Personnel
from twin.model.events import Heartbeat, OperationsEvent, WorkAlertRaised
from twin.model.personnel.presence import Changed
from twin.model.personnel.staff import StaffEntry, Staffing
from twin.model.readiness.signed import refusal

Replanned = Callable[[OperationsEvent, str, int], list[OperationsEvent]]


class People:
    """Takes in who joins, leaves, or has learnt something. Calendars, time sheets, qualifications and their ends follow."""

    def __init__(
        self, staffing: Staffing, personnel: Personnel, sheets: dict[str, Timesheet], skills: Skills, replanned: Replanned
    ) -> None:
        self._staffing, self._personnel, self._sheets, self._skills, self._replanned = staffing, personnel, sheets, skills, replanned

    def take(self, event: StaffEntry) -> list[OperationsEvent]:
        """What is said counts, now or when it says, or is refused in words."""
        if reason := self._staffing.doubt(event):
            return [refusal(event, reason)]
        return self._follow(event, self._staffing.take(event))

    def time_passes(self, event: Heartbeat) -> list[OperationsEvent]:
        """What was said to be so by now is so; and whose qualification ends soon is told, once."""
        found = self._follow(event, self._staffing.due(event.effective_us)) if self._staffing.coming else []
        for person, message in self._skills.ending(event.effective_us):
            found.append(WorkAlertRaised(effective_us=event.effective_us, person=person, alert="skill", message=message))
        return found

    def _follow(self, event: OperationsEvent, changed: Iterable[Changed]) -> list[OperationsEvent]:
        found: list[OperationsEvent] = []
        for it in changed:
            self._personnel.know(it)
            self._skills.know(it.person, it.now)
            if it.person not in self._sheets:
                self._sheets[it.person] = Timesheet(it.person, self._personnel.calendars.of_persons)
            found += self._replanned(event, it.person, it.at_us)
        return found
