"""Customer orders: what was promised, and which order can be shipped now."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from twin.erp.accounting.rounding import round_half_even
from twin.erp.stock import Stock, misfit
from twin.model.events import GoodsShipped, InvoiceIssued, SalesOrderConfirmed
from twin.model.materials import Materials


@dataclass(slots=True, kw_only=True)
class CustomerOrder:
    """One line of one customer."""

    order: str
    customer: str
    material: str
    quantity: int
    confirmed_us: int
    due_us: int
    unit_price_minor: int  # for `price_per` units
    net_minor: int  # for the whole quantity
    priority: int  # larger is more urgent
    shipped: int = 0
    shipped_us: int | None = None  # when the last of it left
    invoiced_minor: int = 0

    @property
    def open_quantity(self) -> int:
        return self.quantity - self.shipped


class CustomerOrders:
    """Customer orders by id. An order ships whole; stock serves orders by due date, then by id (EDD)."""

    def __init__(self, materials: Materials, stock: Stock) -> None:
        self._definitions = materials.materials
        self._stock = stock
        self.orders: dict[str, CustomerOrder] = {}
        self.waiting: dict[str, list[tuple[int, str]]] = {material: [] for material in self._definitions}  # (due_us, order)
        self.ready: dict[str, tuple[str, ...]] = {}  # orders that stock on hand covers, by material
        self.picked: Callable[[], Mapping[str, list[tuple[str, int]]]] | None = None  # a warehouse: lots by order that is picked whole

    def confirm(self, event: SalesOrderConfirmed) -> CustomerOrder:
        order = CustomerOrder(
            order=event.order,
            customer=event.customer,
            material=event.material,
            quantity=event.quantity,
            confirmed_us=event.effective_us,
            due_us=event.due_us,
            unit_price_minor=event.unit_price_minor,
            net_minor=round_half_even(event.quantity * event.unit_price_minor, self._definitions[event.material].price_per),
            priority=event.priority,
        )
        self.orders[order.order] = order
        insort(self.waiting[order.material], (order.due_us, order.order))
        self._stock.touched.add(order.material)
        return order

    def review(self, material: str) -> None:
        """Find out which orders for `material` stock covers. An order that is due earlier keeps what there is, even if it is too little."""
        left = self._stock.shippable(material)
        ready = []
        for _, order_id in self.waiting[material]:
            if left <= 0:
                break
            quantity = self.orders[order_id].open_quantity
            if quantity <= left:
                ready.append(order_id)
            left -= quantity
        if ready:
            self.ready[material] = tuple(ready)
        else:
            self.ready.pop(material, None)

    def decide(self, now_us: int) -> list[GoodsShipped | InvoiceIssued]:
        """Ship what is ready, one event for each lot drawn from (first in, first out), then the invoice; orders by due date.

        Where there is a warehouse, what is picked is ready, and the lots are those that were picked.
        """
        picked = self.picked() if self.picked else None
        if not (self.ready if picked is None else picked):
            return []
        lots = {material: self._stock.first_in_first_out(material) for material in self.ready} if picked is None else {}
        decided: list[GoodsShipped | InvoiceIssued] = []
        ready = (order_id for ready in self.ready.values() for order_id in ready) if picked is None else picked
        for order in sorted((self.orders[it] for it in ready), key=lambda o: (o.due_us, o.order)):
            decided += self._shipment(order, lots[order.material] if picked is None else picked[order.order], now_us)
            if order.net_minor:
                decided.append(InvoiceIssued(effective_us=now_us, order=order.order, customer=order.customer, net_minor=order.net_minor))
        return decided

    def _shipment(self, order: CustomerOrder, lots: list[tuple[str, int]], now_us: int) -> list[GoodsShipped]:
        """Draw the open quantity of `order` from `lots`, which gives up what is drawn."""
        shipped, open_quantity = [], order.open_quantity
        while open_quantity:
            lot, there = lots[0]
            drawn = min(there, open_quantity)
            open_quantity -= drawn
            lots[:1] = [(lot, there - drawn)] if there > drawn else []
            shipped.append(
                GoodsShipped(
                    effective_us=now_us, order=order.order, customer=order.customer, material=order.material, lot=lot, quantity=drawn
                )
            )
        return shipped

    def refusal(self, event: GoodsShipped) -> str:
        """Why a shipment cannot be what it says; "" if it can."""
        return misfit(event, self.orders.get(event.order), kind="customer order", moved="shipped")

    def ship(self, event: GoodsShipped) -> None:
        order = self.orders[event.order]
        order.shipped += event.quantity
        order.shipped_us = event.effective_us
        if not order.open_quantity:
            self.waiting[order.material].remove((order.due_us, order.order))
        self._stock.reserve(order.material, -event.quantity)
        self._stock.move(event.material, event.lot, -event.quantity, "shipped", event.effective_us)
