"""Level 3, labour: when persons begin and end to work on something, and what was written down wrong."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.entries import Entry
from twin.model.events.production import PersonnelActual


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockedOn(Entry):
    """A person begins to work on job orders (several are joined with "+"), or on an indirect activity, or goes into a break.

    `shares`: parts of the person's time that go to each of these job orders, as against all that are worked on; left out: equal parts.
    """

    activity: str = ""
    shares: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockedOff(Entry):
    """A person ends it: the job orders, or the activity; if none is named, all."""

    activity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockingCorrected(Entry):
    """A supervisor (`person`) says when `worker` really ended what was clocked on at `on_us`, and why. Both answers stay in the journal."""

    worker: str
    on_us: int
    off_us: int
    reason: str
    activity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockingEntered(Entry):
    """A supervisor (`person`) says what `worker` worked on from `on_us` to `off_us` (-1: still does), and why it was not clocked so.

    It takes the place of what was clocked on at `was_on_us` to `was_work` (a job order, a maintenance order or an activity); -1: of
    nothing, it was forgotten. Both answers stay in the journal.
    """

    worker: str
    on_us: int
    reason: str
    off_us: int = -1
    activity: str = ""
    was_on_us: int = -1
    was_work: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonnelActualCorrected(PersonnelActual):
    """So much of what was posted of a person's time was not worked on the job order (B2MML RecordAction Changed): `work_us` < 0."""

    reason: str = ""
