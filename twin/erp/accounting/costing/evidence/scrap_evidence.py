"""What scrap must have cost, reckoned from what was lost and at which operation, apart from the posting rules; corrections of it too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction

from twin.erp.accounting.rounding import Accruals
from twin.erp.accounting.standard_cost import CostRollUp, StandardCosts
from twin.erp.requests import Requests
from twin.model.events import JournalPosted, MaterialActual, OperationsEvent
from twin.model.states import MaterialUse


class ScrapEvidence:
    """Where every material is valued at standard; at actual cost layers are held against accounts."""

    def __init__(self, requests: Requests, standards: StandardCosts, at_actual_cost: Collection[str], roll_up: CostRollUp) -> None:
        self._requests, self._standards, self._at_actual_cost, self._roll_up = requests, standards, at_actual_cost, roll_up
        self._totals = Accruals()

    def lost_minor(self, event: MaterialActual, concluded: Sequence[OperationsEvent]) -> int:
        """By how much the account grows; what nobody's job order has lost may have been in stock: then its entry is of the material."""
        whole = self._standards.exact(event.material, event.quantity)
        if any(isinstance(it, JournalPosted) and it.material for it in concluded):
            return self._totals.step((event.material, "stock"), whole)
        created, request = self._requests.job_orders.get(event.job_order), self._requests.of(event)
        level = self._roll_up.level_cost(event.material).total
        was_stock = request is not None and request.is_rework
        so_far = self._roll_up.cost_so_far(event.material, created.operation if created and not was_stock else None).total
        return self._totals.step((request.request if request else "", "request"), (so_far / level if level else Fraction(1)) * whole)

    def concerns(self, event: OperationsEvent) -> bool:
        """Whether something was lost, or was not lost after all, at standard."""
        return isinstance(event, MaterialActual) and event.use == MaterialUse.SCRAPPED and not self._at_actual_cost
