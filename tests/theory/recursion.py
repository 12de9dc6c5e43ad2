"""A line with finite conveyors as a recursion over lots and stations: no events, no clock, thirty times faster, and exact.

    begun[i, j] = first instant from max(left[i, j-1], left[i-1, j]) on at which station j is up
    done[i, j]  = begun[i, j] + its cycle + the repairs that fall into it
    left[i, j]  = max(done[i, j], begun[i - b_j, j+1])      a place on the conveyor falls free when the next station takes a lot
    left[i, j]  = begun[i, j+1]                             if there is no place between (b_j = 0)

Blocking after service; Dallery, Gershwin (1992), Queueing Systems 12, 3. A station that is down takes no lot; a finished one may leave it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence


class Sound:
    """A station that never fails."""

    def up_from(self, at_us: int) -> int:
        """The first instant from `at_us` on at which it may begin."""
        return at_us

    def done(self, begun_us: int, work_us: int) -> int:
        """When work begun at `begun_us` is done."""
        return begun_us + work_us


class WearsOut(Sound):
    """Fails after so much work; `repairs` and `good_times` in microseconds, in their order."""

    def __init__(self, good_times: Iterator[int], repairs: Iterator[int]) -> None:
        self._good_times, self._repairs = good_times, repairs
        self._left_us = next(good_times)
        self._up_us = 0

    def up_from(self, at_us: int) -> int:
        return max(at_us, self._up_us)

    def done(self, begun_us: int, work_us: int) -> int:
        at_us = begun_us
        while self._left_us < work_us:
            work_us -= self._left_us
            at_us += self._left_us + next(self._repairs)
            self._left_us = next(self._good_times)
        at_us += work_us
        self._left_us -= work_us
        if self._left_us == 0:  # it fails just when the work is done
            self._up_us, self._left_us = at_us + next(self._repairs), next(self._good_times)
        return at_us


class AgesAllTheTime(Sound):
    """Fails after so much time, whatever it does."""

    def __init__(self, good_times: Iterator[int], repairs: Iterator[int], start_us: int) -> None:
        self._good_times, self._repairs = good_times, repairs
        self._down_us = start_us + next(good_times)
        self._up_us = self._down_us + next(repairs)

    def _next(self) -> None:
        self._down_us = self._up_us + next(self._good_times)
        self._up_us = self._down_us + next(self._repairs)

    def up_from(self, at_us: int) -> int:
        while self._down_us <= at_us:
            at_us = max(at_us, self._up_us)
            self._next()
        return at_us

    def done(self, begun_us: int, work_us: int) -> int:
        done_us = begun_us + work_us
        while self._down_us < done_us:  # a failure at the very end does not touch it
            done_us += self._up_us - self._down_us
            self._next()
        return done_us


def leaving(start_us: int, stations: Sequence[Sound], cycles: Sequence[Iterator[int]], places: Sequence[int]) -> Iterator[int]:
    """When each lot leaves the last station; the first station always has a lot."""
    last = len(stations) - 1
    left = [start_us] * len(stations)  # of the lot before, by station
    taken = [deque([start_us] * b, maxlen=b) for b in places]  # when the last b_j lots were taken from the conveyor after station j
    while True:
        begun_us = stations[0].up_from(left[0])
        for j, station in enumerate(stations):
            done_us = station.done(begun_us, next(cycles[j]))
            if j == last:
                left[j] = done_us
            elif places[j]:
                left[j] = max(done_us, taken[j][0])
                begun_us = stations[j + 1].up_from(max(left[j], left[j + 1]))
                taken[j].append(begun_us)
            else:
                begun_us = left[j] = stations[j + 1].up_from(max(done_us, left[j + 1]))
        yield left[last]
