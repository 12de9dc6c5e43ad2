"""What passes with time, worked or not, read off the pages: wages and machine cost, as `twin.erp.accounting.capacity` reckons them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from twin.erp.accounting.capacity import CalendarCost, Capacity
from twin.erp.accounting.wip import WORKING_STATES
from twin.model.plant import ProductionLine, WorkUnit
from twin.study.by_rule.declared import Declared
from twin.study.by_rule.pages import Ints
from twin.study.by_rule.work import Intervals


class Attendance:
    """Who is paid for which time of a run. `names` says which persons a number stands for, joined by "+"."""

    def __init__(self, of: Declared, told: Intervals, names: Callable[[int], str]) -> None:
        self._of, self._names = of, names
        works = (told.label != 0) & np.isin(told.state, [*map(int, WORKING_STATES)])
        self._intervals = told.only(works)

    def persons_of(self, text: int) -> list[str]:
        """The persons that a text names."""
        return self._names(text).split("+") if text else []

    def rates(self, texts: Ints) -> Ints:
        """What an hour of the persons of each text costs together, minor units."""
        persons = self._of.plant.layout.persons
        known, places = np.unique(texts, return_inverse=True)
        hourly = [sum(persons[it].hourly_cost for it in self.persons_of(text)) for text in known.tolist()]
        return np.array(hourly, np.int64)[places] if hourly else np.zeros(0, np.int64)

    def counts(self, texts: Ints) -> Ints:
        """How many persons each text names."""
        known, places = np.unique(texts, return_inverse=True)
        return np.array([len(self.persons_of(text)) for text in known.tolist()], np.int64)[places]

    def cost_minor(self, until_us: int) -> tuple[int, int]:
        """Wages and machine cost from the start until an instant, minor units."""
        layout, it = self._of.plant.layout, self._intervals
        paid = Capacity(layout)
        for calendar, cost in [*paid.persons.items(), *((calendar, cost) for (_, calendar), cost in paid.machines.items())]:
            self._pass(cost, calendar or None, until_us)
        machines: dict[str, WorkUnit | ProductionLine] = {**layout.work_units, **layout.production_lines}
        for place in np.unique(it.place).tolist():
            if (machine := machines.get(self._of.places[place])) is not None:
                outside = self._outside_us(machine.calendar, it.place == place, until_us) * machine.hourly_cost
                paid.machines_outside[machine.work_center] = paid.machines_outside.get(machine.work_center, 0) + outside
        for text in np.unique(it.persons[it.persons > 0]).tolist():
            for person in map(layout.persons.__getitem__, self.persons_of(text)):
                paid.persons_outside += self._outside_us(person.calendar, it.persons == text, until_us) * person.hourly_cost
        return paid.wages_minor, paid.machines_minor

    def _pass(self, cost: CalendarCost, calendar: str | None, until_us: int) -> None:
        cost.worked_us = int(self._of.calendars[calendar].until(np.array([until_us]))[0])

    def _outside_us(self, calendar: str | None, its: NDArray[np.bool_], until_us: int) -> int:
        """Time of some intervals until an instant that a calendar does not cover."""
        if calendar is None:
            return 0
        since, until = self._intervals.since_us[its], np.minimum(self._intervals.until_us[its], until_us)
        since, until = since[until > since], until[until > since]
        covered = self._of.calendars[calendar]
        return int((until - since - (covered.until(until) - covered.until(since))).sum())
