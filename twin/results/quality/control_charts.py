"""Control charts of a run: as tables, and drawn."""

from __future__ import annotations

from typing import Any

import holoviews as hv
import numpy as np
import pandas as pd

from twin.kernels.quality.charts import Limits
from twin.mes.quality.control import Chart
from twin.model.problems import did_you_mean, listed
from twin.results.frames import times
from twin.results.run import Run

COLUMNS = (
    "point", "at", "lot", "value", "center", "lower", "upper", "spread", "spread_center", "spread_lower", "spread_upper", "phase",
    "signals", "left_out",
)  # fmt: skip
VALUE_TITLES = {
    "xbar_r": "mean", "xbar_s": "mean", "i_mr": "value", "p": "share", "np": "number", "c": "defects", "u": "defects a unit",
    "ewma": "weighted mean", "cusum": "sum above and below",
}  # fmt: skip
KIND_TITLES = {
    "xbar_r": "mean and range of each sample (X-bar and R)",
    "xbar_s": "mean and standard deviation of each sample (X-bar and s)",
    "i_mr": "single values and their moving range (I and MR)",
    "p": "share of defective pieces (p)",
    "np": "number of defective pieces (np)",
    "c": "defects in each sample (c)",
    "u": "defects a unit (u)",
    "ewma": "weighted moving mean (EWMA)",
    "cusum": "sums of what lies above and below (CUSUM)",
}
"""What a chart shows, as the shop floor reads it; its name in textbooks and standards in brackets."""
SPREAD_TITLES = {"xbar_r": "range", "xbar_s": "standard deviation", "i_mr": "moving range"}
LINE, LIMIT, SIGNAL = "#3B6EA8", "#8A94A0", "#D55E00"


def charts_of(run: Run) -> dict[str, Chart]:
    """Every control chart by the name of its characteristic, with its plan before a dot where two plans have it."""
    charts = run.mes.quality.inspections.charts
    names = [characteristic for _, characteristic in charts]
    return {name if names.count(name) == 1 else f"{plan}.{name}": chart for (plan, name), chart in charts.items()}


def chart_of(run: Run, name: str) -> Chart:
    """The chart of that name.

    Raises
    ------
    ValueError : there is none
    """
    known = charts_of(run)
    if name not in known:
        raise ValueError(f"no control chart of '{name}'{did_you_mean(name, known)}; allowed: {listed(known)}")
    return known[name]


def chart_table(chart: Chart) -> pd.DataFrame:
    """Every point of a chart with its limits, and by which rules it gives a signal.

    `phase` is 1 until limits stand, 2 from then on, and one more each time they were found anew for what came later; `left_out`: why no
    limits are found from it, and who says so.
    """
    drawn = chart.drawn()
    count = len(chart.samples) if drawn else 0
    frame = pd.DataFrame({"point": np.arange(1, count + 1), "lot": [it.lot for it in chart.samples[:count]]})
    frame["at"] = times(it.at_us for it in chart.samples[:count])
    if drawn is None:
        return frame.reindex(columns=list(COLUMNS))
    frame["value"] = drawn.value
    _lay(frame, drawn.limits, "")
    if drawn.spread is not None and drawn.spread_limits is not None:
        frame["spread"] = drawn.spread
        _lay(frame, drawn.spread_limits, "spread_")
    first = chart.frozen_after if chart.stretches else count
    frame["phase"] = np.where(frame["point"] <= first, 1, 2) + sum(frame["point"] > it.since for it in chart.stretches[1:])
    marked = chart.marked
    frame["signals"] = [", ".join(marked.get(n, ())) for n in range(count)]
    frame["left_out"] = [chart.left_out.get(n, "") for n in range(count)]
    return frame.reindex(columns=list(COLUMNS))


def _lay(frame: pd.DataFrame, limits: Limits, prefix: str) -> None:
    frame[f"{prefix}center"], frame[f"{prefix}lower"], frame[f"{prefix}upper"] = limits.center, limits.lower, limits.upper


def draw(run: Run, name: str, width: int = 950) -> hv.Layout | hv.Overlay:
    """A chart as a figure: points, center and limits; where a rule gives a signal the point is marked and says which."""
    chart = chart_of(run, name)
    table, kind = chart_table(chart), chart.declared.kind
    above = _figure(table, "value", "", f"{name}: {kind}", VALUE_TITLES[kind], width)
    if kind == "cusum":
        below = hv.Curve(table, "point", "spread").opts(color=LINE, line_dash="dashed")
        return (above * below).opts(width=width, height=300)
    if kind not in SPREAD_TITLES:
        return above
    spread = _figure(table, "spread", "spread_", "", SPREAD_TITLES[kind], width, height=200)
    return (above + spread).cols(1)


def _figure(table: pd.DataFrame, value: str, prefix: str, title: str, label: str, width: int, height: int = 300) -> hv.Overlay:
    details: list[str] = ["lot", "at", "signals", "left_out"]
    shown = table.assign(**{name: table[name].astype("string") for name in details})
    limits = [
        hv.Curve(shown, "point", f"{prefix}{which}").opts(color=LIMIT, line_dash=dash, interpolation="steps-mid")
        for which, dash in (("center", "solid"), ("lower", "dashed"), ("upper", "dashed"))
    ]
    is_marked = shown["signals"].fillna("") != ""
    if prefix:  # what makes the value above stand out need not be in the spread
        is_marked &= (shown[value] > shown[f"{prefix}upper"]) | (shown[value] < shown[f"{prefix}lower"])
    marked = shown[is_marked]
    options: dict[str, Any] = {"tools": ["hover"], "size": 7}
    curve = hv.Curve(shown, "point", value).opts(color=LINE)
    points = hv.Points(shown, ["point", value], details).opts(color=LINE, **options)
    signals = hv.Points(marked, ["point", value], details).opts(color=SIGNAL, marker="triangle", **{**options, "size": 12})
    overlay = hv.Overlay([*limits, curve, points, signals])
    return overlay.opts(width=width, height=height, title=title, xlabel="point", ylabel=label, show_legend=False)
