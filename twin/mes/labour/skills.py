"""Skills that end: whoever's qualification is over starts nothing that needs it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from twin.mes.execution import JobOrder
from twin.model.plant import Person, Plant


class Skills:
    """A `Requirement` of persons; a qualification is valid to the end of its last day, local time of the plant."""

    def __init__(self, plant: Plant) -> None:
        self._zone = ZoneInfo(plant.layout.time_zone)
        self._ends_us = {
            (name, skill): (_end_us(last, self._zone), last)
            for name, it in plant.layout.persons.items()
            for skill, last in it.valid_until.items()
        }

    def know(self, person: str, it: Person) -> None:
        """What somebody can is otherwise from now on."""
        for known in [key for key in self._ends_us if key[0] == person]:
            del self._ends_us[known]
        self._ends_us.update({(person, skill): (_end_us(last, self._zone), last) for skill, last in it.valid_until.items()})

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
