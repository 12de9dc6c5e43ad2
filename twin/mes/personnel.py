"""Personnel: who is on shift by the calendar, who is qualified, and who is busy where."""

from __future__ import annotations

from collections.abc import Collection

from twin.mes.equipment import HELD_STATES, WORKING_STATES, Equipment
from twin.model.calendars import WorkInterval, WorkTime
from twin.model.plant import Plant

_BUSY_STATES = WORKING_STATES | HELD_STATES  # whoever stands at a failed machine is still bound to it


class WorkCalendars:
    """All calendars of a plant, asked by instant. Remembers the last answer of each, which holds until its next bound."""

    def __init__(self, plant: Plant) -> None:
        self.work_times = {name: WorkTime(calendar, plant.layout.time_zone) for name, calendar in plant.layout.calendars.items()}
        self._last: dict[str, tuple[int, int, WorkInterval | None]] = {}

    def learn(self, plant: Plant) -> None:
        """Know calendars that are new."""
        for name, calendar in plant.layout.calendars.items():
            if name not in self.work_times:
                self.work_times[name] = WorkTime(calendar, plant.layout.time_zone)

    def interval_at(self, calendar: str, at_us: int) -> WorkInterval | None:
        """The working interval that holds `at_us`; None outside working time."""
        from_us, to_us, interval = self._last.get(calendar, (0, -1, None))
        if not from_us <= at_us < to_us:
            work_time = self.work_times[calendar]
            interval = work_time.interval_at(at_us)
            to_us = interval.end_us if interval else (work_time.next_bound_us(at_us) or at_us + 1)
            self._last[calendar] = (at_us, to_us, interval)
        return interval

    def is_open(self, calendar: str | None, at_us: int) -> bool:
        """Whether work may happen; always, for equipment without a calendar."""
        return calendar is None or self.interval_at(calendar, at_us) is not None


class Personnel:
    """Qualifications and shifts from the plant file; who is where from what the equipment reports."""

    def __init__(self, plant: Plant, equipment: Equipment, calendars: WorkCalendars) -> None:
        self._persons = plant.layout.persons
        self._equipment = equipment
        self._calendars = calendars
        self._qualified: dict[str, list[str]] = {
            wanted: [name for name, person in self._persons.items() if wanted in person.classes]
            for wanted in plant.layout.personnel_classes
        }

    def learn(self, plant: Plant) -> None:
        """Go by what `plant` says of the same persons from now on: that somebody works by another calendar."""
        self._calendars.learn(plant)
        self._persons = plant.layout.persons

    def knows(self, person: str) -> bool:
        return person in self._persons

    def is_on_shift(self, person: str, at_us: int) -> bool:
        return self._calendars.is_open(self._persons[person].calendar, at_us)

    def is_qualified(self, person: str, personnel_class: str) -> bool:
        return personnel_class in self._persons[person].classes

    def is_any_on_shift(self, personnel_class: str, at_us: int) -> bool:
        """Whether anybody who is qualified is at work, free or not."""
        return any(self.is_on_shift(person, at_us) for person in self._qualified.get(personnel_class, ()))

    def on_shift(self, at_us: int) -> list[str]:
        """Persons who work at `at_us`, in declared order."""
        return [person for person in self._persons if self.is_on_shift(person, at_us)]

    def places(self) -> dict[str, list[str]]:
        """Where the persons are who work at a unit now: the units that each is reported at."""
        found: dict[str, list[str]] = {}
        for name, record in self._equipment.records.items():
            if record.person and record.state in _BUSY_STATES:
                for person in record.persons:
                    found.setdefault(person, []).append(name)
        return found

    def free(self, personnel_class: str, at_us: int, taken: Collection[str], preferred: str = "") -> str:
        """The first person in declared order who is qualified, on shift and not taken (`preferred` before all others); "" if none is."""
        candidates = self._qualified.get(personnel_class, [])
        if preferred in candidates:
            candidates = [preferred, *candidates]
        for person in candidates:
            if person not in taken and self.is_on_shift(person, at_us):
                return person
        return ""
