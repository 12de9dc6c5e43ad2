"""The last step down from a figure: what controllers said, word for word, below the pieces that it became."""

from __future__ import annotations

from twin.apps.row_table import Row, row_table
from twin.apps.words import equipment_title
from twin.model.plant import Plant
from twin.results.drill.now import Opened
from twin.results.views.overview import local_time

HEAD = ("Entry", "Equipment", "Connection", "Node or registers", "Controller's time", "Quality", "What it said")
NONE = (
    "Their signals are not kept here: a plant that is simulated has none, and a bridge keeps them when it is started with --keep-signals."
)


def signals_html(plant: Plant, found: Opened | None) -> str:
    """The signals of the pieces that are shown."""
    if found is None or not found.pieces:
        return ""
    rows = [
        Row(
            cells=(
                it["entry"][:12], equipment_title(plant, it["equipment"]) if it["equipment"] else "", it["connection"], it["signal"],
                local_time(plant, it["source_time"]) if it["source_time"] is not None else "", it["quality"], it["said"],
            ),
            mark="" if it["quality"] == "good" else "warn",
        )
        for it in found.signals
    ]  # fmt: skip
    return row_table(HEAD, rows) if rows else row_table((), [Row(cells=(NONE,), mark="done")])
