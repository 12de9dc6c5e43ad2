"""What is sold: customer orders confirmed, shipped, invoiced, and what follows of it for requests and the books."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twin.erp.alerts import alert, nonsense, nonsense_traded
from twin.erp.requests import Need
from twin.model.events import GoodsShipped, InvoiceIssued, OperationsEvent, SalesOrderConfirmed

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]


class Selling:
    """Rules of the ERP by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {
            SalesOrderConfirmed: self._confirm,
            GoodsShipped: self._ship,
            InvoiceIssued: self._invoice,
        }

    def _confirm(self, event: SalesOrderConfirmed) -> Derived:
        erp = self._erp
        if doubt := nonsense_traded(event, erp.materials):
            return doubt
        if not event.order or event.order in erp.customer_orders.orders:
            return alert(event, "duplicate_order", f"customer order '{event.order}' is known already")
        erp.customer_orders.confirm(event)
        need = Need(material=event.material, quantity=event.quantity, due_us=event.due_us, order=event.order, parent=event.order)
        derived = erp.released_at_once(erp.requests.plan(need), event)
        if event.unit_price_minor <= 0 and erp.materials[event.material].price:
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
        if order is None or event.net_minor <= 0 or order.invoiced_minor + event.net_minor > order.net_minor:
            return alert(event, "invoice_refused", f"invoice of {event.net_minor} on '{event.order}': not what was ordered")
        order.invoiced_minor += event.net_minor
        return [*self._erp.book.invoiced(event)]
