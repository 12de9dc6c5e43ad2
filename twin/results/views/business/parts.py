"""A long list in parts, so that a page sends only what it shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
PART_SIZE = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[T]):
    """Some rows of many. `first` and `last` count from 1; 0 where there are none."""

    rows: list[T]
    first: int
    last: int
    total: int
    number: int  # of this part, from 0
    count: int  # of parts, 1 or more

    @property
    def is_first(self) -> bool:
        return self.number == 0

    @property
    def is_last(self) -> bool:
        return self.number + 1 >= self.count


def part_of(rows: Sequence[T], number: int, size: int = PART_SIZE) -> Part[T]:
    """Part `number` of the rows; the nearest that there is, if it has become shorter."""
    count = max(1, -(-len(rows) // size))
    number = min(max(0, number), count - 1)
    shown = list(rows[number * size : (number + 1) * size])
    first = number * size + 1 if shown else 0
    return Part(rows=shown, first=first, last=number * size + len(shown), total=len(rows), number=number, count=count)


def found(rows: Sequence[T], wanted: str, words: Callable[[T], str]) -> Sequence[T]:
    """Rows in whose words all that is wanted stands, in any order, whatever the case."""
    asked = wanted.lower().split()
    return rows if not asked else [row for row in rows if all(it in words(row).lower() for it in asked)]
