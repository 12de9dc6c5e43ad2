"""Credit: what a customer may owe. What is ready beyond it is held, with the reason, until cash comes or a person lets it go."""

from __future__ import annotations

from collections.abc import Mapping

from twin.erp.accounting.rounding import amount
from twin.erp.functions import Rule
from twin.erp.procurement.sourcing_entries import beyond, unknown
from twin.erp.sales.customer_orders import CustomerOrder, CustomerOrders
from twin.erp.settlement.settlement import Settlement
from twin.erp.stock import Stock
from twin.model.events import CreditLimitChanged, OperationsEvent, SalesOrderRevised, ShipmentHeld, ShipmentHoldLifted, ShipmentReleased
from twin.model.master_data.dated import NOW_US
from twin.model.plant import Plant
from twin.model.readiness.signed import refusal, unsigned

Derived = list[OperationsEvent]


class CreditControl:
    """Limits by customer, and what they hold. A `Function` of the ERP.

    What counts against a limit: what a customer owes by its open invoices, less what it has paid on account, and what leaves now; with tax.
    """

    def __init__(self, plant: Plant, orders: CustomerOrders, stock: Stock, settlement: Settlement) -> None:
        self._customers, self._persons = plant.materials.customers, plant.layout.persons
        self._orders, self._stock, self._settlement = orders, stock, settlement
        self.limits: dict[str, int] = {
            name: it.credit_limit for name, it in self._customers.items() if it.credit_limit is not None
        }  # by customer, minor units
        self.held: dict[str, ShipmentHeld] = {}  # by order
        self.spans: dict[str, list[tuple[int, int | None, str]]] = {}  # by order: held from, until (None: still), and why
        self.released: dict[str, ShipmentReleased] = {}  # orders that a person has let go
        orders.holds, orders.asked = self.holds, self._with_tax
        self._rules: dict[type[OperationsEvent], Rule] = {
            ShipmentHeld: self._hold,
            ShipmentHoldLifted: self._lift,
            ShipmentReleased: self._release,
            CreditLimitChanged: self._change,
        }

    @property
    def rules(self) -> Mapping[type[OperationsEvent], Rule]:
        """What it listens to."""
        return self._rules

    def holds(self, order: CustomerOrder, asked: int, leaving: Mapping[str, int]) -> str:
        """Why what is ready for an order must not leave, beside what leaves for its customer already; "" if it may."""
        limit = self.limits.get(order.customer)
        if limit is None or all(it.order in self.released for it in self._orders.together(order)):
            return ""
        owed = self._settlement.items.owed_by(order.customer)
        beside = leaving.get(order.customer, 0)
        if owed + beside + asked <= limit:
            return ""
        owes = f"{order.customer} owes {amount(owed)}" + (f" and {amount(beside)} that leaves now" if beside else "")
        return f"{owes}; with {amount(asked)} for this it would be more than its limit of {amount(limit)}"

    def _with_tax(self, order: CustomerOrder, net_minor: int) -> int:
        owing = self._settlement.owing
        code = owing.code_of(owing.customer_terms(order.customer, NOW_US), order.material, NOW_US)
        return net_minor + owing.tax_on(net_minor, code, NOW_US)

    def _asked(self, order: CustomerOrder, net_minor: int, now_us: int) -> int:
        """What is asked for with tax if it leaves, worth `net_minor` with all that leaves with it: lines may have other taxes."""
        lines = self._orders.together(order)
        if len(lines) == 1:
            return self._with_tax(order, net_minor)
        return sum(self._with_tax(it, self._orders.due_minor(it, it.open_quantity, now_us)[0]) for it in lines)

    def look_again(self, event: SalesOrderRevised, more: int) -> Derived:
        """An order was changed: whoever has let go of less has not let go of more, and what was held is looked at as it is now."""
        order = self._orders.orders[event.order]
        if more > 0:
            self.released.pop(event.order, None)
        names = dict.fromkeys((event.order, *self._orders.lines_of(order.whole)))  # it may be due with others now, and with some no more
        return [self._lifted(event.effective_us, it, "the order was changed") for it in names if it in self.held]

    def decide(self, now_us: int) -> Derived:
        """What was held and is not beyond its limit any more is let go, the earliest due first; lines that leave together, together."""
        lifted: dict[str, OperationsEvent] = {}
        leaving: dict[str, int] = {}
        for name in sorted(self.held, key=lambda it: (self._orders.orders[it].due_us, it)):
            it, order = self.held[name], self._orders.orders[name]
            if name in lifted:
                continue
            asked = self._asked(order, it.net_minor, now_us)
            if not self.holds(order, asked, leaving):
                leaving[it.customer] = leaving.get(it.customer, 0) + asked
                of = [line.order for line in self._orders.together(order) if line.order in self.held]
                lifted |= {line: self._lifted(now_us, line, self._why_lifted(line)) for line in of}
        return list(lifted.values())

    def _lifted(self, at_us: int, name: str, reason: str) -> ShipmentHoldLifted:
        return ShipmentHoldLifted(effective_us=at_us, order=name, customer=self._orders.orders[name].customer, reason=reason)

    def violations(self) -> list[str]:
        """What is held is held in the orders too, for that reason."""
        here = {name: it.reason for name, it in self.held.items()}
        looked_at = {*here, *(name for waiting in self._orders.waiting.values() for _, name in waiting)}  # what has left waits no more
        in_orders = {name: held for name in looked_at if (held := self._orders.orders[name].held)}
        return [] if in_orders == here else [f"held by credit: {sorted(here)}, by their orders: {sorted(in_orders)}"]

    # Inside

    def _why_lifted(self, order: str) -> str:
        if order in self.released:
            return f"{self.released[order].person} has released it: {self.released[order].reason}"
        return "within the limit again"

    def _hold(self, event: ShipmentHeld) -> Derived:
        self.held[event.order] = event
        self.spans.setdefault(event.order, []).append((event.effective_us, None, event.reason))
        self._hold_in_order(event.order, event.reason)
        return []

    def _lift(self, event: ShipmentHoldLifted) -> Derived:
        if self.held.pop(event.order, None):
            from_us, _, why = self.spans[event.order].pop()
            self.spans[event.order].append((from_us, event.effective_us, f"{why}; {event.reason}"))
            self._hold_in_order(event.order, "")
        return []

    def _hold_in_order(self, name: str, reason: str) -> None:
        order = self._orders.orders[name]
        order.held = reason
        self._stock.touched.add(order.material)

    def _release(self, event: ShipmentReleased) -> Derived:
        known = {**self.held, **{self._orders.whole(name): it for name, it in self.held.items()}}
        doubt = unsigned(event, self._persons) or beyond(event) or unknown("held shipment", event.order, known)
        if not doubt and not event.reason.strip():
            doubt = "who lets a shipment go beyond the limit has to say why"
        if doubt:
            return [refusal(event, doubt)]
        for name in filter(self.held.__contains__, self._orders.lines_of(event.order)):  # a line that is not ready yet is looked at then
            self.released |= {it.order: event for it in self._orders.together(self._orders.orders[name])}
        return []

    def _change(self, event: CreditLimitChanged) -> Derived:
        doubt = unsigned(event, self._persons) or beyond(event) or unknown("customer", event.customer, self._customers)
        if not doubt and (event.limit_minor < -1 or not event.reason.strip()):
            limit = "none" if event.limit_minor == -1 else amount(event.limit_minor)
            doubt = f"limit {limit}, reason '{event.reason}'; allowed: 0 or more, or none; and a reason"
        if doubt:
            return [refusal(event, doubt)]
        self.limits.pop(event.customer, None)
        if event.limit_minor >= 0:
            self.limits[event.customer] = event.limit_minor
        return []
