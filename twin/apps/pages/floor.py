"""The plant floor, live: every work unit as a tile, and the story of the one that the viewer picks."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin.apps.components.pictures import PlantFloor
from twin.apps.feed import Feed
from twin.apps.pages.page_frame import page
from twin.apps.row_table import Row, row_table
from twin.apps.theme import STATE_COLORS, STATE_WORDS, card
from twin.model.measures import write_duration
from twin.results.views.floor import UnitNow, floor_layout, floor_now
from twin.results.views.overview import local_time

SHOWN_INTERVALS = 12
LEGEND = (6, 3, 5, 11, 4, 2, 0)


def floor_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    floor = PlantFloor(
        centers=floor_layout(feed.run),
        colors={str(state): color for state, color in STATE_COLORS.items()},
        sizing_mode="stretch_width",
        min_height=420,
    )
    story = pn.pane.HTML("Pick a work unit to see what it has done.", sizing_mode="stretch_width")
    legend = pn.pane.HTML(_legend(), sizing_mode="stretch_width")

    def refresh() -> None:
        now = feed.look(floor_now)
        floor.states = {unit.equipment: _tile(unit) for unit in now}
        if floor.selected:
            story.object = _story(feed, next(unit for unit in now if unit.equipment == floor.selected))

    floor.param.watch(lambda _: refresh(), "selected")
    return page(feed, "Plant floor", "/floor", [card("Every work unit, now", legend, floor), card("What it has done", story)], refresh)


def _tile(unit: UnitNow) -> dict[str, Any]:
    return {
        "state": str(unit.state),
        "label": STATE_WORDS[unit.state],
        "reason": unit.reason.replace("_", " "),
        "job_order": unit.job_order,
        "waiting": unit.waiting,
        "progress": unit.progress,
    }


def _legend() -> str:
    signs = "".join(
        f"<span style='display:inline-flex;align-items:center;gap:6px;margin-right:16px'>"
        f"<span style='width:12px;height:12px;border-radius:3px;background:{STATE_COLORS[state]}'></span>{STATE_WORDS[state]}</span>"
        for state in LEGEND
    )
    return f"<div style='font:13px Roboto,system-ui,sans-serif'>{signs}</div>"


def _story(feed: Feed, unit: UnitNow) -> str:
    with feed.run.lock:
        record = feed.run.mes.equipment.records[unit.equipment]
        last = [*record.intervals[-SHOWN_INTERVALS:], record.open_interval(feed.run.now_us)]
    rows = [
        Row(
            cells=(
                local_time(feed.run.plant, it.start_us),
                write_duration(it.duration_us),
                STATE_WORDS[it.state],
                it.reason.replace("_", " "),
                it.job_order,
                it.person,
            ),
            mark="bad" if STATE_WORDS[it.state] == "Down" else "",
        )
        for it in reversed(last)
    ]
    return row_table((f"{unit.equipment} since", "for", "state", "reason", "job order", "who"), rows, numeric=(1,))
