"""What is sold: customer orders entered, confirmed, shipped, invoiced, and what follows of it for requests and the books."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from twin.erp.alerts import alert, nonsense, nonsense_traded
from twin.erp.procurement.sourcing_entries import beyond, not_due, too_dear, too_little, unknown
from twin.erp.requests import Need
from twin.erp.sales.quoting import PARTIAL, no_id, too_many
from twin.model.events import GoodsShipped, InvoiceIssued, OperationsEvent, SalesOrderConfirmed, SalesOrderEntered
from twin.model.exchange.bounds import has_form
from twin.model.readiness.signed import refusal, unsigned

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]
MOST_ORDER_LINES = 100
_LINE = (str, int, int, int)


class Selling:
    """Rules of the ERP by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {
            SalesOrderEntered: self._enter,
            SalesOrderConfirmed: self._confirm,
            GoodsShipped: self._ship,
            InvoiceIssued: self._invoice,
        }

    def _enter(self, event: SalesOrderEntered) -> Derived:
        """Each line is an order of its own from now on, under the number of all of them."""
        if wrong := list(filter(None, self._wrong(event))):
            return [refusal(event, "; ".join(wrong))]
        materials, confirmed = self._erp.materials, list[OperationsEvent]()
        rates = self._erp.settlement.rates
        currency = rates.code(event.currency)
        names = self._erp.customer_orders.name_lines(event.order, len(event.order_lines))
        about: dict[str, Any] = {"effective_us": event.effective_us, "recorded_us": event.recorded_us, "person": event.person}
        about |= {"customer": event.customer, "priority": event.priority, "partial": event.partial, "header": event.order}
        for name, (material, quantity, due_us, said_minor) in zip(names, event.order_lines, strict=True):
            price_minor = materials[material].price_in(currency) or 0 if said_minor < 0 else said_minor
            about |= {"order": name, "material": material, "quantity": quantity, "due_us": due_us}
            confirmed.append(SalesOrderConfirmed(**about, **rates.priced(price_minor, currency, event.effective_us)))
        return confirmed

    def _wrong(self, event: SalesOrderEntered) -> Iterator[str]:
        customers = self._erp.plant.materials.customers
        yield unsigned(event, self._erp.plant.layout.persons) or beyond(event)
        yield no_id(event.order) or self.not_of(event.order, event.customer) or self._in_another(event)
        if customers:
            yield unknown("customer", event.customer, customers)
        if event.partial and event.partial not in PARTIAL:
            yield f"partial '{event.partial}'; allowed: {' or '.join(PARTIAL)}, or nothing"
        if not has_form(event.order_lines, _LINE):
            yield "lines are a product, a quantity, an instant and a price, as [[GB1, 2, 1772600400000000, -1], ...]"
            return
        if not 1 <= len(event.order_lines) <= MOST_ORDER_LINES:
            yield f"{len(event.order_lines)} lines; allowed: 1 to {MOST_ORDER_LINES}"
        for number, line in enumerate(event.order_lines, start=1):
            yield from (f"line {number}: {doubt}" for doubt in self._wrong_line(event, *line) if doubt)

    def _wrong_line(self, event: SalesOrderEntered, material: str, quantity: int, due_us: int, price_minor: int) -> Iterator[str]:
        sold = {name: it for name, it in self._erp.materials.items() if it.price}
        yield unknown("product", material, sold)
        yield too_little(quantity) or too_many(self._erp.plant, material, quantity)
        yield not_due(due_us, event.effective_us)
        if it := sold.get(material):
            rates, declared = self._erp.settlement.rates, it.price_in(self._erp.settlement.rates.code(event.currency))
            if not rates.refusal(event.currency, event.effective_us):
                yield rates.price_doubt(event.currency, event.effective_us, is_priced=price_minor >= 0 or declared is not None)
            yield too_dear(quantity, (declared or 0) if price_minor < 0 else price_minor, it.price_per)

    def _in_another(self, event: SalesOrderEntered) -> str:
        """That an order cannot be in its currency; "" if it can: further lines are in that of the lines that are there."""
        orders, rates = self._erp.customer_orders, self._erp.settlement.rates
        if doubt := rates.refusal(event.currency, event.effective_us):
            return doubt
        known = [orders.orders[name].currency for name in orders.headers.get(event.order, ())]
        if not known or known[0] == rates.code(event.currency):
            return ""
        words = f"'{event.order}' is in {known[0] or rates.own}, and this in {event.currency or rates.own}"
        return f"{words}; allowed: {known[0] or rates.own}, or another number"

    def not_of(self, header: str, customer: str) -> str:
        """Why an order of this customer cannot be called so: it is a line, or somebody else's; "" if it can, or is his already."""
        orders = self._erp.customer_orders
        if header in orders.orders:
            return f"customer order '{header}' is there already, and has no lines; allowed: another number"
        of = orders.customer_of(header)
        return f"'{header}' is an order of '{of}', not of '{customer}'; allowed: another number" if of not in ("", customer) else ""

    def _confirm(self, event: SalesOrderConfirmed) -> Derived:
        erp = self._erp
        if doubt := nonsense_traded(event, erp.materials):
            return doubt
        known = erp.customer_orders
        is_line = known.coming.get(event.order) == event.header
        if not event.order or event.order in known.orders or event.order in known.headers or (event.order in known.coming and not is_line):
            return alert(event, "duplicate_order", f"customer order '{event.order}' is known already")
        known.coming.pop(event.order, None)
        if event.header and (wrong := self.not_of(event.header, event.customer)):
            return alert(event, "duplicate_order", wrong)
        if event.currency and (wrong := erp.settlement.rates.refusal(event.currency, event.effective_us)):
            return alert(event, "unknown_currency", f"customer order '{event.order}': {wrong}")
        erp.customer_orders.confirm(event)
        need = Need(material=event.material, quantity=event.quantity, due_us=event.due_us, order=event.order, parent=event.order)
        derived = erp.released_at_once(erp.requests.plan(need), event)
        if max(event.unit_price_minor, event.agreed_price_minor) <= 0 and erp.materials[event.material].price:
            derived += alert(event, "no_price", f"customer order '{event.order}' has no price: it will not be invoiced")
        return derived

    def _ship(self, event: GoodsShipped) -> Derived:
        erp = self._erp
        if doubt := nonsense(event, erp.materials, event.material, event.quantity):
            return doubt
        if refusal := erp.customer_orders.refusal(event):
            return alert(event, "goods_not_sold", refusal)
        before = erp.stock.on_hand[event.material]
        erp.customer_orders.ship(event)
        return [*erp.book.shipped(event, before, before - event.quantity)]

    def _invoice(self, event: InvoiceIssued) -> Derived:
        order = self._erp.customer_orders.orders.get(event.order)
        doubt = order.invoice_doubt(event) if order else "not what was ordered"
        if order is None or doubt:
            return alert(event, "invoice_refused", f"invoice of {event.net_minor} on '{event.order}': {doubt}")
        order.invoice(event)
        return [*self._erp.book.invoiced(event)]
