"""The few numbers that a page begins with, large."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

FIGURES_CSS = """<style>
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(155px, 1fr)); gap: 12px; margin: 6px;
  font: 14px Roboto, system-ui, sans-serif }
.figure { background: var(--mui-palette-background-paper); border-radius: 10px; padding: 14px 18px 12px;
  box-shadow: 0 1px 3px rgba(0, 0, 0, .25) }
.figure b { display: block; font-size: 15px }
.figure .number { font-size: 30px; font-weight: 700; line-height: 1.5; font-variant-numeric: tabular-nums; white-space: nowrap }
.figure .number small { font-size: 15px; font-weight: 500 }
.figure .detail { opacity: .8; line-height: 1.4 }
@media (min-width: 1000px) { .figures { grid-template-columns: repeat(4, 1fr) } }
@media (max-width: 700px) { .figure { padding: 10px 12px } .figure .number { font-size: 22px } .figure .number small { font-size: 13px } }
</style>"""

Figure = tuple[str, str, str, Sequence[str]]
"""Title, number, unit, lines of detail."""


def figures_html(figures: Iterable[Figure]) -> str:
    """A tile for each, side by side; on a phone two in a row."""
    cards = "".join(
        f"<div class='figure'><b>{escape(title)}</b><div class='number'>{escape(number)} <small>{escape(unit)}</small></div>"
        f"<div class='detail'>{'<br>'.join(escape(line) for line in detail)}</div></div>"
        for title, number, unit, detail in figures
    )
    return f"{FIGURES_CSS}<div class='figures'>{cards}</div>"
