"""What nonconformances cost: scrap and returns as they are booked, and the work that is done again, taken off its request.

| document | debit       | credit                                  | amount                                          |
|----------|-------------|-----------------------------------------|-------------------------------------------------|
| rework   | rework cost | WIP (closed request: production variance) | labour, machine and energy of job orders done again |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from twin.erp.accounting.postings import Postings
from twin.erp.alerts import alert
from twin.erp.procurement.purchasing import Purchasing
from twin.erp.requests import Requests
from twin.erp.stock import Stock
from twin.model.events import (
    DispositionCarriedOut,
    EquipmentActual,
    GoodsReturned,
    JournalPosted,
    LotDispositionChanged,
    MaterialActual,
    OperationsEvent,
    PersonnelActual,
)
from twin.model.states import MaterialUse

Derived = list[OperationsEvent]
OF_QUALITY = (MaterialActual, GoodsReturned, PersonnelActual, EquipmentActual)


class QualityCosts:
    """Cost of each nonconformance in minor units, and the lots that are held; `rules` is what it listens to."""

    def __init__(
        self, stock: Stock, purchasing: Purchasing, requests: Requests, book: Postings,
        deliveries: Iterable[tuple[str, str]],
    ) -> None:  # fmt: skip
        self._deliveries = deliveries
        self._stock, self._purchasing, self._requests, self._book = stock, purchasing, requests, book
        self.cost_minor: dict[str, int] = {}  # by nonconformance
        self._scrapped: dict[str, str] = {}  # lot that is to be scrapped -> nonconformance
        self._again: dict[str, str] = {}  # job order that does work again -> nonconformance
        self._returned: dict[tuple[str, str], str] = {}  # purchase order and lot -> nonconformance
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {
            LotDispositionChanged: self._dispose,
            DispositionCarriedOut: self._carry_out,
        }

    def follow(self, event: OperationsEvent, derived: Sequence[OperationsEvent]) -> Derived:
        """What an event, and what was booked for it, is to a nonconformance."""
        for it in derived if self._again else ():  # of what was done again before energy costs another amount, as became known now
            if isinstance(it, JournalPosted) and it.document == "rework" and (name := self._again.get(it.job_order, "")):
                self._add(name, [it], "rework_cost")
        if not isinstance(event, OF_QUALITY):
            return []
        if isinstance(event, MaterialActual):
            if event.use == MaterialUse.SCRAPPED and (name := self._scrapped.pop(event.lot, "")):
                self._add(name, derived, "scrap_loss")
        elif isinstance(event, GoodsReturned):
            if name := self._returned.pop((event.order, event.lot), ""):
                self._add(name, derived, "purchase_price_variance")
        elif name := self._again.get(event.job_order, ""):
            return [*self._rework(event, name)]
        return []

    # Inside

    def _dispose(self, event: LotDispositionChanged) -> Derived:
        """A lot that is held is no stock that ships."""
        self._stock.hold(event.material, event.lot, event.disposition != "UnRestricted")
        return []

    def _carry_out(self, event: DispositionCarriedOut) -> Derived:
        self.cost_minor.setdefault(event.nonconformance, 0)
        if not event.quantity:
            return []
        if event.disposition == "scrap":
            self._scrapped[event.lot] = event.nonconformance
        elif event.disposition == "rework":
            self._again |= dict.fromkeys(event.job_orders, event.nonconformance)
        elif event.disposition == "return":
            return self._give_back(event)
        return []

    def _give_back(self, event: DispositionCarriedOut) -> Derived:
        """What came goes back to its supplier, who credits what it had cost."""
        order = self._purchasing.orders.get(next((order for order, lot in self._deliveries if lot == event.lot), ""))
        if order is None:
            return alert(event, "goods_not_received", f"lot '{event.lot}' came on no purchase order: nobody credits its return")
        credit = Fraction(event.quantity * order.unit_price_minor, self._book.price_per(event.material))
        self._returned[order.order, event.lot] = event.nonconformance
        return [
            GoodsReturned(
                effective_us=event.effective_us, order=order.order, lot=event.lot, material=event.material, quantity=event.quantity,
                credit_minor=round(credit),
            )
        ]  # fmt: skip

    def _rework(self, event: PersonnelActual | EquipmentActual, nonconformance: str) -> list[JournalPosted]:
        request = self._requests.of(event)
        entries = self._book.worked_again(event, request.request) if request else []
        self._add(nonconformance, entries, "rework_cost")
        return entries

    def _add(self, nonconformance: str, entries: Sequence[OperationsEvent], account: str) -> None:
        amount = sum(minor for it in entries if isinstance(it, JournalPosted) for leg, minor in it.legs if leg == account)
        self.cost_minor[nonconformance] = self.cost_minor.get(nonconformance, 0) + amount
