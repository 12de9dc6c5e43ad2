"""A schedule as a picture that needs nothing else, and as a notebook shows it."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from twin.model.calendars import written_local
from twin.model.measures import US_PER_H
from twin.study.report.drawing import Drawing

if TYPE_CHECKING:
    from twin.study.scheduling.schedule import Operation, Schedule, Window

WIDTH, ROW, TOP, NAMES, RIGHT = 1100, 22, 30, 150, 12
PALETTE = ("#3B6EA8", "#8C6BB1", "#2E8B7A", "#B8860B", "#A0522D", "#5F7C8A", "#7A9A3A", "#B05A7A")
LATE = "#D55E00"


def gantt(schedule: Schedule) -> Drawing:
    """A row a unit: set-up pale, run in a colour for each order, a line beneath what is for a late order."""
    used = {it.equipment for it in schedule.operations} | {it.equipment for it in schedule.windows}
    units = [name for name in schedule.equipment if name in used]
    first_us = min([schedule.now_us, *(it.start_us for it in schedule.operations)])
    ends_us = [*(it.end_us for it in schedule.operations), *(it.end_us for it in schedule.windows)]
    last_us = max([schedule.now_us + 3_600_000_000, *ends_us])
    scale = (WIDTH - NAMES - RIGHT) / (last_us - first_us)
    height = TOP + ROW * len(units) + 22
    orders = list(dict.fromkeys(it.order for it in schedule.operations))
    late = {it.order for it in schedule.late}

    def x(at_us: int) -> float:
        return NAMES + (at_us - first_us) * scale

    parts = []
    for n, unit in enumerate(units):
        y = TOP + ROW * n
        parts.append(f"<text x='{NAMES - 8}' y='{y + 15}' text-anchor='end' fill='var(--ink)'>{html.escape(unit)}</text>")
        parts.append(f"<line x1='{NAMES}' x2='{WIDTH - RIGHT}' y1='{y + ROW}' y2='{y + ROW}' stroke='var(--line)' stroke-width='.5'/>")
    parts += [
        _window(it, x(it.start_us), x(it.end_us), TOP + ROW * units.index(it.equipment), schedule.time_zone)
        for it in schedule.windows
        if it.equipment in units
    ]
    for it in schedule.operations:
        y, color = TOP + ROW * units.index(it.equipment), PALETTE[orders.index(it.order) % len(PALETTE)]
        parts += _bar(it, x(it.start_us), x(it.run_start_us), x(it.end_us), y, color, it.order in late, schedule.time_zone)
    step_us = next(step for step in (1, 2, 4, 8, 24, 48, 168, 10**6) if (last_us - first_us) / US_PER_H / step <= 12) * int(US_PER_H)
    for n in range((last_us - first_us) // step_us + 1):
        at_us = first_us + n * step_us
        words = written_local(at_us, schedule.time_zone).replace(",", "")
        parts.append(f"<text x='{x(at_us):.1f}' y='14' fill='var(--soft)' font-size='10'>{html.escape(words)}</text>")
    now_x = x(schedule.now_us)
    parts.append(f"<line x1='{now_x:.1f}' x2='{now_x:.1f}' y1='{TOP - 8}' y2='{height - 18}' stroke='var(--ink)' stroke-width='1.5'/>")
    said = f"{len(schedule.operations)} operations on {len(units)} units"
    head = f"<svg viewBox='0 0 {WIDTH} {height}' width='100%' role='img' aria-label='{said}' style='max-width:{WIDTH}px'"
    return Drawing(f"{head} font-family='system-ui,sans-serif' font-size='12'>{''.join(parts)}</svg>")


def _window(it: Window, left: float, right: float, y: float, time_zone: str) -> str:
    words = f"{it.maintenance}: kept free, {written_local(it.start_us, time_zone)} to {written_local(it.end_us, time_zone)}"
    place = f"x='{left:.1f}' y='{y + 1}' width='{max(1.0, right - left):.1f}' height='19'"
    return f"<rect {place} fill='none' stroke='var(--soft)' stroke-dasharray='3 2'><title>{html.escape(words)}</title></rect>"


def _bar(it: Operation, left: float, run: float, right: float, y: float, color: str, is_late: bool, time_zone: str) -> list[str]:
    span = f"{written_local(it.start_us, time_zone)} to {written_local(it.end_us, time_zone)}"
    setup = f" with {' and '.join(it.tools)}" if it.tools else ""
    setup += f", set up from {it.setup_from or 'nothing'} to {it.setup_to}" if it.setup_us else ""
    title = f"<title>{html.escape(f'{it.job_order}: {it.quantity} {it.material}, {span}{setup}')}</title>"
    parts = [f"<rect x='{run:.1f}' y='{y + 3}' width='{max(1.0, right - run):.1f}' height='15' rx='2' fill='{color}'>{title}</rect>"]
    if run > left:
        parts.append(
            f"<rect x='{left:.1f}' y='{y + 3}' width='{run - left:.1f}' height='15' rx='2' fill='{color}' fill-opacity='.4'>{title}</rect>"
        )
    if is_late:
        parts.append(f"<rect x='{left:.1f}' y='{y + 19}' width='{max(1.0, right - left):.1f}' height='2' fill='{LATE}'/>")
    return parts


def page_of(schedule: Schedule) -> str:
    """What a notebook shows: the picture, orders with the causes of lateness, what rules would have given, what is not known."""
    late = len(schedule.late)
    head = f"{schedule.title}: {len(schedule.operations)} operations by '{schedule.rule}', {late} of {len(schedule.orders)} orders late"
    orders: str = schedule.order_table.to_html(index=False)
    rules: str = schedule.rule_table.to_html(index=False) if schedule.compared else ""
    supposed = f"<p>Supposed: {html.escape('; '.join(schedule.supposed))}</p>" if schedule.supposed else ""
    assumed = "".join(f"<li>{html.escape(it)}</li>" for it in schedule.unknown)
    tables = f"{supposed}{schedule.gantt._repr_html_()}{orders}{rules}"
    return f"<p><b>{html.escape(head)}</b></p>{tables}<p>Not known, and what was assumed:</p><ul>{assumed}</ul>"
