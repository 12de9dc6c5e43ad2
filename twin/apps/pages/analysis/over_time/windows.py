"""Which time a page is about: one of a few windows, or from any instant to any other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.speaking.answers import Answer
from twin.apps.terminals.readers import instant_if_any
from twin.results.drill.now import WINDOWS, window_from

BETWEEN = "from … to …"
USUAL = "last 7 days"


class Windows:
    """A choice, and two fields for any other window; what makes no sense is said, and the window before stays."""

    def __init__(self, feed: Feed) -> None:
        self._feed, self.name, self.answer = feed, USUAL, Answer()
        self.chosen = pmui.Select(label="window", options=[*WINDOWS, BETWEEN], value=USUAL, width=180, size="small", margin=(4, 8))
        asked: dict[str, Any] = {"width": 190, "size": "small", "margin": (4, 8), "visible": False, "placeholder": "2026-03-02 06:00"}
        self.since, self.until = pmui.TextInput(label="from", **asked), pmui.TextInput(label="to; empty: now", **asked)
        self.fields = (self.chosen, self.since, self.until)
        self._does: Callable[[], None] = lambda: None
        for field in self.fields:
            field.param.watch(lambda _: self._look(), "value")

    def watch(self, does: Callable[[], None]) -> None:
        """Do it whenever another window is chosen."""
        self._does = does

    def _look(self) -> None:
        is_free = self.chosen.value == BETWEEN
        self.since.visible = self.until.visible = is_free
        self.answer.show("", is_good=True)
        if not is_free:
            self.name = str(self.chosen.value)
        elif not str(self.since.value or "").strip():
            return
        elif words := self._between():
            self.answer.show(words, is_good=False)
            return
        self._does()

    def _between(self) -> str:
        """Take the window of both fields; "" or what is wrong with them."""
        run, said = self._feed.run, {"from": str(self.since.value or ""), "to": str(self.until.value or "")}
        try:
            from_us = instant_if_any(run.plant, said, "from", run.scenario.start_us)
            to_us = instant_if_any(run.plant, said, "to", self._feed.now_us)
        except ValueError as error:
            return str(error)
        if not run.scenario.start_us <= from_us < to_us or from_us >= self._feed.now_us:
            return "it ends before it begins, or nothing has happened in it; allowed: from the start of the run on, to now"
        self.name = window_from(from_us, to_us)
        return ""
