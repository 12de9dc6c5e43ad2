"""What a plan expects of customers, and what its simulation says, in the terminal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rich.table import Table

from twin.command.manners import out
from twin.model.calendars import written_local
from twin.study.ahead.plan_trials import PlanTrials
from twin.study.demand.of_history import MaterialForecast

MASTER = (
    "material", "day", "zone", "forecast_quantity", "ordered_quantity", "made_quantity", "projected_quantity",
    "available_to_promise_quantity",
)  # fmt: skip
BUFFERS = (
    "material", "top_of_red_quantity", "top_of_yellow_quantity", "top_of_green_quantity", "on_hand_quantity", "on_order_quantity",
    "qualified_demand_quantity", "net_flow_quantity", "zone", "order_quantity",
)  # fmt: skip


def plain_forecast(it: MaterialForecast) -> dict[str, Any]:
    """A forecast as plain values."""
    forecast = it.forecast
    return {
        "material": it.material, "history": list(it.history), "method": forecast.method if forecast else None,
        "pieces": forecast.pieces if forecast else [], "why_not": it.why_not,
        "tried": [{"method": one.method, "error": one.error, "why_not": one.why_not} for one in (forecast.tried if forecast else ())],
    }  # fmt: skip


def print_demand(told: dict[str, Any]) -> None:
    """Forecasts, the master schedule and the buffers, as far as they were asked for."""
    for it in told.get("forecasts", ()):
        said = f"by {it['method']}: {', '.join(f'{n:,}' for n in it['pieces'])}" if it["method"] else it["why_not"]
        out.print(f"Forecast of {it['material']}, the buckets ahead, {said}", highlight=False, markup=False)
    for title, name, columns in (("Master schedule", "master_schedule", MASTER), ("Buffers", "buffers", BUFFERS)):
        if told.get(name):
            _print(title, told[name], columns)


def _print(title: str, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    table = Table(title=title, title_justify="left", box=None, header_style="bold")
    for name in columns:
        table.add_column(name.removesuffix("_quantity").replace("_", " "), justify="right" if name.endswith("_quantity") else "left")
    for row in rows:
        table.add_row(*(f"{row[name]:,}" if isinstance(row[name], int) else str(row[name]) for name in columns))
    out.print(table)


def _local(instant: str, time_zone: str) -> str:
    return written_local(round(datetime.fromisoformat(instant).timestamp() * 1e6), time_zone)


def print_trials(trials: PlanTrials, time_zone: str) -> None:
    """How probably each order is on time, and what the plan costs; in the plant's own time."""
    told = trials.summary()
    out.print(f"The plan simulated {trials.count} times before it is firmed", style="bold")
    for it in told["orders"]:
        median = it["shipped_p50"]
        ships = f"half the time by {_local(median, time_zone)}" if median else "not shipped half the time"
        out.print(
            f"  {it['order']}: {it['quantity']:,} {it['material']}: on time {it['on_time_share']:.0%}"
            f" ({it['on_time_share_low']:.0%} to {it['on_time_share_high']:.0%}), {ships}",
            highlight=False, markup=False,
        )  # fmt: skip
    for name in ("cost", "revenue", "result"):
        if money := told.get(f"{name}_{trials.currency.lower()}"):
            out.print(
                f"  {name}: mean {money['mean']:,.0f} {trials.currency}, one of ten below {money['p10']:,.0f}, above {money['p90']:,.0f}",
                highlight=False, markup=False,
            )  # fmt: skip
