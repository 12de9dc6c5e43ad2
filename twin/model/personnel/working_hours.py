"""Working time as spans that can be counted through: when a piece of work that begins now will be over, how much time is left."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from twin.model.calendars import Span, WorkTime, apart


class WorkingHours:
    """When something works: spans in order and apart, UTC microseconds; None is around the clock."""

    def __init__(self, spans: list[Span] | None) -> None:
        self.spans = spans
        self._ends = [end for _, end in spans or []]

    @classmethod
    def of(cls, work_times: Iterable[WorkTime | None], from_us: int, to_us: int) -> WorkingHours:
        """The time in which at least one of `work_times` works."""
        bounds: list[Span] = []
        for work_time in work_times:
            if work_time is None:
                return cls(None)
            bounds += [(i.start_us, i.end_us) for i in work_time.intervals(from_us, to_us)]
        return cls(apart(bounds))

    def both(self, other: WorkingHours) -> WorkingHours:
        """The time in which this and the other work."""
        if self.spans is None or other.spans is None:
            return other if self.spans is None else self
        shared, n = [], 0
        for start, end in self.spans:
            while n < len(other.spans) and other.spans[n][1] <= start:
                n += 1
            m = n
            while m < len(other.spans) and other.spans[m][0] < end:
                shared.append((max(start, other.spans[m][0]), min(end, other.spans[m][1])))
                m += 1
        return WorkingHours(shared)

    def is_open(self, at_us: int) -> bool:
        if self.spans is None:
            return True
        n = bisect_right(self._ends, at_us)
        return n < len(self.spans) and self.spans[n][0] <= at_us

    def closes_us(self, at_us: int) -> int | None:
        """The end of the span that holds `at_us`; None around the clock, or if it is closed then."""
        return self._ends[bisect_right(self._ends, at_us)] if self.spans and self.is_open(at_us) else None

    def end_us(self, start_us: int, need_us: int) -> int | None:
        """When `need_us` of work is done that begins at `start_us`; None if the known hours do not suffice."""
        if self.spans is None or need_us <= 0:
            return start_us + max(0, need_us)
        for start, end in self.spans[bisect_right(self._ends, start_us) :]:
            at_us = max(start, start_us)
            if end - at_us >= need_us:
                return at_us + need_us
            need_us -= end - at_us
        return None

    def between_us(self, from_us: int, to_us: int) -> int:
        """Working time from one instant to the other; < 0 if `to_us` is the earlier."""
        if to_us < from_us:
            return -self.between_us(to_us, from_us)
        if self.spans is None:
            return to_us - from_us
        first = bisect_right(self._ends, from_us)
        return sum(max(0, min(end, to_us) - max(start, from_us)) for start, end in self.spans[first:])
