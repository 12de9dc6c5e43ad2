"""The plant floor, live: every work unit as a tile, why it stands, what waits for it, and what it has done."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin.apps.components.pictures import PlantFloor
from twin.apps.feed import Feed
from twin.apps.pages.analysis.course_card import CourseCard
from twin.apps.pages.page_frame import page
from twin.apps.row_table import FONT, Row, row_table
from twin.apps.theme import STATE_COLORS, STATE_WORDS, card
from twin.apps.words import equipment_title, material_title, person_titles, reason_words
from twin.model.calendars import spoken_duration
from twin.model.states import WorkUnitState
from twin.results.readiness.process_tables import setpoints_now
from twin.results.readiness.queues import obstacle_words, queue_now
from twin.results.views.floor import UnitNow, floor_layout, floor_now
from twin.results.views.overview import local_time

SHOWN_INTERVALS, SHOWN_QUEUE = 12, 12
LEGEND = (6, 3, 5, 11, 4, 2, 0)
PICK = f"<div style='{FONT}'>Pick a work unit above.</div>"


def floor_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    floor = PlantFloor(
        centers=floor_layout(feed.run),
        colors={str(state): color for state, color in STATE_COLORS.items()},
        sizing_mode="stretch_width",
    )
    queue, story, setpoints = (pn.pane.HTML(PICK, sizing_mode="stretch_width") for _ in range(3))
    courses = CourseCard(feed) if feed.run.plant.layout.procedures else None
    legend = pn.pane.HTML(_legend(), sizing_mode="stretch_width")

    def refresh() -> None:
        now = feed.look(floor_now)
        floor.states = {unit.equipment: _tile(feed, unit) for unit in now.units}
        floor.waiting = now.waiting
        if feed.run.mes.setpoints.writable:
            setpoints.object = setpoints_text(feed)
        if courses:
            courses.refresh(str(floor.selected or ""))
        if floor.selected:
            unit = next(unit for unit in now.units if unit.equipment == floor.selected)
            queue.object, story.object = _queue(feed, unit), _story(feed, unit)

    floor.param.watch(lambda _: refresh(), "selected")
    main = [card("Every work unit, now", legend, floor), card("What waits there, and why", queue), card("What it has done", story)]
    if courses:
        main.insert(1, courses.view)
    if feed.run.mes.setpoints.writable:
        main.insert(1, card("Set-points: asked for, and read back", setpoints))
    return page(feed, "Plant floor", "/floor", main, refresh)


def _tile(feed: Feed, unit: UnitNow) -> dict[str, Any]:
    plant = feed.run.plant
    reason = reason_words(unit.reason)
    return {
        "state": str(unit.state),
        "label": STATE_WORDS[unit.state],
        "idle": unit.state == WorkUnitState.IDLE,
        "reason": reason,
        "since": spoken_duration(feed.run.now_us - unit.since_us) if unit.since_us >= 0 else "",
        "person": person_titles(plant, unit.person) if unit.person else "",
        "job_order": unit.job_order.replace("+", ", "),
        "why": obstacle_words(plant, unit.obstacle, feed.run.now_us) if unit.obstacle else "",
        "progress": unit.progress,
    }


def _legend() -> str:
    signs = "".join(
        f"<span style='display:inline-flex;align-items:center;gap:6px;margin-right:16px'>"
        f"<span style='width:12px;height:12px;border-radius:3px;background:{STATE_COLORS[state]}'></span>{STATE_WORDS[state]}</span>"
        for state in LEGEND
    )
    return f"<div style='font:13px Roboto,system-ui,sans-serif'>{signs}</div>"


QUEUE_HEAD = ("Job order", "Rank", "Because", "Material", "Quantity", "For order", "Due", "There for", "Does not start because")


def _queue(feed: Feed, unit: UnitNow) -> str:
    run, plant = feed.run, feed.run.plant
    with run.lock:
        center = run.mes.equipment.records[unit.equipment].work_center
        waiting = queue_now(run, center)
    rows = [
        Row(
            cells=(
                it.job_order,
                f"{it.rank}",
                it.because,
                material_title(plant, it.material),
                f"{it.quantity:,}",
                it.order,
                local_time(plant, it.due_us),
                spoken_duration(run.now_us - it.since_us) if it.since_us >= 0 else "",
                it.blocked_by,
            ),
            mark="done" if it.since_us < 0 else "warn",
        )
        for it in waiting[:SHOWN_QUEUE]
    ]
    if len(waiting) > SHOWN_QUEUE:
        rows.append(Row(cells=(f"and {len(waiting) - SHOWN_QUEUE} more",), mark="done"))
    title = plant.layout.work_centers[center].title or center
    return row_table(QUEUE_HEAD, rows or [Row(cells=(f"Nothing waits at {title}, and nothing is on its way there.",))], numeric=(1, 4, 7))


SETPOINT_HEAD = ("Work unit", "Parameter", "Asked for", "Read back", "Measured", "Job order", "Since", "")
NOT_ASKED = "no job order has asked for it yet"


def setpoints_text(feed: Feed) -> str:
    """Every parameter that can be written to a machine: what its job order asked for, and what its controller has."""
    run, plant = feed.run, feed.run.plant
    with run.lock:
        seen = setpoints_now(run)
    rows = [
        Row(
            cells=(
                equipment_title(plant, it.equipment),
                it.parameter,
                *(f"{value:g} {it.unit}".rstrip() if value is not None else "" for value in (it.asked, it.read_back, it.measured)),
                it.job_order.replace("+", ", "),
                local_time(plant, it.asked_us) if it.asked_us >= 0 else "",
                f"{it.standing}: {it.reason}" if it.reason else it.standing or NOT_ASKED,
            ),
            mark={"refused": "bad", "asked for": "warn", "": "done"}.get(it.standing, ""),
        )
        for it in seen
    ]
    return row_table(SETPOINT_HEAD, rows, numeric=(2, 3, 4))


def _story(feed: Feed, unit: UnitNow) -> str:
    plant = feed.run.plant
    with feed.run.lock:
        record = feed.run.mes.equipment.records[unit.equipment]
        last = [*record.intervals[-SHOWN_INTERVALS:], record.open_interval(feed.run.now_us)]
    rows = [
        Row(
            cells=(
                local_time(plant, it.start_us),
                spoken_duration(it.duration_us),
                STATE_WORDS[it.state],
                reason_words(it.reason),
                it.job_order.replace("+", ", "),
                person_titles(plant, it.person) if it.person else "",
            ),
            mark="bad" if STATE_WORDS[it.state] == "Down" else "done",
        )
        for it in reversed(last)
    ]
    return row_table((f"{equipment_title(plant, unit.equipment)} since", "For", "State", "Reason", "Job order", "Who"), rows, numeric=(1,))
