"""What passes with time, worked or not: wages by the calendars of the persons, machine cost by the calendars of the equipment.

Labour and machine time given to job orders is absorbed into WIP; what is paid and not absorbed is the cost of waiting, and shows.
The cost up to an instant is a function of that instant alone, so it does not matter where the heartbeats fall.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.erp.accounting.rounding import round_half_even
from twin.model.calendars import WorkTime
from twin.model.plant import PlantFile

US_PER_H = 3_600_000_000


@dataclass(slots=True, kw_only=True)
class CalendarCost:
    """The hourly cost of all who share a calendar, and the working time of it that has passed."""

    work_time: WorkTime | None  # None: around the clock
    hourly_minor: int
    worked_us: int = 0

    def pass_time(self, from_us: int, to_us: int) -> None:
        """Add the working time of [from_us, to_us). Shifts that overlap count once."""
        if self.work_time is None:
            self.worked_us += to_us - from_us
            return
        until_us = from_us
        for interval in self.work_time.intervals(from_us, to_us):
            self.worked_us += max(0, interval.end_us - max(interval.start_us, until_us))
            until_us = max(until_us, interval.end_us)


class Capacity:
    """Wages and machine cost that have come due since the first heartbeat."""

    def __init__(self, layout: PlantFile) -> None:
        self._work_times = {name: WorkTime(calendar, layout.time_zone) for name, calendar in layout.calendars.items()}
        self.persons: dict[str, CalendarCost] = {}
        self.machines: dict[str, CalendarCost] = {}
        for person in layout.persons.values():
            self._share(self.persons, person.calendar, person.hourly_cost)
        for unit in layout.work_units.values():
            self._share(self.machines, unit.calendar, unit.hourly_cost)
        for line in layout.production_lines.values():
            self._share(self.machines, line.calendar, line.hourly_cost)
        self.start_us: int | None = None
        self.until_us: int | None = None

    def _share(self, costs: dict[str, CalendarCost], calendar: str | None, hourly_minor: int) -> None:
        cost = costs.setdefault(calendar or "", CalendarCost(work_time=self._work_times[calendar] if calendar else None, hourly_minor=0))
        cost.hourly_minor += hourly_minor

    def advance(self, to_us: int) -> tuple[int, int]:
        """Let time pass up to `to_us`; the wages and the machine cost that are new, minor units."""
        if self.until_us is None:
            self.start_us = self.until_us = to_us
        if to_us <= self.until_us:
            return 0, 0
        wages_before, machines_before = self.wages_minor, self.machines_minor
        for cost in (*self.persons.values(), *self.machines.values()):
            cost.pass_time(self.until_us, to_us)
        self.until_us = to_us
        return self.wages_minor - wages_before, self.machines_minor - machines_before

    @property
    def wages_minor(self) -> int:
        return _cost_minor(self.persons)

    @property
    def machines_minor(self) -> int:
        return _cost_minor(self.machines)


def _cost_minor(costs: dict[str, CalendarCost]) -> int:
    return round_half_even(sum(cost.worked_us * cost.hourly_minor for cost in costs.values()), US_PER_H)
