"""Spans of time cut into pieces in which nothing changes: the pieces tile the window, whatever the spans are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a resource does, and for which job orders (several: joined with "+"), where, why; "" where there is nothing of it."""

    state: str
    at: str = ""
    job_order: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceState:
    """A person, tool or gauge did one thing from `start_us` up to, not including, `end_us` (UTC microseconds)."""

    kind: str
    resource: str
    standing: Standing
    start_us: int
    end_us: int


Span = tuple[int, int, Standing]
Judge = Callable[[list[Standing]], Standing]


def tiled(kind: str, resource: str, spans: Iterable[Span], judge: Judge, from_us: int, to_us: int) -> Iterator[ResourceState]:
    """The states of a resource in [from_us, to_us), in order, each as long as it lasts: `judge` says what all spans of a piece come to."""
    begins: dict[int, list[Standing]] = {from_us: [], to_us: []}
    ends: dict[int, list[Standing]] = {}
    for start_us, end_us, standing in spans:
        first_us, last_us = max(start_us, from_us), min(end_us, to_us)
        if first_us < last_us:
            begins.setdefault(first_us, []).append(standing)
            begins.setdefault(last_us, [])
            ends.setdefault(last_us, []).append(standing)
    there: Counter[Standing] = Counter()
    since_us, standing_now = from_us, judge([])
    for at_us, next_us in pairwise(sorted(begins)):
        there.subtract(ends.get(at_us, ()))
        there.update(begins[at_us])
        there = +there
        found = judge(list(there))
        if found != standing_now and at_us > since_us:
            yield ResourceState(kind=kind, resource=resource, standing=standing_now, start_us=since_us, end_us=at_us)
            since_us = at_us
        standing_now = found
        if next_us == to_us:
            yield ResourceState(kind=kind, resource=resource, standing=standing_now, start_us=since_us, end_us=to_us)
