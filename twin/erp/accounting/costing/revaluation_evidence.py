"""What new standards change of stock and of work in process, reckoned from the movements told, apart from the posting rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from fractions import Fraction

from twin.erp.accounting.rounding import round_half_even
from twin.erp.accounting.standard_cost import CostRollUp, total_minor
from twin.erp.requests import Requests
from twin.erp.stock import Stock
from twin.model.events import MaterialActual, StandardCostReleased, SubcontractComponentsUsed, WorkInProcessCounted
from twin.model.materials import MaterialDefinition
from twin.model.states import MaterialUse

_SIGNS = {MaterialUse.CONSUMED: 1, MaterialUse.BY_PRODUCT: -1, MaterialUse.CO_PRODUCT: -1}


class RevaluationEvidence:
    """Its own tally of what each request took of each component and gave out, and the standards as they were released before."""

    def __init__(
        self, requests: Requests, at_actual_cost: Container[str], roll_up: CostRollUp, stock: Stock,
        definitions: Mapping[str, MaterialDefinition],
    ) -> None:  # fmt: skip
        self._requests, self._at_actual_cost, self._roll_up, self._stock = requests, at_actual_cost, roll_up, stock
        self._definitions, self._bills = definitions, roll_up.bills
        self._taken: Counter[tuple[str, str]] = Counter()
        self._given: Counter[str] = Counter()  # units less those that were found in the making
        self._known: dict[str, StandardCostReleased] = {}

    def tally(self, event: MaterialActual | SubcontractComponentsUsed) -> None:
        request = self._requests.of(event)
        if request is None:
            return
        if isinstance(event, SubcontractComponentsUsed):
            self._taken[request.request, event.material] += event.quantity
        elif event.use in _SIGNS:
            self._taken[request.request, event.material] += _SIGNS[event.use] * event.quantity  # type: ignore[index]
        else:
            self._given[request.request] += event.quantity

    def find(self, event: WorkInProcessCounted) -> None:
        self._given[event.request] -= event.quantity

    def worth_more_minor(self, new: StandardCostReleased) -> int:
        """By how much stock and work in process are worth more at a new standard."""
        old = self._known.get(new.material)
        if old is None or new.material in self._at_actual_cost:
            return 0
        on_hand = self._stock.on_hand[new.material]
        values = [round_half_even(total_minor(it) * on_hand, it.quantity) for it in (old, new)]
        return values[1] - values[0] + sum(self._of_work(new.material, old, new))

    def _of_work(self, component: str, old: StandardCostReleased, new: StandardCostReleased) -> Iterable[int]:
        change = Fraction(total_minor(new), new.quantity) - Fraction(total_minor(old), old.quantity)
        for name, request in self._requests.requests.items():
            each = self._bills.components[request.material].get(component, 0)
            if each and request.closed_us is None and request.material not in self._at_actual_cost:
                inside = self._taken[name, component] - Fraction(each * self._given[name], self._definitions[request.material].bill_for)
                yield round(inside * change)

    def learn(self, released: Iterable[StandardCostReleased]) -> None:
        """These are in force now."""
        self._known |= {it.material: it for it in released}
        self._bills = self._roll_up.bills
