"""The shifting bottleneck: at each instant it is the equipment that has been active longest without a pause, and will be.

Source: Roser, Nakano, Tanaka, "Shifting bottleneck detection", Winter Simulation Conference 2002, pp. 1079-1086. Active is whatever makes
others wait for it: work, set-up, repair, maintenance, and a break in the midst of a job order. Waiting for material, for room, for a person
or for work is not. Where the active period of one bottleneck overlaps that of the next, the bottleneck shifts, and both count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from twin.mes.equipment import (
    ABORTED_STATES,
    HELD_STATES,
    RUN_STATES,
    SETUP_STATES,
    STOPPED_STATES,
    SUSPENDED_STATES,
    StateInterval,
)

ACTIVE_STATES = RUN_STATES | SETUP_STATES | HELD_STATES | ABORTED_STATES | STOPPED_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivePeriod:
    """A piece of equipment was active from `start_us` to `end_us` without a pause."""

    equipment: str
    start_us: int
    end_us: int

    @property
    def duration_us(self) -> int:
        return self.end_us - self.start_us


@dataclass(frozen=True, slots=True, kw_only=True)
class BottleneckSpan:
    """The bottleneck from `start_us` to `end_us`; `shares_with` is the other one while it shifts, "" while it is alone."""

    equipment: str
    start_us: int
    end_us: int
    shares_with: str = ""


def is_active(interval: StateInterval) -> bool:
    """Whether others may have to wait for what equipment does in this interval."""
    return interval.state in ACTIVE_STATES or (interval.state in SUSPENDED_STATES and interval.reason == "off_shift")


def active_periods(equipment: str, intervals: Iterable[StateInterval], from_us: int, to_us: int) -> list[ActivePeriod]:
    """Active periods of one piece of equipment, cut to the window: intervals that meet are one."""
    found: list[ActivePeriod] = []
    for it in intervals:
        start, end = max(it.start_us, from_us), min(it.end_us, to_us)
        if end <= start or not is_active(it):
            continue
        if found and found[-1].end_us == start:
            start = found.pop().start_us
        found.append(ActivePeriod(equipment=equipment, start_us=start, end_us=end))
    return found


def shifting_bottleneck(periods: Mapping[str, list[ActivePeriod]]) -> list[BottleneckSpan]:
    """The momentary bottlenecks in order of time; of equally long periods that of the equipment named first."""
    chosen = _momentary([it for its in periods.values() for it in its])
    found: list[BottleneckSpan] = []
    for place, it in enumerate(chosen):
        before, after = chosen[place - 1] if place else None, chosen[place + 1] if place + 1 < len(chosen) else None
        alone_from = min(max(it.start_us, before.end_us if before else it.start_us), it.end_us)
        alone_to = max(min(it.end_us, after.start_us if after else it.end_us), it.start_us)
        if before and alone_from > it.start_us:
            start = max(it.start_us, before.start_us)
            found.append(BottleneckSpan(equipment=it.equipment, start_us=start, end_us=alone_from, shares_with=before.equipment))
        if alone_to > alone_from:
            found.append(BottleneckSpan(equipment=it.equipment, start_us=alone_from, end_us=alone_to))
        if after and it.end_us > max(alone_to, it.start_us):
            start = max(alone_to, alone_from) if alone_to < alone_from else alone_to
            if it.end_us > start:
                found.append(BottleneckSpan(equipment=it.equipment, start_us=start, end_us=it.end_us, shares_with=after.equipment))
    return found


def _momentary(periods: list[ActivePeriod]) -> list[ActivePeriod]:
    """The periods that are the longest of all that cover some instant, each once, in order of time."""
    bounds = sorted({at for it in periods for at in (it.start_us, it.end_us)})
    starting: dict[int, list[ActivePeriod]] = {}
    for it in periods:
        starting.setdefault(it.start_us, []).append(it)
    chosen: list[ActivePeriod] = []
    there: list[ActivePeriod] = []
    for start, _ in pairwise(bounds):
        there = [it for it in there if it.end_us > start] + starting.get(start, [])
        longest = max(there, key=lambda it: it.duration_us, default=None)
        if longest and (not chosen or chosen[-1] is not longest):
            chosen.append(longest)
    return chosen
