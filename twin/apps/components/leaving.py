"""When an order leaves, in the cell of a table: each figure with its method and the instant that it is of; and what methods leave out."""

from __future__ import annotations

from html import escape

from twin.apps.row_table import FONT
from twin.apps.words import percent
from twin.model.calendars import spoken_duration
from twin.model.plant import Plant
from twin.results.outlook.leaving import LEAVES_OUT, Leaves
from twin.results.views.overview import OrderRisk, local_time

MARKS = {"late": "bad", "at risk": "warn", "on track": "good"}
RISK_MARKS = {
    "late": "⬤ late",
    "at risk": "◐ at risk",
    "on track": "○ on track",
    "shipped": "✓ shipped",
    "shipped late": "✓ shipped late",
    "cancelled": "cancelled",
}
BY = {"futures": "by futures", "played once": "by slack", "due date": ""}
_BY_THE_FLOOR = (
    "Whose goods go to whom, here: what is there, and what is finished or comes first by what the floor and suppliers do from now on,"
    " goes to the order that is due first, whichever it was made for. By the days of the plan, which may name others:"
)
_BY_THE_PLAN = (
    "Whose goods go to whom, here: what is to be there first by the days of the plan serves what is needed first, whichever it was"
    " made for; within a day, what is stock, on order or asked for goes before what is only planned. Which goods an order will get,"
    " by what the floor and suppliers do from now on, and when it leaves:"
)
WHOSE = {"played once": (_BY_THE_FLOOR, "/material-plan", "Material plan"), "plan": (_BY_THE_PLAN, "/", "Overview")}
"""The rule that a page goes by, and the page that goes by the other."""
WHEN = ("schedule", "futures", "played once")
"""The methods that `leaves_words` names."""


def leaves_words(plant: Plant, it: OrderRisk) -> str:
    """The plan, then the forecast, or where there is none, what expected times say; of one that has left, when it did."""
    if it.leaves is None:
        return "" if it.expected_us is None else f"left {local_time(plant, it.expected_us)}"
    return "\n".join(line for line in (_plan(plant, it.leaves), _forecast(plant, it.leaves)) if line)


def _plan(plant: Plant, it: Leaves) -> str:
    if it.planned_us is None or it.published_us is None:
        return ""
    return f"planned {local_time(plant, it.planned_us)} (schedule of {local_time(plant, it.published_us)})"


def _forecast(plant: Plant, it: Leaves) -> str:
    known = it.forecast
    if known and it.forecast_us is not None:
        middle, worst = (
            "after they end" if at_us is None else local_time(plant, at_us) for at_us in (known.middle_us, known.worst_us)
        )  # fmt: skip
        asked = f"futures from {local_time(plant, it.forecast_us)}: {percent(known.in_time)} in time"
        return f"likely {middle}, at worst {worst} ({asked})"
    return "no end in sight (played once, now)" if it.expected_us is None else f"{local_time(plant, it.expected_us)} (played once, now)"


def standing_words(it: OrderRisk) -> str:
    """How it stands, and which method says so."""
    by = BY[it.leaves.by] if it.leaves else ""
    return f"{RISK_MARKS[it.risk]}{f' {by}' if by else ''}"


def why_it_waits(it: OrderRisk, now_us: int) -> str:
    """What it waits for at this instant, then where its time went so far; "" where nobody asked, since nothing is at risk."""
    since = f", for {spoken_duration(now_us - it.waits_since_us)}" if it.waits_since_us is not None and now_us > it.waits_since_us else ""
    now = it.waits_for or (f"{it.waits_now}{since}" if it.waits_now else "")
    lines = (f"now: {now}" if now else "", f"most so far: {it.main_cause}" if it.main_cause else "")
    return "\n".join(line for line in lines if line)


def methods_html(*methods: str) -> str:
    """What each method that a page names goes by and leaves out, to be opened."""
    lines = "".join(f"<li><b>{escape(name.capitalize())}</b>: {escape(LEAVES_OUT[name])}.</li>" for name in methods)
    return f"<details style='{FONT};margin:8px'><summary>Which method says when, and what it leaves out</summary><ul>{lines}</ul></details>"


def whose_html(by: str) -> str:
    """By which rule a page says whose goods go to whom, and the page that says it by the other."""
    words, href, title = WHOSE[by]
    link = f"<a href='{href}' style='font-weight:600;color:inherit'>{title}</a>"
    return f"<div style='{FONT};margin:8px;opacity:.85'>{escape(words)} {link}.</div>"
