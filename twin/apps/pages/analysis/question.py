"""A question that takes a while, asked from a page: looked at with every beat, ended by a button."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from html import escape
from typing import Any, Generic

import panel as pn
import panel_material_ui as pmui

from twin.apps.asking.question import Found, Question
from twin.apps.row_table import FONT
from twin.apps.theme import card


def status_html(words: str) -> str:
    """Words below a button, read aloud when they change."""
    return f"<div role='status' style='{FONT};margin:6px 8px'>{escape(words)}</div>"


class QuestionCard(ABC, Generic[Found]):
    """A card with a button that asks, one that ends it, a bar between them and what was found below; `refresh` for the beat of its page."""

    def __init__(self, title: str, button: str, choice: Any, answers: Sequence[Any], means: str) -> None:
        self._asked: Question[Found] | None = None
        self._shown: Found | None = None
        self._start = pmui.Button(label=button, icon="query_stats", variant="contained", margin=(8, 8))
        self._cancel = pmui.Button(label="Cancel", icon="close", variant="outlined", visible=False, margin=(8, 4))
        self._bar = pmui.LinearProgress(value=0, variant="determinate", visible=False, sizing_mode="stretch_width", margin=(6, 8))
        self._words = pn.pane.HTML("", sizing_mode="stretch_width", margin=0)
        self._start.on_click(lambda _: self._begin())
        self._cancel.on_click(self._end)
        if pn.state.curdoc:
            pn.state.on_session_destroyed(self._end)  # nobody is left to read it
        row = pmui.FlexBox(self._start, choice, self._cancel, align_items="center", sizing_mode="stretch_width")
        note = pmui.Typography(means, variant="body2", sx={"opacity": 0.8}, margin=(4, 8))
        self.view = card(title, row, self._bar, self._words, *answers, note)

    @abstractmethod
    def ask(self) -> Question[Found]:
        """The question, as the viewer has chosen it."""

    @abstractmethod
    def progress_words(self) -> str:
        """How far it is, in words."""

    @abstractmethod
    def show(self, found: Found) -> None:
        """Fill in what was found."""

    def _begin(self) -> None:
        if self._asked is None or self._asked.is_done:
            self._asked = self.ask()
            self.refresh()

    def _end(self, _: object) -> None:
        if self._asked:
            self._asked.cancel()

    def refresh(self) -> None:
        """Show how far it is, and what is known so far."""
        asked = self._asked
        if asked is None:
            return
        found, is_busy = asked.found, not asked.is_done  # in this order: what is done is found
        self._bar.value, self._bar.visible = asked.percent_done, is_busy
        self._cancel.visible, self._start.disabled = is_busy, is_busy
        self._words.object = status_html(self.progress_words())
        if found is not None and found is not self._shown:
            self._shown = found
            self.show(found)
