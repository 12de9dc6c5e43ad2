"""A figure over time as a line, and every point of it as a row of a table that a viewer may open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from twin.apps.row_table import FONT, Row, row_table
from twin.results.drill.trends import Point

WIDTH, HEIGHT, LEFT, BELOW = 640, 150, 64, 22
COLOR = "#3B6EA8"
HEAD = ("When", "Value")


def trend_html(points: Sequence[Point], written: Callable[[float | None], str]) -> str:
    """The line with its least and largest value, and the table; `written`: as the page writes the figure."""
    known = [it.value for it in points if it.value is not None]
    if not known:
        return row_table((), [Row(cells=("Nothing is known of it over time in this window.",), mark="done")])
    low, high = min(known), max(known)
    span = high - low or abs(high) or 1.0
    step = (WIDTH - LEFT - 16) / max(1, len(points) - 1)

    def place(n: int, value: float) -> tuple[float, float]:
        return LEFT + 8 + n * step, 12 + (HEIGHT - BELOW - 24) * (1 - (value - low) / span)

    dots, lines, line = [], list[list[str]](), list[str]()
    for n, it in enumerate(points):
        if it.value is None:  # there was nothing to divide by: the line has a gap
            lines, line = [*lines, line], []
            continue
        x, y = place(n, it.value)
        line.append(f"{x:.1f},{y:.1f}")
        dots.append(
            f"<circle cx='{x:.1f}' cy='{y:.1f}' r='4' fill='{COLOR}'><title>{escape(it.title)}: {written(it.value)}</title></circle>"
        )
    drawn = "".join(f"<polyline points='{' '.join(it)}' fill='none' stroke='{COLOR}' stroke-width='2'/>" for it in (*lines, line) if it)
    marks = "".join(
        f"<text x='{LEFT - 4}' y='{place(0, value)[1] + 4:.1f}' text-anchor='end'>{escape(written(value))}</text>"
        for value in dict.fromkeys((high, low))
    )
    ends = f"<text x='{LEFT}' y='{HEIGHT - 4}'>{escape(points[0].title)}</text>"
    if len(points) > 1:
        ends += f"<text x='{WIDTH - 8}' y='{HEIGHT - 4}' text-anchor='end'>{escape(points[-1].title)}</text>"
    picture = (
        f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' role='img' aria-label='The figure over time' style='width:100%;max-width:640px;{FONT};"
        f"font-size:12px' fill='currentColor'>{marks}{ends}{drawn}{''.join(dots)}</svg>"
    )
    table = row_table(HEAD, [Row(cells=(it.title, written(it.value))) for it in points], numeric=(1,))
    return f"{picture}<details style='{FONT};margin:4px 8px'><summary>{len(points)} values</summary>{table}</details>"
