"""A card of the plant floor: the process values of a work unit over time, with what they keep to, and the phases they ran through."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import panel as pn
import panel_material_ui as pmui
from bokeh.models import ColumnDataSource, HoverTool
from bokeh.plotting import figure

from twin.apps.feed import Feed
from twin.apps.pages.costs import NEUTRAL, plain
from twin.apps.theme import card
from twin.apps.words import equipment_title
from twin.results.process.courses import Course, courses_at, phase_spans
from twin.results.views.overview import local_time

LINE, WARN, STOP = "#4C78A8", "#C77700", "#D55E00"
VALUE_COLUMNS, PHASE_COLUMNS = ("at", "value", "when"), ("from", "until", "phase")
MARKS = {"": "allowed", "warn": "outside its first limits", "stop": "outside its second limits"}


class CourseCard:
    """The card, and `refresh` for the beat of its page."""

    def __init__(self, feed: Feed) -> None:
        self._feed, self._equipment, self._courses = feed, "", list[Course]()
        self._zone = ZoneInfo(feed.run.plant.layout.time_zone)
        self._of = pmui.Select(label="process value", options=[], value=None, width=260, size="small", margin=(4, 8))
        self._of.param.watch(lambda _: self._show(), "value")
        self._words = pmui.Typography("Pick a work unit above.", variant="body2", sx={"opacity": 0.8}, margin=(0, 8))
        self._values = ColumnDataSource({name: [] for name in VALUE_COLUMNS})
        self._phases = ColumnDataSource({name: [] for name in PHASE_COLUMNS})
        self._limits = {name: ColumnDataSource({"at": [], "limit": []}) for name in _LIMITS}
        self._chart = self._drawn()
        self._pane = pn.pane.Bokeh(self._chart, sizing_mode="stretch_width", visible=False)
        self.view = card("Process values there, over time", self._of, self._words, self._pane)

    def refresh(self, equipment: str) -> None:
        """Bring it up to date for a work unit; "": none is picked."""
        self._equipment = equipment
        with self._feed.run.lock:
            self._courses = courses_at(self._feed.run, equipment) if equipment else []
        names = [it.title for it in self._courses]
        if self._of.options != names:
            self._of.param.update(options=names, value=self._of.value if self._of.value in names else next(iter(names), None))
        self._of.visible = bool(names)
        self._show()

    def _show(self) -> None:
        plant = self._feed.run.plant
        it = next((one for one in self._courses if one.title == self._of.value), None)
        self._pane.visible = bool(it and it.values)
        if it is None:
            none = f"Nothing that is done at {equipment_title(plant, self._equipment)} has process values to keep to."
            self._words.object = none if self._equipment else "Pick a work unit above."
            return
        unit = f" {it.unit}" if it.unit else ""
        last = f"last {it.values[-1][1]:g}{unit}, {MARKS[it.level]}" if it.values else "nothing was observed yet"
        target = "" if it.declared.target is None else f"; target {it.declared.target:g}{unit}"
        self._words.object = f"{it.job_order.replace('+', ', ')}: {last}; allowed: {it.asked}{target}"
        self._chart.yaxis.axis_label = f"{it.title}, {it.unit}" if it.unit else it.title
        if it.values:
            self._fill(it)

    def _fill(self, it: Course) -> None:
        """Nothing is sent where nothing has changed."""
        plant, at = self._feed.run.plant, [self._local_ms(at_us) for at_us, _ in it.values]
        with self._feed.run.lock:
            spans = phase_spans(self._feed.run, it.job_order)
        shown: dict[str, Any] = {
            "at": at, "value": [value for _, value in it.values], "when": [local_time(plant, at_us) for at_us, _ in it.values],
        }  # fmt: skip
        phases: dict[str, Any] = {
            "from": [max(self._local_ms(span.from_us), at[0]) for span in spans],
            "until": [at[-1] if span.until_us < 0 else self._local_ms(span.until_us) for span in spans],
            "phase": [f"{span.phase.replace('/', ' / ')}, {span.state}" for span in spans],
        }
        for source, data in ((self._values, shown), (self._phases, phases)):
            if source.data != data:
                source.data = data
        for name, source in self._limits.items():
            limit = getattr(it.declared, name)
            drawn: dict[str, Any] = {"at": [at[0], at[-1]] if limit is not None else [], "limit": [limit] * 2 if limit is not None else []}
            if source.data != drawn:
                source.data = drawn

    def _drawn(self) -> figure:
        chart = figure(x_axis_type="datetime", height=280, sizing_mode="stretch_width", tools="save", toolbar_location=None)
        strips = chart.vstrip(x0="from", x1="until", source=self._phases, color=LINE, alpha=0.12)
        for name, (color, dash) in _LIMITS.items():
            chart.line("at", "limit", source=self._limits[name], color=color, line_dash=dash, line_width=1.5)
        chart.line("at", "value", source=self._values, color=LINE, line_width=2)
        points = chart.scatter("at", "value", source=self._values, color=LINE, size=5)
        chart.add_tools(HoverTool(tooltips=[("value", "@value{0.0000}"), ("at", "@when")], renderers=[points]))
        chart.add_tools(HoverTool(tooltips=[("phase", "@phase")], renderers=[strips]))
        chart.yaxis.axis_label_text_color = NEUTRAL
        return plain(chart)

    def _local_ms(self, at_us: int) -> float:
        """Where an instant stands on an axis that shows the plant's own time."""
        return datetime.fromtimestamp(at_us / 1_000_000, self._zone).replace(tzinfo=UTC).timestamp() * 1000


_LIMITS = {
    "target": (NEUTRAL, "solid"), "warn_below": (WARN, "dashed"), "warn_above": (WARN, "dashed"), "stop_below": (STOP, "dotted"),
    "stop_above": (STOP, "dotted"),
}  # fmt: skip
