"""The words of an answer right below a field; fields, buttons and choices as all pages have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui

GOOD, BAD = "#009E73", "#D55E00"


class Answer:
    """The words below a field: taken, or refused and why."""

    def __init__(self) -> None:
        self.pane = pmui.Typography("", variant="body2", margin=(2, 10), sizing_mode="stretch_width", sx={"fontWeight": 600})

    def show(self, words: str, *, is_good: bool) -> None:
        """Say it, in green or red; the words alone say which it is, too."""
        self.pane.object = words
        self.pane.sx = {"fontWeight": 600, "color": GOOD if is_good else BAD}


def select(label: str, options: Any) -> pmui.Select:
    """A choice of one, the first to begin with; a dict has titles and what they stand for."""
    first = next(iter(options.values() if isinstance(options, dict) else options))
    return pmui.Select(label=label, options=options, value=first, width=240, size="small", margin=(6, 8))


def button(label: str, does: Callable[[Any], None]) -> pmui.Button:
    """A button that says something."""
    return pmui.Button(label=label, variant="contained", on_click=does, margin=(6, 8))


def offer(chosen: pmui.Select, options: dict[str, str]) -> None:
    """Offer these now; what a viewer has chosen stays, if it is still there."""
    if chosen.options != options:
        chosen.param.update(options=options, value=chosen.value if chosen.value in options.values() else "")
