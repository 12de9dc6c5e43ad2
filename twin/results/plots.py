"""Figures of a run (HoloViews on Bokeh): `run.plot.gantt()`, `run.plot.states()`, `run.plot.costs()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import holoviews as hv
import pandas as pd

if TYPE_CHECKING:
    from twin.results.run import Run

# A notebook carries what its figures need: a factory's machine may reach no other, and an export must outlive the session. Without
# this HoloViews wraps each figure in Panel, which asks a host elsewhere for its styles.
hv.extension("bokeh", inline=True, logo=False)
hv.renderer("bokeh")._render_with_panel = False

# Okabe and Ito (2008), told apart with every kind of colour vision.
STATE_COLORS = {
    "Execute": "#009E73",
    "Starting": "#56B4E9",
    "Complete": "#0072B2",
    "Idle": "#C3CAD1",
    "Suspended": "#E69F00",
    "Held": "#D55E00",
    "Aborted": "#B23A38",
    "Stopped": "#7B8794",
    "Resetting": "#56B4E9",
    "Unknown": "#CC79A7",
}
MATERIAL_COLORS = ["#3B6EA8", "#C76A12", "#3F8F3C", "#8E5A95", "#2E8B87", "#C4413F", "#7D5A48", "#8A7400", "#4F5FB0", "#8C4A6B"]
ELEMENT_COLORS = {"material": "#3B6EA8", "labour": "#C76A12", "machine": "#2E8B87", "energy": "#8A7400", "scrap": "#C4413F"}


class RunPlots:
    """Figures of one run. Each method gives a HoloViews object that a notebook shows and that may be changed further."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def gantt(self, by: str = "material", width: int = 950) -> hv.Rectangles:
        """What ran where and when: one bar a job order, coloured by `by` ("material", "order" or "request")."""
        jobs = self._run.job_orders.dropna(subset=["start"]).copy()
        jobs["end"] = jobs["end"].fillna(_instant(self._run.now_us))
        names = list(dict.fromkeys(jobs[by]))
        colors = {name: MATERIAL_COLORS[i % len(MATERIAL_COLORS)] for i, name in enumerate(names)}
        return self._bars(jobs, jobs[by].map(colors), [by, "job_order", "good", "scrap"], "What ran where", width)

    def states(self, width: int = 950) -> hv.Rectangles:
        """The PackML state of every piece of equipment over time."""
        states = self._run.states
        return self._bars(
            states, states["state"].map(STATE_COLORS), ["state", "reason", "job_order", "duration_h"], "What every work unit did", width
        )

    def _bars(self, rows: pd.DataFrame, color: pd.Series[str], details: list[str], title: str, width: int) -> hv.Rectangles:
        equipment = [e for e in self._run.plant.equipment if e in set(rows["equipment"])]
        row_of = {name: len(equipment) - 1 - i for i, name in enumerate(equipment)}
        table = rows.assign(
            bottom=rows["equipment"].map(row_of) - 0.4,
            top=rows["equipment"].map(row_of) + 0.4,
            start=rows["start"].dt.tz_localize(None),
            end=rows["end"].dt.tz_localize(None),
            color=color,
        ).astype({name: "string" for name in details if name not in {"good", "scrap", "duration_h"}})
        rectangles = hv.Rectangles(table, kdims=["start", "bottom", "end", "top"], vdims=["color", "equipment", *details])
        return rectangles.opts(
            color="color",
            line_alpha=0,
            tools=["hover"],
            width=width,
            height=max(160, 60 + 24 * len(equipment)),
            yticks=[(place, name) for name, place in row_of.items()],
            xlabel="time, UTC",
            ylabel="",
            title=title,
        )

    def costs(self, width: int = 950) -> hv.Bars:
        """Actual cost of every request, by what it was spent on."""
        costs, unit = self._run.costs, self._run.plant.layout.currency
        elements = [name for name in ELEMENT_COLORS if f"{name}_{unit.lower()}" in costs]
        long = pd.concat(
            [pd.DataFrame({"request": costs["request"], "element": name, "amount": costs[f"{name}_{unit.lower()}"]}) for name in elements]
        )
        bars = hv.Bars(long, kdims=["request", "element"], vdims=["amount"])
        options: dict[str, Any] = {"stacked": True, "color": "element", "cmap": ELEMENT_COLORS, "legend_position": "right"}
        return bars.opts(
            **options, width=width, height=380, xrotation=70, tools=["hover"], ylabel=f"cost, {unit}", title="What every request has cost"
        )


def _instant(us: int) -> pd.Timestamp:
    return pd.Timestamp(us, unit="us", tz="UTC")
