"""Maintenance as one fold: what becomes due is asked for, what persons say becomes orders with windows and parts. Read this first.

Two kinds stand side by side. What work units and lines declare (`maintenance`) the plant does by itself, and the MES reads it off the
states that it reports. What `maintenance_plans` declare the MES asks for, and persons do it. Nothing starts on equipment that is in
maintenance, kept free for it, or long overdue, nor with a gauge whose calibration is over.
"""

from __future__ import annotations

from itertools import count

from twin.mes.collection.functions import Reacting, Reaction
from twin.mes.equipment import Equipment, is_stop
from twin.mes.execution import JobOrder
from twin.mes.labour.labour import Labour
from twin.mes.maintenance.calibrations import Calibrations
from twin.mes.maintenance.entries import Entries
from twin.mes.maintenance.instructions import Instructions
from twin.mes.maintenance.orders import CONDITION, CORRECTIVE, PLANNED, MaintenanceOrder
from twin.mes.maintenance.out_of_use import OutOfUse, together
from twin.mes.maintenance.wear import Wear
from twin.mes.performance.performance import Performance
from twin.mes.personnel import WorkCalendars
from twin.mes.tracking.tracking import Tracking
from twin.model import events as e
from twin.model.calendars import written_local
from twin.model.events import OperationsEvent, WorkAlertRaised
from twin.model.plant import Plant
from twin.model.upkeep.maintenance_plans import MaintenancePlan

TIMED_REASONS = ("start", "shift", "clock", "end")
"""Heartbeats of the plant itself; those of a bridge (watermarks) only some sources have."""


