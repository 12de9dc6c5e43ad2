"""What new standards change of stock and of work in process, reckoned from the movements told, apart from the posting rules.

The books hold totals of a request against the bills of its time when standards change. Here what is in process goes on with each event:
a component in when it is taken, out again when what it went into is given out, by the bill that is in force at that instant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from fractions import Fraction

from twin.erp.accounting.rounding import round_half_even
from twin.erp.accounting.standard_cost import CostRollUp, total_minor
from twin.erp.requests import Requests
from twin.erp.stock import Stock
from twin.model.events import MaterialActual, StandardCostReleased, SubcontractComponentsUsed, WorkInProcessCounted
from twin.model.states import MaterialUse

_SIGNS = {MaterialUse.CONSUMED: 1, MaterialUse.BY_PRODUCT: -1, MaterialUse.CO_PRODUCT: -1}


class RevaluationEvidence:
    """Its own tally of what each request has in process, and the standards as they were released before."""

    def __init__(
        self, requests: Requests, at_actual_cost: Container[str], roll_up: CostRollUp, stock: Stock
    ) -> None:  # fmt: skip
        self._requests, self._at_actual_cost, self._roll_up, self._stock = requests, at_actual_cost, roll_up, stock
        self._bills = roll_up.bills
        self._taken: dict[str, dict[str, Fraction]] = {}  # by request and material, or what it stands for
        self._inside: dict[str, dict[str, Fraction]] = {}  # by request and component of a bill that it has given out by: + in, - out
        self._out_of_stock: Counter[str] = Counter()  # scrapped, by material
        self._known: dict[str, StandardCostReleased] = {}

    def tally(self, event: MaterialActual | SubcontractComponentsUsed) -> None:
        request = self._requests.of(event)
        if isinstance(event, SubcontractComponentsUsed):
            if request is not None:
                self._take(request.request, event.material, event.quantity)
            return
        scrapped = -self._stock.movements[event.material].get("scrapped", 0)
        is_out_of_stock = scrapped != self._out_of_stock[event.material]  # given out before, when it came into stock
        self._out_of_stock[event.material] = scrapped
        if request is None or is_out_of_stock:
            return
        if event.use in _SIGNS and event.by_bill:
            pieces = self._requests.made_otherwise(request, event)
            for name, each in self._bills.components[request.material].items():
                self._take(request.request, name, pieces * each)
        elif event.use in _SIGNS:
            stands_for = self._bills.stands_for(request.material, event.instead_of, event.material) if event.instead_of else 1
            self._take(request.request, event.instead_of or event.material, _SIGNS[event.use] * event.quantity * stands_for)  # type: ignore[index]
        else:
            self._give(request.request, request.material, event.quantity, is_rework=request.is_rework)

    def find(self, event: WorkInProcessCounted) -> None:
        self._give(event.request, event.material, -event.quantity)

    def _take(self, request: str, material: str, quantity: int | Fraction) -> None:
        taken = self._taken.setdefault(request, {})
        taken[material] = taken.get(material, Fraction(0)) + quantity

    def _give(self, request: str, material: str, units: int, *, is_rework: bool = False) -> None:
        inside = self._inside.setdefault(request, {})
        for component, each in ({material: 1} if is_rework else self._bills.components[material]).items():
            inside[component] = inside.get(component, Fraction(0)) - Fraction(each * units)

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
            if request.closed_us is not None or request.material in self._at_actual_cost:
                continue
            inside = self._inside.get(name, {})
            bill = {request.material} if request.is_rework else self._bills.components[request.material].keys()
            if component in inside or component in bill:
                yield round((self._taken.get(name, {}).get(component, 0) + inside.get(component, 0)) * change)

    def learn(self, released: Iterable[StandardCostReleased]) -> None:
        """These are in force now."""
        self._known |= {it.material: it for it in released}
        self._bills = self._roll_up.bills
