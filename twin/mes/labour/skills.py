"""Skills that end: whoever's qualification is over starts nothing that needs it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from twin.mes.execution import JobOrder
from twin.model.plant import Person, Plant

NEAR_US = 30 * 86_400_000_000


class Skills:
    """A `Requirement` of persons; a qualification is valid to the end of its last day, local time of the plant."""

    def __init__(self, plant: Plant) -> None:
        self._zone = ZoneInfo(plant.layout.time_zone)
        self._ends_us = {
            (name, skill): (_end_us(last, self._zone), last)
            for name, it in plant.layout.persons.items()
            for skill, last in it.valid_until.items()
        }

        self._to_tell: dict[tuple[str, str], int] = {}  # of what was entered while the plant runs: when its end is near

    def know(self, person: str, it: Person) -> None:
        """What somebody can is otherwise from now on."""
        before = {key: self._ends_us.pop(key) for key in list(self._ends_us) if key[0] == person}
        now = {(person, skill): (_end_us(last, self._zone), last) for skill, last in it.valid_until.items()}
        self._ends_us.update(now)
        for key in {**before, **now}:
            if before.get(key) != now.get(key):
                self._to_tell.pop(key, None)
                self._to_tell.update({key: now[key][0] - NEAR_US} if key in now else {})

    def ending(self, now_us: int) -> Iterator[tuple[str, str]]:
        """Whose qualification ends within a month, each once: the person, and what to say of it."""
        for person, skill in [key for key, from_us in self._to_tell.items() if from_us <= now_us]:
            del self._to_tell[person, skill]
            last = self._ends_us[person, skill][1]
            yield (
                person,
                f"{person} is qualified as {skill} until {last.day} {last:%b %Y}: it ends unless somebody enters that it was renewed",
            )

    def missing_at(self, job: JobOrder, equipment: str, now_us: int) -> str:
        """Nothing: a skill is of persons."""
        return ""

    def missing_of(self, person: str, job: JobOrder, equipment: str, now_us: int) -> str:
        """That the qualification which the job order asks for is over; "" if it is valid."""
        return self.over(person, job.step.personnel_class or "", now_us)

    def over(self, person: str, skill: str, now_us: int) -> str:
        """That a qualification is over, in words; "" if it is valid."""
        if not self._ends_us:
            return ""
        end_us, last = self._ends_us.get((person, skill), (None, None))
        if end_us is None or last is None or now_us < end_us:
            return ""
        return f"{person} was qualified as {skill} until {last.day} {last:%b %Y}"


def _end_us(last: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(last + timedelta(days=1), time(), zone).timestamp()) * 1_000_000