class Maintenance(Reacting):
    """Maintenance orders and calibrations of one plant (a `Function` and a `Requirement`)."""

    def __init__(
        self, plant: Plant, equipment: Equipment, tracking: Tracking, performance: Performance, calendars: WorkCalendars, labour: Labour,
    ) -> None:  # fmt: skip
        self.plans = plant.layout.maintenance_plans
        self._zone, self._equipment, self._tracking, self._performance = plant.layout.time_zone, equipment, tracking, performance
        self._labour = labour
        self._together = together(plant)
        self.orders: dict[str, MaintenanceOrder] = {}
        self._open: list[MaintenanceOrder] = []  # of them those that may still be open, in the same order
        self.calibrations = Calibrations(plant)
        self.wear = Wear(equipment, plant.layout.time_zone)
        self.done_us: dict[str, int] = {}  # by plan: when it was done last
        self.instructions = Instructions(self.orders)
        self.entries = Entries(plant, self.orders, self.calibrations, equipment, tracking, calendars, self.instructions)
        said: dict[type[OperationsEvent], Reaction] = {
            e.MaintenanceRequested: self._request,
            e.MaintenanceScheduled: self._schedule,
            e.MaintenanceStarted: self._start,
            e.MaintenanceStepConfirmed: self.instructions.take,
            e.MaintenancePerformed: self._perform,
            e.MaintenanceCancelled: self._cancel,
            e.CalibrationPerformed: self._calibrate,
        }
        self._said = said
        self._reactions = {
            **dict.fromkeys(said, self._hear),
            e.SparePartReserved: self._reserved,
            e.SparePartIssued: self._issued,
            e.MaintenanceWorked: self._worked,
            e.Heartbeat: self._time_passes,
            e.JobOrderCompleted: self._completed,
            e.ProcessValueObserved: self._observed,
            **dict.fromkeys((e.TestResultRecorded, e.DefectsCounted), self._measured),
        }

    def begin(self, at_us: int) -> None:
        """The run begins: what is due by the calendar is reckoned from there."""
        self.wear.start_us = at_us

    def declare(self, name: str, plan: MaintenancePlan | None, from_us: int) -> None:
        """A plan that is new counts from then on; what was asked for by one that is otherwise, or no more, stays as it was asked for."""
        known, wear = self.plans.get(name), self.wear
        if plan is None:
            for since_us in (self.done_us, wear.begun_us, wear.dates_us):
                since_us.pop(name, None)
            return
        if known is None:
            wear.begun_us[name] = from_us
        if plan.every and (known is None or known.every is None):
            wear.dates_us[name] = from_us

    # What must be there before a job order starts

    def missing_at(self, job: JobOrder, equipment: str, now_us: int) -> str:
        """Why `equipment` may not take a job order now, in words; "" if it may."""
        for it in self._open_orders():
            if equipment not in (it.equipment, self._equipment.records[it.equipment].line):
                continue  # a line does nothing without its station
            if it.standing == "started":
                return f"{it.equipment} is in maintenance since {self._at(it.started_us)}: {it.description}"
            if it.from_us <= now_us < it.until_us:
                return f"{it.equipment} is kept free for {it.maintenance} until {self._at(it.until_us)}"
            if it.declared and it.declared.blocks and it.is_overdue(now_us):
                since = self._at(it.overdue_us)
                return f"{it.description} of {it.equipment} is overdue since {since}; allowed: after {it.maintenance} is done"
        return self.calibrations.missing(job, equipment, now_us) if self.calibrations.all else ""

    def missing_of(self, person: str, job: JobOrder, equipment: str, now_us: int) -> str:
        """Who does maintenance in a window does nothing else in it, nor does whoever has started it."""
        for it in self._open_orders():
            if person in it.persons and (it.standing == "started" or it.from_us <= now_us < it.until_us):
                return f"{person} is at {it.maintenance} on {it.equipment}"
        return ""

    def _open_orders(self) -> list[MaintenanceOrder]:
        """Those that are not done: asked for with each start of a job order, so what is done is forgotten here."""
        self._open = [it for it in self._open if it.is_open]
        return self._open

    # What becomes due

    def _time_passes(self, event: e.Heartbeat) -> list[OperationsEvent]:
        if event.reason not in TIMED_REASONS:
            return []
        concluded = [asked for name in self.plans for asked in self._ask_if_due(event, name)]
        for order in self._open_orders():
            if order.is_overdue(event.effective_us) and not order.is_told:
                order.is_told = True
                message = f"{order.description} of {order.equipment} is overdue since {self._at(order.overdue_us)}"
                concluded.append(
                    WorkAlertRaised(effective_us=event.effective_us, equipment=order.equipment, alert="maintenance", message=message)
                )
        for it in self.calibrations.all.values():
            if not it.is_told and (why := self.calibrations.why_not(it, event.effective_us)):
                it.is_told = True
                about = it.declared.equipment or ""
                concluded.append(WorkAlertRaised(effective_us=event.effective_us, equipment=about, alert="calibration", message=why))
        return concluded

    def _completed(self, event: e.JobOrderCompleted) -> list[OperationsEvent]:
        return [asked for name, plan in self.plans.items() if plan.equipment == event.equipment for asked in self._ask_if_due(event, name)]

    def _ask_if_due(self, event: OperationsEvent, name: str) -> list[OperationsEvent]:
        plan, now_us = self.plans[name], event.effective_us
        if self._is_asked(name):
            return []
        for use in self.wear.of_plan(name, plan, self.done_us.get(name, -1), now_us):
            if use.is_due(now_us):
                due_us = use.due_us if use.due_us >= 0 else now_us
                return [self._ask(event, name, PLANNED, f"{plan.title or name}, {use.words}", due_us)]
        condition = plan.condition
        if condition is None or condition.indicator is None or not isinstance(event, e.Heartbeat):
            return []
        value = self._indicator(plan, max(now_us - condition.over, self._since_us(name)), now_us)
        if value is None or not condition.is_met(value):
            return []
        return [self._ask(event, name, CONDITION, f"{plan.title or name}, {condition.words}: {value:.4g}", now_us)]

    def _observed(self, event: e.ProcessValueObserved) -> list[OperationsEvent]:
        """A process value may be beyond the limit of a plan; what was seen before it was done last is past."""
        concluded: list[OperationsEvent] = []
        for name, plan in self.plans.items():
            limit = plan.condition
            if limit is None or (plan.equipment, limit.process_value) != (event.equipment, event.property) or self._is_asked(name):
                continue
            if limit.is_met(event.value) and event.effective_us > self._since_us(name):
                words = f"{plan.title or name}, {limit.words}: {event.value:.4g} {event.unit}".rstrip()
                concluded.append(self._ask(event, name, CONDITION, words, event.effective_us))
        return concluded

    def _indicator(self, plan: MaintenancePlan, from_us: int, now_us: int) -> float | None:
        """The indicator of the condition of a plan, over what is known since then; what made nothing says nothing of its OEE."""
        rows = self._performance.indicators("equipment", max(from_us, self.wear.start_us), now_us, now_us)
        wanted = plan.condition.indicator if plan.condition else None
        value: float | None = next(
            (getattr(it, wanted) for it in rows if wanted and it.name == plan.equipment and (it.produced or wanted != "oee")), None
        )
        return value

    def _since_us(self, plan: str) -> int:
        """Since when its condition is looked at: since it was done last, or is declared."""
        return max(self.done_us.get(plan, -1), self.wear.begun_us.get(plan, -1))

    def _is_asked(self, plan: str) -> bool:
        return any(it.plan == plan for it in self._open_orders())

    def _ask(self, event: OperationsEvent, plan: str, category: str, description: str, due_us: int) -> e.MaintenanceRequested:
        free = next(name for n in count(1) if (name := f"M-{plan}-{n}") not in self.orders)
        return e.MaintenanceRequested(
            effective_us=event.effective_us, equipment=self.plans[plan].equipment, maintenance=free, plan=plan, category=category,
            description=description, due_us=due_us,
        )  # fmt: skip

    def _measured(self, event: e.TestResultRecorded | e.DefectsCounted) -> list[OperationsEvent]:
        """What a gauge said that may not be used: nobody can take it back, and somebody has to look at it."""
        lot = self._tracking.lots.get(event.lot) if self.calibrations.all else None
        used = self.calibrations.of_characteristic(lot.material, event.characteristic) if lot else []
        why = next(filter(None, (self.calibrations.why_not(it, event.effective_us) for it in used)), "")
        return [WorkAlertRaised.about(event, "calibration", f"{event.characteristic} of lot {event.lot}: {why}")] if why else []

    # What persons say

    def _hear(self, event: e.MaintenanceEntry | e.CalibrationPerformed) -> list[OperationsEvent]:
        if isinstance(event, e.MaintenanceRequested) and event.maintenance in self.orders and not event.person:
            return []  # two events of one instant have found the same plan due
        return self.entries.refuse(event) or self._said[type(event)](event)

    def _request(self, event: e.MaintenanceRequested) -> list[OperationsEvent]:
        plan = self.plans.get(event.plan)
        due_us = event.due_us if event.due_us >= 0 else event.effective_us
        asked = self.orders[event.maintenance] = MaintenanceOrder(
            maintenance=event.maintenance, equipment=event.equipment, category=event.category, description=event.description,
            plan=event.plan, declared=plan,
            requested_us=event.effective_us, requested_by=event.person, terminal=event.terminal, due_us=due_us,
            overdue_us=due_us + plan.within if plan else -1,
        )  # fmt: skip
        self._open.append(asked)
        parts = plan.spare_parts if plan else {}
        return [self._reserve(event, event.maintenance, material, quantity) for material, quantity in parts.items()]

    def _schedule(self, event: e.MaintenanceScheduled) -> list[OperationsEvent]:
        it = self.orders[event.maintenance]
        it.standing, it.from_us, it.until_us, it.assigned = "scheduled", event.from_us, event.until_us, event.assigned
        return []

    def _start(self, event: e.MaintenanceStarted) -> list[OperationsEvent]:
        it = self.orders[event.maintenance]
        it.standing, it.started_us, it.started_by = "started", event.effective_us, event.person
        for name in self._together[it.equipment]:
            self._equipment.out_of_use.setdefault(name, []).append(
                OutOfUse(
                    maintenance=it.maintenance, is_planned=it.category != CORRECTIVE, reason=self._reason(it, name, it.started_us),
                    from_us=it.started_us,
                )
            )  # fmt: skip
            self._performance.kept.maintained(name, it.started_us)
        return self._labour.maintain(event, it.equipment, it.persons)

    def _reason(self, it: MaintenanceOrder, equipment: str, at_us: int) -> str:
        """Why it stands: what has failed there and is repaired, else what maintenance that is."""
        if it.category != CORRECTIVE:
            return (it.declared.title if it.declared else "") or it.plan or it.description
        there = self._equipment.intervals(equipment, at_us - 1, at_us + 1)
        return next((one.reason for one in reversed(there) if one.reason and is_stop(one)), it.description)

    def _back_in_use(self, event: e.MaintenanceEntry) -> list[OperationsEvent]:
        """Nobody is at it any more."""
        equipment = self.orders[event.maintenance].equipment
        for name in self._together[equipment]:
            for span in self._equipment.out_of_use.get(name, ()):
                if span.maintenance == event.maintenance:
                    span.until_us = event.effective_us
                    self._performance.kept.maintained(name, event.effective_us)
        return self._labour.maintained(event)

    def _perform(self, event: e.MaintenancePerformed) -> list[OperationsEvent]:
        it = self.orders[event.maintenance]
        it.standing, it.ended_us, it.ended_by, it.words = "done", event.effective_us, event.person, event.description
        if it.plan in self.plans:
            self.done_us[it.plan] = max(event.effective_us, self.done_us.get(it.plan, -1))
        issued = [gone for material, quantity in event.spare_parts for gone in self._issue(event, it, material, quantity)]
        return [*self._back_in_use(event), *issued, *(self._reserve(event, it.maintenance, material, 0) for material in it.reserved)]

    def _cancel(self, event: e.MaintenanceCancelled) -> list[OperationsEvent]:
        it = self.orders[event.maintenance]
        it.standing, it.ended_us, it.ended_by, it.words = "cancelled", event.effective_us, event.person, event.reason
        return [*self._back_in_use(event), *(self._reserve(event, it.maintenance, material, 0) for material in it.reserved)]

    def _calibrate(self, event: e.CalibrationPerformed) -> list[OperationsEvent]:
        self.calibrations.performed(event)
        return []

    # Spare parts

    def _reserve(self, event: OperationsEvent, maintenance: str, material: str, quantity: int) -> e.SparePartReserved:
        return e.SparePartReserved(
            effective_us=event.effective_us, equipment=self.orders[maintenance].equipment, maintenance=maintenance, material=material,
            quantity=quantity,
        )  # fmt: skip

    def _issue(self, event: OperationsEvent, it: MaintenanceOrder, material: str, quantity: int) -> list[OperationsEvent]:
        """Out of the lots that came first."""
        issued: list[OperationsEvent] = []
        for lot in self._tracking.stock(material):
            taken = min(quantity, self.entries.free_of(lot))
            if taken > 0:
                quantity -= taken
                leaving = self.entries.leaving
                leaving[lot.lot] = leaving.get(lot.lot, 0) + taken
                issued.append(
                    e.SparePartIssued(
                        effective_us=event.effective_us, equipment=it.equipment, lot=lot.lot, person=event.person,
                        maintenance=it.maintenance, material=material, quantity=taken,
                    )
                )  # fmt: skip
        return issued

    def _reserved(self, event: e.SparePartReserved) -> list[OperationsEvent]:
        it = self.orders.get(event.maintenance)
        if it is None:
            return [self._unknown(event)]
        before = it.reserved.get(event.material, 0)
        it.reserved[event.material] = event.quantity
        kept = self._tracking.kept_back
        kept[event.material] = kept.get(event.material, 0) + event.quantity - before
        return []

    def _issued(self, event: e.SparePartIssued) -> list[OperationsEvent]:
        it = self.orders.get(event.maintenance)
        if it is None:
            return [self._unknown(event)]
        if event.lot in self.entries.leaving:
            self.entries.leaving[event.lot] -= event.quantity
        issued = it.issued
        issued[event.material] = issued.get(event.material, 0) + event.quantity
        return self._tracking.leaves(event, event.lot, event.quantity, "Issued")

    def _worked(self, event: e.MaintenanceWorked) -> list[OperationsEvent]:
        if it := self.orders.get(event.maintenance):
            it.work_us += event.work_us
        return []

    @staticmethod
    def _unknown(event: e.SparePartReserved | e.SparePartIssued) -> WorkAlertRaised:
        message = f"{event.quantity} of {event.material} for maintenance '{event.maintenance}', which nobody knows"
        return WorkAlertRaised.about(event, "maintenance", message)

    def _at(self, at_us: int) -> str:
        return written_local(at_us, self._zone)
