"""What follows when a job order ends: what is produced, reworked or lost, where its lot goes on, and what its request hears of it."""

from __future__ import annotations

from twin.mes.collection.setup_runs import SetupRuns
from twin.mes.execution import ENDED, SKIPPED, Execution, JobOrder
from twin.mes.operations.parts import parts
from twin.mes.operations.queue_times import QueueTimes
from twin.mes.release import Release
from twin.mes.tracking.tracking import Tracking
from twin.mes.tracking.transports import Transports
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.plant import Plant, rework_lot
from twin.model.states import MaterialUse


class JobEnds:
    """Reactions to JobOrderCompleted and JobOrderAborted."""

    def __init__(
        self, plant: Plant, execution: Execution, release: Release, tracking: Tracking, transports: Transports, setup_runs: SetupRuns,
        queue_times: QueueTimes,
    ) -> None:  # fmt: skip
        self._plant, self._execution, self._release, self._tracking = plant, execution, release, tracking
        self._transports, self._setup_runs, self._queue_times = transports, setup_runs, queue_times
        self._storage = {center: it.storage for center, it in plant.layout.work_centers.items()}
        self._named: set[str] = set()  # lots to be reworked that were said at this instant

    def complete(self, event: e.JobOrderCompleted) -> list[OperationsEvent]:
        job = self._execution.job_orders.get(event.job_order)
        if job is None or job.status in ENDED:
            return []
        self._setup_runs.complete(event)
        self._queue_times.note(event, job)
        # Pieces to be reworked leave the lot first, or they would be taken for lost if nothing else is left of it.
        concluded = self._rework(job, event) if event.rework else []
        announced = sum(isinstance(it, e.JobOrderCreated) for it in concluded)
        concluded += self._execution.complete(event)
        self._move_on(job)
        self._release.note_place(job.lot, job.after.step if job.after else None, event.good)
        request = self._release.requests.get(job.request)
        concluded += [] if request and request.was_stock else parts(self._plant, job, event)  # given off before it came into stock
        if job.after is None and event.good:
            concluded.append(
                e.MaterialActual(
                    effective_us=event.effective_us, equipment=event.equipment, request=job.request, job_order=job.job_order,
                    lot=job.lot, use=MaterialUse.PRODUCED.value, material=job.material, quantity=event.good,
                )
            )  # fmt: skip
        if request:
            request.announced_count += announced
            request.open_count -= 1
            request.scrap += event.scrap
            request.good += event.good if job.after is None else 0
            if not event.rework:
                concluded += self._release.respond(event.effective_us, job.request)
        return concluded

    def abort(self, event: e.JobOrderAborted) -> list[OperationsEvent]:
        """A job order ends without being done. Unless it was only skipped, its lot ends with it: what is left of it is scrap."""
        job = self._execution.abort(event)
        if job is None:
            return []
        request = self._release.requests.get(job.request)
        if request:
            request.open_count -= 1
        concluded: list[OperationsEvent] = []
        lot = self._tracking.lots.get(job.lot)
        if event.reason != SKIPPED:
            self._release.note_place(job.lot, None, 0)
            if lot and lot.in_process:
                if request:
                    request.scrap += lot.in_process
                concluded.append(
                    e.MaterialActual(
                        effective_us=event.effective_us, equipment=event.equipment, request=job.request, job_order=job.job_order,
                        lot=job.lot, use=MaterialUse.SCRAPPED.value, material=job.material, quantity=lot.in_process,
                    )
                )  # fmt: skip
            if job.after and job.after.status not in ENDED:
                concluded.append(
                    e.JobOrderAborted(
                        effective_us=event.effective_us,
                        request=job.request,
                        job_order=job.after.job_order,
                        lot=job.lot,
                        reason=event.reason,
                    )
                )
        return concluded + self._release.respond(event.effective_us, job.request)

    # Inside

    def _rework(self, job: JobOrder, event: e.JobOrderCompleted) -> list[OperationsEvent]:
        """The pieces to be reworked go on as a lot of their own, from the operation that the routing names.

        Two operations of a lot may send pieces back at one instant: the second finds a name that is said and not yet a lot's.
        """
        lot, lots = rework_lot(job.lot), self._tracking.lots
        self._named = {it for it in self._named if it not in lots}
        while lot in lots or lot in self._named:
            lot = rework_lot(lot)
        self._named.add(lot)
        split = e.LotSplit(
            effective_us=event.effective_us, request=job.request, job_order=job.job_order, lot=lot, from_lot=job.lot, quantity=event.rework
        )
        self._queue_times.split(split, job)
        back_to = self._queue_times.back_to(job)
        return [split, *self._release.job_orders(event.effective_us, job.request, lot, job.material, event.rework, back_to)]

    def _move_on(self, job: JobOrder) -> None:
        """A lot that is done here lies in the storage of the next work center, unless it is there already."""
        lot = self._tracking.lots.get(job.lot)
        if lot and job.after and job.after.started_us < 0 and not self._transports.whereabouts(job.after.job_order):
            lot.place = self._storage[job.after.work_center]
