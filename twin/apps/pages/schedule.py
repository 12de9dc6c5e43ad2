"""The schedule as it was worked, and as it is planned: a Gantt chart, tables, and the means to plan anew."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin.apps.components.pictures import ScheduleChart
from twin.apps.feed import Feed
from twin.apps.pages.page_frame import page
from twin.apps.pages.plan_card import TERMINAL, PlanCard
from twin.apps.pages.planning.rules_card import RulesCard
from twin.apps.row_table import FONT, Row, row_table
from twin.apps.speaking.speaker import Speaker
from twin.apps.theme import MATERIAL_COLORS, card
from twin.apps.words import equipment_title, material_title, person_titles, reason_words
from twin.model.calendars import spoken_duration
from twin.model.plant import Plant
from twin.results.views.overview import local_time
from twin.results.views.schedule import Bar, Stop, offset_us, published_bars, schedule, stops, windows

WINDOW_US = 36 * 3_600_000_000
SHOWN_ROWS = 12


def schedule_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    plant = feed.run.plant
    equipment = [*plant.layout.work_units, *plant.layout.production_lines]
    chart = ScheduleChart(
        rows=[equipment_title(plant, name) for name in equipment],
        sizing_mode="stretch_width",
        min_height=60 + 24 * len(equipment),
        offset_ms=offset_us(feed.run) // 1000,
    )
    table = pn.pane.HTML("", sizing_mode="stretch_width")

    def refresh() -> None:
        bars, now_us = feed.look(schedule), feed.run.now_us
        stood = [*feed.look(stops), *feed.look(windows)]
        plan.refresh()
        rules.refresh()
        ahead = plan.bars() or feed.look(published_bars)
        drawn = columns([*bars, *ahead], plant, equipment), stop_columns(stood, equipment, now_us)
        if (chart.bars, chart.stops) != drawn:  # what is open ends at 0, now: it need not be sent again to grow
            chart.bars, chart.stops = drawn
        chart.now = now_us / 1000
        if now_us / 1000 > chart.window[1] or chart.window == [0, 1]:
            start_us = max(feed.run.scenario.start_us, now_us - WINDOW_US * 3 // 4)
            chart.window = [start_us / 1000, (start_us + WINDOW_US) / 1000]
        table.object = _table(bars, plant)

    speaker = Speaker(feed, TERMINAL)
    plan, rules = PlanCard(feed, speaker), RulesCard(feed, speaker)
    legend = pn.pane.HTML(LEGEND, sizing_mode="stretch_width")
    return page(
        feed,
        "Schedule",
        "/schedule",
        [card("What ran where, and what is planned", legend, chart), plan.view, rules.view, card("Started last", table)],
        refresh,
        speaker,
    )


def _hatch(color: str) -> str:
    return f"repeating-linear-gradient(45deg,{color} 0 2px,transparent 2px 6px);border:1px solid {color}"


_SIGNS = {
    "set-up": "#3B6EA866",
    "run, a colour for each material": "#3B6EA8",
    "planned": "color-mix(in srgb, #3B6EA8 50%, transparent);border:1px dashed #3B6EA8",
    "off shift": _hatch("#8A94A0"),
    "kept free for maintenance": _hatch("#0072B2"),
    "waits": _hatch("#E69F00"),
    "down": _hatch("#D55E00"),
    "its customer order is late, or should leave late": "linear-gradient(#3B6EA8 0 11px,transparent 11px 12px,#D55E00 12px)",
    "now": "linear-gradient(90deg,transparent 9px,currentColor 9px 11px,transparent 11px)",
}
LEGEND = (
    f"<div style='{FONT};line-height:24px'>"
    + "".join(
        "<span style='display:inline-flex;align-items:center;gap:6px;margin-right:18px'>"
        f"<span style='width:20px;height:15px;box-sizing:border-box;border-radius:2px;background:{background}'></span>{word}</span>"
        for word, background in _SIGNS.items()
    )
    + "<div style='opacity:.8'>Drag to move in time, Ctrl + wheel to zoom, double-click for the start view;"
    " point at a bar to see who did it.</div></div>"
)


def columns(bars: list[Bar], plant: Plant, equipment: list[str]) -> dict[str, list[Any]]:
    """The bars as columns for the chart; times in ms, 0 for an end that is still to come."""
    row = {name: place for place, name in enumerate(equipment)}
    shown = [bar for bar in bars if bar.equipment in row]
    order = {name: place for place, name in enumerate(plant.materials.materials)}
    return {
        "row": [row[bar.equipment] for bar in shown],
        "start": [bar.start_us / 1000 for bar in shown],
        "run_start": [0 if bar.is_open and bar.run_start_us == bar.end_us else bar.run_start_us / 1000 for bar in shown],
        "end": [0 if bar.is_open else bar.end_us / 1000 for bar in shown],
        "label": [bar.job_order for bar in shown],
        "job_order": [bar.job_order for bar in shown],
        "request": [bar.order or bar.request for bar in shown],
        "material": [f"{bar.quantity:,} {material_title(plant, bar.material)}" for bar in shown],
        "person": [person_titles(plant, bar.person) if bar.person else "" for bar in shown],
        "color": [MATERIAL_COLORS[order.get(bar.material, 0) % len(MATERIAL_COLORS)] for bar in shown],
        "late": [bar.is_late for bar in shown],
        "planned": [bar.is_planned for bar in shown],
    }


def stop_columns(stood: list[Stop], equipment: list[str], now_us: int) -> dict[str, list[Any]]:
    """The stops as columns for the chart; times in ms, 0 for an end that is still to come."""
    row = {name: place for place, name in enumerate(equipment)}
    return {
        "row": [row[stop.equipment] for stop in stood],
        "start": [stop.start_us / 1000 for stop in stood],
        "end": [0 if stop.end_us >= now_us and stop.kind != "kept free" else stop.end_us / 1000 for stop in stood],
        "kind": [stop.kind for stop in stood],
        "reason": [reason_words(stop.reason) for stop in stood],
    }


def _table(bars: list[Bar], plant: Plant) -> str:
    rows = [
        Row(
            cells=(
                bar.job_order,
                equipment_title(plant, bar.equipment),
                f"{bar.quantity:,} {material_title(plant, bar.material)}",
                bar.order,
                person_titles(plant, bar.person) if bar.person else "",
                local_time(plant, bar.start_us),
                spoken_duration(bar.end_us - bar.start_us),
                ("running" if bar.is_open else "done") + (", order late" if bar.is_late else ""),
            ),
            mark="bad" if bar.is_late else "good" if bar.is_open else "done",
        )
        for bar in bars[: -SHOWN_ROWS - 1 : -1]
    ]
    head = ("Job order", "On", "Material", "For order", "Who", "Started", "Took", "Standing")
    return row_table(head, rows, numeric=(6,))
