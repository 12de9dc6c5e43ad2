"""Level 3, labour: who is there when beside the calendars, as somebody says who answers for it. Corrected by what is said later."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceEntered(Entry):
    """Person `worker` is not there from `from_us` up to, not including, `until_us` (-1: until somebody says otherwise), for an `absence`.

    What is said again of an absence from the same instant takes its place: it ends earlier or later, or never was (`until_us` = `from_us`).
    """

    worker: str
    from_us: int
    until_us: int = -1
    absence: str  # sickness, holiday, training or other
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceEntered(Entry):
    """Person `worker` is there from `from_us` to `until_us` beyond the calendar: overtime, an extra shift, an hour earlier.

    Said again from the same instant it takes the place of what was said; `until_us` = `from_us`: it is taken back.
    """

    worker: str
    from_us: int
    until_us: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftsSwapped(Entry):
    """From `from_us` to `until_us` persons `worker` and `other` each work by the other's calendar; `until_us` = `from_us`: they do not."""

    worker: str
    other: str
    from_us: int
    until_us: int
    reason: str = ""
