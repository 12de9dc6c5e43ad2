"""How large, and how small, the numbers of what others tell may be: beyond that a fact ends or chokes a run, so it is refused at the door.

| numbers                   | from                          | to                                  |
|---------------------------|-------------------------------|-------------------------------------|
| pieces                    | 0                             | `materials.MOST_PIECES`             |
| prices                    | -`measures.MOST`              | `measures.MOST`                     |
| other amounts of money    | what so many pieces cost      | at the largest price, either way    |
| instants                  | the first of 1970 (-1: none)  | the last of 9998                    |
| spans                     | a hundred years, either way   |                                     |
| all others                | 10^15, either way             |                                     |

The last day of the calendar is left out: some time zones write it as one of a year that there is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from twin.model.materials import MOST_PIECES
from twin.model.measures import DURATION_UNITS_US, MOST

LAST_US = 253_370_764_800_000_000 - 1
"""The last microsecond of the year 9998, UTC."""
_CENTURY_US = 100 * 366 * DURATION_UNITS_US["d"]
_WHOLE = 10**15
_SPANS = ("setup_us", "run_us", "work_us", "waited_us")
_PIECES = (
    "quantity", "quantities", "good", "scrap", "rework", "found", "inspected", "pieces", "used", "lot_count", "recovered", "spare_parts",
    "lines",
)  # fmt: skip


def bounds(field: str) -> tuple[int, int]:
    """The least and the largest whole number that a field of an event may hold; a list or rows in it hold such numbers."""
    if field in _PIECES:
        return 0, MOST_PIECES
    if field in _SPANS:
        return -_CENTURY_US, _CENTURY_US
    if field.endswith("_us"):
        return -1, LAST_US
    if field == "unit_price_minor":
        return -MOST, MOST
    if field.endswith("_minor") or field == "legs":
        return -MOST * MOST_PIECES, MOST * MOST_PIECES
    return -_WHOLE, _WHOLE


def out_of_bounds(said: Mapping[str, Any]) -> list[str]:
    """Every number among the fields of an event that lies beyond its bounds, in words with what is allowed."""
    wrong = []
    for field, value in said.items():
        if isinstance(value, int | list | tuple):
            least, most = bounds(field)
            wrong += [f"'{field}' is {_short(it)}; allowed: {least} to {most}" for it in _numbers(value) if not least <= it <= most]
    return wrong


def _numbers(value: Any) -> Iterator[int]:
    """The whole numbers in a value, however deep."""
    if isinstance(value, list | tuple):
        for it in value:
            yield from _numbers(it)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield value


def _short(number: int) -> str:
    """A number as text; one that is very large by its length."""
    digits = number.bit_length() * 1233 >> 12  # log10(2) = 0.30103 = 1233 / 4096
    return str(number) if digits < 40 else f"a number of some {digits} digits"
