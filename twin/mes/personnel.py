"""Personnel: who is on shift by the calendar, who is qualified, and who is busy where."""

from __future__ import annotations

from collections.abc import Collection

from twin.mes.equipment import HELD_STATES, WORKING_STATES, Equipment
from twin.model.calendars import WorkInterval, WorkTime
from twin.model.personnel.presence import Changed, Presence, own_name
from twin.model.personnel.staff import here
from twin.model.plant import Plant

_BUSY_STATES = WORKING_STATES | HELD_STATES  # whoever stands at a failed machine is still bound to it


_DAY_US = 86_400_000_000


class WorkCalendars:
    """All calendars of a plant, asked by instant. Remembers the last answer of each, which holds until its next bound."""

    def __init__(self, plant: Plant) -> None:
        self.work_times = {name: WorkTime(calendar, plant.layout.time_zone) for name, calendar in plant.layout.calendars.items()}
        self._declared = plant.layout
        self.name_of = {name: it.calendar for name, it in plant.layout.persons.items()}  # by person: what the calendar is called
        self.of_persons = {name: self.work_times[calendar] for name, calendar in self.name_of.items()}
        self.presence = Presence()  # what was said of who is there beside what is declared
        self._last: dict[str, tuple[int, int, WorkInterval | None]] = {}

    def learn(self, plant: Plant) -> None:
        """Know calendars that are new, and by which of them persons work."""
        for name, calendar in plant.layout.calendars.items():
            if name not in self.work_times:
                self.work_times[name] = WorkTime(calendar, plant.layout.time_zone)
        for person, it in plant.layout.persons.items():
            self._follow(person, it.calendar)

    def replan(self, person: str) -> None:
        """A person works by a calendar of the own, as is known of him now; for what is past too."""
        name = own_name(person, self._declared)
        self.work_times[name] = WorkTime(self.presence.calendar_of(person, self._declared), self._declared.time_zone)
        self._last.pop(name, None)
        self._follow(person, name)

    def missed(self, person: str, from_us: int, to_us: int) -> list[tuple[int, int, str]]:
        """What of the declared working time in [from_us, to_us) a person is absent for, in order: from, to, and the absence."""
        found: list[tuple[int, int, str]] = []
        there = WorkTime(self._declared.calendars[self._declared.persons[person].calendar], self._declared.time_zone)
        for it in self.presence.absences(person):
            begin_us, end_us = max(from_us, it.from_us), min(to_us, it.until_us)
            found += [(one.start_us, one.end_us, it.absence) for one in there.intervals(begin_us, end_us)] if begin_us < end_us else []
        return sorted(found)

    def _follow(self, person: str, name: str) -> None:
        self.name_of[person], self.of_persons[person] = name, self.work_times[name]

    def interval_at(self, calendar: str, at_us: int) -> WorkInterval | None:
        """The working interval that holds `at_us`; None outside working time."""
        from_us, to_us, interval = self._last.get(calendar, (0, -1, None))
        if not from_us <= at_us < to_us:
            work_time = self.work_times[calendar]
            interval = work_time.interval_at(at_us)
            to_us = interval.end_us if interval else (work_time.next_bound_us(at_us) or at_us + _DAY_US)  # none: within a year
            self._last[calendar] = (at_us, to_us, interval)
        return interval

    def is_open(self, calendar: str | None, at_us: int) -> bool:
        """Whether work may happen; always, for equipment without a calendar."""
        return calendar is None or self.interval_at(calendar, at_us) is not None


class Personnel:
    """Who is qualified, who is there by the calendars and by what was said beside them, and who is where by what equipment reports."""

    def __init__(self, plant: Plant, equipment: Equipment, calendars: WorkCalendars) -> None:
        self._declared, self._persons, self._zone = plant.layout, plant.layout.persons, plant.layout.time_zone
        self._equipment, self.calendars = equipment, calendars
        self._qualified: dict[str, list[str]] = {}
        self._qualify()

    def _qualify(self) -> None:
        there = here(self._persons)
        self._qualified.update(
            {wanted: [name for name, it in there.items() if wanted in it.classes] for wanted in self._declared.personnel_classes}
        )

    def know(self, it: Changed) -> None:
        """Somebody is otherwise, or new: who is qualified, and by which calendar he works from then on."""
        calendars = self.calendars
        calendars.presence.follow(it, calendars.of_persons.get(it.person))
        calendars.replan(it.person)
        self._qualify()

    def learn(self, plant: Plant) -> None:
        """Go by what `plant` says of the same persons from now on: that somebody works by another calendar."""
        self.calendars.learn(plant)
        self._persons = plant.layout.persons

    def attended(self, plant: Plant) -> Plant:
        """`plant` with calendars of their own for those of whom somebody has said when they are there: for whoever looks ahead."""
        return self.calendars.presence.attended(plant, self._declared)

    def knows(self, person: str) -> bool:
        return person in self._persons

    def is_on_shift(self, person: str, at_us: int) -> bool:
        return self.calendars.is_open(self.calendars.name_of[person], at_us)

    def absent(self, person: str, at_us: int) -> str:
        """That a person is away at an instant, until when and why, in words; "" if nobody has said so."""
        found = self.calendars.presence.absent_at(person, at_us)
        return found.words(person, self._zone) if found else ""

    def absent_of(self, personnel_class: str, at_us: int) -> str:
        """The same of all who are qualified."""
        if not self.calendars.presence.persons():
            return ""
        return ", ".join(filter(None, (self.absent(person, at_us) for person in self._qualified.get(personnel_class, ()))))

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
