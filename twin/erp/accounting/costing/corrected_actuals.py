"""What job orders made or lost and was told wrong: the difference is posted; what is short by it is asked for anew.

| document   | debit      | credit | amount                                                             |
|------------|------------|--------|--------------------------------------------------------------------|
| scrap      | scrap loss | WIP    | standard up to the operation that lost it, of the difference       |
| completion | stock      | WIP    | at standard, of the difference; what hours and pieces bear besides |

Of a closed request production variance stands for WIP. What is made at actual cost is reckoned anew from what it really gave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from twin.erp.alerts import alert
from twin.erp.requests import Request
from twin.model.events import OperationsEvent
from twin.model.events.production import MaterialActualCorrected
from twin.model.states import MaterialUse

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]


class CorrectedActuals:
    """Hears what was made or lost otherwise than was told (a `Function`)."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.rules: Mapping[type[OperationsEvent], Callable[[Any], Derived]] = {MaterialActualCorrected: self._correct}

    def decide(self, now_us: int) -> Derived:
        """Nothing: corrections come from the floor."""
        return []

    def violations(self) -> list[str]:
        """Stock, work in process and requests are looked at by those who keep them."""
        return []

    def _correct(self, event: MaterialActualCorrected) -> Derived:
        request = self._erp.requests.of(event)
        if request is None or event.material != request.material or not event.quantity:
            words = f"{event.quantity} of '{event.material}' {event.use.lower()} otherwise, and no request has made that"
            return alert(event, "unknown_request", words)
        match event.use:
            case MaterialUse.SCRAPPED:
                return self._scrapped(event, request)
            case MaterialUse.PRODUCED:
                return self._produced(event, request)
        return alert(event, "unknown_use", f"'{event.use}' is not corrected here; allowed: Produced, Scrapped")

    def _scrapped(self, event: MaterialActualCorrected, request: Request) -> Derived:
        if request.scrapped + event.quantity < 0:
            words = f"{-event.quantity} of '{event.material}' were not lost; '{request.request}' has lost {request.scrapped}"
            return alert(event, "nothing_lost", words)
        self._erp.requests.count(request, scrapped=event.quantity)
        worked_up_to = self._erp.requests.worked_up_to(request, event.job_order)
        return [*self._erp.book.scrapped_in_process(event, request.request, worked_up_to)]

    def _produced(self, event: MaterialActualCorrected, request: Request) -> Derived:
        erp = self._erp
        there = erp.stock.lot_quantity(event.material, event.lot)
        if there + event.quantity < 0:
            words = f"{-event.quantity} of lot '{event.lot}' were not made after all, and {there} of it are in stock"
            return alert(event, "made_less", words)
        erp.requests.count(request, produced=event.quantity)
        erp.corrections.apart.made(event, request.request)
        before = erp.stock.on_hand[event.material]
        erp.stock.move(event.material, event.lot, event.quantity, "produced", event.effective_us)
        booked: Derived = [*erp.book.completed_otherwise(event, request.request, before, before + event.quantity)]
        return booked + erp.released_at_once(erp.requests.answered_otherwise(request, event.quantity), event)
