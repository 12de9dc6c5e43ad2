"""A card: what persons, tools and gauges did in a window, in hours by state, and the newest states of one of them."""

from __future__ import annotations

import panel as pn
import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.row_table import Row, row_table
from twin.apps.theme import card
from twin.apps.words import equipment_title, hours, person_titles
from twin.model.plant import Plant
from twin.results.resources.resource_states import STATES, ResourcesThen, names_of, resources_then
from twin.results.views.overview import local_time

NEWEST_HEAD = ("From", "To", "Lasted", "State", "At", "Job orders", "Why")
TITLES = {"person": "persons", "tool": "tools", "gauge": "gauges"}
MARKS = {"calibration overdue": "bad", "calibration failed": "bad", "worn out": "warn"}


class ResourcesCard:
    """The card, and `refresh` for the beat of its page."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        kinds = {title: kind for kind, title in TITLES.items() if names_of(feed.run.plant, kind)}
        self._kind = pmui.Select(
            label="what", options=kinds or {"persons": "person"}, value=next(iter(kinds.values()), "person"), width=150
        )
        self._name = pmui.Select(label="newest states of", options=[], value=None, width=240)
        for choice in (self._kind, self._name):
            choice.param.update(size="small", margin=(4, 8))
            choice.param.watch(lambda _: self.refresh(), "value")
        self._window = ""
        self._times, self._newest = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(2))
        choices = pmui.FlexBox(self._kind, self._name, align_items="center", sizing_mode="stretch_width")
        self.view = card("What persons, tools and gauges did, hours", choices, self._times, self._newest)

    def refresh(self, window: str = "") -> None:
        """Bring it up to date, for a window that is chosen elsewhere; left out: as before."""
        self._window = window or self._window
        plant, kind = self._feed.run.plant, str(self._kind.value)
        known = {_title(plant, kind, name): name for name in names_of(plant, kind)}
        if self._name.options != known:
            self._name.param.update(options=known, value=next(iter(known.values()), None))
        if self._window:
            now = self._feed.look(resources_then(kind, str(self._name.value), self._window))
            self._times.object, self._newest.object = _times_html(plant, kind, now), _newest_html(plant, now)


def _title(plant: Plant, kind: str, name: str) -> str:
    if kind == "person":
        return person_titles(plant, name)
    return plant.layout.calibrations[name].title or name if kind == "gauge" else name


def _times_html(plant: Plant, kind: str, now: ResourcesThen) -> str:
    states = STATES[kind]
    rows = [
        Row(cells=(_title(plant, kind, name), *(hours(times[state]) if times[state] else "–" for state in states)))
        for name, times in now.times.items()
    ]
    none = [Row(cells=("The plant declares none, or the window has not begun.",), mark="done")]
    return row_table((kind.capitalize(), *(state.capitalize() for state in states)), rows or none, numeric=range(1, len(states) + 1))


def _newest_html(plant: Plant, now: ResourcesThen) -> str:
    rows = [
        Row(
            cells=(
                local_time(plant, it.start_us), local_time(plant, it.end_us), hours(it.end_us - it.start_us), it.standing.state,
                ", ".join(equipment_title(plant, each) for each in it.standing.at.split("+") if each),
                it.standing.job_order.replace("+", ", "), it.standing.why.replace("_", " "),
            ),
            mark=MARKS.get(it.standing.state, ""),
        )
        for it in now.newest
    ]  # fmt: skip
    return row_table(NEWEST_HEAD, rows, numeric=(2,)) if rows else ""
