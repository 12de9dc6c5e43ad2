"""Work calendars as they are declared: shifts by weekday, holidays, and stretches of time in which it is otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from twin.model.floor.words import ClockMin, Day, Id, Instant
from twin.model.measures import Table

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_EXTRA_US = 86_400_000_000
_EPOCH, _US = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class Break(Table):
    """A pause inside a shift; counted as not working."""

    start: ClockMin
    end: ClockMin


class Shift(Table):
    """One shift on some weekdays, local time; `end` <= `start` means that it runs past midnight."""

    days: Annotated[list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]], Field(min_length=1)]
    start: ClockMin
    end: ClockMin
    breaks: list[Break] = []


class CalendarException(Table):
    """From `start` up to, not including, `end` it is otherwise: there is work, as in a shift called `shift`; without one, there is none.

    Of two that overlap the later in the list holds.
    """

    start: Instant
    end: Instant
    shift: str = ""

    @classmethod
    def of(cls, start_us: int, end_us: int, shift: str = "") -> CalendarException:
        """It by instants, us since 1970."""
        return cls(start=_EPOCH + start_us * _US, end=_EPOCH + end_us * _US, shift=shift)

    @property
    def start_us(self) -> int:
        return (self.start - _EPOCH) // _US

    @property
    def end_us(self) -> int:
        return (self.end - _EPOCH) // _US


class WorkCalendar(Table):
    """When work may happen (ISA-95 WorkCalendar)."""

    title: str = ""
    shifts: dict[Id, Shift]
    holidays: list[Day] = []
    exceptions: list[CalendarException] = []

    @property
    def shift_names(self) -> list[str]:
        """What its shifts are called, those of exceptions last."""
        return list(dict.fromkeys([*self.shifts, *(it.shift for it in self.exceptions if it.shift)]))
