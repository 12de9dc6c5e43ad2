"""What holds a plant up: the shifting bottleneck; and whether it makes what was expected and planned."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from twin.mes.performance.bottleneck import BottleneckSpan, active_periods, shifting_bottleneck
from twin.model.demand.forecasts import buckets_of
from twin.model.measures import US_PER_H
from twin.results.frames import from_rows

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run

BOTTLENECK_COLUMNS = ("equipment", "sole_h", "shifting_h", "sole_share", "shifting_share", "share", "longest_active_h", "active_share")
OUTPUT_COLUMNS = ("start", "end", "material", "forecast", "ordered", "planned", "made", "scrap", "made_less_planned", "made_less_forecast")


def spans(run: Run, from_us: int, to_us: int) -> list[BottleneckSpan]:
    """The momentary bottlenecks of a window, in order of time."""
    return shifting_bottleneck(_periods(run, from_us, to_us))


def _periods(run: Run, from_us: int, to_us: int) -> dict[str, list[Any]]:
    equipment = run.mes.equipment
    return {
        name: active_periods(name, equipment.intervals(name, from_us, to_us), from_us, to_us)
        for name, record in equipment.records.items()
        if record.is_scheduled
    }


def bottleneck_rows(run: Run, from_us: int, to_us: int) -> list[dict[str, Any]]:
    """Work units and lines that were the bottleneck, the most first: alone, or in turn with another."""
    periods = _periods(run, from_us, to_us)
    sole: defaultdict[str, int] = defaultdict(int)
    shifting: defaultdict[str, int] = defaultdict(int)
    for it in shifting_bottleneck(periods):
        (shifting if it.shares_with else sole)[it.equipment] += it.end_us - it.start_us
    whole = max(1, to_us - from_us)
    rows = [
        {
            "equipment": name, "sole_h": sole[name] / US_PER_H, "shifting_h": shifting[name] / US_PER_H,
            "sole_share": sole[name] / whole, "shifting_share": shifting[name] / whole, "share": (sole[name] + shifting[name]) / whole,
            "longest_active_h": max((it.duration_us for it in its), default=0) / US_PER_H,
            "active_share": sum(it.duration_us for it in its) / whole,
        }
        for name, its in periods.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-(row["sole_h"] + row["shifting_h"]), -row["active_share"], row["equipment"]))


def bottleneck_table(run: Run, from_us: int, to_us: int) -> pd.DataFrame:
    """`bottleneck_rows` as a table."""
    return from_rows(bottleneck_rows(run, from_us, to_us), BOTTLENECK_COLUMNS)


def output_rows(run: Run, bucket_us: int, from_us: int, to_us: int) -> list[dict[str, Any]]:
    """By bucket and material: pieces that were forecast, ordered and planned (requests that are due) in it, and what was made."""
    rows = []
    for start in range(from_us, to_us, bucket_us):
        end = min(start + bucket_us, to_us)
        forecast = _forecast(run, start, end)
        ordered: defaultdict[str, int] = defaultdict(int)
        planned: defaultdict[str, int] = defaultdict(int)
        for order in run.erp.orders(run.now_us):
            ordered[order.material] += order.quantity if start <= order.due_us < end else 0
        for request in run.mes.requests.values():
            planned[request.material] += request.quantity if start <= request.due_us < end else 0
        made = {it.name: it for it in run.mes.indicators("product", start, end)}
        for material in run.plant.materials.materials:
            it = made.get(material)
            good, scrap = (it.good, it.scrap) if it else (0, 0)
            if good or scrap or forecast.get(material) or ordered[material] or planned[material]:
                rows.append(
                    {
                        "start": start, "end": end, "material": material, "forecast": forecast.get(material, 0),
                        "ordered": ordered[material], "planned": planned[material], "made": good, "scrap": scrap,
                        "made_less_planned": good - planned[material], "made_less_forecast": good - forecast.get(material, 0),
                    }
                )  # fmt: skip
    return rows


def output_table(run: Run, bucket_us: int, from_us: int, to_us: int) -> pd.DataFrame:
    """`output_rows` as a table."""
    return from_rows(output_rows(run, bucket_us, from_us, to_us), OUTPUT_COLUMNS, ("start", "end"))


def _forecast(run: Run, from_us: int, to_us: int) -> dict[str, int]:
    """Pieces that customers were expected to order in a window, in proportion to how much of each bucket lies in it."""
    start = run.scenario.start
    exact: defaultdict[str, float] = defaultdict(float)
    for name, forecast in run.scenario.demand.forecasts.items():
        for it in buckets_of(name, forecast, start):
            begins, ends = run.scenario.start_us + it.from_us, run.scenario.start_us + it.to_us
            inside_us = max(0, min(ends, to_us) - max(begins, from_us))
            exact[it.material] += it.quantity * inside_us / it.length_us
    return {material: round(quantity) for material, quantity in exact.items() if quantity}
