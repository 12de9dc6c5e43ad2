"""Requests are changed or cancelled: by a planner, by another Level 4, or since nobody needs what was planned. A `Function` of the ERP.

While a request is only planned the ERP says whether it can be; once it is released the MES does, which knows what has begun.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twin.erp.alerts import alert
from twin.erp.functions import Rule
from twin.erp.procurement.sourcing_entries import unknown
from twin.erp.requests import Request
from twin.model.events import (
    Entry,
    OperationsEvent,
    OperationsRequestCancelled,
    OperationsRequestChanged,
    OperationsRequestRevised,
    OperationsRequestScheduled,
    OperationsRequestWithdrawn,
)
from twin.model.readiness.signed import refusal
from twin.model.trade.changes import Change, Requested, changes_nothing, revised, why_not_changed

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]


class ChangedRequests:
    """What is wanted otherwise, and is carried out with the next decision."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._coming: dict[str, OperationsRequestRevised] = {}  # accepted at this instant, and not yet so
        self.rules: dict[type[OperationsEvent], Rule] = {
            OperationsRequestChanged: self._hear,
            OperationsRequestCancelled: self._hear,
            OperationsRequestWithdrawn: self._hear,
            OperationsRequestRevised: self._revise,
        }

    def decide(self, now_us: int) -> Derived:
        """What was accepted at this instant, each request once: what was said last of it counts."""
        return [replace(it, effective_us=now_us, recorded_us=now_us) for it in self._coming.values()]

    def violations(self) -> list[str]:
        """None: what is accepted is carried out at once."""
        return []

    def again(self, event: OperationsRequestScheduled) -> Derived:
        """Another Level 4 says a request again that is known: it wants it otherwise, or has only said it twice."""
        return self._hear(event)

    def requested(self, name: str) -> Requested:
        """A request as it will be once all that was accepted is so."""
        request = self._erp.requests.requests[name]
        it = self._coming.get(name) or request
        return Requested(
            request=name, order=request.order, material=request.material, quantity=it.quantity, due_us=it.due_us,
            release_us=it.release_us, priority=it.priority, is_released=request.released_us is not None,
        )  # fmt: skip

    def doubt(self, event: Change) -> str:
        """Why a request cannot be changed so, in words; "" if it can, as far as the ERP knows."""
        known = self._erp.requests.requests
        if doubt := unknown("request", event.request, known):
            return doubt
        request = known[event.request]
        if request.closed_us is not None:
            return f"request '{event.request}' is finished, or was cancelled; allowed: one that is open"
        if request.released_us is None:
            return why_not_changed(event, self.requested(event.request), self._erp.plant)
        if isinstance(event, OperationsRequestScheduled) and event.release_us != request.release_us:
            return f"request '{event.request}' was let go, and cannot be at another time; allowed: another quantity, date or priority"
        told = self._erp.policies.decisions == "told"
        return f"request '{event.request}' is with another MES; allowed: before it is released, or there" if told else ""

    # Inside

    def _hear(self, event: Change) -> Derived:
        known = self._erp.requests.requests.get(event.request)
        if known and isinstance(event, OperationsRequestScheduled) and changes_nothing(event, self.requested(event.request)):
            return []
        if doubt := self.doubt(event):
            words = f"request '{event.request}' stays as it is: {doubt}"
            return [refusal(event, doubt)] if isinstance(event, Entry) else alert(event, "request_not_changed", words)
        if known and known.released_us is None:
            self._coming[event.request] = revised(event, self.requested(event.request))
        return []

    def _revise(self, event: OperationsRequestRevised) -> Derived:
        self._coming.pop(event.request, None)
        requests = self._erp.requests
        request = requests.requests.get(event.request)
        if request is None or request.closed_us is not None:
            return alert(event, "unknown_request", f"change of request '{event.request}', which is not open")
        planned = self._erp.released_at_once(requests.revise(event), event)
        return [*planned, *self.less(event, requests.surplus_of(requests.components_of(request.material)))]

    @staticmethod
    def less(cause: OperationsEvent, surplus: list[tuple[Request, int]]) -> Derived:
        """Planned requests of which so much is needed by nobody any more."""
        return [
            OperationsRequestRevised(
                effective_us=cause.effective_us, recorded_us=cause.recorded_us, request=it.request, order=it.order, material=it.material,
                quantity=it.quantity - pieces, due_us=it.due_us, release_us=it.release_us, priority=it.priority,
                reason="nobody needs it any more",
            )
            for it, pieces in surplus
        ]  # fmt: skip
