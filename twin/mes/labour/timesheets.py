"""Time sheets: what a person has clocked, and the working time that follows from it.

The time of a person is cut wherever something changes: at every clocking, and at the bounds of shifts and declared breaks. Each piece
between two cuts goes to all that was worked on in it, by shares, in whole microseconds that add up to the piece (largest remainder). A
declared break is nobody's time; while a break is clocked, nothing else counts. So a time sheet follows from its clockings alone, and what
becomes known late, or is corrected, changes just the pieces that it touches.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from twin.mes.performance.time_model import NO_SHIFT
from twin.model.calendars import Span, WorkTime
from twin.model.measures import allocate
from twin.model.personnel.labour import BREAK

FOREVER_US = 2**62
Purpose = tuple[str, str, str]
"""Job order, maintenance order and its equipment: what time is posted for; three times "" is an activity, which is nothing of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Who said that a clocking was another than it stood, when, and why: it ended at `was_us` (-1: it stood open), began at `was_on_us`."""

    told_us: int
    was_us: int
    off_us: int
    person: str
    reason: str
    was_on_us: int = -1  # -1: as it stands, or nothing was clocked
    was: str = ""  # what for; "": as it stands, or nothing was clocked


@dataclass(slots=True, kw_only=True)
class Clocking:
    """A person worked on one job order, at a maintenance order or at an activity, from `on_us` to `off_us` (-1: still does)."""

    person: str
    job_order: str = ""
    activity: str = ""
    maintenance: str = ""  # of `equipment`; its activity is MAINTENANCE
    equipment: str = ""
    share: int = 1
    on_us: int
    off_us: int = -1
    terminal: str = ""
    corrections: list[Correction] = field(default_factory=list)
    was_asked_about: bool = False  # it goes on after the end of the shift

    @property
    def what(self) -> str:
        """The job order, the maintenance order or the activity."""
        return self.job_order or self.maintenance or self.activity

    @property
    def end_us(self) -> int:
        return FOREVER_US if self.off_us < 0 else self.off_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A stretch of one person's time, and how much of it went to one job order or activity."""

    start_us: int
    end_us: int
    shift: str
    job_order: str
    activity: str
    maintenance: str
    equipment: str  # that is maintained
    work_us: int

    @property
    def purpose(self) -> Purpose:
        """What it is posted for."""
        return self.job_order, self.maintenance, self.equipment


class Timesheet:
    """The clockings of one person."""

    def __init__(self, person: str, work_times: Mapping[str, WorkTime]) -> None:
        self.person = person
        self.clockings: list[Clocking] = []  # in the order of their beginning
        self.open: dict[str, Clocking] = {}  # by job order or activity
        self._work_times = work_times  # of all persons, as they are now
        self._spells: list[Spell] = []  # settled, in order
        self._settled_us = -1  # up to then

    def add(self, clocking: Clocking) -> None:
        """Something is clocked on; late, it takes its place among the others."""
        place = bisect_right(self.clockings, clocking.on_us, key=lambda it: it.on_us)
        self.clockings.insert(place, clocking)
        if clocking.off_us < 0:
            self.open[clocking.what] = clocking

    def remove(self, clocking: Clocking) -> None:
        """It was not so: something else takes its place."""
        self.clockings.remove(clocking)
        if self.open.get(clocking.what) is clocking:
            del self.open[clocking.what]

    def close(self, clocking: Clocking, off_us: int) -> None:
        """It ended at that instant."""
        clocking.off_us = max(off_us, clocking.on_us)
        if self.open.get(clocking.what) is clocking:
            del self.open[clocking.what]

    def settle(self, changed_us: int, to_us: int) -> Counter[Purpose]:
        """What has to be posted by its purpose, us, so that all is posted up to `to_us`; below zero where less was worked than was posted.

        What is clocked has changed since `changed_us`, and not before.
        """
        due: Counter[Purpose] = Counter()
        if not self.clockings:
            return due
        from_us = min(changed_us, self._settled_us) if self._settled_us >= 0 else self.clockings[0].on_us
        while self._spells and self._spells[-1].end_us > from_us:
            gone = self._spells.pop()
            from_us = min(from_us, gone.start_us)
            due[gone.purpose] -= gone.work_us
        to_us = max(to_us, self._settled_us)
        new = self.spells(from_us, to_us)
        for spell in new:
            due[spell.purpose] += spell.work_us
        self._spells += new
        self._settled_us = to_us
        del due["", "", ""]  # an activity is no job order
        return due

    def spells(self, from_us: int, to_us: int) -> list[Spell]:
        """Where the clocked time in [from_us, to_us) went, in order; what is open goes on to its end."""
        touching = [it for it in self.clockings if it.on_us < to_us and it.end_us > from_us]
        if not touching or to_us <= from_us:
            return []
        from_us, to_us = max(from_us, min(it.on_us for it in touching)), min(to_us, max(it.end_us for it in touching))
        work_time = self._work_times[self.person]
        shifts, pauses = work_time.intervals(from_us, to_us), work_time.breaks(from_us, to_us)
        cuts = {from_us, to_us}
        cuts.update(at for it in touching for at in (it.on_us, it.end_us))
        cuts.update(at for it in shifts for at in (it.start_us, it.end_us))
        cuts.update(at for pause in pauses for at in pause)
        bounds = sorted(at for at in cuts if from_us <= at <= to_us)
        found: list[Spell] = []
        for start, end in itertools.pairwise(bounds):
            there = [it for it in touching if it.on_us <= start and it.end_us >= end]
            if there and not any(a <= start and end <= b for a, b in pauses):
                shift = next((it.shift for it in shifts if it.start_us <= start and end <= it.end_us), NO_SHIFT)
                found += _piece(start, end, shift, there)
        return found

    def cover(self) -> list[Span]:
        """When anything was clocked, as spans in order and apart; the last may be open."""
        found: list[Span] = []
        for it in self.clockings:
            if found and it.on_us <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], it.end_us))
            elif it.end_us > it.on_us:
                found.append((it.on_us, it.end_us))
        return found


def _piece(start: int, end: int, shift: str, there: list[Clocking]) -> list[Spell]:
    """One piece of time, in which nothing changes, shared out."""
    paused = next((it for it in there if it.activity == BREAK), None)
    active = [paused] if paused else [it for it in there if it.maintenance] or there  # who is at a machine works on nothing else
    parts = allocate(end - start, [it.share for it in active])
    return [
        Spell(
            start_us=start,
            end_us=end,
            shift=shift,
            job_order=it.job_order,
            activity=it.activity,
            maintenance=it.maintenance,
            equipment=it.equipment,
            work_us=part,
        )
        for it, part in zip(active, parts, strict=True)
    ]
