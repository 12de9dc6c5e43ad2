"""When an open customer order leaves, by each method that can say so, and how it stands for that: one answer for all pages and programs.

The order of precedence: a published schedule is the plan; futures, for as long as they hold, are the forecast, and decide how the order
stands; all open work played through once says when it leaves by expected times, and decides where nobody has asked for futures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from twin.results.outlook.orders_ahead import OrderAhead
from twin.results.run import Run

US_PER_DAY = 86_400_000_000
FORECAST_HOLDS_US = US_PER_DAY
"""Of plant time: then so much has happened that nobody foresaw that a forecast says little of what is open now."""
ON_TRACK_SHARE = 0.8
"""In time in so large a share of futures, or it is at risk."""
FEWEST_FUTURES = 20
"""Of fewer, Wilson's interval is wider than what lies between the thresholds."""

Standing = Literal["late", "at risk", "on track"]
Method = Literal["due date", "futures", "played once"]
LEAVES_OUT: dict[str, str] = {
    "schedule": "the published schedule, as it was when it was made: what has failed, come late or been ordered since is not in it",
    "futures": "hundreds of futures with failures, yields and new orders; what MES and persons do besides their rules is not in them",
    "played once": "all open work played through once from now: queues, set-ups, batches, shifts, stock, repairs under way;"
    " new failures and new orders are not in it",
    "finite load": "what is asked for or planned on equipment by due date, one thing at a time and none before its planned start, though"
    " the floor begins sooner what it has been given; batches, transport, failures and new orders are not in it",
    "trial of the plan": "futures in which the material plan decides once a day what is made and bought, whoever decides it here",
    "capable to promise": "material and finite capacity beside all that is planned; failures and queues that nobody planned are not in it",
    "available to promise": "stock and planned lead times alone; capacity, queues and failures are not in it",
}
"""What each method that names a date goes by, and what it leaves out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What futures say of one order as it was then. `in_time`: the share, Wilson's midpoint, with its 95 % interval `low` to `high`.

    `middle_us`, `worst_us`: it has left by then in 50 and in 90 % of the futures; None: after they end.
    """

    order: str
    quantity: int
    due_us: int
    in_time: float
    low: float
    high: float
    middle_us: int | None
    worst_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecasts:
    """What the last futures said that somebody asked for: from when they were, how many, and of which orders they can speak."""

    at_us: int
    count: int
    orders: dict[str, Forecast] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaves:
    """When one open order leaves. What a method does not say is None.

    planned_us : by the schedule that was published at `published_us`
    forecast : of the futures from `forecast_us` on, while they hold for the order as it is
    expected_us : by all open work played through once, now; None: no end in sight
    standing, by : how it stands, and which method says so
    """

    planned_us: int | None
    published_us: int | None
    forecast: Forecast | None
    forecast_us: int | None
    expected_us: int | None
    standing: Standing
    by: Method


def leaves(run: Run, ahead: OrderAhead, quantity: int, due_us: int, late_by_us: int) -> Leaves:
    """All that is known of when one open order leaves: `quantity` is what is still to leave."""
    schedule, told = run.mes.published.current, run.forecasts
    planned = schedule and dict(zip(schedule.orders, schedule.leave_us, strict=True)).get(ahead.order)
    forecast = told.orders.get(ahead.order) if told and 0 <= run.now_us - told.at_us <= FORECAST_HOLDS_US else None
    if forecast and (forecast.quantity, forecast.due_us) != (quantity, due_us):
        forecast = None  # it was another order then
    standing, by = _standing(ahead, forecast, late_by_us)
    return Leaves(
        planned_us=planned or None, published_us=schedule.effective_us if schedule and planned else None, forecast=forecast,
        forecast_us=told.at_us if told and forecast else None, expected_us=ahead.expected_us, standing=standing, by=by,
    )  # fmt: skip


def _standing(ahead: OrderAhead, forecast: Forecast | None, late_by_us: int) -> tuple[Standing, Method]:
    """What is due is late, whatever is foreseen; what should leave too late even if nothing fails is at risk, whatever futures say."""
    if late_by_us:
        return "late", "due date"
    if ahead.slack_us is None or ahead.slack_us < 0:
        return "at risk", "played once"
    if forecast:
        return "on track" if forecast.in_time >= ON_TRACK_SHARE else "at risk", "futures"
    return "at risk" if ahead.slack_us < ahead.ahead_us / 4 else "on track", "played once"
