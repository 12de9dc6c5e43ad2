"""Purchasing: orders at suppliers, and when to place the next one."""

from __future__ import annotations

import math
from collections.abc import Collection, Container
from dataclasses import dataclass, replace
from fractions import Fraction

from twin.erp.procurement.requisitions import BlanketOrder
from twin.erp.settlement.rates import Rates
from twin.erp.stock import Stock, misfit
from twin.model.events import GoodsReceived, PurchaseOrderPlaced, PurchaseOrderRevised, ServiceReceived, SubcontractOrderPlaced
from twin.model.materials import Materials
from twin.model.settlement.percent import MILLION


@dataclass(slots=True, kw_only=True)
class PurchaseOrder:
    """What we want of a supplier, and what of it has come."""

    order: str
    supplier: str
    material: str
    quantity: int
    unit_price_minor: int  # for `price_per` units of the material
    placed_us: int
    due_us: int
    received: int = 0
    received_us: int | None = None  # when the last delivery came
    cancelled: int = 0  # of which nothing will come any more
    closed_us: int | None = None  # when that was said
    rfq: str = ""  # whose quote was accepted
    blanket: str = ""  # the blanket order that it is called off
    header: str = ""  # the order of several lines that it is a line of
    operation: str = ""  # a supplier's work on our material, in units of it, and nothing that is stocked
    moved_us: int = 0  # by how much later than at first it is due by now
    currency: str = ""  # in which its price was agreed, if not in that of the books
    agreed_price_minor: int = 0  # the same price in that currency

    @property
    def open_quantity(self) -> int:
        return max(0, self.quantity - self.received - self.cancelled)

    def rate_in(self, currency: str, rates: Rates, now_us: int) -> Fraction:
        """Units of a currency for one of the books' at which it counts: that of its own price, else of the day on which it came, or now."""
        if currency == self.currency != "" and self.agreed_price_minor and self.unit_price_minor:
            return Fraction(self.agreed_price_minor, self.unit_price_minor)
        return rates.rate(currency, now_us if self.received_us is None else self.received_us)

    @property
    def beyond(self) -> int:
        """How much more has come than was to come."""
        return max(0, self.received + self.cancelled - self.quantity)

    @property
    def first_due_us(self) -> int:
        """When it was due as it was placed."""
        return self.due_us - self.moved_us


