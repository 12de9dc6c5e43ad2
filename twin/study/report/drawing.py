"""Figures as SVG text: no library, no network, and colours that follow the reader's light or dark theme."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from twin.results.outcomes import Outcome
from twin.study.comparing import Compared

WIDTH, ROW, TOP, NAMES, RIGHT, GAP = 920, 34, 34, 190, 24, 40
COLORS = """
.twin-study{--ink:#1f2933;--soft:#616e7c;--line:#d3dae2;--band:#c3d4ea;--mark:#1f5fa8;--better:#1b7f4b;--worse:#b3412e;--paper:#ffffff}
@media (prefers-color-scheme:dark){.twin-study{--ink:#e6ebf0;--soft:#a3b0bd;--line:#3b4754;--band:#34506f;--mark:#7fb4f0;
  --better:#5fc990;--worse:#f08a76;--paper:#161c23}}
"""
"""One place for the colours of figures and pages; a page may set the names itself to force a theme."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """An SVG picture that a notebook and a page show."""

    svg: str

    def __repr__(self) -> str:
        return f"<Drawing: {len(self.svg)} characters of SVG>"

    def _repr_html_(self) -> str:
        return f"<div class='twin-study'><style>{COLORS}</style>{self.svg}</div>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Values to places along x."""

    low: float
    high: float
    left: float
    right: float

    def x(self, value: float) -> float:
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)

    @property
    def steps(self) -> list[float]:
        """Three to six round values within the bounds."""
        step = 10.0 ** math.floor(math.log10((self.high - self.low) / 2))
        step = next(step * factor for factor in (1, 2, 5, 10) if (self.high - self.low) / (step * factor) <= 5)
        first = math.ceil(self.low / step)
        return [i * step for i in range(first, math.floor(self.high / step) + 1)]


def axis(values: Sequence[float], left: float, right: float) -> Axis:
    """An axis on which all values that are known have their place, with a little room on either side."""
    there = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(there), max(there)
    room = (high - low) * 0.06 or abs(high) * 0.05 or 1.0
    return Axis(low=low - room, high=high + room, left=left, right=right)


def figure(outcome: Outcome, compared: Sequence[Compared]) -> Drawing:
    """Left: each scenario's mean with its interval on a band from P10 to P90. Right: its difference to the first, with its interval."""
    height = TOP + ROW * len(compared) + 30
    middle = NAMES + (WIDTH - NAMES - RIGHT - GAP) * 0.55
    spread = [value for one in compared for value in (one.p10, one.p90, one.mean.low, one.mean.high, one.mean.mean)]
    gaps = [value for one in compared if one.difference for value in (one.difference.low, one.difference.high, one.difference.mean)]
    levels, differences = axis(spread, NAMES, middle), axis([0.0, *gaps], middle + GAP, WIDTH - RIGHT)
    scale = 100 if outcome.unit == "%" else 1
    parts = [
        _text(NAMES, 14, f"mean with interval, band P10 to P90 ({outcome.unit or 'count'})", "soft"),
        _text(middle + GAP, 14, f"difference to {_short(compared[0].name)}{' (points)' if outcome.unit == '%' else ''}", "soft"),
        *_grid(levels, height, scale),
        *_grid(differences, height, scale),
        _line(differences.x(0), TOP - 8, differences.x(0), height - 24, "soft", 1.5),
    ]
    for place, one in enumerate(compared):
        parts += _row(one, TOP + ROW * place + ROW / 2, levels, differences, outcome)
    said = html.escape("; ".join(f"{one.name}: {outcome.shown(one.mean.mean)}" for one in compared))
    title = html.escape(outcome.heading)
    head = f"<svg viewBox='0 0 {WIDTH} {height}' width='100%' role='img' aria-label='{title}: {said}' style='max-width:{WIDTH}px'"
    return Drawing(f"{head} font-family='system-ui,sans-serif' font-size='13'>{''.join(parts)}</svg>")


def _row(one: Compared, y: float, levels: Axis, differences: Axis, outcome: Outcome) -> list[str]:
    parts = [_text(NAMES - 12, y + 4, _short(one.name), "ink", "end")]
    if one.mean.count:
        left, right = levels.x(one.p10), levels.x(one.p90)
        parts += [
            f"<rect x='{left:.1f}' y='{y - 8}' width='{max(2, right - left):.1f}' height='16' rx='4' fill='var(--band)'/>",
            *_interval(levels, y, one.mean.mean, one.mean.half, "mark", outcome.shown(one.mean.mean)),
        ]
    if one.difference is not None and one.difference.count:
        better = (one.difference.mean > 0) == (outcome.better == "higher")
        color = ("better" if better else "worse") if one.difference.excludes_zero else "soft"
        shown = outcome.shown_difference(one.difference.mean, one.difference.low, one.difference.high)
        parts += _interval(differences, y, one.difference.mean, one.difference.half, color, shown)
    return parts


def _interval(along: Axis, y: float, mean: float, half: float, color: str, said: str) -> list[str]:
    x, parts = along.x(mean), []
    if math.isfinite(half):
        parts = [_line(along.x(mean - half), y, along.x(mean + half), y, color, 3)]
    title = f"<title>{html.escape(said)}</title>"
    return [
        *parts,
        f"<circle cx='{x:.1f}' cy='{y}' r='5.5' fill='var(--{color})' stroke='var(--paper)' stroke-width='1.5'>{title}</circle>",
    ]


def _grid(along: Axis, height: float, scale: float) -> list[str]:
    parts = []
    for mark in along.steps:
        x = along.x(mark)
        parts += [_line(x, TOP - 8, x, height - 24, "line", 1), _text(x, height - 8, f"{mark * scale + 0.0:,.6g}", "soft", "middle")]
    return parts


def _line(x1: float, y1: float, x2: float, y2: float, color: str, width: float) -> str:
    ends = f"x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}'"
    return f"<line {ends} stroke='var(--{color})' stroke-width='{width}' stroke-linecap='round'/>"


def _text(x: float, y: float, text: str, color: str, anchor: str = "start") -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' fill='var(--{color})' text-anchor='{anchor}'>{html.escape(text)}</text>"


def _short(name: str, most: int = 24) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"
