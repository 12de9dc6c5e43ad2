"""How long lots wait between two operations whose wait is limited (critical queue time), and which have waited too long.

The plant says that a lot has; what follows is concluded here. Pieces that go back leave their job order as pieces to be reworked do, pieces
that are lost as scrap: the job order is complete without having been begun.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from twin.mes.execution import ENDED, Execution, JobOrder
from twin.mes.operations.pieces_there import pieces_there
from twin.model.events import (
    JobOrderCompleted,
    JobOrderStarted,
    LotSplit,
    MaterialActual,
    OperationsEvent,
    QueueTimeExceeded,
    WorkAlertRaised,
)
from twin.model.floor.queue_limit import QueueLimit
from twin.model.measures import write_duration
from twin.model.plant import Plant
from twin.model.states import DispatchStatus, MaterialUse


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueViolation:
    """A lot waited longer for an operation than it may."""

    at_us: int
    lot: str
    material: str
    operation: str
    after: str  # the operation from whose end the limit counts
    quantity: int
    waited_us: int
    limit_us: int
    then: str  # "told", "rework" or "scrap"


class QueueTimes:
    """Which lots wait under a limit, since when, and how often they went back."""

    def __init__(self, plant: Plant, execution: Execution) -> None:
        self._routings, self._execution = plant.layout.routings, execution
        self.violations: list[QueueViolation] = []
        self.waits_since_us: defaultdict[str, dict[str, int]] = defaultdict(dict)  # by lot: operations that have to begin in time
        self.sent_back: defaultdict[str, dict[str, int]] = defaultdict(dict)  # by lot: how often, by operation
        self._back_to: dict[str, str] = {}  # job order -> operation

    def exceed(self, event: QueueTimeExceeded) -> list[OperationsEvent]:
        """A lot has waited too long: somebody should know; and it ends here, if the plant sent it back or gave it up."""
        job, report = self._execution.job_orders.get(event.job_order), self._execution.reports[event.job_order]
        limit = self._limit(job)
        if job is None or limit is None or job.status in ENDED or report.phase is not None:
            return [WorkAlertRaised.about(event, "job_order", f"job order '{event.job_order}' waited too long, and nobody limits its wait")]
        then = "rework" if event.rework else "scrap" if event.scrap else "told"
        self.violations.append(
            QueueViolation(
                at_us=event.effective_us, lot=job.lot, material=job.material, operation=job.operation, after=limit.after,
                quantity=event.quantity, waited_us=event.waited_us, limit_us=limit.within, then=then,
            )
        )  # fmt: skip
        self.waits_since_us[job.lot].pop(job.operation, None)
        message = f"lot {job.lot} waited {_written(event.waited_us)} for operation {job.operation} after {limit.after}; "
        message += f"allowed: {write_duration(limit.within)}" + (f"; it goes back to {limit.rework_to}" if event.rework else "")
        message += "; it is scrap" if event.scrap else ""
        alert = WorkAlertRaised.about(event, "queue_time", message)
        return [alert, *self._ends(event, job)] if event.rework or event.scrap else [alert]

    def _ends(self, event: QueueTimeExceeded, job: JobOrder) -> list[OperationsEvent]:
        """All pieces of a lot leave its job order, which nobody has begun."""
        report, limit = self._execution.reports[event.job_order], self._limit(job)
        pieces = pieces_there(self._execution, job, event.quantity)
        report.phase = DispatchStatus.COMPLETED
        report.scrap, report.rework = (0, pieces) if event.rework else (pieces, 0)
        ended: list[OperationsEvent] = []
        if report.scrap:
            ended.append(
                MaterialActual(
                    effective_us=event.effective_us, request=job.request, job_order=job.job_order, lot=job.lot,
                    use=MaterialUse.SCRAPPED.value, material=job.material, quantity=report.scrap,
                )
            )  # fmt: skip
        if limit and limit.rework_to and report.rework:
            self._back_to[job.job_order] = limit.rework_to
            self.sent_back[job.lot][job.operation] = self.sent_back[job.lot].get(job.operation, 0) + 1
        ended.append(
            JobOrderCompleted(
                effective_us=event.effective_us, request=job.request, job_order=job.job_order, lot=job.lot,
                good=0, scrap=report.scrap, rework=report.rework,
            )
        )  # fmt: skip
        return ended

    def back_to(self, job: JobOrder) -> str:
        """Where pieces to be reworked go from a job order."""
        return self._back_to.get(job.job_order) or job.step.rework_to or job.operation

    def way_back(self, job: JobOrder | None) -> JobOrder | None:
        """The job order that pieces come from on their way back; what was not on a work unit goes back from where it waits, at once."""
        return None if job is None or job.job_order in self._back_to else job

    def note(self, event: JobOrderStarted | JobOrderCompleted, job: JobOrder) -> None:
        """An operation was begun, so that nothing limits the wait for it any more; or is done, so that limits count from there."""
        routing = self._routings.get(job.material, {})
        waits = self.waits_since_us[job.lot]
        waits.pop(job.operation, None)
        if isinstance(event, JobOrderCompleted) and not self._execution.reports[job.job_order].was_skipped:
            for operation, it in routing.items():
                if it.queue_limit and it.queue_limit.after == job.operation:
                    waits[operation] = event.effective_us

    def split(self, event: LotSplit, job: JobOrder) -> None:
        """Pieces go back as a lot of their own: what they will go through again counts anew."""
        routing = self._routings.get(job.material, {})
        anew = set(list(routing)[list(routing).index(self.back_to(job)) :]) if self.back_to(job) in routing else set()
        limits = {operation: it.queue_limit for operation, it in routing.items() if it.queue_limit}
        self.waits_since_us[event.lot] = {
            operation: at_us
            for operation, at_us in self.waits_since_us[event.from_lot].items()
            if operation in limits and limits[operation].after not in anew
        }
        self.sent_back[event.lot] = dict(self.sent_back[event.from_lot])

    def merge(self, from_lot: str, lot: str) -> None:
        """Pieces go on with another lot: what has waited longest counts for all of them."""
        waits = self.waits_since_us[lot]
        for operation, at_us in self.waits_since_us.pop(from_lot, {}).items():
            waits[operation] = min(at_us, waits.get(operation, at_us))

    def _limit(self, job: JobOrder | None) -> QueueLimit | None:
        operation = self._routings.get(job.material, {}).get(job.operation) if job else None
        return operation.queue_limit if operation else None


def _written(span_us: int) -> str:
    """To the second, as far as it is longer than one."""
    return write_duration(span_us // 1_000_000 * 1_000_000 or span_us)
