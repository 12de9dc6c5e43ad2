"""Figures as SVG text: no library, no network, and colours that follow the reader's light or dark theme."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from twin.results.outcomes import Outcome
from twin.study.comparing import Compared
from twin.study.statistics.intervals import Interval

WIDTH, ROW, TOP, SIDE = 400, 44, 34, 20
COLORS = """
.twin-study{--ink:#1f2933;--soft:#616e7c;--line:#d3dae2;--band:#c3d4ea;--mark:#1f5fa8;--better:#1b7f4b;--worse:#b3412e;--paper:#ffffff}
@media (prefers-color-scheme:dark){.twin-study{--ink:#e6ebf0;--soft:#a3b0bd;--line:#3b4754;--band:#34506f;--mark:#7fb4f0;
  --better:#5fc990;--worse:#f08a76;--paper:#161c23}}
.twin-study .pair{display:flex;flex-wrap:wrap;gap:6px 24px;align-items:flex-start}
.twin-study .pair svg{flex:1 1 320px;min-width:0;max-width:480px}
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
    """Each scenario's mean with its interval on a band from P10 to P90; and beside it, on a phone below, the differences to the first."""
    spread = [value for one in compared for value in (one.p10, one.p90, one.mean.low, one.mean.high, one.mean.mean)]
    gaps = [value for one in compared if one.difference for value in (one.difference.low, one.difference.high, one.difference.mean)]
    levels, differences = axis(spread, SIDE, WIDTH - SIDE), axis([0.0, *gaps], SIDE, WIDTH - SIDE)
    said = "; ".join(f"{one.name}: {outcome.shown(one.mean.mean)}" for one in compared)
    left = _panel(
        f"mean with interval, band P10 to P90 ({outcome.unit or 'count'})", f"{outcome.heading}: {said}", outcome, levels,
        [(one, _level(one, levels, outcome)) for one in compared],
    )  # fmt: skip
    against = f"difference to {_short(compared[0].name)}{' (points)' if outcome.unit == '%' else ''}"
    others = [(one, _difference(one, differences, outcome)) for one in compared if one.difference is not None]
    height = TOP + ROW * len(others) + 30
    zero = _line(differences.x(0), TOP - 8, differences.x(0), height - 24, "soft", 1.5)
    right = _panel(against, f"{outcome.heading}, {against}", outcome, differences, others, zero)
    return Drawing(f"<div class='pair'>{left}{right}</div>")


Marks = Callable[[float], list[str]]
"""What is drawn of a scenario, at a height."""


def _panel(title: str, label: str, outcome: Outcome, along: Axis, rows: Sequence[tuple[Compared, Marks]], behind: str = "") -> str:
    """One axis with a row for each scenario, whose name stands above its marks: it can be read in the width of a phone."""
    height = TOP + ROW * len(rows) + 30
    parts = [_text(SIDE, 14, title, "soft"), *_grid(along, height, 100 if outcome.unit == "%" else 1), behind]
    for place, (one, marks) in enumerate(rows):
        top = TOP + ROW * place
        parts += [_text(SIDE, top + 12, _short(one.name, 44), "ink"), *marks(top + 28)]
    head = f"<svg viewBox='0 0 {WIDTH} {height}' width='100%' role='img' aria-label='{html.escape(label, quote=True)}'"
    return f"{head} font-family='system-ui,sans-serif' font-size='13'>{''.join(parts)}</svg>"


def _level(one: Compared, along: Axis, outcome: Outcome) -> Marks:
    def marks(y: float) -> list[str]:
        if not one.mean.count:
            return []
        left, right = along.x(one.p10), along.x(one.p90)
        band = f"<rect x='{left:.1f}' y='{y - 8}' width='{max(2, right - left):.1f}' height='16' rx='4' fill='var(--band)'/>"
        return [band, *_interval(along, y, one.mean, "mark", outcome.shown(one.mean.mean))]

    return marks


def _difference(one: Compared, along: Axis, outcome: Outcome) -> Marks:
    def marks(y: float) -> list[str]:
        found = one.difference
        if found is None or not found.count:
            return []
        better = (found.mean > 0) == (outcome.better == "higher")
        color = ("better" if better else "worse") if found.excludes_zero else "soft"
        return _interval(along, y, found, color, outcome.shown_difference(found.mean, found.low, found.high))

    return marks


def _interval(along: Axis, y: float, of: Interval, color: str, said: str) -> list[str]:
    x, parts = along.x(of.mean), []
    if math.isfinite(of.half):
        parts = [_line(along.x(of.low), y, along.x(of.high), y, color, 3)]
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
