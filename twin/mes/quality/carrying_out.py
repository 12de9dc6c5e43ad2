"""What follows from a disposition: stock that leaves, a lot that goes back, job orders that end."""

from __future__ import annotations

from typing import Any

from twin.mes.execution import NO_PIECES
from twin.mes.quality.entries import Entries
from twin.mes.quality.nonconformances import REWORK, SCRAP, Nonconformance, Nonconformances
from twin.mes.release import Release
from twin.mes.tracking.tracking import Tracking
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.plant import rework_lot
from twin.model.states import MaterialUse


class CarryingOut:
    """Concludes from a disposition that was accepted."""

    def __init__(self, entries: Entries, nonconformances: Nonconformances, tracking: Tracking, release: Release) -> None:
        self._entries, self._nonconformances = entries, nonconformances
        self._tracking, self._release = tracking, release
        self._named: set[str] = set()  # lots to be reworked that were said at this instant, and are none yet

    def of(self, event: e.NonconformanceDispositioned, it: Nonconformance) -> list[OperationsEvent]:
        """What happens now; the ERP hears of it first, and books what follows to this nonconformance."""
        told: dict[str, Any] = {
            "effective_us": event.effective_us, "lot": it.lot, "request": self._tracking.lots[it.lot].request, "person": event.person,
            "nonconformance": it.nonconformance, "disposition": event.disposition, "material": it.material, "quantity": it.quantity,
        }  # fmt: skip
        if event.disposition == REWORK:
            return self._rework(event, it, told)
        carried = e.DispositionCarriedOut(**told)
        return [carried, *self._scrap(event, it)] if event.disposition == SCRAP else [carried]

    def _scrap(self, event: e.NonconformanceDispositioned, it: Nonconformance) -> list[OperationsEvent]:
        lot, job = self._tracking.lots[it.lot], self._entries.next_job(it.lot)
        if not lot.in_process and lot.on_hand:
            return [
                e.MaterialActual(
                    effective_us=event.effective_us, lot=it.lot, use=MaterialUse.SCRAPPED.value, material=it.material, quantity=it.quantity
                )
            ]
        assert job is not None, "a whole lot in process has a next job order"
        last = job.before or job  # what was done to it counts, and not what it waited for
        at: dict[str, Any] = {"effective_us": event.effective_us, "request": job.request, "lot": job.lot}
        return [
            e.MaterialActual(**at, job_order=last.job_order, use=MaterialUse.SCRAPPED.value, material=it.material, quantity=lot.in_process),
            e.JobOrderAborted(**at, job_order=job.job_order, reason=f"scrapped: {it.nonconformance}"),
        ]

    def note(self, event: e.DispositionCarriedOut) -> None:
        """What is scrapped in process is none of its request's good pieces."""
        lot, request = self._tracking.lots[event.lot], self._release.requests.get(event.request)
        if event.disposition == SCRAP and lot.in_process and request:
            request.scrap += event.quantity

    def _rework(self, event: e.NonconformanceDispositioned, it: Nonconformance, told: dict[str, Any]) -> list[OperationsEvent]:
        """The whole lot goes on as another from an earlier operation; what it was to do next ends without pieces."""
        job = self._entries.next_job(it.lot)
        assert job is not None, "it was refused otherwise"
        into, lots = rework_lot(it.lot), self._tracking.lots
        self._named = {name for name in self._named if name not in lots}
        while into in lots or into in self._named:
            into = rework_lot(into)
        self._named.add(into)
        at_us = event.effective_us
        onward = self._release.job_orders(at_us, job.request, into, it.material, it.quantity, event.rework_to)
        again: list[str] = []
        for created in onward:
            if isinstance(created, e.JobOrderCreated):
                if created.operation == job.operation:
                    break
                again.append(created.job_order)
        split = e.LotSplit(effective_us=at_us, request=job.request, lot=into, from_lot=it.lot, quantity=it.quantity)
        ended = e.JobOrderAborted(
            effective_us=at_us, request=job.request, job_order=job.job_order, lot=it.lot, reason=NO_PIECES
        )  # fmt: skip
        return [e.DispositionCarriedOut(**told, into_lot=into, job_orders=tuple(again)), split, *onward, ended]
