"""What the performance page asks for: a window, what holds the plant up in it, and one figure, opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twin.mes.performance.performance import SCOPES
from twin.model.measures import US_PER_H
from twin.results.drill.drill import FORMULAS, Drill, drill
from twin.results.drill.holding_up import bottleneck_rows, output_rows
from twin.results.drill.signals import signals_of
from twin.results.quality.scrap import ScrapReason, scrap_reasons
from twin.results.run import Run
from twin.results.tracing.material_ratios import MaterialRatios, of_plant, ratios_of
from twin.results.views.stops import Stop, stops

DAY_US = 24 * US_PER_H
WINDOWS: dict[str, int | None] = {"last 24 hours": DAY_US, "last 7 days": 7 * DAY_US, "since the start": None}
_TO = " to "
SHOWN_SCOPES = tuple(scope for scope in SCOPES if scope != "order")
INDICATORS = tuple(FORMULAS)
LONGEST = 6  # pieces of each element that a page shows


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceNow:
    """What holds the plant up in one window, and what came out against what was expected."""

    bottleneck: list[dict[str, Any]]
    stops: list[Stop]
    scrap: list[ScrapReason]
    output: list[dict[str, Any]]
    names: dict[str, list[str]]  # by scope
    materials: list[MaterialRatios]  # those that were consumed
    of_plant: MaterialRatios  # in minor units of the currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A figure, its elements, the largest pieces of each, and what controllers said of these pieces."""

    value: float | None
    formula: str
    elements: dict[str, float]
    pieces: list[dict[str, Any]]
    piece_count: int
    fact_count: int
    signals: list[dict[str, Any]]


def window_from(from_us: int, to_us: int) -> str:
    """The name of a window between any two instants."""
    return f"{from_us}{_TO}{to_us}"


def window_of(run: Run, window: str) -> tuple[int, int]:
    """The instants of a window that a viewer may choose, as far as the run has come."""
    if window not in WINDOWS:
        from_us, to_us = map(int, window.split(_TO))
        return max(run.scenario.start_us, min(from_us, run.now_us)), min(to_us, run.now_us)
    length_us = WINDOWS[window]
    start_us = run.scenario.start_us
    return (start_us if length_us is None else max(start_us, run.now_us - length_us)), run.now_us


def performance_of(window: str) -> Callable[[Run], PerformanceNow]:
    """What looks at the performance of one window."""

    def look(run: Run) -> PerformanceNow:
        from_us, to_us = window_of(run, window)
        consumed = [it for it in ratios_of(run, from_us, to_us) if it.consumed]
        return PerformanceNow(
            materials=consumed, of_plant=of_plant(consumed, run.plant, run.erp.standards.exact),
            bottleneck=[row for row in bottleneck_rows(run, from_us, to_us) if row["sole_h"] or row["shifting_h"]],
            stops=stops(run, from_us, to_us), scrap=scrap_reasons(run, from_us, to_us), output=output_rows(run, DAY_US, from_us, to_us),
            names={scope: run.mes.performance.names(scope, from_us, to_us) for scope in SHOWN_SCOPES},
        )  # fmt: skip

    look.__qualname__ = f"performance of {window}"  # whoever keeps what was seen keeps one for each window
    return look


def opened(indicator: str, scope: str, name: str, window: str) -> Callable[[Run], Opened | None]:
    """What opens one figure; None if there is nothing of that name."""

    def look(run: Run) -> Opened | None:
        from_us, to_us = window_of(run, window)
        if name not in run.mes.performance.names(scope, from_us, to_us) or to_us <= from_us:
            return None
        found: Drill = drill(run, indicator, scope, name, from_us, to_us)
        table = (
            found.table.sort_values("amount", ascending=False)
            .groupby("element")
            .head(LONGEST)
            .sort_values("start")
            .fillna({"entry": "", "source": ""})
        )
        pieces = [
            {str(key): int(value.value // 1000) if key in ("start", "end") else value for key, value in row.items()}
            for row in table.to_dict("records")
        ]
        return Opened(
            value=found.value, formula=found.formula, elements=found.elements, pieces=pieces, piece_count=len(found.table),
            fact_count=len(found.facts), signals=signals_of(run, {str(it["entry"]) for it in pieces}) if len(found.signals) else [],
        )  # fmt: skip

    look.__qualname__ = f"{indicator} of {scope} {name} in {window}"
    return look
