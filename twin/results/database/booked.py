"""Accounts, periods, budgets, equipment with its work centers and the plant's clock, as rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from twin.results.settlement.dimensions import earns, month_us, work_centers

if TYPE_CHECKING:
    from twin.results.run import Run
    from twin.store.projections.projected_rows import Row

_YEARS_AHEAD = 10  # what is due or expected lies before that


def booked_rows(run: Run) -> dict[str, list[Row]]:
    """What the books are asked by: what is posted itself follows from the journal alone."""
    plant = run.plant
    accounts = [
        {"account": name, "number": it.number, "title": it.title, "kind": str(it.kind), "is_earned": int(earns(it))}
        for name, it in run.erp.ledger.accounts.items()
    ]
    centers = plant.layout.work_centers
    equipment = [
        {"equipment": name, "work_center": center, "area": centers[center].area if center in centers else ""}
        for name, center in {**{it: it for it in centers}, **work_centers(plant)}.items()
    ]
    zone = plant.layout.time_zone
    year = datetime.fromtimestamp(run.now_us // 1_000_000, ZoneInfo(zone)).year
    clock = [{"from_us": from_us, "ahead_us": ahead_us} for from_us, ahead_us in clock_changes(zone, year + _YEARS_AHEAD)]
    return {"account": accounts, "period": _periods(run), "budget": _budgets(run), "equipment": equipment, "plant_clock": clock}


def _periods(run: Run) -> list[Row]:
    periods: list[Row] = []
    from_us = None
    for number, it in enumerate(run.erp.ledger.closed, start=1):
        periods.append(
            {
                "period_number": number, "period": it.period, "from_us": from_us, "until_us": it.until_us, "closed_us": it.recorded_us,
                "closed_by": it.person,
            }
        )  # fmt: skip
        from_us = it.until_us
    still_open = {"period": "open", "from_us": from_us, "until_us": None, "closed_us": None, "closed_by": ""}
    return [*periods, {"period_number": len(periods) + 1, **still_open}]


def _budgets(run: Run) -> list[Row]:
    found = []
    for month, planned in run.erp.settlement.budgets.planned.items():
        from_us, until_us = month_us(month, run.plant.layout.time_zone)
        found += [
            {"month": month, "account": account, "from_us": from_us, "until_us": until_us, "budget_minor": budget_minor}
            for account, budget_minor in planned.items()
        ]
    return found


@lru_cache(maxsize=8)
def clock_changes(zone: str, until_year: int) -> list[tuple[int, int]]:
    """Since when, and by how much, a clock is ahead of UTC: (microseconds since 1970 UTC, microseconds), from 1970 up to a year."""
    place = ZoneInfo(zone)

    def ahead_s(at_s: int) -> int:
        return int((datetime.fromtimestamp(at_s, place).utcoffset() or timedelta()).total_seconds())

    found, day_s = [(0, ahead_s(0))], 86_400
    for at_s in range(day_s, int(datetime(until_year, 1, 1, tzinfo=place).timestamp()), day_s):
        if ahead_s(at_s) != found[-1][1]:
            before_s, after_s = at_s - day_s, at_s
            while after_s - before_s > 1:
                middle_s = (before_s + after_s) // 2
                before_s, after_s = (before_s, middle_s) if ahead_s(middle_s) != found[-1][1] else (middle_s, after_s)
            found.append((after_s, ahead_s(at_s)))
    return [(from_s * 1_000_000, ahead * 1_000_000) for from_s, ahead in found]
