"""Planned maintenance: it comes due, waits for the job in progress and for its crew, and takes the unit out of use meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import simpy

from twin.model.calendars import days_apart
from twin.model.floor import maintenance as declared
from twin.simulation.clock import Life, PlantEnvironment, Settled
from twin.simulation.shop_floor.failures import RepairCrew
from twin.simulation.streams import drawing


class Maintained(Settled, Protocol):
    """A work unit, as its maintenance sees it."""

    name: str


class Maintenance:
    """One kind of maintenance of one work unit: due, wait for the job, wait for the crew, and again from the start.

    How long it lasts the n-th time is the same number whatever else happens.
    """

    def __init__(
        self, env: PlantEnvironment, unit: Maintained, asked: declared.Maintenance, mode: int, crew: RepairCrew | None, time_zone: str
    ) -> None:
        self._env, self._unit, self._mode, self._crew = env, unit, mode, crew
        self.reason = asked.reason
        self.is_due = self.is_going_on = False
        self.by = next(iter(asked.triggers), "")
        self._limit = asked.after_pieces or asked.after_lots or asked.after_busy or 0
        self._done = asked.counted_before
        every = asked.every
        self._dates: Iterator[int] | None = days_apart(every.days, every.at, env.start_us, time_zone, every.first_day) if every else None
        self._comes_due, self._may_begin, self.is_over = env.event(), env.event(), env.event()
        self._draw_us, self._stream = drawing(asked.lasts), env.stream("maintenance", f"{unit.name}/{asked.reason}")

    def life(self) -> Life:
        """The process of this maintenance."""
        env = self._env
        while True:
            yield self._next_time()
            self.is_due, self._may_begin, self.is_over = True, env.event(), env.event()
            env.touch(self._unit)
            yield self._may_begin
            if self._crew:
                yield self._crew.claim(self._unit.place, self._mode)
            yield env.timeout(self._draw_us(self._stream))
            if self._crew:
                self._crew.give_back()
            self.is_due = self.is_going_on = False
            self._done = 0
            self.is_over.succeed()
            env.touch(self._unit)

    def _next_time(self) -> simpy.Event:
        env = self._env
        if self._dates is None:
            self._comes_due = env.event()
            return self._comes_due
        date_us = next(date_us for date_us in self._dates if date_us >= env.now_us)
        return env.timeout(date_us - env.now_us)

    def count(self, by: str, amount: int) -> None:
        """The unit has made so many pieces or lots, or worked for so long."""
        if by != self.by or self.is_due or self._done >= self._limit:
            return
        self._done += amount
        if self._done >= self._limit:
            self._comes_due.succeed()

    def begin(self) -> None:
        """In the settle phase: the unit is free for it."""
        self.is_going_on = True
        self._may_begin.succeed()
