"""What customers give back: goods into a lot of its own, and a credit note that never exceeds what was invoiced."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING

from twin.erp.accounting.rounding import amount
from twin.erp.functions import Listener, Rule
from twin.erp.procurement.sourcing_entries import beyond, too_little, unknown
from twin.erp.sales.customer_orders import CustomerOrder
from twin.model.events import GoodsTakenBack, OperationsEvent, ReturnAccepted
from twin.model.problems import listed
from twin.model.readiness.signed import refusal, unsigned

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]
DISPOSITIONS = ("inspect", "stock", "scrap")
"""What becomes of what comes back; the first where nobody says it."""


class Returning(Listener):
    """Returns of customers. A `Function` of the ERP."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.credited: dict[str, int] = {}  # net, by customer order
        self.credited_agreed: dict[str, int] = {}  # the same of orders that were agreed in another currency, in that
        self.accepted: list[ReturnAccepted] = []
        self._rules: dict[type[OperationsEvent], Rule] = {ReturnAccepted: self._accept, GoodsTakenBack: self._taken_back}
        self._seen: dict[str, int] = {}  # quantity that was taken back, by order
        self._under_way: list[GoodsTakenBack] = []  # accepted, and not yet heard of again

    def violations(self) -> list[str]:
        """What was accepted here is credited with no more than was invoiced."""
        orders = self._erp.customer_orders.orders
        names = dict.fromkeys(it.order for it in self.accepted)
        return [
            f"order '{name}': {self.credited[name]} credited, {orders[name].invoiced_minor} invoiced"
            for name in names
            if self.credited.get(name, 0) > orders[name].invoiced_minor
        ]

    # Inside

    def _accept(self, event: ReturnAccepted) -> Derived:
        asked_minor = self._asked_minor(event)
        if doubt := unsigned(event, self._erp.plant.layout.persons) or beyond(event) or self._wrong(event, asked_minor):
            return [refusal(event, doubt)]
        self.accepted.append(event)
        order = self._erp.customer_orders.orders[event.order]
        back = GoodsTakenBack(
            effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, order=event.order,
            lot=event.lot or self._own_lot(order), material=order.material, quantity=event.quantity,
            credit_minor=self._worth_minor(order, asked_minor) if order.currency else asked_minor,
            agreed_credit_minor=asked_minor if order.currency else 0, invoices=self._invoices(order, asked_minor),
            disposition=event.disposition or DISPOSITIONS[0], reason=event.reason,
        )  # fmt: skip
        self._under_way.append(back)
        return [back]

    def _own_lot(self, order: CustomerOrder) -> str:
        """Each return is a lot of its own, since what becomes of it is decided by itself."""
        names = (f"{order.order}-back{f'-{n}' if n > 1 else ''}" for n in count(1))
        coming = {it.lot for it in self._under_way}
        return next(it for it in names if it not in coming and (order.material, it) not in self._erp.stock.changes)

    def _invoices(self, order: CustomerOrder, asked_minor: int) -> tuple[tuple[str, int], ...]:
        """What of which invoices is credited, in the currency of the order: the last that left first, since nobody says which it was."""
        owing, under_way = self._erp.settlement.owing, Counter[str]()
        for it in self._under_way:
            if it.order == order.order:
                under_way.update(dict(it.invoices))
        sold = owing.on_invoice.get(order.order, ())
        return owing.charged.parts(order.order, sold, asked_minor, under_way) if asked_minor and sold else ()

    def _before(self, name: str) -> tuple[int, int]:
        """Of an order: how much came back already, or is about to, and what was credited for it, in its currency."""
        under_way, order = [it for it in self._under_way if it.order == name], self._erp.customer_orders.orders.get(name)
        quantity = self._erp.corrections.taken_back.get(name, 0) + sum(it.quantity for it in under_way)
        if order and order.currency:
            return quantity, self.credited_agreed.get(name, 0) + sum(it.agreed_credit_minor for it in under_way)
        return quantity, self.credited.get(name, 0) + sum(it.credit_minor for it in under_way)

    def _worth_minor(self, order: CustomerOrder, asked_minor: int) -> int:
        """What so much of an order in another currency was invoiced at in the books, so that for all of it it is all of that."""
        _, credited = self._before(order.order)
        before, after = (
            round(Fraction(order.invoiced_minor * it, order.invoiced_agreed_minor or 1)) for it in (credited, credited + asked_minor)
        )
        return after - before

    def _asked_minor(self, event: ReturnAccepted) -> int:
        """What is credited: as said, or what was invoiced for these pieces, so that for all pieces it is all that was invoiced."""
        order = self._erp.customer_orders.orders.get(event.order)
        if event.credit_minor >= 0 or order is None or not order.shipped:
            return max(0, event.credit_minor)
        before, credited = self._before(event.order)
        worth = round(Fraction(_invoiced_minor(order) * (before + event.quantity), order.shipped))
        return max(0, min(worth, _invoiced_minor(order)) - credited)

    def _wrong(self, event: ReturnAccepted, credit_minor: int) -> str:
        orders = self._erp.customer_orders.orders
        if doubt := unknown("customer order", event.order, orders) or too_little(event.quantity):
            return doubt
        order, (before, credited) = orders[event.order], self._before(event.order)
        if before + event.quantity > order.shipped:
            return f"{event.quantity} back of '{event.order}', of which {order.shipped} were shipped and {before} came back already"
        made, stock = self._erp.requests.of(event), self._erp.stock.lots
        others = [material for material, lots in stock.items() if event.lot in lots] + ([made.material] if made else [])
        if event.lot and (strange := [it for it in others if it != order.material]):
            return f"lot '{event.lot}' is of '{strange[0]}', not of '{order.material}'; allowed: another lot, or none"
        left = _invoiced_minor(order) - credited
        if credit_minor > left or event.credit_minor < -1:
            may = f"{amount(left)} at most, which is what was invoiced and not credited yet, or -1"
            return f"a credit of {amount(event.credit_minor)}; allowed: {may}"
        if event.disposition and event.disposition not in DISPOSITIONS:
            return f"disposition '{event.disposition}'; allowed: {listed(DISPOSITIONS)}"
        return "" if event.reason.strip() else "a return needs a reason"

    def _taken_back(self, event: GoodsTakenBack) -> Derived:
        """Whoever has said it: what was booked counts."""
        known = [
            it for it in self._under_way if (it.order, it.effective_us, it.quantity) == (event.order, event.effective_us, event.quantity)
        ]
        if known:  # as an older version has said it, it is otherwise in what else it says
            self._under_way.remove(event if event in known else known[0])
        taken_back = self._erp.corrections.taken_back.get(event.order, 0)
        if taken_back != self._seen.get(event.order, 0):
            self._seen[event.order] = taken_back
            self.credited[event.order] = self.credited.get(event.order, 0) + event.credit_minor
            if event.agreed_credit_minor:
                self.credited_agreed[event.order] = self.credited_agreed.get(event.order, 0) + event.agreed_credit_minor
        return []


def _invoiced_minor(order: CustomerOrder) -> int:
    """What was asked for of an order, in the currency in which it was agreed."""
    return order.invoiced_agreed_minor if order.currency else order.invoiced_minor
