"""How the shifts of a calendar tile time: as far as sums are kept, and in the window that somebody asks for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

from twin.mes.performance.kept.running import Running
from twin.mes.performance.time_model import NO_SHIFT
from twin.model.calendars import Span

AHEAD_US = 8 * 86_400_000_000
Tile = tuple[int, int, str]  # from, to, shift


class Tiles:
    """The shifts of one calendar (None: of the plant), as far as it was looked; the first begins where a shift ended."""

    def __init__(self, calendar: str | None, tiles_of: Callable[[str | None, int, int], list[Tile]]) -> None:
        self.calendar, self._tiles_of = calendar, tiles_of
        self.known: list[Tile] = []
        self.ends_us: list[int] = []
        self._looked_until_us = -1

    def look(self, until_us: int) -> None:
        """Know the shifts that end before `until_us`: what is cut by the ends of where we look is not known yet."""
        if until_us <= self._looked_until_us:
            return
        from_us = self.ends_us[-1] if self.ends_us else until_us
        found = self._tiles_of(self.calendar, from_us, until_us + AHEAD_US)[0 if self.ends_us else 1 : -1]
        self.known += found
        self.ends_us += [end for _, end, _ in found]
        self._looked_until_us = max(until_us, self.ends_us[-1] if self.ends_us else until_us)

    def planned(self, tile: Tile) -> list[Span]:
        """When the calendar plans work in a tile: all of it or nothing."""
        return [tile[:2]] if self.calendar is None or tile[2] != NO_SHIFT else []

    def window(self, from_us: int, to_us: int) -> ShiftWindow:
        """The tiles of a window."""
        return ShiftWindow(self, self._tiles_of(self.calendar, from_us, to_us))


class ShiftWindow:
    """The shifts in a window, cut to it.

    Attributes
    ----------
    tiles : all of them, in order
    first, at, count : those from number `first` on are known as numbers `at` and following, so many
    """

    def __init__(self, of: Tiles, tiles: list[Tile]) -> None:
        self.of, self.tiles, known = of, tiles, of.known
        self.at = bisect_left(known, tiles[0])
        self.first = bisect_left(tiles, known[self.at]) if self.at < len(known) else len(tiles)
        self.count = 0
        while self.first + self.count < len(tiles) and known[self.at + self.count : self.at + self.count + 1] == [
            tiles[self.first + self.count]
        ]:
            self.count += 1
        self._starts_us, self._ends_us = [start for start, _, _ in tiles], [end for _, end, _ in tiles]
        self._lengths: Running[str] = Running()

    def first_after(self, at_us: int) -> int:
        """Number of the first tile that begins after an instant."""
        return bisect_right(self._starts_us, at_us)

    def shift_at(self, at_us: int) -> str:
        """The shift of what is counted at an instant: when a shift ends, it is of that shift."""
        return self.tiles[bisect_left(self._ends_us, at_us)][2]

    def lengths_us(self, first: int) -> Iterator[tuple[str, int]]:
        """How long each shift is together, from tile number `first` on."""
        for start, end, shift in self.tiles[self._lengths.done :]:
            self._lengths.keep({shift: (end - start,)})
        return ((shift, length_us) for shift, (length_us,) in self._lengths.between(first, len(self.tiles)))
