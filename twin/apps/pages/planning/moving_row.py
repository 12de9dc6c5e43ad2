"""The row of fields by which a planner puts one operation before or after another, or on another unit, and lets it go again."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import panel as pn
import panel_material_ui as pmui

from twin import study
from twin.apps.feed import Feed
from twin.apps.row_table import FONT
from twin.apps.speaking.answers import offer, select
from twin.apps.words import equipment_choices, equipment_title, person_titles
from twin.results.run import Run
from twin.results.views.overview import local_time
from twin.results.views.schedule import beside, movable, pins_now
from twin.study.scheduling.replanning import Replanned

NONE = "–"
SIDES = {"before": "before", "after": "after", "wherever its turn is": ""}
Ask = Callable[[Callable[[Run], Replanned]], None]


class MovingRow:
    """What is chosen to be moved; `ask` is called with what makes the schedule of it."""

    def __init__(self, feed: Feed, person: Callable[[], str], ask: Ask, until: str) -> None:
        self._feed, self._person, self._ask, self._until = feed, person, ask, until
        self._jobs: dict[str, tuple[str, ...]] = {}
        self.job, self.unit = select("move the job order", {NONE: ""}), select("to the unit", {NONE: ""})
        self.side, self.other = select("to stand", SIDES), select("before or after", {NONE: ""})
        self.pinned = select("put by hand", {NONE: ""})
        self._move = pmui.Button(label="Put it there", variant="outlined", margin=(6, 8))
        self._free = pmui.Button(label="Let it go", variant="outlined", margin=(6, 8))
        self._words = pn.pane.HTML("", sizing_mode="stretch_width", margin=0)
        self._move.on_click(lambda _: self._put())
        self._free.on_click(lambda _: self._let_go())
        for it in (self.job, self.unit):
            it.param.watch(lambda _: self._offer(), "value")
        fields = (self.job, self.unit, self.side, self.other, self._move, self.pinned, self._free)
        self.view = pn.Column(pmui.FlexBox(*fields, align_items="center", sizing_mode="stretch_width"), self._words, margin=0,
                              sizing_mode="stretch_width")  # fmt: skip

    def refresh(self) -> None:
        """Offer what has not begun, and what is pinned."""
        feed = self._feed
        plant, pins = feed.run.plant, feed.look(pins_now)
        self._jobs = feed.look(movable)
        offer(self.job, {NONE: "", **{name: name for name in self._jobs}})
        offer(self.pinned, {NONE: "", **{it.job_order: it.job_order for it in pins}})
        self.pinned.visible = self._free.visible = bool(pins)
        said = (f"{it.words}, by {person_titles(plant, it.by) or 'somebody'}, {local_time(plant, it.at_us)}" for it in pins)
        self._words.object = f"<div style='{FONT};margin:4px 8px'>{escape('Put by hand: ' + '; '.join(said))}</div>" if pins else ""
        self._offer()

    def _offer(self) -> None:
        """The units that can do it, and what else goes there."""
        plant, job = self._feed.run.plant, str(self.job.value)
        offer(self.unit, {NONE: "", **equipment_choices(plant, self._jobs.get(job, ()))})
        unit = str(self.unit.value)
        with self._feed.run.lock:
            others = {name: on for name, on in beside(self._feed.run, job).items() if not unit or on in ("", unit)}
        offer(self.other, {NONE: "", **{f"{name}, {equipment_title(plant, on)}" if on else name: name for name, on in others.items()}})

    def _put(self) -> None:
        job, unit, side, other = (str(it.value) for it in (self.job, self.unit, self.side, self.other))
        beside = {side: other} if side and other else {}
        by, until = self._person(), self._until
        self._ask(lambda run: study.put(run, job, unit, **beside, by=by, until=until))

    def _let_go(self) -> None:
        job, until = str(self.pinned.value), self._until
        self._ask(lambda run: study.let_go(run, job, until=until))
