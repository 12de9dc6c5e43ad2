"""What follows from a disposition: stock that leaves or goes back into work, a lot or part of one that goes back, job orders that end.

What is being worked on, or on its way, is left alone: that is done once it lies somewhere, wherever its pieces are then.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, takewhile
from typing import Any

from twin.mes.execution import ENDED, NO_PIECES, Execution, JobOrder
from twin.mes.quality.entries import Entries
from twin.mes.quality.nonconformances import REWORK, SCRAP, USE_AS_IS, Nonconformance, Nonconformances
from twin.mes.release import Release
from twin.mes.tracking.lots import Lot
from twin.mes.tracking.tracking import Tracking
from twin.model import events as e
from twin.model.events import OperationsEvent, WorkAlertRaised
from twin.model.plant import rework_lot
from twin.model.states import MaterialUse


class CarryingOut:
    """Dispositions that were accepted, and what is to be done for each at the instant at which it can be."""

    def __init__(
        self, entries: Entries, nonconformances: Nonconformances, tracking: Tracking, execution: Execution, release: Release
    ) -> None:
        self._entries, self._nonconformances = entries, nonconformances
        self._tracking, self._execution, self._release = tracking, execution, release

    def await_turn(self, event: e.NonconformanceDispositioned, it: Nonconformance) -> list[OperationsEvent]:
        """Use as it is takes effect at once; for all else `decide` finds the instant."""
        if event.disposition == USE_AS_IS:
            return [e.DispositionCarriedOut(**self._told(event.effective_us, event, it, it.deciding))]
        self._nonconformances.undone[it.nonconformance] = event
        return []

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """All that follows from the first disposition of which the lot is not being worked on; the ERP hears of it first, to book it."""
        for name, event in self._nonconformances.undone.items():
            it = self._nonconformances.all[name]
            lot, job = self._tracking.lots[it.lot], self._entries.next_job(it.lot)
            if lot.in_process and (self._entries.is_worked_on(job) or (job and not 0 <= job.turn_us <= now_us)):
                continue
            quantity = min(it.deciding, self._entries.there(lot))
            told = self._told(now_us, event, it, quantity)
            carried = e.DispositionCarriedOut(**told)
            if not quantity:
                words = f"{name}: nothing of lot {it.lot} is left, of which {it.deciding} were to be: {event.disposition}"
                return [carried, WorkAlertRaised.about(carried, "nonconformance", words)]
            if event.disposition == REWORK:
                return self._rework(event, lot, job if lot.in_process else None, told)
            return [carried, *self._scrap(it, lot, job, told)] if event.disposition == SCRAP else [carried]
        return []

    def note(self, event: e.DispositionCarriedOut) -> None:
        """What is scrapped in process is none of its request's good pieces; what leaves a lot is none of what its job orders are for."""
        self._nonconformances.undone.pop(event.nonconformance, None)
        lot, request = self._tracking.lots[event.lot], self._release.requests.get(event.request)
        if event.disposition not in (SCRAP, REWORK) or not lot.in_process:
            return
        if event.disposition == SCRAP and request:
            request.scrap += event.quantity
        if event.quantity < lot.in_process:
            for n, job in enumerate(self._open_jobs(event.lot)):
                job.quantity -= event.quantity
                if not n:
                    self._release.note_place(event.lot, job.step, job.quantity)

    # Inside

    def _open_jobs(self, lot: str) -> Iterator[JobOrder]:
        return (job for job in self._execution.job_orders.values() if job.lot == lot and job.status not in ENDED)

    def _told(self, at_us: int, event: e.NonconformanceDispositioned, it: Nonconformance, quantity: int) -> dict[str, Any]:
        """The fields of DispositionCarriedOut."""
        return {
            "effective_us": at_us, "lot": it.lot, "request": self._tracking.lots[it.lot].request, "person": event.person,
            "nonconformance": it.nonconformance, "disposition": event.disposition, "material": it.material, "quantity": quantity,
        }  # fmt: skip

    @staticmethod
    def _scrap(it: Nonconformance, lot: Lot, job: JobOrder | None, told: dict[str, Any]) -> list[OperationsEvent]:
        actual: dict[str, Any] = {"use": MaterialUse.SCRAPPED.value, "material": it.material, "quantity": told["quantity"]}
        if not lot.in_process:
            return [e.MaterialActual(effective_us=told["effective_us"], lot=it.lot, **actual)]
        assert job is not None, "a lot in process has a next job order"
        last = job.before or job  # what was done to it counts, and not what it waited for
        at: dict[str, Any] = {"effective_us": told["effective_us"], "request": job.request, "lot": job.lot}
        scrapped = e.MaterialActual(**at, job_order=last.job_order, **actual)
        if told["quantity"] < lot.in_process:
            return [scrapped]
        return [scrapped, e.JobOrderAborted(**at, job_order=job.job_order, reason=f"scrapped: {it.nonconformance}")]

    def _rework(self, event: e.NonconformanceDispositioned, lot: Lot, job: JobOrder | None, told: dict[str, Any]) -> list[OperationsEvent]:
        """So much goes on as another lot from an earlier operation; if that is all of it, what it was to do next ends without pieces."""
        into, at_us, quantity = rework_lot(lot.lot), told["effective_us"], told["quantity"]
        if job is None:
            return self._rework_of_stock(event, lot, told)
        while into in self._tracking.lots:
            into = rework_lot(into)
        onward = self._release.job_orders(at_us, job.request, into, lot.material, quantity, event.rework_to)
        again = tuple(it.job_order for it in takewhile(lambda it: it.operation != job.operation, onward))
        at: dict[str, Any] = {"effective_us": at_us, "request": job.request}
        split = e.LotSplit(**at, lot=into, from_lot=lot.lot, quantity=quantity)
        ended = e.JobOrderAborted(**at, job_order=job.job_order, lot=lot.lot, reason=NO_PIECES)
        is_all = quantity == lot.in_process
        return [e.DispositionCarriedOut(**told, into_lot=into, job_orders=again), split, *onward, *([ended] if is_all else [])]

    def _rework_of_stock(self, event: e.NonconformanceDispositioned, lot: Lot, told: dict[str, Any]) -> list[OperationsEvent]:
        """What is finished goes back into work for a request of its own, which takes it out of stock and makes it again."""
        before, at_us, taken = self._release.requests.get(lot.request), told["effective_us"], self._release.requests.keys()
        into = next(name for n in count(1) if (name := f"{lot.lot}.W{n}") not in self._tracking.lots.keys() | taken)
        onward = self._release.job_orders(at_us, into, into, lot.material, told["quantity"], event.rework_to)
        asked = e.OperationsRequestReleased(
            effective_us=at_us, request=into, order=before.order if before else "", material=lot.material, quantity=told["quantity"],
            due_us=before.due_us if before else at_us, priority=before.priority if before else 0, from_lot=lot.lot,
            from_operation=event.rework_to,
        )  # fmt: skip
        return [e.DispositionCarriedOut(**told, into_lot=into, job_orders=tuple(it.job_order for it in onward)), asked]
