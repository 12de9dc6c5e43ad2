"""Running totals: sums of many things one after the other, kept so that those of any stretch are one difference.

What comes late makes us forget what was summed from there on, and sum it again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from itertools import accumulate
from operator import add, sub
from typing import Generic, TypeVar

from twin.mes.performance.indicators import Values

Name = TypeVar("Name")


class Running(Generic[Name]):
    """Totals up to the end of each place, by name; places are numbered from 0, and a name has none where it has nothing."""

    def __init__(self) -> None:
        self.done = 0  # places that are summed
        self._by_name: dict[Name, tuple[list[int], list[Values]]] = {}

    def keep(self, found: Mapping[Name, Values]) -> None:
        """The sums of the next place."""
        for name, values in found.items():
            places, totals = self._by_name.setdefault(name, ([], []))
            totals.append(tuple(map(add, totals[-1], values)) if totals else values)
            places.append(self.done)
        self.done += 1

    def forget(self, place: int) -> None:
        """What was summed of this place, and of all after it, is not so any more."""
        if place >= self.done:
            return
        for places, totals in self._by_name.values():
            known = bisect_left(places, place)
            del places[known:], totals[known:]
        self.done = place

    def between(self, first: int, after_last: int) -> Iterator[tuple[Name, Values]]:
        """The sums of the places from `first` up to, not including, `after_last`, by name."""
        if first >= after_last:
            return
        for name, (places, totals) in self._by_name.items():
            before, last = bisect_left(places, first) - 1, bisect_left(places, after_last) - 1
            if last > before:
                yield name, (tuple(map(sub, totals[last], totals[before])) if before >= 0 else totals[last])


class Instants:
    """Instants in order, and how long ago they were, all together."""

    def __init__(self) -> None:
        self._at_us: list[int] = []
        self._totals_us: list[int] = []

    def add(self, at_us: int) -> None:
        place = bisect_right(self._at_us, at_us)
        self._at_us.insert(place, at_us)
        self._total_from(place)

    def remove(self, at_us: int) -> None:
        place = bisect_left(self._at_us, at_us)
        del self._at_us[place]
        self._total_from(place)

    def past_us(self, now_us: int) -> int:
        """The time from each instant that is past until now, summed."""
        count = bisect_right(self._at_us, now_us)
        return count * now_us - self._totals_us[count - 1] if count else 0

    def _total_from(self, place: int) -> None:
        before_us = self._totals_us[place - 1] if place else 0
        self._totals_us[place:] = [before_us + it for it in accumulate(self._at_us[place:])]
