"""Who is there when, and which equipment may be used: the calendars in use, as SimPy processes."""

from __future__ import annotations

from twin.model.calendars import WorkTime
from twin.model.plant import Plant
from twin.simulation.clock import Life, PlantEnvironment, Settled


class CalendarWatch:
    """One calendar in use: is it working time now? Everything that hangs on it is looked at again at each of its bounds."""

    def __init__(self, env: PlantEnvironment, work_time: WorkTime) -> None:
        self._env, self._work_time = env, work_time
        self.is_open = work_time.works_at(env.now_us)
        self.concerns: list[Settled] = []

    def life(self) -> Life:
        """Wait from bound to bound, for ever, and beat at each."""
        env = self._env
        while (bound_us := self._work_time.next_bound_us(env.now_us)) is not None:
            yield env.timeout(bound_us - env.now_us)
            self.is_open = self._work_time.works_at(env.now_us)
            env.beat("shift")
            for equipment in self.concerns:
                env.touch(equipment)


class Workforce:
    """The calendars of equipment and persons, and who is at work."""

    def __init__(self, env: PlantEnvironment, plant: Plant) -> None:
        layout = plant.layout
        used = [
            *(unit.calendar for unit in layout.work_units.values()),
            *(line.calendar for line in layout.production_lines.values()),
            *(fleet.calendar for fleet in layout.fleets.values()),
            *(person.calendar for person in layout.persons.values()),
        ]
        self._watches = {
            calendar: CalendarWatch(env, WorkTime(layout.calendars[calendar], layout.time_zone))
            for calendar in dict.fromkeys(used)
            if calendar is not None
        }
        self._persons = {name: self._watches[person.calendar] for name, person in layout.persons.items()}
        self._person_calendars = [self._watches[c] for c in dict.fromkeys(p.calendar for p in layout.persons.values())]
        for watch in self._watches.values():
            env.process(watch.life())

    def watch(self, calendar: str | None, equipment: Settled) -> CalendarWatch | None:
        """The calendar of a piece of equipment, which is looked at whenever it, or the calendar of a person, has a bound."""
        own = self._watches[calendar] if calendar is not None else None
        for watch in dict.fromkeys([*([own] if own else []), *self._person_calendars]):
            watch.concerns.append(equipment)
        return own

    def knows(self, person: str) -> bool:
        return person in self._persons

    def are_at_work(self, persons: tuple[str, ...]) -> bool:
        """Whether all of them are in working time of their calendars now."""
        return all(self._persons[person].is_open for person in persons)
