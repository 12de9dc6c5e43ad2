"""QR codes (ISO/IEC 18004) and Code 128 (ISO/IEC 15417) as SVG: dark modules as one path, on white, with their quiet zones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

QUIET_MODULES = 4  # around a QR code
QUIET_BARS = 10  # modules left and right of a bar code
BAR_HEIGHT = 26  # modules; a scanner needs 15 % of the width, and 5 mm
PRINTABLE = "blank to ~, without control characters and accents"


def qr_svg(text: str) -> str:
    """A QR code; what is lost of it up to 15 % is mended (level M). Never a Micro QR code: many scanners cannot read those.

    Raises
    ------
    ValueError : characters that no label of ours has
    """
    import segno

    _check(text)
    rows = [[bool(module) for module in row] for row in segno.make_qr(text, error="m", boost_error=False).matrix]
    return _svg(rows, QUIET_MODULES, QUIET_MODULES, 1)


def code_128_svg(text: str) -> str:
    """A Code 128 bar code.

    Raises
    ------
    ValueError : characters that no label of ours has
    """
    import barcode

    _check(text)
    built: Any = barcode.get_barcode_class("code128")(text)
    return _svg([[module == "1" for module in built.build()[0]]], QUIET_BARS, 0, BAR_HEIGHT)


def _check(text: str) -> None:
    if not text or not all(" " <= sign <= "~" for sign in text):
        raise ValueError(f"'{text}' cannot stand on a label; allowed: {PRINTABLE}")


def _svg(rows: Sequence[Sequence[bool]], quiet: int, above: int, height: int) -> str:
    """Rows of modules, each `height` high, as one path; `quiet` white modules beside them, `above` over and under them.

    Bars may be drawn out over any width: what counts is how wide they are to one another.
    """
    path = "".join(
        f"M{quiet + start} {above + n * height}h{width}v{height}h-{width}z" for n, row in enumerate(rows) for start, width in _runs(row)
    )
    wide, high = len(rows[0]) + 2 * quiet, len(rows) * height + 2 * above
    shape = ' preserveAspectRatio="none"' if height > 1 else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" shape-rendering="crispEdges" role="img"{shape}>'
        f'<path fill="#fff" d="M0 0h{wide}v{high}H0z"/><path d="{path}"/></svg>'
    )


def _runs(row: Sequence[bool]) -> Iterable[tuple[int, int]]:
    """Where dark modules begin, and how many there are in a row."""
    place = 0
    for is_dark, run in groupby(row):
        count = len(list(run))
        if is_dark:
            yield place, count
        place += count
