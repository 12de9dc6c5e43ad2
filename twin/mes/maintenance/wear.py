"""How much equipment was used since it was maintained: pieces, lots, hours of work; and when a date comes next."""

from __future__ import annotations

from dataclasses import dataclass

from twin.mes.equipment import RUN_STATES, Equipment
from twin.mes.performance.time_model import length_us
from twin.model.calendars import days_apart, spoken_duration
from twin.model.floor.maintenance import EveryDays, Maintenance
from twin.model.upkeep.maintenance_plans import MaintenancePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One trigger and how near it is: `used` of `limit` (pieces, lots, us of work); of a date, when it is due."""

    trigger: str
    used: int = 0
    limit: int = 0
    due_us: int = -1

    def is_due(self, now_us: int) -> bool:
        """Whether it has come."""
        return now_us >= self.due_us if self.trigger == "every" else self.used >= self.limit

    @property
    def words(self) -> str:
        """How near, as people say it."""
        match self.trigger:
            case "after_busy":
                return f"{spoken_duration(self.used)} of {spoken_duration(self.limit)} at work"
            case "every":
                return "by the calendar"
        return f"{self.used:,} of {self.limit:,} {self.trigger.removeprefix('after_')}"


class Wear:
    """Answers from what the MES has kept of equipment; keeps nothing but when the run began."""

    def __init__(self, equipment: Equipment, time_zone: str) -> None:
        self._equipment, self._zone = equipment, time_zone
        self.start_us = -1
        self.begun_us: dict[str, int] = {}  # by plan of which somebody has said while the plant runs that it is there
        self.dates_us: dict[str, int] = {}  # by plan: since when it goes by the calendar, where somebody has said so

    def of_plan(self, name: str, plan: MaintenancePlan, done_us: int, now_us: int) -> list[Use]:
        """The same of what persons do, since it was done last or is declared."""
        since_us, dates_us = max(done_us, self.begun_us.get(name, -1)), self.dates_us.get(name, -1)
        return self.uses(plan, plan.equipment, since_us, now_us, dates_us)

    def uses(self, plan: MaintenancePlan | Maintenance, equipment: str, done_us: int, now_us: int, dates_us: int = -1) -> list[Use]:
        """Every trigger of a plan by counter or calendar, since it was done last (`done_us`; -1: never).

        Its dates are reckoned from `dates_us` on (-1: from the start of the run).
        """
        found: list[Use] = []
        counts = self._equipment.counts(equipment, done_us, now_us) if plan.after_pieces or plan.after_lots else []
        before = plan.counted_before if isinstance(plan, Maintenance) and done_us < 0 else 0
        if plan.after_pieces:
            found.append(Use(trigger="after_pieces", used=before + sum(it.pieces for it in counts), limit=plan.after_pieces))
        if plan.after_lots:
            found.append(Use(trigger="after_lots", used=before + len({it.job_order for it in counts}), limit=plan.after_lots))
        if plan.after_busy:
            intervals = self._equipment.intervals(equipment, done_us, now_us)
            busy_us = sum(length_us(it, done_us, now_us) for it in intervals if it.state in RUN_STATES)
            found.append(Use(trigger="after_busy", used=busy_us, limit=plan.after_busy))
        if plan.every:
            found.append(Use(trigger="every", due_us=self._date_us(plan.every, max(done_us, dates_us), max(self.start_us, dates_us))))
        return found

    def _date_us(self, every: EveryDays, done_us: int, start_us: int) -> int:
        """The first date after it was done last."""
        dates = days_apart(every.days, every.at, start_us, self._zone, every.first_day)
        return next(date_us for date_us in dates if date_us > done_us)
