"""The published schedule: what was planned for which unit and when. From its publication on job orders are dispatched in its sequence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from twin.model.events import OperationsEvent, SchedulePublished
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is planned of one job order; us since 1970."""

    job_order: str
    equipment: str
    start_us: int
    end_us: int


class Published:
    """The schedule that holds (a `Function`).

    Parameters
    ----------
    follow : called with the sequence, by equipment, when another schedule holds
    """

    hears: ClassVar[tuple[type[OperationsEvent], ...]] = (SchedulePublished,)

    def __init__(self, plant: Plant, follow: Callable[[dict[str, list[str]]], None]) -> None:
        self._persons = plant.layout.persons
        self._equipment = [*plant.layout.work_units, *plant.layout.production_lines]
        self._follow = follow
        self.all: list[SchedulePublished] = []  # in the order in which they were published
        self.planned: dict[str, Planned] = {}  # by job order, of the one that holds

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
        self.all.append(event)
        sequence: dict[str, list[str]] = {}
        for it in self.planned.values():
            sequence.setdefault(it.equipment, []).append(it.job_order)
        self._follow(sequence)
        return []

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Nothing: dispatching decides, in the sequence."""
        return []

    def _doubt(self, event: SchedulePublished) -> str:
        counts = {len(event.units), len(event.job_orders), len(event.starts_us), len(event.ends_us)}
        if len(counts) != 1:
            return "units, job orders, starts and ends are not equally many; allowed: one of each for every operation"
        if not event.job_orders:
            return "it plans nothing; allowed: one operation or more"
        if len(event.orders) != len(event.leave_us):
            return "orders and when they leave are not equally many; allowed: one instant for every order"
        for unit in event.units:
            if unit not in self._equipment:
                return f"there is no work unit or line '{unit}'{did_you_mean(unit, self._equipment)}; allowed: {listed(self._equipment)}"
        if twice := [name for name, count in Counter(event.job_orders).items() if count > 1]:
            return f"it plans {listed(twice)} twice"
        if any(end_us < start_us for start_us, end_us in zip(event.starts_us, event.ends_us, strict=True)):
            return "an operation ends before it starts"
        return ""
