"""Execution: job orders from release to their end, by what the floor reports and what people command.

Two accounts are kept apart. What the floor has reported of a job order (`FloorReport`) is changed by facts of Level 2 alone;
its dispatch status is changed by the conclusions drawn from it (JobOrderStarted, ...), which are events like any other. So it
does not matter whether all facts of an instant come before the conclusions from the first of them, or after.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from twin.mes.collection.arrivals import Arrivals
from twin.mes.equipment import (
    ABORTED_STATES,
    HELD_STATES,
    STOPPED_STATES,
    SUSPENDED_STATES,
    WORKING_STATES,
    EquipmentRecord,
    StateInterval,
)
from twin.mes.release import Step
from twin.mes.tracking.transports import Transports
from twin.model.events import (
    CountObserved,
    EquipmentActual,
    EquipmentStateChanged,
    JobOrderAborted,
    JobOrderCompleted,
    JobOrderCreated,
    JobOrderHeld,
    JobOrderPaused,
    JobOrderResumed,
    JobOrderStarted,
    MaterialActual,
    OperationsEvent,
    PersonnelActual,
    WorkAlertRaised,
)
from twin.model.states import DispatchStatus, MaterialUse

D = DispatchStatus

NOT_STARTED = frozenset({D.WAITING, D.PENDING, D.READY, D.DISPATCHED})
ACTIVE = frozenset({D.RUNNING, D.HELD, D.SUSPENDED})
ENDED = frozenset({D.COMPLETED, D.ABORTED, D.CANCELLED, D.CLOSED})

SKIPPED = "skipped"  # an operation that was passed over; its lot goes on
NO_PIECES = "no pieces left"
LEFT_UNFINISHED = "left unfinished"  # its equipment has turned to something else


@dataclass(slots=True, kw_only=True)
class JobOrder:
    """One operation on one lot (ISA-95 JobOrder).

    `status` says Waiting until it is dispatched; whether it is Pending or Ready meanwhile follows from stock and time (`Mes.status`).
    """

    job_order: str
    request: str
    lot: str
    material: str
    operation: str
    work_center: str
    step: Step
    quantity: int  # that it begins with: what the operation before it left
    due_us: int
    priority: int
    created_us: int
    before: JobOrder | None  # of the same lot
    after: JobOrder | None = None
    status: DispatchStatus = D.WAITING
    reason: str = ""
    turn_us: int = -1  # when its lot is at the work center; -1: not known yet
    equipment: str = ""
    person: str = ""  # who worked on it last
    started_us: int = -1
    ended_us: int = -1
    good: int = 0
    scrap: int = 0
    rework: int = 0
    setup_us: int = 0
    run_us: int = 0
    energy_wh: int = 0
    work_us: int = 0

    @property
    def run_expected_us(self) -> float:
        return self.step.busy_us(self.quantity, self.equipment)


@dataclass(slots=True, kw_only=True)
class FloorReport:
    """What the floor has reported of one job order so far."""

    phase: DispatchStatus | None = None  # Running, Held, Suspended, Completed, Aborted; None: not begun
    equipment: str = ""  # where it is now; "" nowhere
    person: str = ""  # who is with it there
    good: int = 0
    scrap: int = 0
    rework: int = 0
    was_skipped: bool = False  # its lot was no sample for it
    early: list[CountObserved] = field(default_factory=list)  # counted before anybody released the job order

    @property
    def counted(self) -> int:
        return self.good + self.scrap + self.rework


class Execution:
    """Job orders by id, what the floor says of them, and the queues of the work centers."""

    def __init__(self, work_centers: Iterable[str], transports: Transports) -> None:
        self.transports = transports
        self.job_orders: dict[str, JobOrder] = {}
        self.reports: defaultdict[str, FloorReport] = defaultdict(FloorReport)
        self.queues: dict[str, dict[str, JobOrder]] = {center: {} for center in work_centers}  # not started, its lot is on the way or there
        self.set_up_for: dict[str, str] = {}  # equipment -> set-up family
        self.ending: set[str] = set()  # job orders that somebody commanded to Abort
        self.arrivals = Arrivals(self.job_orders)
        self._last_of_lot: dict[str, JobOrder] = {}
        self._out_of_turn: set[str] = set()  # lots whose operations were not done one after the other: skipped, given up, done again

    # What the floor reports

    def follow(self, closed: StateInterval, event: EquipmentStateChanged, record: EquipmentRecord) -> list[OperationsEvent]:
        """What an accepted state change means for the job orders that were there (`closed`) and that are there now (`record`)."""
        if not record.is_scheduled:  # Level 2 moves the lots of a line; the job order runs on the line
            return []
        concluded: list[OperationsEvent] = []
        if closed.job_order and closed.job_order != record.job_order:
            now = record.job_orders
            for job_order in closed.job_order.split("+"):
                if job_order not in now:
                    concluded += self._leaves(job_order, event)
        for job_order in record.job_orders:
            concluded += self._is_at(job_order, event)
        return concluded

    def follow_late(self, event: EquipmentStateChanged, record: EquipmentRecord) -> list[OperationsEvent]:
        """What a late state means for its job orders: one that is not known to run was started then, and left there since."""
        if not record.is_scheduled or event.state not in WORKING_STATES or not event.job_order:
            return []
        concluded: list[OperationsEvent] = []
        for job_order in event.job_order.split("+"):
            job, report = self.job_orders.get(job_order), self.reports[job_order]
            if job and report.phase is None:
                concluded += self._starts(job, report, event)
                concluded += self._interrupts(job, report, event, D.SUSPENDED, LEFT_UNFINISHED)
        return concluded

    def count(self, event: CountObserved, record: EquipmentRecord) -> list[OperationsEvent]:
        """Pieces were counted; the job order is complete once all it began with is good, scrap or to be reworked."""
        return self._count(event) if record.is_scheduled else []

    def _count(self, event: CountObserved) -> list[OperationsEvent]:
        job = self.job_orders.get(event.job_order)
        if job is None:
            self.reports[event.job_order].early.append(event)
            return [
                WorkAlertRaised.about(
                    event, "job_order", f"{event.equipment} counts for job order '{event.job_order}', which nobody released"
                )
            ]
        report = self.reports[event.job_order]
        concluded: list[OperationsEvent] = []
        if report.phase in (None, D.ABORTED):
            message = f"{event.equipment} counts for job order {event.job_order}, which did not run"
            concluded.append(WorkAlertRaised.about(event, "count", message))
            concluded += self._starts(job, report, event)
        left = job.quantity - report.counted
        good = min(event.good, left)
        scrap = min(event.scrap, left - good)
        rework = min(event.rework, left - good - scrap)
        report.good, report.scrap, report.rework = report.good + good, report.scrap + scrap, report.rework + rework
        if good + scrap + rework < event.good + event.scrap + event.rework:
            message = f"{event.equipment} counts more pieces of {event.job_order} than its {job.quantity}"
            concluded.append(WorkAlertRaised.about(event, "count", message))
        if scrap:
            concluded.append(
                MaterialActual(
                    effective_us=event.effective_us, equipment=event.equipment, request=job.request, job_order=job.job_order,
                    lot=job.lot, use=MaterialUse.SCRAPPED.value, material=job.material, quantity=scrap,
                )
            )  # fmt: skip
        return concluded + self._completes(job, report, event.effective_us, event.equipment)

    # What is concluded

    def create(self, event: JobOrderCreated, step: Step, priority: int, splitter: JobOrder | None) -> list[OperationsEvent]:
        """A job order exists; the first of a lot has its turn when the lot has come from `splitter`. It may be running already."""
        before = self._last_of_lot.get(event.lot)
        job = JobOrder(
            job_order=event.job_order, request=event.request, lot=event.lot, material=event.material, operation=event.operation,
            work_center=event.equipment, step=step, quantity=event.quantity, due_us=event.due_us, priority=priority,
            created_us=event.effective_us, before=before,
        )  # fmt: skip
        self.job_orders[job.job_order] = job
        self._last_of_lot[job.lot] = job
        if before:
            before.after = job
        else:
            job.turn_us = self.arrivals.turn_us(splitter, job.job_order, event.effective_us)
            self._enqueue(job)
        if (report := self.reports.get(job.job_order)) is None or not (report.equipment or report.early):
            return []
        # The plant started it before we knew of it (it decides for itself): conclude now what was reported then.
        early, report.early = report.early, []
        report.phase = D.RUNNING
        concluded: list[OperationsEvent] = [
            JobOrderStarted(**_subject(job, event.effective_us, report.equipment or early[0].equipment), person=report.person)
        ]
        for count in early:
            concluded += self._count(replace(count, effective_us=max(count.effective_us, event.effective_us)))
        return concluded

    def start(self, event: JobOrderStarted) -> list[OperationsEvent]:
        """It runs. Operations before it that never began were skipped."""
        job = self.job_orders.get(event.job_order)
        if job is None:
            return []
        if job.status in ENDED:
            self._out_of_turn.add(job.lot)
        job.status, job.reason, job.equipment, job.person = D.RUNNING, "", event.equipment, event.person or job.person
        job.started_us, job.ended_us = event.effective_us, -1
        self.queues[job.work_center].pop(job.job_order, None)
        if job.step.setup_family:
            self.set_up_for[event.equipment] = job.step.setup_family
        skipped: list[OperationsEvent] = []
        earlier = job.before
        while earlier and earlier.status in NOT_STARTED and self.reports[earlier.job_order].phase is None:
            skipped.append(JobOrderAborted(**_subject(earlier, event.effective_us), reason=SKIPPED))
            earlier = earlier.before
        if job.before and job.before.status not in ENDED:
            self._out_of_turn.add(job.lot)
        return skipped[::-1]

    def hold(self, event: JobOrderHeld | JobOrderPaused) -> None:
        job = self.job_orders.get(event.job_order)
        if job and job.status not in ENDED:
            job.status, job.reason = D.HELD if isinstance(event, JobOrderHeld) else D.SUSPENDED, event.reason

    def resume(self, event: JobOrderResumed) -> None:
        job = self.job_orders.get(event.job_order)
        if job and job.status not in ENDED:
            job.status, job.reason, job.equipment, job.person = D.RUNNING, "", event.equipment, event.person or job.person

    def complete(self, event: JobOrderCompleted) -> list[OperationsEvent]:
        """It is done; the next operation goes on with what is good, once the lot has come there."""
        job = self.job_orders.get(event.job_order)
        if job is None or job.status in ENDED:
            return []
        job.status, job.reason, job.ended_us = D.COMPLETED, "", event.effective_us
        job.good, job.scrap, job.rework = event.good, event.scrap, event.rework
        self.queues[job.work_center].pop(job.job_order, None)
        if job.before and job.before.status not in ENDED:  # no sample, or waited too long: what was before is told later
            self._out_of_turn.add(job.lot)
        if (after := job.after) is None or after.status in ENDED:
            return []
        after.quantity = event.good
        if not event.good:
            return [JobOrderAborted(**_subject(after, event.effective_us), reason=NO_PIECES)]
        skipped, arrivals = self.reports[job.job_order].was_skipped, self.arrivals
        after.turn_us = self.transports.turn_us(job, after, event.effective_us, arrivals, was_skipped=skipped)
        if after.status in NOT_STARTED:
            self._enqueue(after)
        return self._completes(after, self.reports[after.job_order], event.effective_us, after.equipment)

    def abort(self, event: JobOrderAborted) -> JobOrder | None:
        """It ends without being done. Gives the job order back, if that was news."""
        job = self.job_orders.get(event.job_order)
        if job is None or job.status in ENDED:
            return None
        if not event.reason.startswith((SKIPPED, NO_PIECES)):
            self._out_of_turn.add(job.lot)
        job.status, job.reason, job.ended_us = D.ABORTED, event.reason, event.effective_us
        self.queues[job.work_center].pop(job.job_order, None)
        self.ending.discard(job.job_order)
        return job

    def book(self, event: EquipmentActual | PersonnelActual) -> None:
        job = self.job_orders.get(event.job_order)
        if job is None:
            return
        if isinstance(event, PersonnelActual):
            job.work_us += event.work_us
        else:
            job.energy_wh += event.energy_wh
            if event.equipment == job.equipment:  # a line's time is not that of its stations summed
                job.setup_us += event.setup_us
                job.run_us += event.run_us

    def pieces_of(self, lot: str) -> int | None:
        """Pieces of a lot that its open job order has, by what the floor reported; 0 after the last.

        None without job orders, and where operations were not done in their turn: then what the floor reports does not add up.
        """
        if lot not in self._last_of_lot or lot in self._out_of_turn:
            return None
        open_job = next((job for job in reversed([*self.jobs_of(lot)]) if job.status not in ENDED), None)
        if open_job is None:
            return 0
        report = self.reports.get(open_job.job_order)
        return open_job.quantity - (report.scrap if report else 0)

    def jobs_of(self, lot: str) -> Iterator[JobOrder]:
        """The job orders of a lot, the last first."""
        job = self._last_of_lot.get(lot)
        while job is not None:
            yield job
            job = job.before

    def is_at_a_unit(self, job_order: str) -> bool:
        return job_order in self.reports and bool(self.reports[job_order].equipment)

    def dispatch(self, job_order: str, equipment: str) -> None:
        """It was sent to `equipment`."""
        job = self.job_orders[job_order]
        job.status, job.equipment = D.DISPATCHED, equipment

    def requeue(self, job_order: str) -> None:
        """What it was sent to did not take it: it waits as before."""
        job = self.job_orders.get(job_order)
        if job and job.status == D.DISPATCHED:
            job.status, job.equipment = (D.WAITING if job.started_us < 0 else D.SUSPENDED), ""

    # Inside

    def _is_at(self, job_order: str, event: EquipmentStateChanged) -> list[OperationsEvent]:
        job, report, state = self.job_orders.get(job_order), self.reports[job_order], event.state
        elsewhere = report.equipment not in ("", event.equipment)
        report.equipment, report.person = event.equipment, event.person
        if job is None:
            return []
        alerts: list[OperationsEvent] = []
        if elsewhere:
            message = f"job order {job_order} is reported at {event.equipment} and elsewhere"
            alerts.append(WorkAlertRaised.about(event, "job_order", message))
        if report.phase == D.COMPLETED:
            return alerts
        if state in WORKING_STATES or (report.phase is None and state in HELD_STATES | SUSPENDED_STATES):
            alerts += self._starts(job, report, event)
        if state in ABORTED_STATES and job_order in self.ending and report.phase in ACTIVE:
            return [*alerts, *self._ends(job, report, event)]
        if state in HELD_STATES | ABORTED_STATES:
            return [*alerts, *self._interrupts(job, report, event, D.HELD)]
        if state in SUSPENDED_STATES | STOPPED_STATES:
            return [*alerts, *self._interrupts(job, report, event, D.SUSPENDED)]
        return alerts

    def _leaves(self, job_order: str, event: EquipmentStateChanged) -> list[OperationsEvent]:
        job, report = self.job_orders.get(job_order), self.reports[job_order]
        if report.equipment == event.equipment:
            report.equipment = ""
        if job is None:
            what = f"{event.equipment} worked on job order '{job_order}', which nobody released"
            return [WorkAlertRaised.about(event, "job_order", what)]
        if report.phase not in ACTIVE:
            return []
        if job_order in self.ending:
            return self._ends(job, report, event)
        return self._interrupts(job, report, event, D.SUSPENDED, LEFT_UNFINISHED)

    def _starts(self, job: JobOrder, report: FloorReport, event: OperationsEvent) -> list[OperationsEvent]:
        begun, report.phase = report.phase, D.RUNNING
        if begun == D.RUNNING:
            return []
        kind = JobOrderStarted if begun in (None, D.ABORTED) else JobOrderResumed
        return [kind(**_subject(job, event.effective_us, event.equipment), person=event.person)]

    def _interrupts(
        self, job: JobOrder, report: FloorReport, event: EquipmentStateChanged, phase: DispatchStatus, reason: str = ""
    ) -> list[OperationsEvent]:
        if report.phase not in ACTIVE or report.phase == phase:
            return []
        report.phase = phase
        kind = JobOrderHeld if phase == D.HELD else JobOrderPaused
        return [kind(**_subject(job, event.effective_us, event.equipment), reason=reason or event.reason)]

    def _ends(self, job: JobOrder, report: FloorReport, event: EquipmentStateChanged) -> list[OperationsEvent]:
        report.phase = D.ABORTED
        return [JobOrderAborted(**_subject(job, event.effective_us, event.equipment), reason=event.reason or "commanded")]

    def _completes(self, job: JobOrder, report: FloorReport, at_us: int, equipment: str) -> list[OperationsEvent]:
        if report.phase == D.COMPLETED or report.phase is None or report.counted < job.quantity:
            return []
        report.phase = D.COMPLETED
        return [JobOrderCompleted(**_subject(job, at_us, equipment), good=report.good, scrap=report.scrap, rework=report.rework)]

    def _enqueue(self, job: JobOrder) -> None:
        self.queues.setdefault(job.work_center, {})[job.job_order] = job


def _subject(job: JobOrder, at_us: int, equipment: str = "") -> dict[str, Any]:
    """The fields by which every event about a job order names it."""
    return {"effective_us": at_us, "equipment": equipment, "request": job.request, "job_order": job.job_order, "lot": job.lot}
