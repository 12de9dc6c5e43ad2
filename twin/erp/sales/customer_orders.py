"""Customer orders: what was promised, and which order can be shipped now."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, islice
from typing import Any

from twin.erp.accounting.rounding import round_half_even
from twin.erp.stock import Stock, misfit
from twin.model.events import GoodsShipped, InvoiceIssued, SalesOrderConfirmed, SalesOrderRevised, ShipmentHeld
from twin.model.materials import Materials


@dataclass(slots=True, kw_only=True)
class CustomerOrder:
    """One line of one customer: an order, or one of the lines of the order `header`."""

    order: str
    customer: str
    material: str
    quantity: int
    confirmed_us: int
    due_us: int
    unit_price_minor: int  # for `price_per` units
    net_minor: int  # for the whole quantity
    priority: int  # larger is more urgent
    price_per: int = 1
    is_partial: bool = False  # whether it may ship in parts
    quote: str = ""  # what it was made of
    header: str = ""  # the order of several lines that it is a line of
    shipped: int = 0
    shipped_us: int | None = None  # when the last of it left
    invoiced_minor: int = 0
    held: str = ""  # why what is ready does not leave; "": nothing holds it
    first_quantity: int = 0  # as it was confirmed
    first_due_us: int = 0
    cancelled_us: int | None = None  # when its customer wanted nothing more of it
    moved_at_us: int = -1  # when a change has moved its date that did not ask for another; -1: none has
    moved_from_us: int = -1
    moved_why: str = ""
    currency: str = ""  # in which its price was agreed, if not in that of the books
    agreed_price_minor: int = 0  # the same price in that currency
    invoiced_agreed_minor: int = 0

    @property
    def open_quantity(self) -> int:
        return self.quantity - self.shipped

    @property
    def whole(self) -> str:
        """The order as its customer calls it, with all its lines."""
        return self.header or self.order

    @property
    def agreed_net_minor(self) -> int:
        """For the whole quantity, in the currency in which it was agreed; 0 where that is that of the books."""
        return round_half_even(self.quantity * self.agreed_price_minor, self.price_per)

    def to_invoice_minor(self, quantity: int) -> int:
        """What is to be invoiced once `quantity` more is shipped: the price of all that is shipped then, less what was invoiced.

        In the currency in which it was agreed.
        """
        price_minor, invoiced_minor = self.unit_price_minor, self.invoiced_minor
        if self.currency:
            price_minor, invoiced_minor = self.agreed_price_minor, self.invoiced_agreed_minor
        return max(0, round_half_even((self.shipped + quantity) * price_minor, self.price_per) - invoiced_minor)

    def invoice_doubt(self, event: InvoiceIssued) -> str:
        """Why an invoice cannot be what it says; "" if it can."""
        if self.currency != event.currency:
            return f"it is in '{event.currency}', and was agreed in '{self.currency}'"
        asked_minor, left_minor = event.net_minor, self.net_minor - self.invoiced_minor
        if self.currency:
            asked_minor, left_minor = event.agreed_minor, self.agreed_net_minor - self.invoiced_agreed_minor
        return "" if event.net_minor > 0 and 0 < asked_minor <= left_minor else "not what was ordered"

    def invoice(self, event: InvoiceIssued) -> None:
        """So much of it is asked for; what is left of an order in another currency is worth what it was on the day of ordering."""
        if self.currency:
            left_minor, open_minor = self.agreed_net_minor - self.invoiced_agreed_minor, self.net_minor - self.invoiced_minor
            rest = Fraction(open_minor * (left_minor - event.agreed_minor), left_minor)
            self.net_minor = self.invoiced_minor + event.net_minor + round(rest)
            self.invoiced_agreed_minor += event.agreed_minor
        self.invoiced_minor += event.net_minor


_Ready = tuple[CustomerOrder, int, list[tuple[str, int]]]
"""An order, how much of it is there, and the lots that it is drawn from."""
Holds = Callable[[CustomerOrder, int, Mapping[str, int]], str]
"""Why what is ready for an order, worth so much with tax, must not leave, beside what leaves for customers already; "" if it may."""


def _not_packed(order: str, lot: str) -> str:
    """In which packages a lot of an order leaves: in none."""
    return ""


def _at_par(amount_minor: int, currency: str, at_us: int) -> int:
    """What an amount in a currency is worth in that of the books: where there are no others, itself."""
    return amount_minor


def _at_its_terms(customer: str, at_us: int) -> int:
    """When an invoice of then is due, where that does not go without saying: it does."""
    return 0


def _as_it_is(order: CustomerOrder, net_minor: int) -> int:
    """What a customer is asked for, for a part of an order, with its tax: none."""
    return net_minor


def _nothing_holds(order: CustomerOrder, asked_minor: int, leaving: Mapping[str, int]) -> str:
    return ""


class CustomerOrders:
    """Customer orders by id. An order ships whole, or in parts where that is allowed; stock serves orders by due date, then by id (EDD).

    What is held waits without keeping stock from others. Lines of one order that are due at one time ship together, unless they may in
    parts: each keeps its stock until all are ready.
    """

    def __init__(self, materials: Materials, stock: Stock) -> None:
        self._definitions = materials.materials
        self._customers = materials.customers
        self.holds: Holds = _nothing_holds
        self.asked: Callable[[CustomerOrder, int], int] = _as_it_is
        self.worth: Callable[[int, str, int], int] = _at_par
        self.due: Callable[[str, int], int] = _at_its_terms
        self.packed_in: Callable[[str, str], str] = _not_packed
        self._stock = stock
        self.orders: dict[str, CustomerOrder] = {}
        self.headers: dict[str, list[str]] = {}  # the lines of orders that have several, in the order in which they came
        self.coming: dict[str, str] = {}  # lines that were accepted at this instant and are confirmed next, and their orders
        self.waiting: dict[str, list[tuple[int, str]]] = {material: [] for material in self._definitions}  # (due_us, order)
        self.ready: dict[str, dict[str, int]] = {}  # how much of which orders stock on hand covers, by material
        self.picked: Callable[[], Mapping[str, list[tuple[str, int]]]] | None = None  # a warehouse: lots by order that is picked

    def confirm(self, event: SalesOrderConfirmed) -> CustomerOrder:
        customer, price_per = self._customers.get(event.customer), self._definitions[event.material].price_per
        order = CustomerOrder(
            order=event.order,
            customer=event.customer,
            material=event.material,
            quantity=event.quantity,
            confirmed_us=event.effective_us,
            due_us=event.due_us,
            unit_price_minor=event.unit_price_minor,
            net_minor=0,  # is reckoned right below
            priority=event.priority,
            price_per=price_per,
            is_partial=(event.partial or (customer.partial if customer else "never")) == "allowed",
            quote=event.quote,
            header=event.header,
            first_quantity=event.quantity,
            first_due_us=event.due_us,
            currency=event.currency,
            agreed_price_minor=event.agreed_price_minor,
        )
        self._value(order)
        self.orders[order.order] = order
        if order.header:
            self.headers.setdefault(order.header, []).append(order.order)
        insort(self.waiting[order.material], (order.due_us, order.order))
        self._stock.touched.add(order.material)
        return order

    def _value(self, order: CustomerOrder) -> None:
        """What an order comes to: what was invoiced, and what is left at the price, of another currency at the rate of its ordering."""
        if order.currency:
            left_minor = order.agreed_net_minor - order.invoiced_agreed_minor
            order.net_minor = order.invoiced_minor + self.worth(left_minor, order.currency, order.confirmed_us)
        else:
            order.net_minor = round_half_even(order.quantity * order.unit_price_minor, order.price_per)

    def due_minor(self, order: CustomerOrder, quantity: int, now_us: int) -> tuple[int, int]:
        """What is asked for if so much more leaves now: in the books, and, where it was agreed in another currency, in that."""
        asked_minor = order.to_invoice_minor(quantity)
        if not order.currency:
            return asked_minor, 0
        worth_minor = self.worth(asked_minor, order.currency, now_us)
        return (max(1, worth_minor), asked_minor) if asked_minor else (0, 0)  # what is worth less than half a cent is a cent

    def name_lines(self, header: str, many: int) -> list[str]:
        """What so many further lines of an order are called: numbered on, past all that other orders are called."""
        first = len(self.headers.get(header, ())) + 1
        names = (f"{header}.{number}" for number in count(first))
        found = list(islice((it for it in names if it not in self.orders and it not in self.headers and it not in self.coming), many))
        self.coming |= dict.fromkeys(found, header)
        return found

    def customer_of(self, name: str) -> str:
        """Whose an order is, or one of its lines; "" if nobody knows it."""
        order = self.orders.get(self.headers[name][0] if name in self.headers else name)
        return order.customer if order else ""

    def whole(self, name: str) -> str:
        """The order that a line is of; itself where it is one, or nobody knows it."""
        order = self.orders.get(name)
        return order.whole if order else name

    def lines_of(self, name: str) -> list[str]:
        """The lines of an order that are open; of a line, or of an order that has no others, it alone."""
        return [it for it in self.headers[name] if self.orders[it].open_quantity] if name in self.headers else [name]

    def together(self, order: CustomerOrder) -> list[CustomerOrder]:
        """What leaves with a line, if it leaves: all lines of its order that are due with it and ship whole, itself among them."""
        if not order.header or order.is_partial:
            return [order]
        lines = [self.orders[name] for name in self.lines_of(order.header)]
        return [it for it in lines if it.due_us == order.due_us and not it.is_partial]

    def why_not_revised(self, event: SalesOrderRevised) -> str:
        """Why an order cannot become what it says; "" if it can."""
        order = self.orders.get(event.order)
        if order is None:
            return f"no customer order '{event.order}'"
        if not order.open_quantity:
            return f"nothing more is to leave on '{event.order}'"
        return f"{event.quantity} in all, of which {order.shipped} have left" if event.quantity < order.shipped else ""

    def revise(self, event: SalesOrderRevised) -> int:
        """An order is for another quantity in all, by another date; by how much more (< 0: less). What is more others reserve."""
        order = self.orders[event.order]
        more = event.quantity - order.quantity
        waiting = self.waiting[order.material]
        waiting.remove((order.due_us, order.order))
        order.quantity, order.due_us = event.quantity, event.due_us
        self._value(order)
        if order.open_quantity:
            insort(waiting, (order.due_us, order.order))
        else:
            order.cancelled_us = event.effective_us
        self._stock.reserve(order.material, min(0, more))
        return more

    def review(self, material: str) -> None:
        """Find out which orders for `material` stock covers. An order that is due earlier keeps what there is, even if it is too little."""
        left = self._stock.shippable(material)
        ready = {}
        for _, order_id in self.waiting[material]:
            if left <= 0:
                break
            order = self.orders[order_id]
            if order.held:
                continue
            quantity = min(order.open_quantity, left) if order.is_partial else order.open_quantity
            if quantity <= left:
                ready[order_id] = quantity
            left -= order.open_quantity
        if ready:
            self.ready[material] = ready
        else:
            self.ready.pop(material, None)

    def decide(self, now_us: int) -> list[GoodsShipped | InvoiceIssued | ShipmentHeld]:
        """Ship what is ready, one event for each lot drawn from (first in, first out), then the invoice; orders by due date.

        Where there is a warehouse, what is picked is ready, and the lots are those that were picked.
        """
        decided: list[GoodsShipped | InvoiceIssued | ShipmentHeld] = []
        leaving: dict[str, int] = {}  # worth of what leaves for each customer now, with tax
        for delivery in self._deliveries():
            customer, due = delivery[0][0].customer, [self.due_minor(order, quantity, now_us) for order, quantity, _ in delivery]
            asked_minor = sum(self.asked(order, net_minor) for (order, *_), (net_minor, _) in zip(delivery, due, strict=True))
            if why := self.holds(delivery[0][0], asked_minor, leaving):
                held: dict[str, Any] = {"effective_us": now_us, "customer": customer, "net_minor": sum(it for it, _ in due), "reason": why}
                decided += [ShipmentHeld(order=order.order, **held) for order, *_ in delivery]
                continue
            leaving[customer] = leaving.get(customer, 0) + asked_minor
            for (order, quantity, lots), (net_minor, agreed_minor) in zip(delivery, due, strict=True):
                decided += self._left(now_us, order, quantity, lots)
                if net_minor:
                    about: dict[str, Any] = {"effective_us": now_us, "order": order.order, "customer": customer, "currency": order.currency}
                    about["due_us"] = self.due(customer, now_us)
                    decided.append(InvoiceIssued(**about, net_minor=net_minor, agreed_minor=agreed_minor))
        return decided

    def _left(self, now_us: int, order: CustomerOrder, quantity: int, lots: list[tuple[str, int]]) -> list[GoodsShipped]:
        about: dict[str, Any] = {"effective_us": now_us, "order": order.order, "customer": order.customer, "material": order.material}
        drawn_from = _drawn(lots, quantity)
        return [GoodsShipped(**about, lot=lot, quantity=drawn, packages=self.packed_in(order.order, lot)) for lot, drawn in drawn_from]

    def _deliveries(self) -> list[list[_Ready]]:
        """What leaves together now, if nothing holds it, by due date: an order, or lines of one order, of which none is left out."""
        ready = {it[0].order: it for it in sorted(self._drawn_from(), key=lambda it: (it[0].due_us, it[0].order))}
        found, seen = [], set[str]()
        for name, it in ready.items():
            lines = [line.order for line in self.together(it[0])]
            if name not in seen and all(line in ready for line in lines):
                found.append([ready[line] for line in lines])
            seen.update(lines)
        return found

    def _drawn_from(self) -> list[_Ready]:
        """What is there to leave now, if nothing holds it."""
        if self.picked is not None:
            picked = ((self.orders[order_id], lots) for order_id, lots in self.picked().items())
            return [(order, sum(quantity for _, quantity in lots), lots) for order, lots in picked if not order.held]
        found = []
        for material, ready in self.ready.items():
            lots = self._stock.first_in_first_out(material)
            found += [(self.orders[order_id], quantity, lots) for order_id, quantity in ready.items()]
        return found

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


def _drawn(lots: list[tuple[str, int]], quantity: int) -> Iterator[tuple[str, int]]:
    """`quantity` out of `lots`, lot by lot; they give up what is drawn."""
    while quantity:
        lot, there = lots[0]
        drawn = min(there, quantity)
        quantity -= drawn
        lots[:1] = [(lot, there - drawn)] if there > drawn else []
        yield lot, drawn
