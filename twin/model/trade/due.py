"""Days of terms: so many days later by the calendar of the plant, and at the same time of day, whatever its clocks do between."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

DAY_US = 86_400_000_000


def days_later_us(at_us: int, span_us: int, time_zone: str) -> int:
    """An instant that is whole days later by the calendar, and by what is left of the span on top of it, us.

    Parameters
    ----------
    at_us : us since 1970, UTC
    span_us : us, >= 0

    Notes
    -----
    Terms count days (a bill of 21 March at 10 days is due on 31 March); 240 hours from 23:15 end on 1 April where summer time begins.
    """
    days, rest_us = divmod(span_us, DAY_US)
    local = datetime.fromtimestamp(at_us // 1_000_000, ZoneInfo(time_zone))
    later = local + timedelta(days=days)  # the same zone: the wall clock counts
    return int(later.timestamp()) * 1_000_000 + at_us % 1_000_000 + rest_us
