"""The published schedule: what was planned for which unit and when. From its publication on job orders are dispatched in its sequence.

What a planner has put on a unit by hand is pinned: it starts nowhere else, and later schedules leave it there, until it is let go.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar, Protocol

from twin.mes.execution import JobOrder
from twin.model.events import OperationsEvent, SchedulePublished
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned
from twin.model.scenario import Policies

OTHERWISE = "another schedule was published while this was planned; allowed: to plan again, from what holds now"
"""Why a schedule that does not know of the newest is not published: what was put by hand there would be gone."""


class Following(Protocol):
    """Who decides by policies that may change."""

    policies: Policies

    def follow(self, policies: Policies) -> None:
        """Decide by these from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is planned of one job order; us since 1970."""

    job_order: str
    equipment: str
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """Where a planner has put a job order: directly before or after another one, "" for wherever its turn is on that unit."""

    job_order: str
    equipment: str
    before: str = ""
    after: str = ""
    by: str
    at_us: int  # us since 1970

    @property
    def words(self) -> str:
        """Where it is, as a part of a sentence."""
        beside = f", before {self.before}" if self.before else f", after {self.after}" if self.after else ""
        return f"{self.job_order} on {self.equipment}{beside}"


class Published:
    """The schedule that holds (a `Function`), and what was put somewhere by hand (a `Requirement`).

    Another one is followed by `mes` in its sequence, by equipment; what is in none comes after, by the rules up to then.
    """

    hears: ClassVar[tuple[type[OperationsEvent], ...]] = (SchedulePublished,)

    def __init__(self, plant: Plant, mes: Following) -> None:
        self._persons = plant.layout.persons
        self._equipment = [*plant.layout.work_units, *plant.layout.production_lines]
        self._mes = mes
        self.all: list[SchedulePublished] = []  # in the order in which they were published
        self.planned: dict[str, Planned] = {}  # by job order, of the one that holds
        self.pins: dict[str, Pin] = {}  # by job order, in the order in which they were put there

    @property
    def current(self) -> SchedulePublished | None:
        """The schedule that holds; None if none was published."""
        return self.all[-1] if self.all else None

    def apply(self, event: OperationsEvent) -> list[OperationsEvent]:
        """A schedule is published, or refused in words."""
        if not isinstance(event, SchedulePublished):
            return []
        if reason := unsigned(event, self._persons) or self._doubt(event):
            return [refusal(event, reason)]
        rows = zip(event.job_orders, event.units, event.starts_us, event.ends_us, strict=True)
        self.planned = {it[0]: Planned(job_order=it[0], equipment=it[1], start_us=it[2], end_us=it[3]) for it in rows}
        self.pins = {it.job_order: it for it in _pins(event)}
        self.all.append(event)
        sequence: dict[str, list[str]] = {}
        for it in self.planned.values():
            sequence.setdefault(it.equipment, []).append(it.job_order)
        self._mes.follow(self._mes.policies.in_sequence(sequence))
        return []

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Nothing: dispatching decides, in the sequence."""
        return []

    def missing_at(self, job: JobOrder, equipment: str, now_us: int) -> str:
        """Whether it was put on another unit."""
        it = self.pins.get(job.job_order)
        return "" if it is None or it.equipment == equipment else f"{job.job_order} was put on {it.equipment} by {it.by}; allowed: there"

    def missing_of(self, person: str, job: JobOrder, equipment: str, now_us: int) -> str:
        """Nothing: it is a matter of units."""
        return ""

    def _doubt(self, event: SchedulePublished) -> str:
        counts = {len(event.units), len(event.job_orders), len(event.starts_us), len(event.ends_us)}
        if len(counts) != 1:
            return "units, job orders, starts and ends are not equally many; allowed: one of each for every operation"
        if not event.job_orders:
            return "it plans nothing; allowed: one operation or more"
        if len(event.orders) != len(event.leave_us):
            return "orders and when they leave are not equally many; allowed: one instant for every order"
        pins = (event.pinned_units, event.pinned_before, event.pinned_after, event.pinned_by, event.pinned_us)
        if {len(it) for it in pins} != {len(event.pinned_job_orders)}:
            return "what is pinned is not told of each alike; allowed: a unit, before, after, by whom and when for every pinned job order"
        for unit in (*event.units, *event.pinned_units):
            if unit not in self._equipment:
                return f"there is no work unit or line '{unit}'{did_you_mean(unit, self._equipment)}; allowed: {listed(self._equipment)}"
        if twice := [name for name, count in Counter(event.job_orders).items() if count > 1]:
            return f"it plans {listed(twice)} twice"
        if any(end_us < start_us for start_us, end_us in zip(event.starts_us, event.ends_us, strict=True)):
            return "an operation ends before it starts"
        return ""


def _pins(event: SchedulePublished) -> list[Pin]:
    rows = zip(
        event.pinned_job_orders, event.pinned_units, event.pinned_before, event.pinned_after, event.pinned_by, event.pinned_us, strict=True
    )
    return [Pin(job_order=job, equipment=unit, before=first, after=last, by=by, at_us=at) for job, unit, first, last, by, at in rows]
