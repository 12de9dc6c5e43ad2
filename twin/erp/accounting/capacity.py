"""What passes with time, worked or not: wages by the calendars of the persons, machine cost by the calendars of the equipment.

Labour and machine time given to job orders is absorbed into WIP; what is paid and not absorbed is the cost of waiting, and shows.
What works outside its calendar (a job is finished after the end of the shift, in a plant that allows it) is paid for that time too:
the part of its set-up and run time with a job order that the calendar of the equipment, and of each person at it, leaves
uncovered, at the same rate, and to persons with what the plant pays on top for overtime. A person at two machines at once is
paid for both, as both jobs absorb it.
The cost up to an instant follows from what was known of time up to it, so it does not matter where the heartbeats fall; and of persons
from when what is what (`Paid`), so it does not matter in which order that became known.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeVar

from twin.erp.accounting.rounding import round_half_even
from twin.model.calendars import WorkTime
from twin.model.measures import US_PER_H
from twin.model.personnel.staff import Was, here
from twin.model.plant import Person, PlantFile, ProductionLine, WorkUnit
from twin.model.settlement.percent import MILLION

Key = TypeVar("Key", str, tuple[str, str])


@dataclass(slots=True, kw_only=True)
class CalendarCost:
    """The hourly cost of all who share a calendar, and the working time of it that has passed."""

    work_time: WorkTime | None  # None: around the clock
    hourly_minor: int
    worked_us: int = 0

    def pass_time(self, from_us: int, to_us: int) -> None:
        """Add the working time of [from_us, to_us)."""
        self.worked_us += working_us(self.work_time, from_us, to_us)


class Paid(NamedTuple):
    """What a person is paid for from an instant on. Who has left is not here: he is paid for what he works outside his calendar."""

    since_us: int
    hourly_minor: int
    calendar: str
    work_time: WorkTime | None
    is_here: bool


@dataclass(slots=True, kw_only=True)
class Work:
    """Work at a piece of equipment from `since_us`, paid outside the calendars up to `paid_us`."""

    since_us: int
    paid_us: int
    persons: tuple[str, ...]


def working_us(work_time: WorkTime | None, from_us: int, to_us: int) -> int:
    """Working time within [from_us, to_us). Shifts that overlap count once; None works around the clock."""
    return to_us - from_us if work_time is None else work_time.worked_us(from_us, to_us)


def outside_us(work_time: WorkTime | None, from_us: int, to_us: int) -> int:
    """Time of [from_us, to_us) that a calendar does not cover; < 0 from the later to the earlier instant."""
    if work_time is None:
        return 0
    if to_us < from_us:
        return -outside_us(work_time, to_us, from_us)
    return to_us - from_us - working_us(work_time, from_us, to_us)


def _spans(terms: Sequence[Paid], from_us: int, to_us: int) -> Iterator[tuple[Paid, int, int]]:
    """Who is paid how in which part of [from_us, to_us)."""
    for it, after in pairwise([*terms, None]):
        assert it is not None
        since_us, until_us = max(it.since_us, from_us), min(after.since_us, to_us) if after else to_us
        if since_us < until_us:
            yield it, since_us, until_us


def _within(terms: Sequence[Paid], from_us: int, to_us: int) -> int:
    """What is paid for [from_us, to_us) by the calendars, microseconds * minor units an hour."""
    spans = _spans(terms, from_us, to_us)
    return sum(working_us(it.work_time, since_us, until_us) * it.hourly_minor for it, since_us, until_us in spans if it.is_here)


def _outside(terms: Sequence[Paid], from_us: int, to_us: int) -> int:
    """What is paid for work of [from_us, to_us) that the calendars do not cover, without what is paid on top."""
    if len(terms) == 1 and terms[0].since_us <= from_us:  # as of nearly all, nearly always
        return outside_us(terms[0].work_time, from_us, to_us) * terms[0].hourly_minor
    return sum(outside_us(it.work_time, since_us, until_us) * it.hourly_minor for it, since_us, until_us in _spans(terms, from_us, to_us))


class Capacity:
    """Wages and machine cost that have come due since the first heartbeat."""

    def __init__(self, layout: PlantFile) -> None:
        self._ended_persons = 0  # what capacity that is another by now has cost, microseconds * minor units an hour
        self._ended_machines: dict[str, int] = {}  # the same, by work center
        self._paid: dict[str, list[Paid]] = {}  # by person, in the order of time
        self._worked: dict[str, array[int]] = {}  # by person: from when to when he was at a machine, one stretch after the other
        self._worked_until_us = -1  # the last of these
        self._begin_with(layout)
        self._paid = {name: [self._terms(-1, it, is_here=name in here(layout.persons))] for name, it in layout.persons.items()}
        self._share_persons()
        self.working: dict[str, Work] = {}  # by equipment
        self._overtime = layout.labour.overtime
        self.persons_outside = 0  # work outside the calendars, microseconds * minor units an hour
        self.machines_outside: dict[str, int] = {}  # the same, by work center
        self._posted_minor = 0  # wages
        self._to_post = deque[int]()  # of these what nobody has heard to be in the books
        self._posted_at: dict[str, int] = {}  # machine cost, by work center
        self.start_us: int | None = None
        self.until_us: int | None = None

    def _begin_with(self, layout: PlantFile) -> None:
        self._work_times = {name: WorkTime(calendar, layout.time_zone) for name, calendar in layout.calendars.items()}
        self.machines: dict[tuple[str, str], CalendarCost] = {}  # by work center and calendar
        self._machines: dict[str, WorkUnit | ProductionLine] = {**layout.work_units, **layout.production_lines}
        for machine in self._machines.values():
            work_time = self._work_times[machine.calendar] if machine.calendar else None
            self._share(self.machines, (machine.work_center, machine.calendar or ""), work_time, machine.hourly_cost)

    def _share_persons(self) -> None:
        """Who is paid by which calendar from what is known of time on."""
        self.persons: dict[str, CalendarCost] = {}
        for paid in (it[-1] for it in self._paid.values()):
            if paid.is_here:
                self._share(self.persons, paid.calendar, paid.work_time, paid.hourly_minor)

    def _terms(self, since_us: int, person: Person, *, is_here: bool) -> Paid:
        calendar = person.calendar or ""
        return Paid(since_us, person.hourly_cost, calendar, self._work_times[calendar] if calendar else None, is_here)

    def learn(self, layout: PlantFile, now_us: int) -> None:
        """From `now_us` on it is the capacity of `layout` that costs; what has come due until then is posted with what comes next.

        What has passed since then by the capacity of before, since it becomes known late, is taken back.
        """
        late_us = now_us if self.until_us is None else max(now_us, self.until_us)
        if self.until_us is not None and now_us > self.until_us:
            self._pass_time(now_us)
        for cost in self.machines.values():
            cost.worked_us -= working_us(cost.work_time, now_us, late_us)
        for (center, _), cost in self.machines.items():
            self._ended_machines[center] = self._ended_machines.get(center, 0) + cost.worked_us * cost.hourly_minor
        self._begin_with(layout)
        for cost in self.machines.values():
            cost.pass_time(now_us, late_us)
        there = here(layout.persons)
        self._pay_otherwise(now_us, {name: [self._terms(now_us, it, is_here=name in there)] for name, it in layout.persons.items()})
        self._pay_otherwise(
            now_us, {name: [it[-1]._replace(since_us=now_us, is_here=False)] for name, it in self._paid.items() if name not in there}
        )

    def learn_person(self, name: str, at_us: int, was: Iterable[Was]) -> None:
        """From `at_us` on a person is what `was` says, one after the other; what has come due until then is posted with what comes next."""
        if self.until_us is not None and at_us > self.until_us:
            self._pass_time(at_us)
        self._pay_otherwise(at_us, {name: [self._terms(it.since_us, it.person, is_here=it.is_here) for it in was if it.person is not None]})

    def _pay_otherwise(self, at_us: int, otherwise: dict[str, list[Paid]]) -> None:
        """Persons are paid so from `at_us` on. What has passed since then, since it becomes known late, is paid anew."""
        if not otherwise:
            return
        self._ended_persons += sum(cost.worked_us * cost.hourly_minor for cost in self.persons.values())
        for name, after in otherwise.items():
            before = self._paid.get(name, [])
            now = [*before[: bisect_left(before, at_us, key=lambda it: it.since_us)], *after]
            for sign, terms in ((-1, before), (1, now)):
                self._ended_persons += sign * _within(terms, at_us, at_us if self.until_us is None else self.until_us)
                self.persons_outside += sign * sum(
                    _outside(terms, max(at_us, from_us), to_us) for from_us, to_us in self._stretches(name, at_us)
                )
            self._paid[name] = now
        self._share_persons()

    def _stretches(self, person: str, since_us: int) -> Iterator[tuple[int, int]]:
        """What a person has worked, and was paid outside his calendar for, after an instant."""
        for work in self.working.values():
            if person in work.persons and work.paid_us > since_us:
                yield work.since_us, work.paid_us
        if since_us < self._worked_until_us:
            ends = self._worked.get(person, array("q"))
            yield from ((from_us, to_us) for from_us, to_us in zip(ends[::2], ends[1::2], strict=True) if to_us > since_us)

    def _pass_time(self, to_us: int) -> None:
        assert self.until_us is not None
        worked_us: dict[WorkTime | None, int] = {}  # by calendar, which many share
        for cost in (*self.persons.values(), *self.machines.values()):
            if cost.work_time not in worked_us:
                worked_us[cost.work_time] = working_us(cost.work_time, self.until_us, to_us)
            cost.worked_us += worked_us[cost.work_time]
        for equipment, work in self.working.items():
            self._pay_outside(equipment, work, to_us)
        self.until_us = to_us

    def is_opening(self, at_us: int) -> bool:
        """Whether an instant is the start, or before it: what is counted then was there."""
        return self.start_us is None or at_us <= self.start_us

    @staticmethod
    def _share(costs: dict[Key, CalendarCost], key: Key, work_time: WorkTime | None, hourly_minor: int) -> None:
        cost = costs.setdefault(key, CalendarCost(work_time=work_time, hourly_minor=0))
        cost.hourly_minor += hourly_minor

    def advance(self, to_us: int) -> tuple[int, dict[str, int]]:
        """Let time pass up to `to_us`; the wages, and by work center the machine cost, that are new, minor units."""
        if self.until_us is None:
            self.start_us = self.until_us = to_us
        if to_us <= self.until_us:
            return 0, {}
        self._pass_time(to_us)
        wages_minor, at = self.wages_minor, self.machines_minor_at()
        new = wages_minor - self._posted_minor, {center: minor - self._posted_at.get(center, 0) for center, minor in at.items()}
        self._posted_minor, self._posted_at = wages_minor, at
        if new[0]:
            self._to_post.append(new[0])
        return new

    def booked(self, wages_minor: int) -> None:
        """So much of the wages is in the books: what an older version has posted otherwise is made good with what comes next."""
        self._posted_minor += wages_minor - (self._to_post.popleft() if self._to_post else wages_minor)

    def begin(self, equipment: str, persons: tuple[str, ...], at_us: int) -> None:
        """`persons` (none: unattended) work at `equipment` from `at_us` on."""
        self.working[equipment] = Work(since_us=at_us, paid_us=at_us, persons=persons)

    def end(self, equipment: str, at_us: int) -> None:
        """What went on at `equipment`, if anything, was over at `at_us`; if that is told late, what was paid beyond is taken back."""
        work = self.working.pop(equipment, None)
        if work is not None:
            self._pay_outside(equipment, work, at_us)
            for person in work.persons:
                self._worked.setdefault(person, array("q")).extend((work.since_us, work.paid_us))
            self._worked_until_us = max(self._worked_until_us, work.paid_us)

    def _pay_outside(self, equipment: str, work: Work, to_us: int) -> None:
        """Pay `work` outside the calendars up to `to_us`, and no further."""
        to_us = max(to_us, work.since_us)
        if (machine := self._machines.get(equipment)) is not None:
            outside = (
                outside_us(self._work_times[machine.calendar] if machine.calendar else None, work.paid_us, to_us) * machine.hourly_cost
            )
            self.machines_outside[machine.work_center] = self.machines_outside.get(machine.work_center, 0) + outside
        for terms in (self._paid[name] for name in work.persons if name in self._paid):
            self.persons_outside += _outside(terms, work.paid_us, to_us) if to_us >= work.paid_us else -_outside(terms, to_us, work.paid_us)
        work.paid_us = to_us

    @property
    def wages_minor(self) -> int:
        within = self._ended_persons + sum([cost.worked_us * cost.hourly_minor for cost in self.persons.values()])
        outside = self.persons_outside * (MILLION + self._overtime)
        return round_half_even(within * MILLION + outside, MILLION * US_PER_H)

    @property
    def machines_minor(self) -> int:
        return sum(self.machines_minor_at().values())

    def machines_minor_at(self) -> dict[str, int]:
        """Machine cost by work center. All of it is rounded once: each has the step from those before it to those with it."""
        exact = dict(self.machines_outside)
        for center, cost_then in self._ended_machines.items():
            exact[center] = exact.get(center, 0) + cost_then
        for (center, _), cost in self.machines.items():
            exact[center] = exact.get(center, 0) + cost.worked_us * cost.hourly_minor
        found, so_far, given = dict[str, int](), 0, 0
        for center in sorted(exact):
            so_far += exact[center]
            upto = round_half_even(so_far, US_PER_H)
            found[center], given = upto - given, upto
        return found
