"""Requests on the floor are changed or withdrawn: lots that have not begun are taken back, or more are let in. A `Function` of the MES.

Whether something has begun only the MES knows, so it decides once a request is released; before that the ERP does.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from twin.mes.execution import ENDED, NOT_STARTED, Execution, JobOrder
from twin.mes.release import Release, Request
from twin.mes.tracking.tracking import Tracking
from twin.model.events import Entry, JobOrderAborted, OperationsEvent, OperationsRequestRevised, WorkAlertRaised
from twin.model.plant import Plant
from twin.model.readiness.signed import refusal
from twin.model.states import DispatchStatus
from twin.model.trade.changes import CHANGES, Change, Requested, revised, why_not_changed

WITHDRAWN = "withdrawn"


class ChangedRequests:
    """Hears what is wanted otherwise, says whether it can be, and carries it out."""

    def __init__(self, plant: Plant, execution: Execution, tracking: Tracking, release: Release) -> None:
        self._plant, self._execution, self._tracking, self._release = plant, execution, tracking, release
        self._coming: dict[str, OperationsRequestRevised] = {}  # accepted at this instant, and not yet so

    @property
    def hears(self) -> Collection[type[OperationsEvent]]:
        """What it listens to."""
        return (*CHANGES, OperationsRequestRevised)

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """What was accepted at this instant, each request once: what was said last of it counts."""
        return [replace(it, effective_us=now_us, recorded_us=now_us) for it in self._coming.values()]

    def apply(self, event: OperationsEvent) -> list[OperationsEvent]:
        """A change of a request that is released and not answered; of others it says nothing."""
        if isinstance(event, OperationsRequestRevised):
            self._coming.pop(event.request, None)
            return self._carry_out(event)
        now = self.standing(event.request)
        if now is None or not isinstance(event, CHANGES):
            return []
        if doubt := self.doubt(event, now):
            return [refusal(event, doubt) if isinstance(event, Entry) else not_changed(event, doubt)]
        it = revised(event, now)
        if (it.quantity, it.due_us, it.priority) != (now.quantity, now.due_us, now.priority):
            self._coming[it.request] = it
        return []

    def standing(self, name: str) -> Requested | None:
        """A request that is on the floor and not answered, as it will be once all that was accepted is so; None: the ERP has it."""
        request = self._release.requests.get(name)
        if request is None or request.answered_us >= 0:
            return None
        it = self._coming.get(name) or request
        return Requested(
            request=name, order=request.order, material=request.material, quantity=it.quantity, due_us=it.due_us, priority=it.priority,
            release_us=request.released_us, begun=sum(self._pieces(lot) for lot in self._lots(request) if self._has_begun(lot)),
            is_rework=request.was_stock, is_released=True,
        )  # fmt: skip

    def doubt(self, event: Change, now: Requested) -> str:
        """Why a request that is on the floor cannot be changed so, in words; "" if it can."""
        return why_not_changed(event, now, self._plant)

    # Inside

    def _carry_out(self, event: OperationsRequestRevised) -> list[OperationsEvent]:
        request = self._release.requests.get(event.request)
        if request is None or request.answered_us >= 0:
            return []
        lots = self._lots(request)
        begun = sum(self._pieces(lot) for lot in lots if self._has_begun(lot))
        request.due_us, request.priority = event.due_us, event.priority
        request.quantity = max(begun, event.quantity)
        for job in self._jobs(request):
            job.due_us, job.priority = event.due_us, event.priority
        concluded = self._cut_anew(event, request, request.quantity - begun, [lot for lot in lots if self._is_to_begin(lot)])
        if request.quantity != event.quantity:  # something has begun since it was accepted
            because = f"{begun} have begun meanwhile"
            concluded.append(replace(event, quantity=request.quantity, reason=because))
        return concluded or self._release.respond(event.effective_us, request.request)

    def _cut_anew(self, event: OperationsRequestRevised, request: Request, left: int, lots: list[str]) -> list[OperationsEvent]:
        """Lots for so many pieces that have not begun: those that are there, as far as they fit, and others for the rest."""
        withdrawn: list[str] = []
        kept: list[tuple[str, int]] = []
        for lot in lots:
            if (pieces := self._pieces(lot)) <= left:
                left -= pieces
            else:
                withdrawn.append(lot)
        for name, pieces in request.uncut:
            if pieces <= left:
                left -= pieces
                kept.append((name, pieces))
        new = self._release.more_lots(request, left, {*self._tracking.lots, *(name for name, _ in request.uncut)})
        concluded = self._release.let_in(event.effective_us, request, kept, new)
        for lot in withdrawn:
            first = next(job for job in reversed([*self._execution.jobs_of(lot)]) if job.status not in ENDED)
            concluded.append(
                JobOrderAborted(
                    effective_us=event.effective_us, request=request.request, job_order=first.job_order, lot=lot,
                    reason=f"{WITHDRAWN}: {event.reason}" if event.reason else WITHDRAWN,
                )
            )  # fmt: skip
        return concluded

    def _jobs(self, request: Request) -> list[JobOrder]:
        jobs = self._execution.job_orders.values()
        return [job for job in jobs if job.request == request.request and job.status not in ENDED]

    def _lots(self, request: Request) -> list[str]:
        """Its lots, in the order in which they were let in."""
        return [name for name, lot in self._tracking.lots.items() if lot.request == request.request and lot.made_here]

    def _pieces(self, lot: str) -> int:
        return self._tracking.lots[lot].to_begin

    def _has_begun(self, name: str) -> bool:
        """Whether a lot is worked on, or on its way to that."""
        if self._tracking.lots[name].begun:
            return True
        jobs = [job for job in self._execution.jobs_of(name) if job.status not in ENDED]
        waits = NOT_STARTED - {DispatchStatus.DISPATCHED}
        return any(job.status not in waits or self._execution.is_at_a_unit(job.job_order) for job in jobs)

    def _is_to_begin(self, name: str) -> bool:
        return not self._has_begun(name) and any(job.status not in ENDED for job in self._execution.jobs_of(name))


def not_changed(event: OperationsEvent, doubt: str) -> WorkAlertRaised:
    """Another system wants something otherwise that cannot be: somebody is told."""
    return WorkAlertRaised.about(event, "request_not_changed", f"request '{event.request}' stays as it is: {doubt}")
