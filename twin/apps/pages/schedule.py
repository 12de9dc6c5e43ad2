"""The schedule as it was worked: a Gantt chart, and the same as a table."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin.apps.components.pictures import ScheduleChart
from twin.apps.feed import Feed
from twin.apps.pages.page_frame import page
from twin.apps.row_table import Row, row_table
from twin.apps.theme import MATERIAL_COLORS, card
from twin.model.measures import write_duration
from twin.model.plant import Plant
from twin.results.views.overview import local_time
from twin.results.views.schedule import Bar, offset_us, schedule

WINDOW_US = 36 * 3_600_000_000
SHOWN_ROWS = 12


def schedule_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    plant = feed.run.plant
    equipment = [*plant.layout.work_units, *plant.layout.production_lines]
    titles = {
        **{u: it.title or u for u, it in plant.layout.work_units.items()},
        **{n: it.title or n for n, it in plant.layout.production_lines.items()},
    }
    chart = ScheduleChart(
        rows=[titles[name] for name in equipment],
        sizing_mode="stretch_width",
        min_height=60 + 24 * len(equipment),
        offset_ms=offset_us(feed.run) // 1000,
    )
    table = pn.pane.HTML("", sizing_mode="stretch_width")
    drawn: list[tuple[int, int]] = []

    def refresh() -> None:
        bars, now_us = feed.look(schedule), feed.run.now_us
        mark = (len(bars), sum(1 for bar in bars if bar.is_open))
        if drawn[-1:] != [mark] or any(bar.is_open for bar in bars):
            chart.bars = columns(bars, plant, equipment)
            chart.now = now_us / 1000
            drawn[:] = [mark]
        if not chart.window or now_us / 1000 > chart.window[1] or chart.window == [0, 1]:
            start_us = max(feed.run.scenario.start_us, now_us - WINDOW_US * 3 // 4)
            chart.window = [start_us / 1000, (start_us + WINDOW_US) / 1000]
        table.object = _table(bars, plant)

    hint = pmui.Typography(
        "Drag to move in time, Ctrl + wheel to zoom, double-click for the start view; a red line: its customer order is late.",
        variant="body2",
        sx={"opacity": 0.8},
    )
    return page(feed, "Schedule", "/schedule", [card("What runs where", hint, chart), card("Started last", table)], refresh)


def columns(bars: list[Bar], plant: Plant, equipment: list[str]) -> dict[str, list[Any]]:
    """The bars as columns for the chart; times in ms."""
    row = {name: place for place, name in enumerate(equipment)}
    shown = [bar for bar in bars if bar.equipment in row]
    order = {name: place for place, name in enumerate(plant.materials.materials)}
    titles = {name: it.title or name for name, it in plant.materials.materials.items()}
    return {
        "row": [row[bar.equipment] for bar in shown],
        "start": [bar.start_us / 1000 for bar in shown],
        "run_start": [bar.run_start_us / 1000 for bar in shown],
        "end": [bar.end_us / 1000 for bar in shown],
        "label": [bar.job_order for bar in shown],
        "job_order": [bar.job_order for bar in shown],
        "request": [bar.order or bar.request for bar in shown],
        "material": [titles.get(bar.material, bar.material) for bar in shown],
        "color": [MATERIAL_COLORS[order.get(bar.material, 0) % len(MATERIAL_COLORS)] for bar in shown],
        "late": [bar.is_late for bar in shown],
    }


def _table(bars: list[Bar], plant: Plant) -> str:
    rows = [
        Row(
            cells=(
                local_time(plant, bar.start_us),
                bar.equipment,
                bar.job_order,
                plant.materials.materials[bar.material].title or bar.material,
                bar.order,
                write_duration(bar.end_us - bar.start_us),
                "running" if bar.is_open else "done",
            ),
            mark="bad" if bar.is_late else "good" if bar.is_open else "done",
        )
        for bar in bars[: -SHOWN_ROWS - 1 : -1]
    ]
    return row_table(("Started", "On", "Job order", "Material", "For order", "For", ""), rows, numeric=(5,))
