"""Work calendars as intervals of time: when a person works, when a work unit may be used.

Local time becomes UTC through the plant's time zone, so a night shift across a clock change has its true length.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from twin.model.personnel.work_calendar import WEEKDAYS, CalendarException, Shift, WorkCalendar

_ONE_DAY = timedelta(days=1)
_US = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Span = tuple[int, int]
"""From an instant up to, not including, another, UTC microseconds."""
_LAST_US = 32_503_680_000_000_000  # the year 3000: runs lie before it


def written_local(at_us: int, time_zone: str) -> str:
    """Local time as people read it: "Mon 2 Mar, 06:00"; of an instant that no run has, that it is none."""
    if not -_LAST_US < at_us < _LAST_US:
        return "at no time of a calendar"
    local = datetime.fromtimestamp(at_us / 1_000_000, ZoneInfo(time_zone))
    return f"{local:%a} {local.day} {local:%b, %H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkInterval:
    """Work from `start_us` up to, not including, `end_us`, UTC microseconds, in the shift of that name."""

    start_us: int
    end_us: int
    shift: str


def local_instant_us(day: date, minute: int, zone: ZoneInfo) -> int:
    """UTC microseconds of `minute` after local midnight of `day`; a local time that a clock change skips counts as the next that exists."""
    local = datetime.combine(day + timedelta(days=minute // 1440), time(minute % 1440 // 60, minute % 60), zone)
    return (local.astimezone(UTC) - _EPOCH) // _US


def days_apart(every_days: int, minute: int, start_us: int, time_zone: str, first_day: int = 0) -> Iterator[int]:
    """Instants at a local time of day, so many days apart, from `start_us` on: the first `first_day` days later, or one more."""
    zone = ZoneInfo(time_zone)
    day = datetime.fromtimestamp(start_us // 1_000_000, zone).date() + timedelta(days=first_day)
    if local_instant_us(day, minute, zone) < start_us:
        day += _ONE_DAY
    while True:
        yield local_instant_us(day, minute, zone)
        day += timedelta(days=every_days)


def _shift_on(day: date, name: str, shift: Shift, zone: ZoneInfo) -> Iterable[WorkInterval]:
    """The intervals of one shift that begins on `day`, cut at its breaks."""
    end = shift.end if shift.end > shift.start else shift.end + 1440
    bounds = [shift.start]
    for pause in sorted(shift.breaks, key=lambda b: (b.start - shift.start) % 1440):
        after = shift.start + (pause.start - shift.start) % 1440
        bounds += [after, after + (pause.end - pause.start) % 1440]
    bounds.append(end)
    for start, stop in zip(bounds[::2], bounds[1::2], strict=True):
        if stop > start:
            yield WorkInterval(start_us=local_instant_us(day, start, zone), end_us=local_instant_us(day, stop, zone), shift=name)


def _breaks_on(day: date, shift: Shift, zone: ZoneInfo) -> Iterable[tuple[int, int]]:
    """The declared pauses of one shift that begins on `day`, us."""
    for pause in shift.breaks:
        after = shift.start + (pause.start - shift.start) % 1440
        yield local_instant_us(day, after, zone), local_instant_us(day, after + (pause.end - pause.start) % 1440, zone)


def _otherwise(found: Iterable[WorkInterval], exceptions: Iterable[CalendarException], week: int | None = None) -> list[WorkInterval]:
    """Intervals without what exceptions take away, and with what they add (in one week, what begins in it); of two the later holds."""
    intervals = list(found)
    for it in exceptions:
        intervals = [part for interval in intervals for part in _without(interval, it.start_us, it.end_us)]
        if it.shift and week in (None, _week_of(it.start_us)):
            intervals.append(WorkInterval(start_us=it.start_us, end_us=it.end_us, shift=it.shift))
    return intervals


def _without(it: WorkInterval, from_us: int, to_us: int) -> Iterator[WorkInterval]:
    """What of an interval lies outside of [from_us, to_us)."""
    for start_us, end_us in outside((it.start_us, it.end_us), [(from_us, to_us)]):
        yield WorkInterval(start_us=start_us, end_us=end_us, shift=it.shift)


def _week_of(at_us: int) -> int:
    """Weeks of 7 days since 1970-01-05, a Monday."""
    return (at_us // 86_400_000_000 - 4) // 7


def apart(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, with those that touch or overlap made one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def outside(whole: Span, others: Iterable[Span]) -> Iterator[Span]:
    """What of a span lies in none of the others, which are in order and apart."""
    at_us, to_us = whole
    for start, end in others:
        if end <= at_us or start >= to_us:
            continue
        if start > at_us:
            yield at_us, start
        at_us = max(at_us, end)
    if to_us > at_us:
        yield at_us, to_us


class WorkTime:
    """When one calendar works, asked by instant. Pure: the same question has the same answer."""

    def __init__(self, calendar: WorkCalendar, time_zone: str) -> None:
        self._calendar = calendar
        self._zone = ZoneInfo(time_zone)
        self._week = lru_cache(maxsize=600)(self._intervals_of_week)
        self._bounds = lru_cache(maxsize=600)(self._bounds_around)
        self._lately = (0, 0, False)  # the stretch asked about last: its ends, and whether it is worked

    def __reduce__(self) -> tuple[type[WorkTime], tuple[WorkCalendar, str]]:
        return WorkTime, (self._calendar, self._zone.key)  # weeks that were looked up are not worth copying

    @property
    def shift_names(self) -> list[str]:
        """What its shifts are called."""
        return self._calendar.shift_names

    def _intervals_of_week(self, week: int) -> list[WorkInterval]:
        """Intervals that begin in the local ISO-like week number `week` (weeks of 7 days since 1970-01-05, a Monday)."""
        monday = date(1970, 1, 5) + timedelta(weeks=week)
        found: list[WorkInterval] = []
        for offset, weekday in enumerate(WEEKDAYS):
            day = monday + offset * _ONE_DAY
            if day in self._calendar.holidays:
                continue
            for name, shift in self._calendar.shifts.items():
                if weekday in shift.days:
                    found.extend(_shift_on(day, name, shift, self._zone))
        if self._calendar.exceptions:
            found = _otherwise(found, self._calendar.exceptions, week)
        return sorted(found, key=lambda i: (i.start_us, i.end_us))

    def _around(self, at_us: int) -> list[WorkInterval]:
        week = _week_of(at_us)
        return [*self._week(week - 1), *self._week(week), *self._week(week + 1)]

    def interval_at(self, at_us: int) -> WorkInterval | None:
        """The interval that holds `at_us`; None outside working time."""
        around = self._around(at_us)
        for interval in reversed(around[: bisect_right(around, at_us, key=lambda i: i.start_us)]):
            if at_us < interval.end_us:
                return interval
        return None

    def works_at(self, at_us: int) -> bool:
        return self.interval_at(at_us) is not None

    def next_bound_us(self, after_us: int) -> int | None:
        """The first start or end of an interval later than `after_us`; None if there is none within a year."""
        for ahead in range(0, 372, 7):
            bounds = [b for i in self._around(after_us + ahead * 86_400_000_000) for b in (i.start_us, i.end_us) if b > after_us]
            if bounds:
                return min(bounds)
        return None

    def worked_us(self, from_us: int, to_us: int) -> int:
        """Working time within [from_us, to_us). Shifts that overlap count once."""
        worked_us = 0
        while from_us < to_us:
            start_us, end_us, works = self._lately
            if not start_us <= from_us < end_us:
                start_us, end_us, works = self._lately = self._stretch_at(from_us)
            until_us = min(end_us, to_us)
            worked_us += until_us - from_us if works else 0
            from_us = until_us
        return worked_us

    def _stretch_at(self, at_us: int) -> tuple[int, int, bool]:
        """The stretch, worked throughout or not at all, in which an instant lies: as far as its week goes."""
        week = _week_of(at_us)
        bounds, begin_us = self._bounds(week), (7 * week + 4) * 86_400_000_000
        place = bisect_right(bounds, at_us)
        start_us = max(begin_us, bounds[place - 1]) if place else begin_us
        end_us = begin_us + 7 * 86_400_000_000
        return start_us, min(end_us, bounds[place]) if place < len(bounds) else end_us, place % 2 == 1

    def _bounds_around(self, week: int) -> list[int]:
        """Start and end of each stretch that is worked, in turn, of a week and those beside it: what works in it began in one of them."""
        bounds: list[int] = []
        for interval in (*self._week(week - 1), *self._week(week), *self._week(week + 1)):
            if bounds and interval.start_us <= bounds[-1]:
                bounds[-1] = max(bounds[-1], interval.end_us)
            else:
                bounds += interval.start_us, interval.end_us
        return bounds

    def intervals(self, from_us: int, to_us: int) -> list[WorkInterval]:
        """Working time within [from_us, to_us), cut to it, in order."""
        first = (from_us // 86_400_000_000 - 7) // 7  # what works now began three days ago at most, on the calendar of any time zone
        last = (to_us // 86_400_000_000 - 3) // 7
        return [
            WorkInterval(start_us=max(i.start_us, from_us), end_us=min(i.end_us, to_us), shift=i.shift)
            for week in range(first, last + 1)
            for i in self._week(week)
            if i.end_us > from_us and i.start_us < to_us
        ]

    def shifts(self, from_us: int, to_us: int) -> list[WorkInterval]:
        """Whole shifts, breaks included, that touch [from_us, to_us), in order; cut at exceptions of the calendar alone."""
        first = datetime.fromtimestamp(from_us // 1_000_000, self._zone).date() - 2 * _ONE_DAY
        days = (to_us - from_us) // 86_400_000_000 + 4
        found = []
        for day in (first + n * _ONE_DAY for n in range(days)):
            for name, shift in self._calendar.shifts.items():
                if WEEKDAYS[day.weekday()] not in shift.days or day in self._calendar.holidays:
                    continue
                start_us = local_instant_us(day, shift.start, self._zone)
                end_us = local_instant_us(day, shift.end if shift.end > shift.start else shift.end + 1440, self._zone)
                if end_us > from_us and start_us < to_us:
                    found.append(WorkInterval(start_us=start_us, end_us=end_us, shift=name))
        if self._calendar.exceptions:
            found = [it for it in _otherwise(found, self._calendar.exceptions) if it.end_us > from_us and it.start_us < to_us]
        return sorted(found, key=lambda it: (it.start_us, it.end_us))

    def breaks(self, from_us: int, to_us: int) -> list[tuple[int, int]]:
        """Declared pauses within [from_us, to_us), cut to it, in order."""
        first = datetime.fromtimestamp(from_us // 1_000_000, self._zone).date() - 2 * _ONE_DAY
        days = (to_us - from_us) // 86_400_000_000 + 4
        found = [
            WorkInterval(start_us=max(start, from_us), end_us=min(end, to_us), shift="")
            for day in (first + n * _ONE_DAY for n in range(days))
            if day not in self._calendar.holidays
            for shift in self._calendar.shifts.values()
            if WEEKDAYS[day.weekday()] in shift.days
            for start, end in _breaks_on(day, shift, self._zone)
            if end > from_us and start < to_us
        ]
        for it in self._calendar.exceptions:
            found = [part for pause in found for part in _without(pause, it.start_us, it.end_us)]
        return sorted((it.start_us, it.end_us) for it in found)


def spoken_duration(duration_us: int) -> str:
    """The duration as a page says it, in its two largest units: "2 d 3 h", "4 h 20 min", "-35 min"; below a minute "20 s"."""
    minutes = (abs(duration_us) + 30_000_000) // 60_000_000
    sign = "-" if duration_us < 0 else ""
    if minutes < 1:
        return f"{sign if duration_us <= -500_000 else ''}{round(abs(duration_us) / 1e6)} s"
    days, hours = minutes // 1440, minutes % 1440 // 60
    parts = ((days, "d"), (hours, "h")) if days else ((hours, "h"), (minutes % 60, "min"))
    return sign + " ".join(f"{count} {unit}" for count, unit in parts if count)
