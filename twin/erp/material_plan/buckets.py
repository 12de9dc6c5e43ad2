"""The buckets of a plan: spans of whole local days from today on, and which of them the plant works in."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from twin.erp.material_plan.planning import calendar_row
from twin.kernels.material_plan.columns import Ints
from twin.model.calendars import WorkTime
from twin.model.measures import write_duration
from twin.model.plant import Plant

DAY_US = 86_400_000_000
MOST_BUCKETS = 2_000
ALWAYS, PLANT = range(2)
"""Rows of the calendars: suppliers deliver by days of the calendar, the plant makes things on days on which somebody or something works."""


def whole_days(bucket_us: int) -> int:
    """How many days a bucket has.

    Raises
    ------
    ValueError : not whole days
    """
    if bucket_us < DAY_US or bucket_us % DAY_US:
        raise ValueError(f"a bucket of {write_duration(bucket_us)} is not made of whole days; allowed: 1 d, 1 week")
    return bucket_us // DAY_US


class Buckets:
    """Bucket 0 holds the instant `now_us`; the last one holds `until_us`.

    Raises
    ------
    ValueError : too many buckets, or not of whole days
    """

    def __init__(self, plant: Plant, now_us: int, until_us: int, bucket_us: int = DAY_US) -> None:
        self.days = whole_days(bucket_us)
        self._zone = ZoneInfo(plant.layout.time_zone)
        self.first_day = self._day(now_us)
        self.count = (self._day(until_us) - self.first_day).days // self.days + 1
        if self.count > MOST_BUCKETS:
            raise ValueError(
                f"what is wanted or on order reaches {self.count * self.days:,} days ahead, {self.count:,} buckets of {self.days} d;"
                f" allowed: {MOST_BUCKETS:,}, with a larger bucket, as in --bucket '1 week'"
            )
        self._starts_us = [self.start_us(bucket) for bucket in range(self.count)]
        self.works = self._working(plant)
        self.calendars: Ints = np.stack([calendar_row(np.ones(self.count, np.bool_)), calendar_row(self.works)])

    def _day(self, at_us: int) -> date:
        return datetime.fromtimestamp(at_us // 1_000_000, self._zone).date()

    def are(self, others: Buckets) -> bool:
        """Whether these are the same days, of the same length, on which the same is worked."""
        same_days = (self.first_day, self.days, self.count) == (others.first_day, others.days, others.count)
        return same_days and bool((self.works == others.works).all())

    def of(self, at_us: int) -> int:
        """The bucket that holds an instant; what lies before now is due now. Of a large plan it is asked a million times."""
        return max(0, bisect_right(self._starts_us, at_us) - 1)

    def start_us(self, bucket: int) -> int:
        """The first instant of a bucket: its local midnight."""
        day = self.first_day + timedelta(days=bucket * self.days)
        midnight = datetime(day.year, day.month, day.day, tzinfo=self._zone)
        return int(midnight.timestamp()) * 1_000_000

    def day_of(self, bucket: int) -> date:
        """The first local day of a bucket."""
        return self.first_day + timedelta(days=bucket * self.days)

    def before(self, bucket: int, lead: int, calendar: int) -> int:
        """The bucket in which to start what is due in `bucket` and takes `lead` buckets of a calendar; below 0: so many too late."""
        if lead == 0:
            return bucket
        row = self.calendars[calendar]
        working = int(row[bucket]) - lead
        return int(row[self.count + 1 + working]) if working >= 0 else working

    def after(self, bucket: int, lead: int, calendar: int) -> int:
        """The bucket in which is done what starts in `bucket` and takes `lead` buckets of a calendar; past the last, all work."""
        if lead == 0:
            return bucket
        row = self.calendars[calendar]
        working, whole = int(row[bucket]) + lead, int(row[self.count])
        return int(row[self.count + 1 + working]) if working < whole else self.count + working - whole

    def lead(self, duration_us: int) -> int:
        """A lead time as buckets: a part of one counts whole."""
        return -(-duration_us // (self.days * DAY_US))

    def spoken(self, count: int, calendar: int) -> str:
        """So many buckets of a calendar as people put it: "1 day", "3 working days", "2 weeks"."""
        weeks, rest = divmod(count * self.days, 7)
        if self.days > 1 and not rest:
            return f"{weeks} week{'s' if weeks != 1 else ''}"
        working = "working " if self.days == 1 and calendar == PLANT and not self.works.all() else ""
        return f"{count * self.days} {working}day{'s' if count * self.days != 1 else ''}"

    def _working(self, plant: Plant) -> NDArray[np.bool_]:
        """Buckets with a day on which a work unit, a line or a person works; of a plant without calendars all."""
        layout = plant.layout
        equipment = [unit.calendar for unit in layout.work_units.values()] + [line.calendar for line in layout.production_lines.values()]
        named = dict.fromkeys([*(it for it in equipment if it), *(it.calendar for it in layout.persons.values())])
        if None in equipment or not named:
            return np.ones(self.count, np.bool_)
        works = np.zeros(self.count, np.bool_)
        last_us = self.start_us(self.count)
        for name in named:
            for interval in WorkTime(layout.calendars[name], layout.time_zone).intervals(self.start_us(0), last_us):
                works[self.of(interval.start_us)] = True
        return works


def day_us(day: date) -> int:
    """UTC midnight of a day, for tables that show days."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000_000
