"""A Level 3 of few lines, so that the plant is tested without the MES: first come, first served, whoever is qualified and free."""

from __future__ import annotations

import math
from dataclasses import dataclass

from twin.kernels.dispatch import batch_of
from twin.model.calendars import WorkTime
from twin.model.events import (
    CountObserved,
    EquipmentStateChanged,
    JobOrderCommand,
    JobOrderCommandRefused,
    LotSetDown,
    MaterialIdentified,
    OperationsEvent,
    OperationSkipped,
    QueueTimeExceeded,
    SalesOrderConfirmed,
    WorkInProcessCounted,
)
from twin.model.plant import Operation, Plant, job_order_id, most_at_once, rework_lot
from twin.model.states import JobCommand, WorkUnitState
from twin.simulation.engines import AnyPlant

FOR_EVER = 2**62


@dataclass(slots=True)
class Waiting:
    lot: str
    material: str
    operation: str
    quantity: int
    ready_us: int
    done_on: str = ""  # the equipment that did what came before


class ScriptedControl:
    """Releases lots for every order (and for what its bill needs, if told to), starts and resumes them, and believes only facts."""

    def __init__(self, plant: Plant, *, with_bill: bool = False) -> None:
        self.plant, self.layout, self.with_bill = plant, plant.layout, with_bill
        self.queue: list[Waiting] = []
        self.running: dict[str, Waiting] = {}  # by job order
        self.reworked: set[str] = set()
        self.scanned: dict[str, int] = {}  # by job order
        self.done_on: dict[str, str] = {}
        self.state: dict[str, tuple[int, str, str]] = {}
        self.people: dict[str, str] = {}  # equipment -> persons bound there
        routed = {(material, name): it for material, routing in self.layout.routings.items() for name, it in routing.items()}
        self.able = {step: [e for way in operation.ways for e in plant.equipment_of(way.segment)] for step, operation in routed.items()}
        self.times = {name: WorkTime(calendar, self.layout.time_zone) for name, calendar in self.layout.calendars.items()}

    def release(self, lot: str, material: str, quantity: int, now_us: int) -> None:
        definition = self.plant.materials.materials[material]
        count = math.ceil(quantity / (definition.lot_size or quantity))
        for k in range(count):
            pieces = min(definition.lot_size or quantity, quantity - k * (definition.lot_size or quantity))
            name = lot if count == 1 else f"{lot}.{k + 1:0{len(str(count))}}"
            self.queue.append(Waiting(name, material, next(iter(self.layout.routings[material])), pieces, now_us))
        for line in definition.bill if self.with_bill else []:
            if line.material in self.layout.routings:
                self.release(f"{lot}-{line.material}", line.material, quantity * line.quantity, now_us)

    def apply(self, fact: OperationsEvent) -> None:
        match fact:
            case SalesOrderConfirmed():
                self.release(f"{fact.order}-{fact.material}", fact.material, fact.quantity, fact.effective_us)
            case WorkInProcessCounted():
                self.queue.append(Waiting(fact.lot, fact.material, fact.operation, fact.quantity, fact.effective_us))
            case OperationSkipped():
                self.skip(fact)
            case LotSetDown():
                for job in (it for it in self.queue if job_order_id(it.lot, it.operation) == fact.job_order):
                    job.ready_us = fact.effective_us
            case QueueTimeExceeded() if fact.scrap or fact.rework:
                self.withdraw(fact)
            case EquipmentStateChanged():
                self.state[fact.equipment] = (fact.state, fact.reason, fact.job_order)
                if fact.state in (WorkUnitState.STARTING, WorkUnitState.EXECUTE):
                    self.people[fact.equipment] = fact.person
                elif fact.state != WorkUnitState.HELD:
                    self.people.pop(fact.equipment, None)
            case MaterialIdentified():
                self.scan(fact)
            case CountObserved() if fact.equipment in self.layout.work_units or fact.equipment in self.layout.production_lines:
                self.count(fact)

    def count(self, fact: CountObserved) -> None:
        job = self.running[fact.job_order]
        operation = self.layout.routings[job.material][job.operation]
        if fact.rework:
            assert operation.rework_to
            self.take_off(job, operation.rework_to, fact.rework, operation, fact.effective_us, fact.equipment)
        if fact.equipment in self.layout.production_lines:
            job.quantity -= fact.scrap  # its good pieces leave one transfer lot after the other
            return
        del self.running[fact.job_order]
        following = self.plant.next_operation(job.material, job.operation)
        if fact.good and following:
            self.await_lot(job.lot, job.material, following, fact.good, operation, fact.effective_us, fact.equipment)

    def scan(self, fact: MaterialIdentified) -> None:
        if fact.equipment in self.plant.vehicles:
            return
        self.scanned[fact.job_order] = fact.effective_us
        for job in self.queue:
            if job_order_id(job.lot, job.operation) == fact.job_order:
                job.ready_us = fact.effective_us

    def await_lot(self, lot: str, material: str, operation: str, quantity: int, done: Operation, now_us: int, done_on: str) -> None:
        """It comes when transport is over, when it is scanned, or when a vehicle has brought it."""
        scanned_us = self.scanned.get(job_order_id(lot, operation), FOR_EVER)
        ready_us = scanned_us if done.arrival_is_told else now_us + round(done.transport.mean_us)
        ready_us = FOR_EVER if self.is_carried(done_on, material, operation) else ready_us
        self.queue.append(Waiting(lot, material, operation, quantity, ready_us, done_on))

    def is_carried(self, done_on: str, material: str, operation: str) -> bool:
        if not done_on:
            return False
        unit = self.layout.work_units.get(done_on) or self.layout.production_lines[done_on]
        here = self.layout.work_centers[unit.work_center]
        there = self.layout.work_centers[self.layout.process_segments[self.layout.routings[material][operation].segment].work_center]
        return here.carried_by is not None and here.storage != there.storage

    def may_go_to(self, equipment: str, waiting: Waiting) -> bool:
        wanted = self.layout.routings[waiting.material][waiting.operation].same_unit_as
        lot = waiting.lot
        while (done_on := self.done_on.get(job_order_id(lot, wanted or ""))) is None and lot.endswith(".R"):
            lot = lot.removesuffix(".R")
        return wanted is None or done_on in (None, equipment)

    def take_off(self, job: Waiting, operation: str, quantity: int, done: Operation | None, now_us: int, done_on: str) -> None:
        """Pieces go back as a lot of their own, under a name that none had before; at once, if nothing was done with them."""
        name = rework_lot(job.lot)
        while name in self.reworked:
            name = rework_lot(name)
        self.reworked.add(name)
        if done is None:
            self.queue.append(Waiting(name, job.material, operation, quantity, now_us))
        else:
            self.await_lot(name, job.material, operation, quantity, done, now_us, done_on)

    def withdraw(self, fact: QueueTimeExceeded) -> None:
        for job in [it for it in self.queue if job_order_id(it.lot, it.operation) == fact.job_order]:
            self.queue.remove(job)
            limit = self.layout.routings[job.material][job.operation].queue_limit
            if fact.rework:
                assert limit
                assert limit.rework_to
                self.take_off(job, limit.rework_to, fact.rework, None, fact.effective_us, "")

    def skip(self, fact: OperationSkipped) -> None:
        for job in [it for it in self.queue if job_order_id(it.lot, it.operation) == fact.job_order]:
            following = self.plant.next_operation(job.material, job.operation)
            self.queue.remove(job)
            if following:
                ready_us = min(job.ready_us, self.scanned.get(job_order_id(job.lot, following), FOR_EVER))
                if self.is_carried(job.done_on, job.material, following):
                    ready_us = FOR_EVER
                elif self.is_carried(job.done_on, job.material, job.operation):
                    ready_us = fact.effective_us
                self.queue.append(Waiting(job.lot, job.material, following, job.quantity, ready_us, job.done_on))

    def free_person(self, personnel_class: str, now_us: int) -> str:
        busy = {p for persons in self.people.values() for p in persons.split("+")}
        for name, person in self.layout.persons.items():
            if personnel_class in person.classes and name not in busy and self.times[person.calendar].works_at(now_us):
                return name
        return ""

    def decide(self, now_us: int) -> list[OperationsEvent]:
        commands: list[OperationsEvent] = []
        for equipment in [*self.layout.work_units, *self.layout.production_lines]:
            state, reason, job_order = self.state[equipment]
            if state == WorkUnitState.IDLE:
                commands += self.start(equipment, now_us)
            elif state == WorkUnitState.SUSPENDED and reason == "no_operator":
                commands += self.resume(equipment, job_order, now_us)
        return commands

    def resume(self, equipment: str, job_order: str, now_us: int) -> list[OperationsEvent]:
        jobs = [self.running[name] for name in job_order.split("+") if name in self.running]
        segments = [self.layout.process_segments[self.layout.routings[it.material][it.operation].segment] for it in jobs]
        wanted = next((it.personnel_class for it in segments if it.personnel_class), None)
        if not (person := self.free_person(wanted or "", now_us)):
            return []
        self.people[equipment] = person
        return [JobOrderCommand(effective_us=now_us, equipment=equipment, job_order=job_order, person=person, command=JobCommand.RESUME)]

    def start(self, equipment: str, now_us: int) -> list[OperationsEvent]:
        able = [w for w in self.queue if w.ready_us <= now_us and equipment in self.able[w.material, w.operation]]
        able = [w for w in able if self.may_go_to(equipment, w)]
        if not able:
            return []
        first = min(able, key=lambda w: (w.ready_us, w.lot))
        unit = self.layout.work_units.get(equipment)
        chosen = [first]
        if unit and unit.batch:
            family = self.layout.routings[first.material][first.operation].setup_family
            alike = [w for w in able if self.layout.routings[w.material][w.operation].setup_family == family]
            most = most_at_once(unit.batch, self.layout.routings[alike[0].material][alike[0].operation].batch)
            counted = most.counted(w.quantity for w in alike)
            chosen = alike[: batch_of(counted, most.minimum, most.maximum, now_us - first.ready_us, unit.batch.wait)]
            if not chosen:
                return []
        segments = [self.layout.process_segments[self.layout.routings[w.material][w.operation].segment] for w in chosen]
        wanted = next((it.personnel_class for it in segments if it.personnel_class), None)
        person = self.free_person(wanted, now_us) if wanted else ""
        if wanted and not person:
            return []
        for w in chosen:
            self.queue.remove(w)
            self.running[job_order_id(w.lot, w.operation)] = w
            self.done_on[job_order_id(w.lot, w.operation)] = equipment
        if person:
            self.people[equipment] = person
        return [
            JobOrderCommand(
                effective_us=now_us, equipment=equipment, person=person, command=JobCommand.START,
                job_order="+".join(job_order_id(w.lot, w.operation) for w in chosen), lots=tuple(w.lot for w in chosen),
                materials=tuple(w.material for w in chosen), operations=tuple(w.operation for w in chosen),
                quantities=tuple(w.quantity for w in chosen),
            )
        ]  # fmt: skip


def run_all(source: AnyPlant, control: ScriptedControl, *, refusals_allowed: bool = False) -> list[OperationsEvent]:
    """Everything that happens until the end."""
    facts: list[OperationsEvent] = []
    while (round_facts := source.advance()) is not None:
        facts += round_facts
        for fact in round_facts:
            assert refusals_allowed or not isinstance(fact, JobOrderCommandRefused), fact
            control.apply(fact)
        source.send(control.decide(source.now_us))
    return facts
