"""A page in parts, of which a viewer has one before him: a long page has its end two screens further down than anybody looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import panel as pn
import panel_material_ui as pmui


class Parts:
    """A button for each part, in a row that wraps on a phone; `?part=...` in the address opens one, else it is the first."""

    def __init__(self, parts: Mapping[str, tuple[str, Sequence[Any]]], on_change: Callable[[], None]) -> None:
        asked = pn.state.session_args.get("part", [b""])[0].decode(errors="replace")
        self.shown = asked if asked in parts else next(iter(parts))
        self._on_change = on_change
        self._columns = {
            name: pn.Column(*content, sizing_mode="stretch_width", margin=0, styles={"max-height": "none"})
            for name, (_, content) in parts.items()
        }
        self._buttons = {name: self._button(name, title) for name, (title, _) in parts.items()}
        self.ways = pmui.FlexBox(*self._buttons.values(), align_items="center", sizing_mode="stretch_width", margin=(0, 6))
        self.columns = list(self._columns.values())
        self._show()

    def _button(self, name: str, title: str) -> pmui.Button:
        def choose(_: Any) -> None:
            self.shown = name
            self._show()
            self._on_change()

        return pmui.Button(label=title, size="small", margin=(4, 4), on_click=choose)

    def _show(self) -> None:
        for name, column in self._columns.items():
            column.visible = name == self.shown
            self._buttons[name].variant = "contained" if name == self.shown else "outlined"
