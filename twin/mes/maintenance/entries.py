"""What persons say of maintenance and calibration: who may say it, and when it makes sense. What does not is refused in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from twin.mes.equipment import WORKING_STATES, Equipment
from twin.mes.maintenance.calibrations import Calibrations
from twin.mes.maintenance.instructions import Instructions
from twin.mes.maintenance.orders import CATEGORIES, MaintenanceOrder
from twin.mes.personnel import WorkCalendars
from twin.mes.resources.kinds import EQUIPMENT, PERSON
from twin.mes.tracking.lots import Lot
from twin.mes.tracking.tracking import Tracking
from twin.model import events as e
from twin.model.calendars import written_local
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned
from twin.model.upkeep.maintenance_plans import MaintenancePlan

if TYPE_CHECKING:
    from twin.mes.resources.reservations import Reservations

_AHEAD_US = 3660 * 86_400_000_000  # ten years


class Entries:
    """Finds what is wrong with an entry; "" if nothing is."""

    reserved: Reservations  # what is promised ahead; set once that is there

    def __init__(
        self, plant: Plant, orders: Mapping[str, MaintenanceOrder], calibrations: Calibrations, equipment: Equipment, tracking: Tracking,
        calendars: WorkCalendars, instructions: Instructions,
    ) -> None:  # fmt: skip
        layout = plant.layout
        self._persons, self._zone, self._plans, self._materials = (
            layout.persons, layout.time_zone, layout.maintenance_plans, plant.materials.materials,
        )  # fmt: skip
        self._orders, self._calibrations, self._equipment = orders, calibrations, equipment
        self._tracking, self._calendars, self._instructions = tracking, calendars, instructions
        self.leaving: dict[str, int] = {}  # by lot: spare parts that are issued at this instant, and stand in stock yet
        self._doubts: dict[type[OperationsEvent], Callable[[Any], str]] = {
            e.MaintenanceRequested: self._request,
            e.MaintenanceScheduled: self._schedule,
            e.MaintenanceStarted: self._start,
            e.MaintenanceStepConfirmed: self._confirm,
            e.MaintenancePerformed: self._perform,
            e.MaintenanceCancelled: self._cancel,
            e.CalibrationPerformed: self._calibrate,
        }

    def free_of(self, lot: Lot) -> int:
        """How much of a lot may be issued: what nobody has claimed, and what is not leaving it at this instant already."""
        return 0 if lot.lot in self._tracking.restricted else lot.on_hand - lot.claimed - self.leaving.get(lot.lot, 0)

    def refuse(self, event: e.Entry) -> list[OperationsEvent]:
        """The refusal of an entry, with the reason; nothing if it is accepted."""
        by_rule = isinstance(event, e.MaintenanceRequested) and not event.person and event.maintenance.startswith(f"M-{event.plan}-")
        reason = ("" if by_rule else unsigned(event, self._persons)) or self._doubts[type(event)](event)
        return [refusal(event, reason)] if reason else []

    def _request(self, event: e.MaintenanceRequested) -> str:
        records = self._equipment.records
        if event.equipment not in records:
            return f"no equipment is called '{event.equipment}'{did_you_mean(event.equipment, records)}; allowed: {listed(records)}"
        if not event.maintenance or event.maintenance in self._orders:
            return f"maintenance '{event.maintenance}' is there already, or has no id"
        if event.category not in CATEGORIES:
            return (
                f"'{event.category}' is no category of maintenance{did_you_mean(event.category, CATEGORIES)}; allowed: {listed(CATEGORIES)}"
            )
        if event.plan and event.plan not in self._plans:
            return f"no maintenance plan is called '{event.plan}'{did_you_mean(event.plan, self._plans)}; allowed: {listed(self._plans)}"
        if event.plan and self._plans[event.plan].equipment != event.equipment:
            return f"maintenance plan {event.plan} is for {self._plans[event.plan].equipment}, not for {event.equipment}"
        return "" if event.description.strip() else "it does not say what has to be done"

    def _schedule(self, event: e.MaintenanceScheduled) -> str:
        it, doubt = self._known(event, "requested", "scheduled")
        if doubt or it is None:
            return doubt
        if not event.effective_us < event.until_us > event.from_us:
            return "its window ends before it begins, or is past; allowed: from now on"
        if event.until_us > event.effective_us + _AHEAD_US or event.from_us < event.effective_us - _AHEAD_US:
            return "its window is more than ten years away; allowed: from now on, within ten years"
        for other in self._orders.values():
            overlaps = other.is_open and other is not it and other.from_us < event.until_us and event.from_us < other.until_us
            if overlaps and other.equipment == it.equipment:
                return f"{it.equipment} is taken then for {other.maintenance}, until {self._at(other.until_us)}"
            if overlaps and (twice := set(other.assigned) & set(event.assigned)):
                return f"{listed(sorted(twice))} is at {other.maintenance} then, until {self._at(other.until_us)}"
        kept = [(EQUIPMENT, it.equipment), *((PERSON, person) for person in event.assigned)]
        promised = (self.reserved.taken(kind, name, event.from_us, event.until_us) for kind, name in kept)
        return next(filter(None, (*(self._assign(person, it, event) for person in event.assigned), *promised)), "")

    def _assign(self, person: str, it: MaintenanceOrder, event: e.MaintenanceScheduled) -> str:
        if person not in self._persons:
            return f"nobody knows a person '{person}'{did_you_mean(person, self._persons)}; allowed: {listed(self._persons)}"
        if not self._calendars.of_persons[person].intervals(event.from_us, event.until_us):
            return f"{person} does not work between {self._at(event.from_us)} and {self._at(event.until_us)}"
        return self._authority(person, it.declared)

    def _start(self, event: e.MaintenanceStarted) -> str:
        it, doubt = self._known(event, "requested", "scheduled")
        if doubt or it is None:
            return doubt
        record = self._equipment.records[it.equipment]
        if record.state in WORKING_STATES and record.job_order:
            return f"{it.equipment} works on {record.job_order}; allowed: when that is done, paused or held"
        if event.effective_us < it.requested_us:
            return f"{it.maintenance} was asked for {self._at(it.requested_us)}; allowed: after that, to now"
        for past in self._equipment.intervals(it.equipment, event.effective_us, event.recorded_us):
            if past.state in WORKING_STATES and past.job_order:
                return f"{it.equipment} has worked on {past.job_order} until {self._at(past.end_us)}; allowed: after that, to now"
        return self._authority(event.person, it.declared)

    def _confirm(self, event: e.MaintenanceStepConfirmed) -> str:
        it, doubt = self._known(event, "started")
        if doubt or it is None:
            return doubt
        return self._authority(event.person, it.declared) or self._instructions.doubt(event)

    def _perform(self, event: e.MaintenancePerformed) -> str:
        it, doubt = self._known(event, "started")
        if doubt or it is None:
            return doubt
        if event.effective_us < it.started_us:
            return f"{it.maintenance} was begun {self._at(it.started_us)}; allowed: after that, to now"
        if missing := self._instructions.missing(it.maintenance):
            steps = self._instructions.steps_of(it.maintenance)
            words = "; ".join(f"step '{name}': {steps[name].text}" for name in missing)
            return f"{it.maintenance} is not done: {words}; allowed: once that is confirmed"
        if len(dict(event.spare_parts)) < len(event.spare_parts):
            return "a spare part is named twice; allowed: each once, with its quantity"
        for material, quantity in event.spare_parts:
            if material not in self._materials:
                return f"no material is called '{material}'{did_you_mean(material, self._materials)}"
            there = sum(map(self.free_of, self._tracking.stock(material)))
            if not 0 < quantity <= there:
                return f"{quantity} of {material} cannot have been used: {there} are in stock"
        return ""

    def _cancel(self, event: e.MaintenanceCancelled) -> str:
        it, doubt = self._known(event, "requested", "scheduled", "started")
        return doubt or ("" if it and event.reason.strip() else "it needs a reason")

    def _calibrate(self, event: e.CalibrationPerformed) -> str:
        known = self._calibrations.all
        it = known.get(event.calibration)
        if it is None:
            return f"nothing to calibrate is called '{event.calibration}'{did_you_mean(event.calibration, known)}; allowed: {listed(known)}"
        return self._is_of(event.person, it.declared.calibrated_by)

    def _known(self, event: e.MaintenanceEntry, *standings: str) -> tuple[MaintenanceOrder | None, str]:
        it = self._orders.get(event.maintenance)
        if it is None:
            near = did_you_mean(event.maintenance, self._orders)
            return None, f"no maintenance is called '{event.maintenance}'{near}; allowed: {listed(self._orders)}"
        return (
            it,
            "" if it.standing in standings else f"{event.maintenance} is {it.standing}; allowed: where it is {' or '.join(standings)}",
        )

    def _authority(self, person: str, plan: MaintenancePlan | None) -> str:
        return self._is_of(person, plan.personnel_class) if plan and plan.personnel_class else ""

    def _is_of(self, person: str, wanted: str) -> str:
        known = self._persons.get(person)
        if known is None or wanted in known.classes:
            return ""
        may = [name for name, it in self._persons.items() if wanted in it.classes]
        return f"{person} is no {wanted}, which this asks for; allowed: {listed(may)}"

    def _at(self, at_us: int) -> str:
        return written_local(at_us, self._zone)
