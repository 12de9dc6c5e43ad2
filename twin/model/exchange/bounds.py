"""How large, and how small, the numbers of what others tell may be: beyond that a fact ends or chokes a run, so it is refused at the door.

| numbers                   | from                          | to                                  |
|---------------------------|-------------------------------|-------------------------------------|
| pieces                    | 0                             | `materials.MOST_PIECES`             |
| prices                    | -`measures.MOST`              | `measures.MOST`                     |
| other amounts of money    | `measures.MOST_WORTH`         | either way: sums of a year fit      |
| instants                  | the first of 1970 (-1: none)  | the last of 2999                    |
| spans                     | a hundred years, either way   |                                     |
| all others                | 10^15, either way             |                                     |

What is told of a time far from that of its run has a wrong year: all the hours up to it would pass, and be paid (`far_away`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from twin.model.materials import MOST_PIECES, Materials
from twin.model.measures import DURATION_UNITS_US, MOST, MOST_WORTH

LAST_US = 32_503_680_000_000_000 - 1
"""The last microsecond of the year 2999, UTC: runs lie before it."""
_YEAR_US = 366 * DURATION_UNITS_US["d"]
_CENTURY_US = 100 * _YEAR_US
MOST_APART_US = 10 * _YEAR_US
FARTHEST_DUE_US = 2 * 365 * DURATION_UNITS_US["d"]
"""A date by which something is wanted that is farther off is a slip, and no plan by days reaches it."""
MOST_LOTS = 10_000
"""Of one order or request that another tells."""
_ASKING = ("SalesOrderConfirmed", "OperationsRequestReleased", "OperationsRequestScheduled")
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
    if field == "order_lines":  # pieces, instants and prices
        return -1, LAST_US
    if field == "unit_price_minor":
        return -MOST, MOST
    if field.endswith("_minor") or field in ("legs", "more_lines"):
        return -MOST_WORTH, MOST_WORTH
    return -_WHOLE, _WHOLE


def out_of_bounds(said: Mapping[str, Any]) -> list[str]:
    """Every number among the fields of an event that lies beyond its bounds, in words with what is allowed."""
    wrong = []
    for field, value in said.items():
        if isinstance(value, int | list | tuple):
            least, most = bounds(field)
            wrong += [f"'{field}' is {_short(it)}; allowed: {least} to {most}" for it in _numbers(value) if not least <= it <= most]
    return wrong


def far_away(said: Mapping[str, Any], of_us: int) -> list[str]:
    """Instants among the fields of an event that lie too far from the time of its run, in words: ten years for what has happened or was
    recorded, a century for what is due and the like.
    """
    wrong = []
    for field, value in said.items():
        if field.endswith("_us") and field not in _SPANS:
            most_us = MOST_APART_US if field in ("effective_us", "recorded_us") else _CENTURY_US
            wrong += [
                f"'{field}' is {it}, {abs(it - of_us) // _YEAR_US} years from {of_us}; allowed: {most_us // _YEAR_US} years or less"
                for it in _numbers(value)
                if it >= 0 and abs(it - of_us) > most_us
            ]
    return wrong


def lot_sizes(materials: Materials) -> dict[str, int]:
    """Of each material that is made in lots, how large they are at most."""
    return {name: it.lot_size for name, it in materials.materials.items() if it.lot_size}


def too_many_lots(kind: str, said: Mapping[str, Any], lot_sizes: Mapping[str, int]) -> list[str]:
    """What is asked for in more lots than anybody makes for one order, in words: each is made, job order by job order."""
    size, quantity = lot_sizes.get(said.get("material", "")), said.get("quantity", 0)
    if kind not in _ASKING or not size or quantity <= size * MOST_LOTS:
        return []
    return [f"'quantity' is {quantity}, {-(-quantity // size)} lots of {size}; allowed: {MOST_LOTS} lots, so {size * MOST_LOTS} or fewer"]


def joined(kind: str, said: Mapping[str, Any]) -> list[str]:
    """Ids of what is asked for that would be taken apart again, in words: lots and job orders are called after it, and "+" joins these."""
    ids = [said.get(name, "") for name in ("order", "request")] if kind in _ASKING else []
    return [f"'{it}' has a '+', which joins ids here; allowed: an id without it" for it in ids if isinstance(it, str) and "+" in it]


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


def has_form(rows: Any, kinds: tuple[type, ...]) -> bool:
    """Whether what a person has written is rows of such parts: files and forms hold anything."""
    if not isinstance(rows, list | tuple):
        return False
    return all(
        isinstance(row, list | tuple)
        and len(row) == len(kinds)
        and all(isinstance(part, kind) and not isinstance(part, bool) for part, kind in zip(row, kinds, strict=True))
        for row in rows
    )
