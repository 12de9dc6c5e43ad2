"""Requisition, request for quotes, quotes compared, order; and blanket orders that are called off. A `Function` of the ERP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from twin.erp.functions import Rule
from twin.erp.procurement.purchasing import PurchaseOrder
from twin.erp.procurement.quotes import Compared, Wanted, compare, price_at
from twin.erp.procurement.requisitions import BlanketOrder, Requisition, Rfq
from twin.erp.procurement.sourcing_entries import SourcingEntries
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.readiness.signed import refusal

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]


class Sourcing:
    """Who asks for what, who offers it, and the purchase orders that come of it.

    An order that was decided on is asked for until it was placed: `decide` reads `awaited`, and what was placed leaves it.
    """

    def __init__(self, erp: Erp) -> None:
        self._items, self._purchasing, self._rates = erp.plant.materials, erp.purchasing, erp.settlement.rates
        self.requisitions: dict[str, Requisition] = {}
        self.rfqs: dict[str, Rfq] = {}
        self.awaited: dict[str, e.PurchaseOrderPlaced] = {}  # decided on, and not yet placed, by order
        self.changing: dict[str, e.PurchaseOrderRevised] = {}  # what a supplier has agreed to, and not yet so, by order
        self._entries = SourcingEntries(erp.plant, self._purchasing, self.requisitions, self.rfqs, self.compared, self.awaited, self._rates)
        accepted: dict[type[OperationsEvent], Callable[[Any], Derived | None]] = {
            e.PurchaseRequisitionRaised: self._raise,
            e.PurchaseRequisitionApproved: self._approve,
            e.PurchaseRequisitionRejected: self._reject,
            e.RfqSent: self._send,
            e.QuoteReceived: self._quote,
            e.QuoteAccepted: self._accept,
            e.BlanketOrderAgreed: self._agree,
            e.BlanketOrderCalled: self._call,
            e.PurchaseOrderEntered: self._enter_lines,
            e.PurchaseOrderChanged: self._change,
            e.PurchaseOrderClosed: self._close,
        }
        self._accepted = accepted
        self._rules: dict[type[OperationsEvent], Rule] = {
            **dict.fromkeys(accepted, self._enter), e.PurchaseOrderPlaced: self._placed, e.PurchaseOrderRevised: self._revised,
        }  # fmt: skip

    @property
    def rules(self) -> Mapping[type[OperationsEvent], Rule]:
        """What it listens to."""
        return self._rules

    def decide(self, now_us: int) -> Derived:
        """The orders that were decided on, and what was changed of others, at this instant."""
        decided = [*self.awaited.values(), *self.changing.values()]
        return [replace(it, effective_us=now_us, recorded_us=now_us) for it in decided]

    def violations(self) -> list[str]:
        """Of each blanket order as much is called off as was ordered on it, and what is ordered has an order."""
        called_off = self._purchasing.called_off
        called = {
            name: sum(it.quantity - it.cancelled for it in called_off.get(name, ())) for name in self._purchasing.blanket_orders
        }  # fmt: skip
        wrong = [
            f"blanket order '{name}': {it.called} called off, {called[name]} by its orders"
            for name, it in self._purchasing.blanket_orders.items()
            if it.called != called[name]
        ]
        placed = self._purchasing.orders
        return wrong + [
            f"requisition '{it.requisition}' is ordered, and there is no order '{it.order}'"
            for it in self.requisitions.values()
            if it.standing == "ordered" and it.order not in placed and it.order not in self.awaited
        ]

    def compared(self, rfq: str, now_us: int) -> list[Compared]:
        """The quotes of a request, the best first; once one of them was taken, as they stood then."""
        it = self.rfqs[rfq]
        wanted = self.requisitions[it.requisition]
        about = Wanted(
            quantity=wanted.quantity, due_us=wanted.due_us, price_per=self._items.materials[wanted.material].price_per,
            late_day_minor=self._items.purchasing.late_day,
        )  # fmt: skip
        at_us = now_us if it.accepted_us is None else it.accepted_us
        return compare([self._in_books(quote, at_us) for quote in it.quotes.values()], about, at_us)

    def _in_books(self, quote: e.QuoteReceived, at_us: int) -> e.QuoteReceived:
        """A quote in the currency of the books, at the rate of a day."""
        if self._rates.is_own(quote.currency):
            return quote

        def worth(minor: int) -> int:
            return self._rates.own_minor(minor, quote.currency, at_us)

        breaks = tuple((at, worth(price)) for at, price in quote.breaks)
        unit_price_minor, delivery_minor = worth(quote.unit_price_minor), worth(quote.delivery_minor)
        return replace(quote, breaks=breaks, unit_price_minor=unit_price_minor, delivery_minor=delivery_minor)

    def priced(self, price_minor: int, currency: str, at_us: int) -> dict[str, Any]:
        """The fields that a purchase order has of a price that was agreed in a currency, at the rate of that day."""
        return self._rates.priced(price_minor, currency, at_us)

    def currency_doubt(self, currency: str, at_us: int, *, is_priced: bool) -> str:
        """Why an order cannot be in that currency; "" if it can. `is_priced`: a price is said, and not what is declared meant."""
        return self._rates.price_doubt(currency, at_us, is_priced=is_priced)

    def why_not_placed(self, order: e.PurchaseOrderPlaced) -> str:
        """Why an order that a person places without a requisition is not accepted; "" if it is."""
        is_next = order.order in self.awaited or any(it.header == order.order for it in self.awaited.values())
        taken_now = f"purchase order '{order.order}' is being placed; allowed: a new id" if is_next else ""
        return taken_now or self._entries.why_not_placed(order)

    def unapproved(self, order: e.PurchaseOrderPlaced) -> str:
        """That it is worth more than may be ordered without another person's approval; "" if it is not."""
        return self._entries.unapproved(order.material, order.quantity, order.unit_price_minor)

    def too_much_in_all(self, order: PurchaseOrder, quantity: int) -> str:
        """The same of so much of an order, instead of what was ordered."""
        return self._entries.unapproved(order.material, quantity, order.unit_price_minor)

    # Inside

    def _enter(self, event: e.Entry) -> Derived:
        if doubt := self._entries.doubt(event):
            return [refusal(event, doubt)]
        return self._accepted[type(event)](event) or []

    def _raise(self, event: e.PurchaseRequisitionRaised) -> None:
        definition = self._items.materials[event.material]
        value = event.quantity * (definition.standard_cost or 0) // definition.price_per
        limit = self._items.purchasing.approval_above
        self.requisitions[event.requisition] = Requisition(
            requisition=event.requisition, material=event.material, quantity=event.quantity, due_us=event.due_us, value_minor=value,
            raised_by=event.person, raised_us=event.effective_us, reason=event.reason,
            standing="approved" if limit is None or value <= limit else "raised",
        )  # fmt: skip

    def _approve(self, event: e.PurchaseRequisitionApproved) -> None:
        it = self.requisitions[event.requisition]
        it.standing, it.decided_by = "approved", event.person

    def _reject(self, event: e.PurchaseRequisitionRejected) -> None:
        it = self.requisitions[event.requisition]
        it.standing, it.decided_by = "rejected", event.person

    def _send(self, event: e.RfqSent) -> None:
        self.rfqs[event.rfq] = Rfq(
            rfq=event.rfq, requisition=event.requisition, suppliers=tuple(event.suppliers), sent_us=event.effective_us,
            answer_by_us=event.answer_by_us,
        )  # fmt: skip

    def _quote(self, event: e.QuoteReceived) -> None:
        self.rfqs[event.rfq].quotes[event.quote] = event

    def _accept(self, event: e.QuoteAccepted) -> None:
        rfq = self.rfqs[event.rfq]
        wanted = self.requisitions[rfq.requisition]
        chosen = next(it for it in self.compared(event.rfq, event.effective_us) if it.quote == event.quote)
        rfq.accepted, rfq.accepted_us, rfq.reason = event.quote, event.effective_us, event.reason
        rfq.order = self._await(
            e.PurchaseOrderPlaced(
                effective_us=event.effective_us, order=event.order or f"PO-{event.rfq}", supplier=chosen.supplier, material=wanted.material,
                quantity=chosen.quantity, due_us=chosen.arrives_us, rfq=event.rfq,
                **self.priced(price_at(rfq.quotes[event.quote], chosen.quantity), rfq.quotes[event.quote].currency, event.effective_us),
            ),
            rfq.requisition,
        )  # fmt: skip

    def _agree(self, event: e.BlanketOrderAgreed) -> None:
        self._purchasing.blanket_orders[event.blanket] = BlanketOrder(
            blanket=event.blanket, supplier=event.supplier, material=event.material, quantity=event.quantity,
            unit_price_minor=event.unit_price_minor, from_us=event.from_us, until_us=event.until_us,
        )  # fmt: skip

    def _call(self, event: e.BlanketOrderCalled) -> None:
        it = self._purchasing.blanket_orders[event.blanket]
        it.promised += event.quantity
        self._await(
            e.PurchaseOrderPlaced(
                effective_us=event.effective_us, order=event.order or f"PO-{event.blanket}", supplier=it.supplier, material=it.material,
                quantity=event.quantity, unit_price_minor=it.unit_price_minor, due_us=event.due_us, blanket=event.blanket,
            ),
            event.requisition,
        )  # fmt: skip

    def _enter_lines(self, event: e.PurchaseOrderEntered) -> None:
        """Each line is an order of its own, under the number of all of them."""
        coming = sum(it.header == event.order for it in self.awaited.values())
        first = len(self._purchasing.headers.get(event.order, ())) + coming + 1
        names = (name for number in count(first) if not self._is_taken(name := f"{event.order}.{number}"))
        for material, quantity, due_us, price_minor in event.order_lines:
            declared_minor = self._items.materials[material].price_of(event.supplier)
            self._await(
                e.PurchaseOrderPlaced(
                    effective_us=event.effective_us, order=next(names), header=event.order, supplier=event.supplier,
                    material=material, quantity=quantity, due_us=due_us,
                    **self.priced(declared_minor if price_minor < 0 else price_minor, event.currency, event.effective_us),
                ),
                "",
            )  # fmt: skip

    def _change(self, event: e.PurchaseOrderChanged) -> None:
        """What is not said stays as it is, or as it was said just before."""
        now = self.changing.get(event.order) or self._purchasing.orders[event.order]
        self.changing[event.order] = e.PurchaseOrderRevised(
            effective_us=event.effective_us, order=event.order, material=now.material, quantity=event.quantity or now.quantity,
            due_us=event.due_us or now.due_us,
        )  # fmt: skip

    def _revised(self, event: e.PurchaseOrderRevised) -> Derived:
        self.changing.pop(event.order, None)
        return []

    def _close(self, event: e.PurchaseOrderClosed) -> Derived:
        """One order, or each line of it that is open."""
        if event.order in self._purchasing.orders:
            self._close_one(event, event.order)
            return []
        lines = tuple((it.order, it.open_quantity) for it in self._purchasing.open_lines(event.order))
        for name, _ in lines:
            self._close_one(event, name)
        at_us = event.effective_us
        return [e.PurchaseOrderLinesClosed(effective_us=at_us, person=event.person, order=event.order, left_open=lines)]

    def _close_one(self, event: e.PurchaseOrderClosed, name: str) -> None:
        """The supplier is told that what has come is all."""
        self._purchasing.close(name, event.effective_us)
        it = self._purchasing.orders[name]
        if not it.operation:
            self.changing[it.order] = e.PurchaseOrderRevised(
                effective_us=event.effective_us, order=it.order, material=it.material, quantity=it.received, due_us=it.due_us
            )

    def _is_taken(self, name: str) -> bool:
        """Whether a purchase order is called so, or will be; also one that has lines."""
        known = self._purchasing
        return name in known.orders or name in known.headers or any(name in (key, it.header) for key, it in self.awaited.items())

    def _await(self, placing: e.PurchaseOrderPlaced, requisition: str) -> str:
        """Ask for an order under an id that no other has; the id. `requisition`: what it is for."""
        first, number = placing.order, 1
        name = first
        while self._is_taken(name):
            number += 1
            name = f"{first}-{number}"
        self.awaited[name] = replace(placing, order=name)
        if requisition:
            it = self.requisitions[requisition]
            it.standing, it.order = "ordered", name
        return name

    def _placed(self, event: e.PurchaseOrderPlaced) -> Derived:
        """What was asked for is placed; or somebody else has taken its id, and it is asked for under another."""
        it = self.awaited.pop(event.order, None)
        if it is None:
            return []
        if (event.rfq, event.blanket, event.quantity) == (it.rfq, it.blanket, it.quantity):
            if it.blanket:
                self._purchasing.blanket_orders[it.blanket].promised -= it.quantity
            return []
        requisition = next((wanted.requisition for wanted in self.requisitions.values() if wanted.order == it.order), "")
        name = self._await(it, requisition)
        if it.rfq:
            self.rfqs[it.rfq].order = name
        return []
