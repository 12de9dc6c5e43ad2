"""What the journal had said up to an entry: a fold that is asked in between, so nothing of later can get into an answer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from twin.mes.hand_work.hand_work import CALL
from twin.model.events import (
    AlarmRaised,
    CountObserved,
    EquipmentActual,
    EquipmentStateChanged,
    JobOrderAborted,
    JobOrderCommand,
    JobOrderCompleted,
    JobOrderCreated,
    JobOrderStarted,
    OperationsEvent,
    OperationSkipped,
)
from twin.model.measures import US_PER_H
from twin.model.plant import Plant
from twin.model.states import DEADLOCK, WorkUnitState
from twin.results.learning.circumstances import NEVER, Circumstances


def is_failure(event: AlarmRaised) -> bool:
    """Whether an alarm says that equipment has failed: neither a person who calls for help, nor a plant that waits for itself."""
    return event.alarm != DEADLOCK and not event.alarm.startswith(CALL)


@dataclass(slots=True)
class EquipmentSoFar:
    """One piece of equipment, as far as it is known."""

    state: int = int(WorkUnitState.UNKNOWN)
    reason: str = ""
    since_us: int = -1
    material: str = ""  # of the job order that it began last
    operation: str = ""
    failed_us: int = -1
    failure_count: int = 0
    run_us: int = 0
    started_count: int = 0
    good: int = 0
    scrap: int = 0


class KnownSoFar:
    """The plant as the entries told it that were applied; `about_job` and `about_state` answer from that alone."""

    def __init__(self, plant: Plant | None = None) -> None:
        self.equipment: defaultdict[str, EquipmentSoFar] = defaultdict(EquipmentSoFar)
        self.created: dict[str, JobOrderCreated] = {}
        self.circumstances = Circumstances(self.created, plant)
        self._waiting: defaultdict[str, set[str]] = defaultdict(set)  # work center -> job orders not begun
        self._open: set[str] = set()
        self._run_us: defaultdict[tuple[str, str], int] = defaultdict(int)  # material and operation
        self._pieces: defaultdict[tuple[str, str], int] = defaultdict(int)

    def apply(self, event: OperationsEvent) -> None:
        """One more entry of the journal, in its order, which is the order in which things became known."""
        match event:
            case JobOrderCreated():
                self.created[event.job_order] = event
                self._waiting[event.equipment].add(event.job_order)
                self._open.add(event.job_order)
            case JobOrderStarted():
                self._begin(event)
            case JobOrderCompleted() | JobOrderAborted() | OperationSkipped():
                self._end(event.job_order)
            case EquipmentStateChanged():
                unit = self.equipment[event.equipment]
                unit.state, unit.reason, unit.since_us = event.state, event.reason, event.effective_us
            case AlarmRaised() if is_failure(event):
                unit = self.equipment[event.equipment]
                unit.failed_us, unit.failure_count = event.effective_us, unit.failure_count + 1
            case CountObserved():
                self._count(event)
            case EquipmentActual():
                self.equipment[event.equipment].run_us += event.run_us
                if key := self._key(event.job_order):
                    self._run_us[key] += event.run_us
            case _:
                pass
        self.circumstances.apply(event)

    def about_job(self, event: JobOrderCommand | JobOrderStarted, job: JobOrderCreated, batch: list[str]) -> dict[str, Any]:
        """What was known of `job` when it was begun at `event.equipment`, together with all of `batch`; ask before that is applied."""
        at_us, unit = event.effective_us, self.equipment[event.equipment]
        pieces = self._pieces[job.material, job.operation]
        queue = self._waiting[job.equipment].difference(batch)
        return {
            "work_center": job.equipment, "material": job.material, "operation": job.operation, "quantity": job.quantity,
            "batch_count": len(batch),
            "person_count": len(event.person.split("+")) if event.person else 0,
            "due_in_h": (job.due_us - at_us) / US_PER_H if job.due_us >= 0 else NEVER,
            "waited_h": (at_us - job.effective_us) / US_PER_H,
            "queue_count": len(queue), "queue_quantity": sum(self.created[other].quantity for other in queue),
            "open_job_order_count": len(self._open),
            "previous_material": unit.material, "previous_operation": unit.operation,
            "is_same_again": (unit.material, unit.operation) == (job.material, job.operation),
            "run_h_per_piece_so_far": self._run_us[job.material, job.operation] / US_PER_H / pieces if pieces else NEVER,
            **self.about_unit(event.equipment, at_us), **self.circumstances.about_job(event, job),
        }  # fmt: skip

    def about_unit(self, equipment: str, at_us: int) -> dict[str, Any]:
        """What was known of a piece of equipment."""
        unit = self.equipment[equipment]
        counted = unit.good + unit.scrap
        return {
            "state_before": WorkUnitState(unit.state).label, "reason_before": unit.reason,
            "state_before_h": (at_us - unit.since_us) / US_PER_H if unit.since_us >= 0 else NEVER,
            "since_failure_h": (at_us - unit.failed_us) / US_PER_H if unit.failed_us >= 0 else NEVER,
            "failure_count_so_far": unit.failure_count, "run_h_so_far": unit.run_us / US_PER_H,
            "job_order_count_so_far": unit.started_count,
            "scrap_share_so_far": unit.scrap / counted if counted else NEVER, **self.circumstances.about_unit(equipment, at_us),
        }  # fmt: skip

    def _key(self, job_orders: str) -> tuple[str, str] | None:
        """Material and operation; a batch counts with its first job order."""
        job = self.created.get(job_orders.split("+")[0])
        return (job.material, job.operation) if job else None

    def _begin(self, event: JobOrderStarted) -> None:
        unit = self.equipment[event.equipment]
        for name in event.job_order.split("+"):
            if job := self.created.get(name):
                self._waiting[job.equipment].discard(name)
                unit.material, unit.operation = job.material, job.operation
        unit.started_count += 1

    def _end(self, name: str) -> None:
        self._open.discard(name)
        if job := self.created.get(name):
            self._waiting[job.equipment].discard(name)

    def _count(self, event: CountObserved) -> None:
        unit = self.equipment[event.equipment]
        unit.good, unit.scrap = unit.good + event.good, unit.scrap + event.scrap
        if key := self._key(event.job_order):
            self._pieces[key] += event.good + event.scrap + event.rework
