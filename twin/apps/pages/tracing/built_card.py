"""How it was built, on the traceability page: of the unit or the lot that is shown, when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import panel as pn
import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.row_table import Row, row_table
from twin.apps.theme import card
from twin.results.tracing.built.as_built import AsBuilt
from twin.results.views.overview import local_time

SHOWN = 200
HINT = "Components, operations with who, where and documents, results: of the unit whose serial number is typed above, or of the lot."


class BuiltCard:
    """The card of one viewer. The journal is looked through for it, so it is asked for; what is shown says as of when."""

    def __init__(self, feed: Feed, shown: Callable[[], str]) -> None:
        self._feed, self._shown = feed, shown
        ask = pmui.Button(label="How it was built", icon="precision_manufacturing", variant="outlined", margin=(8, 6))
        ask.on_click(lambda _: self.show())
        self.head = pmui.Typography(HINT, variant="body1", margin=(6, 10))
        self.tables = pn.pane.HTML("", sizing_mode="stretch_width", margin=0)
        self.view = card("As built", ask, self.head, self.tables)

    def show(self) -> None:
        """Ask the run, and show it."""
        name = self._shown()
        if not name:
            self.head.object = "No lot is shown yet; allowed: type or scan one above."
            return
        found = self._feed.run.as_built(name)
        self.head.object = " ".join(
            filter(None, (f"{found.head}.", found.note, f"As of {local_time(self._feed.run.plant, self._feed.now_us)}."))
        )
        self.tables.object = built_html(found)


def built_html(found: AsBuilt) -> str:
    """Its tables; what is not of equipment or a person stands as it was recorded."""
    html = ""
    for title, head, rows in found.parts():
        shown = [Row(cells=tuple(cells)) for cells in rows[:SHOWN]] or [Row(cells=("None.",), mark="done")]
        if len(rows) > SHOWN:
            shown.append(Row(cells=(f"and {len(rows) - SHOWN} more; all of it: twin trace --serial, GET /as-built",), mark="done"))
        html += f"<h4 style='margin:14px 8px 4px'>{escape(title)}</h4>{row_table(head, shown)}"
    return html
