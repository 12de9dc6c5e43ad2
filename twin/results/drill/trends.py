"""A figure over time: its value on each local day, or in each shift, of a window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from twin.model.calendars import local_instant_us
from twin.results.drill.now import window_of
from twin.results.run import Run

By = Literal["day", "shift"]
MOST = 31  # days or shifts that are shown, the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What a figure was from `start_us` to `end_us`; None where there was nothing to divide by."""

    title: str
    start_us: int
    end_us: int
    value: float | None


def trend(run: Run, indicator: str, scope: str, name: str, by: By, from_us: int, to_us: int) -> list[Point]:
    """The last `MOST` days or shifts of [from_us, to_us), the first and the last cut to it; none of what there is not."""
    spans = [(title, max(start_us, from_us), min(end_us, to_us)) for title, start_us, end_us in _spans(run, by, from_us, to_us)]
    found = []
    for title, start_us, end_us in [it for it in spans if it[1] < it[2]][-MOST:]:
        row = next((it for it in run.mes.indicators(scope, start_us, end_us) if it.name == name), None)
        value = getattr(row, indicator) if row else None
        found.append(Point(title=title, start_us=start_us, end_us=end_us, value=None if value is None else float(value)))
    return found


def trend_of(indicator: str, scope: str, name: str, by: By, window: str) -> Callable[[Run], list[Point]]:
    """What looks at a figure over a window."""

    def look(run: Run) -> list[Point]:
        from_us, to_us = window_of(run, window)
        return trend(run, indicator, scope, name, by, from_us, to_us)

    look.__qualname__ = f"{indicator} of {scope} {name} by {by} in {window}"  # whoever keeps what was seen keeps one for each
    return look


def _spans(run: Run, by: By, from_us: int, to_us: int) -> list[tuple[str, int, int]]:
    """Every local day, or shift, that touches a window."""
    zone = ZoneInfo(run.plant.layout.time_zone)
    day = datetime.fromtimestamp(from_us / 1_000_000, UTC).astimezone(zone).date()
    if by == "shift":
        local = [
            (it, datetime.fromtimestamp(it.start_us / 1_000_000, UTC).astimezone(zone)) for it in run.mes.records.shifts(from_us, to_us)
        ]
        return [(f"{at:%a} {at.day} {at:%b}, {it.shift.replace('_', ' ')}", it.start_us, it.end_us) for it, at in local]
    found = []
    while (start_us := local_instant_us(day, 0, zone)) < to_us:
        following = day + timedelta(days=1)
        found.append((f"{day:%a} {day.day} {day:%b}", start_us, local_instant_us(following, 0, zone)))
        day = following
    return found
