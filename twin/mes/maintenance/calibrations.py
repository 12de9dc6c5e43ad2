"""Calibrations: which gauges and units may be used, since when not, and who may change that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from twin.mes.execution import JobOrder
from twin.model.calendars import written_local
from twin.model.events import CalibrationPerformed
from twin.model.plant import Plant
from twin.model.problems import listed
from twin.model.upkeep.maintenance_plans import Calibration


@dataclass(slots=True, kw_only=True)
class CalibrationRecord:
    """One gauge or unit, and what was found of it last."""

    calibration: str
    declared: Calibration
    last: date
    due_us: int  # from then on it may not be used
    is_passed: bool = True
    performed_us: int = -1
    performed_by: str = ""
    certificate: str = ""
    is_told: bool = False  # that it is overdue

    def is_usable(self, now_us: int) -> bool:
        """Whether what it says counts."""
        return self.is_passed and now_us < self.due_us


class Calibrations:
    """All of them by id."""

    def __init__(self, plant: Plant) -> None:
        layout = plant.layout
        self._zone, self._persons, self._plans = layout.time_zone, layout.persons, layout.quality_plans
        self._operations = layout.routings
        self.all = {
            name: CalibrationRecord(calibration=name, declared=it, last=it.last, due_us=it.due_us(it.last, layout.time_zone))
            for name, it in layout.calibrations.items()
        }

    def declare(self, name: str, declared: Calibration | None, from_us: int) -> None:
        """A gauge is new, is calibrated otherwise, or is one no more; what was found of it last stays."""
        known = self.all.get(name)
        if declared is None:
            self.all.pop(name, None)
        elif known is None:
            due_us = declared.due_us(declared.last, self._zone)
            self.all[name] = CalibrationRecord(calibration=name, declared=declared, last=declared.last, due_us=due_us)
        else:
            known.declared, known.due_us = declared, declared.due_us(known.last, self._zone)
            known.is_told = known.is_told and not known.is_usable(from_us)

    def performed(self, event: CalibrationPerformed) -> None:
        """It was compared with its standard; a word that came late counts only if nothing newer is known."""
        it = self.all[event.calibration]
        if event.effective_us < it.performed_us:
            return
        it.performed_us, it.performed_by, it.certificate = event.effective_us, event.person, event.certificate
        it.is_passed, it.is_told = event.is_passed, False
        if event.is_passed:
            it.last = datetime.fromtimestamp(event.effective_us / 1e6, ZoneInfo(self._zone)).date()
            it.due_us = it.declared.due_us(it.last, self._zone)

    def why_not(self, it: CalibrationRecord, now_us: int) -> str:
        """Why it may not be used, since when, and who may calibrate it; "" if it may be."""
        if it.is_usable(now_us):
            return ""
        may = [name for name, person in self._persons.items() if it.declared.calibrated_by in person.classes]
        since_us = it.performed_us if not it.is_passed else it.due_us
        what = "has failed its calibration" if not it.is_passed else "is not calibrated any more"
        title = it.declared.title or it.calibration
        return f"{title} {what} since {written_local(since_us, self._zone)}; allowed: after calibration by {listed(may)}"

    def missing(self, job: JobOrder, equipment: str, now_us: int) -> str:
        """What a job order would use and may not, in words; "" if nothing is."""
        for it in self.all.values():
            if not it.is_usable(now_us) and self._is_used(it.declared, job, equipment):
                return self.why_not(it, now_us)
        return ""

    def of_characteristic(self, material: str, characteristic: str) -> list[CalibrationRecord]:
        """What measures a characteristic of a material."""
        plans = [name for name, plan in self._plans.items() if plan.material == material and characteristic in plan.characteristics]
        return [it for it in self.all.values() if any(plan in plans for plan in it.declared.quality_plans)]

    def _is_used(self, declared: Calibration, job: JobOrder, equipment: str) -> bool:
        if declared.equipment == equipment:
            return True
        operation = self._operations.get(job.material, {}).get(job.operation)
        if operation and operation.segment in declared.segments:
            return True
        plans = [self._plans[name] for name in declared.quality_plans]
        return any(it.material == job.material and it.operation in (job.operation, None if job.after is None else "") for it in plans)
