"""Figures of a run (HoloViews on Bokeh): `run.plot.gantt()`, `run.plot.states()`, `run.plot.costs()`, `run.plot.control_chart()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import holoviews as hv
import pandas as pd

from twin.model.problems import did_you_mean

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
WORKED = ("Execute", "Starting", "Completing", "Unholding", "Unsuspending")
MATERIAL_COLORS = ["#3B6EA8", "#C76A12", "#3F8F3C", "#8E5A95", "#2E8B87", "#C4413F", "#7D5A48", "#8A7400", "#4F5FB0", "#8C4A6B"]
GANTT_COLORED_BY = ("material", "order", "request")
ELEMENT_COLORS = {"material": "#3B6EA8", "labour": "#C76A12", "machine": "#2E8B87", "energy": "#8A7400", "scrap": "#C4413F"}


class RunPlots:
    """Figures of one run. Each method gives a HoloViews object that a notebook shows and that may be changed further."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def gantt(self, by: str = "material", width: int = 950) -> hv.Overlay:
        """What ran where and when: one bar a job order, coloured by `by` ("material", "order" or "request"); pale where it only stood.

        Raises
        ------
        ValueError : `by` is another word
        """
        if by not in GANTT_COLORED_BY:
            raise ValueError(f"'{by}' colours no bar{did_you_mean(by, GANTT_COLORED_BY)}; allowed: {', '.join(GANTT_COLORED_BY)}")
        jobs = self._run.job_orders.dropna(subset=["start"]).copy()
        jobs["end"] = jobs["end"].fillna(_instant(self._run.now_us))
        names = list(dict.fromkeys(jobs[by]))
        colors = {name: MATERIAL_COLORS[i % len(MATERIAL_COLORS)] for i, name in enumerate(names)}
        details = [by, "job_order", "person", "good", "scrap"]
        whole = self._bars(jobs, jobs[by].map(colors), details, "What ran where", width).opts(alpha=0.3)
        states = self._run.states
        worked = states[states["state"].isin(WORKED) & states["equipment"].isin(jobs["equipment"]) & states["job_order"].ne("")]
        first = worked["job_order"].str.split("+").str[0]  # those of a batch ran together
        worked = worked[first.isin(jobs["job_order"])]
        color = first.loc[worked.index].map(jobs.set_index("job_order")[by]).map(colors)
        return whole * self._bars(
            worked, color, ["state", "job_order", "person", "duration_h"], "What ran where", width, set(jobs["equipment"])
        )

    def states(self, width: int = 950) -> hv.Rectangles:
        """The PackML state of every piece of equipment over time."""
        states = self._run.states
        details = ["state", "reason", "job_order", "person", "duration_h"]
        return self._bars(states, states["state"].map(STATE_COLORS), details, "What every work unit did", width)

    def control_chart(self, characteristic: str, width: int = 950) -> hv.Layout | hv.Overlay:
        """A control chart: points, center, limits; marked where a rule gives a signal.

        Raises
        ------
        ValueError : no such chart
        """
        from twin.results.quality.control_charts import draw

        return draw(self._run, characteristic, width)

    def _bars(
        self, rows: pd.DataFrame, color: pd.Series[str], details: list[str], title: str, width: int, seen: set[str] | None = None
    ) -> hv.Rectangles:
        zone = self._run.plant.layout.time_zone
        equipment = [e for e in self._run.plant.equipment if e in (seen or set(rows["equipment"]))]
        row_of = {name: len(equipment) - 1 - i for i, name in enumerate(equipment)}
        table = rows.assign(
            bottom=rows["equipment"].map(row_of) - 0.4,
            top=rows["equipment"].map(row_of) + 0.4,
            start=rows["start"].dt.tz_convert(zone).dt.tz_localize(None),
            end=rows["end"].dt.tz_convert(zone).dt.tz_localize(None),
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
            xlabel=f"time in {zone}",
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
