"""Small charts for the docs: curves side by side over a logarithmic axis, as SVG, with every point's value written at it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_WIDTH, _HEIGHT, _LEFT, _TOP, _GAP = 340, 200, 50, 50, 40
_INK, _LINE = "#555", "#2a6fb0"


@dataclass(frozen=True, slots=True)
class Curve:
    """One panel."""

    name: str
    points: Sequence[tuple[float, float]]


def draw(path: Path, title: str, curves: Sequence[Curve]) -> None:
    """Write the curves to `path`, one panel each, the values from 0 on."""
    highest = max(y for it in curves for _, y in it.points) * 1.25
    width, height = _LEFT + len(curves) * (_WIDTH + _GAP), _TOP + _HEIGHT + 45
    panels = "".join(_panel(it, _LEFT + n * (_WIDTH + _GAP), highest) for n, it in enumerate(curves))
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" fill="{_INK}">\n'
        f'<rect width="{width}" height="{height}" fill="white"/>\n<text x="{_LEFT}" y="22" font-size="14">{title}</text>\n{panels}</svg>\n'
    )


def _panel(curve: Curve, left: int, highest: float) -> str:
    low, high = math.log10(curve.points[0][0]), math.log10(curve.points[-1][0])
    bottom = _TOP + _HEIGHT
    places = [
        (left + 20 + (_WIDTH - 40) * (math.log10(x) - low) / (high - low), bottom - _HEIGHT * y / highest, x, y) for x, y in curve.points
    ]
    marks = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{_LINE}"/><text x="{x:.1f}" y="{y - 9:.1f}" text-anchor="middle">{value:.0f}</text>'
        f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{size:,.0f}</text>\n'
        for x, y, size, value in places
    )
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _, _ in places)
    name = f'<text x="{left + _WIDTH / 2}" y="{bottom + 36}" text-anchor="middle">{curve.name}</text>'
    axes = f'<path d="M{left} {_TOP}V{bottom}H{left + _WIDTH}" fill="none" stroke="{_INK}"/>'
    return f'{axes}\n<polyline points="{line}" fill="none" stroke="{_LINE}" stroke-width="2"/>\n{marks}{name}\n'