def reorder_quantity(position: int, point: int, quantity: int) -> int:
    """The least multiple of `quantity` that brings an inventory position above `point`; 0 if it is above it."""
    short = point + 1 - position
    return 0 if short <= 0 else -(-short // quantity) * quantity


def economic_order_quantity(demand: float, order_cost: float, holding_cost: float) -> float:
    """The order quantity that costs least: sqrt(2 D K / h), in units; Harris (1913), Factory 10, 135.

    `demand` units a period, `order_cost` an order, `holding_cost` a unit and period. Advice for who declares the policy.
    """
    return math.sqrt(2 * demand * order_cost / holding_cost)


def safety_stock(z: float, daily_sd: float, lead_time_days: float) -> float:
    """Stock against demand that is uncertain during a fixed lead time: z * sd * sqrt(L), in units."""
    return z * daily_sd * math.sqrt(lead_time_days)


def reorder_point(daily_demand: float, lead_time_days: float, safety: float) -> float:
    """Mean demand during the lead time plus safety stock, in units."""
    return daily_demand * lead_time_days + safety


class Purchasing:
    """Purchase orders by id, and the materials whose inventory position has fallen to their reorder point."""

    def __init__(self, materials: Materials, stock: Stock) -> None:
        self._definitions = materials.materials
        self.reorders = True  # else a plan says what to order
        self._suppliers = materials.suppliers
        self._stock = stock
        self.orders: dict[str, PurchaseOrder] = {}
        self.headers: dict[str, list[str]] = {}  # the lines of orders that have several, in the order in which they were placed
        self.open: set[str] = set()  # orders of which something is still to come
        self.kept_names: list[Container[str]] = []  # that orders will have which are not placed yet
        self.placed_count: dict[str, int] = {}
        self.receipts: set[tuple[str, str, int, int]] = set()  # (order, lot, instant, quantity) of every delivery
        self.wanted: dict[str, int] = {}  # quantity to order now, by material
        self.blanket_orders: dict[str, BlanketOrder] = {}
        self.called_off: dict[str, list[PurchaseOrder]] = {}  # by blanket order

    def review(self, material: str) -> None:
        """Find out whether `material` has to be ordered. Without a declared policy exactly what is short is ordered."""
        definition = self._definitions[material]
        if not self.reorders or definition.kind != "purchased" or definition.supplier is None:
            return
        position = self._stock.position(material)
        policy = definition.reorder
        quantity = reorder_quantity(position, policy.point, policy.quantity) if policy else max(0, -position)
        if quantity:
            self.wanted[material] = quantity
        else:
            self.wanted.pop(material, None)

    def decide(self, now_us: int) -> list[PurchaseOrderPlaced]:
        """One order for each material that is short, in declared order, on the terms that hold for it."""
        if not self.wanted:
            return []
        return [self._order(material, now_us) for material in self._definitions if material in self.wanted]

    def terms(self, material: str, quantity: int, now_us: int, spoken_for: int = 0) -> tuple[str, int, str]:
        """Supplier, unit price and blanket order of what is ordered now: the first agreed blanket order that covers it, else standard cost.

        `spoken_for`: of the material so much more is being ordered at this instant.
        """
        for name, it in self.blanket_orders.items():
            if it.covers(material, quantity + spoken_for, now_us):
                return it.supplier, it.unit_price_minor, name
        definition = self._definitions[material]
        return definition.supplier or "", definition.standard_cost or 0, ""

    def free_name(self, material: str, taken: Collection[str] = ()) -> str:
        """What the next order of a material is called; `taken`: names of orders that are being placed at this instant."""
        number = self.placed_count.get(material, 0) + 1
        while (name := f"PO-{material}-{number}") in self.orders or name in taken or any(name in kept for kept in self.kept_names):
            number += 1
        return name

    def _order(self, material: str, now_us: int) -> PurchaseOrderPlaced:
        supplier, unit_price_minor, blanket = self.terms(material, self.wanted[material], now_us)
        return PurchaseOrderPlaced(
            effective_us=now_us,
            order=self.free_name(material),
            supplier=supplier,
            material=material,
            quantity=self.wanted[material],
            unit_price_minor=unit_price_minor,
            due_us=now_us + (round(self._suppliers[supplier].lead_time.mean_us) if supplier in self._suppliers else 0),
            blanket=blanket,
        )

    def place(self, event: PurchaseOrderPlaced) -> None:
        blanket = self.blanket_orders.get(event.blanket)
        if blanket is not None and blanket.material == event.material:
            blanket.called += event.quantity
        self.orders[event.order] = PurchaseOrder(
            order=event.order,
            supplier=event.supplier,
            material=event.material,
            quantity=event.quantity,
            unit_price_minor=event.unit_price_minor,
            placed_us=event.effective_us,
            due_us=event.due_us,
            rfq=event.rfq,
            blanket=event.blanket if blanket is not None and blanket.material == event.material else "",
            header=event.header,
            currency=event.currency,
            agreed_price_minor=event.agreed_price_minor,
        )
        if event.header:
            self.headers.setdefault(event.header, []).append(event.order)
        if self.orders[event.order].blanket:
            self.called_off.setdefault(event.blanket, []).append(self.orders[event.order])
        self.open.add(event.order)
        self.placed_count[event.material] = self.placed_count.get(event.material, 0) + 1
        self._stock.expect(event.material, event.quantity)

    def refusal(self, event: GoodsReceived) -> str:
        """Why a delivery cannot be what it says; "" if it can."""
        if (event.order, event.lot, event.effective_us, event.quantity) in self.receipts:
            return f"delivery of {event.quantity} on '{event.order}' is booked already"
        order = self.orders.get(event.order)
        if order and order.operation:
            return f"'{event.order}' is for work on '{order.material}', which comes back with its lot: nothing is delivered on it"
        if order and event.quantity > order.open_quantity > 0 and self._share_beyond(order) is not None:
            event = replace(event, quantity=order.open_quantity)  # the rest is here, too: who buys says what becomes of it
        return misfit(event, order, kind="purchase order", moved="delivered")

    def _share_beyond(self, order: PurchaseOrder) -> int | None:
        """Which share of an order may come beyond it, in millionths; None: nothing is declared, and nothing may."""
        share, supplier = self._definitions[order.material].over_delivery, self._suppliers.get(order.supplier)
        return supplier.over_delivery if share is None and supplier else share

    def tolerated(self, order: PurchaseOrder) -> int:
        """How much more than was ordered may come on an order, unasked."""
        return order.quantity * (self._share_beyond(order) or 0) // MILLION

    def excess(self, order_id: str, given_back: int) -> int:
        """How much of what came was neither ordered nor may come unasked, and has not gone back: who buys says what becomes of it."""
        order = self.orders[order_id]
        return max(0, order.beyond - self.tolerated(order) - given_back)

    def room(self, order: PurchaseOrder) -> int:
        """How much may still come on an order, with what may come beyond it."""
        return max(0, order.quantity + self.tolerated(order) - order.received - order.cancelled)

    def receive(self, event: GoodsReceived) -> None:
        order = self.orders[event.order]
        awaited = order.open_quantity
        order.received += event.quantity
        order.received_us = max(event.effective_us, order.received_us or event.effective_us)  # a person may say an earlier one later
        if not order.open_quantity:
            self.open.discard(event.order)
        self.receipts.add((event.order, event.lot, event.effective_us, event.quantity))
        self._stock.expect(event.material, order.open_quantity - awaited)
        self._stock.move(event.material, event.lot or event.order, event.quantity, "received", event.effective_us)

    def order_service(self, event: SubcontractOrderPlaced) -> None:
        """A supplier's work: nothing comes into stock by it, so it is not among `open`, which a plan reckons with."""
        self.orders[event.order] = PurchaseOrder(
            order=event.order, supplier=event.supplier, material=event.material, quantity=event.quantity, operation=event.operation,
            unit_price_minor=event.unit_price_minor, placed_us=event.effective_us, due_us=event.due_us,
        )  # fmt: skip

    def take_service(self, event: ServiceReceived) -> None:
        """Work has come back; more of it than was ordered was ordered after all."""
        order = self.orders[event.order]
        beyond = max(0, event.quantity - order.open_quantity)
        again = min(beyond, order.cancelled)
        order.cancelled -= again
        order.quantity += beyond - again
        order.received += event.quantity
        order.received_us = event.effective_us
        self.receipts.add((event.order, event.lot, event.effective_us, event.quantity))

    def correct(self, order_id: str, change: int) -> None:
        """So much more than was thought has come on an order."""
        order = self.orders[order_id]
        awaited = order.open_quantity
        order.received += change
        (self.open.add if order.open_quantity else self.open.discard)(order_id)
        self._stock.expect(order.material, order.open_quantity - awaited)

    def why_not_revised(self, event: PurchaseOrderRevised) -> str:
        """Why an order cannot become what it says; "" if it can."""
        order = self.orders.get(event.order)
        if order is None:
            return f"no purchase order '{event.order}'"
        if order.operation or order.closed_us is not None or not (order.open_quantity or order.beyond):
            return f"nothing more is to be delivered on '{event.order}'"
        least = max(1, min(order.received, order.quantity))
        return f"{event.quantity} in all, of which {order.received} have come" if event.quantity < least else ""

    def revise(self, event: PurchaseOrderRevised) -> None:
        """An order is for another quantity in all, by another date; so is what is called off by it."""
        order = self.orders[event.order]
        more, awaited = event.quantity - order.quantity, order.open_quantity
        order.quantity += more
        order.moved_us += event.due_us - order.due_us
        order.due_us = event.due_us
        if order.blanket:
            self.blanket_orders[order.blanket].called += more
        if not order.open_quantity:
            self.open.discard(event.order)
        self._stock.expect(order.material, order.open_quantity - awaited)

    def open_lines(self, header: str) -> list[PurchaseOrder]:
        """The lines of an order of several lines on which something is still to come."""
        return [self.orders[it] for it in self.headers[header] if self.orders[it].open_quantity]

    def close(self, order_id: str, at_us: int) -> None:
        """Nothing more will come on an order; what it was called off a blanket order can be called off again."""
        order = self.orders[order_id]
        rest = order.open_quantity
        order.cancelled += rest
        order.closed_us = at_us
        if order.blanket:
            self.blanket_orders[order.blanket].called -= rest
        self.open.discard(order_id)
        if not order.operation:
            self._stock.expect(order.material, -rest)
