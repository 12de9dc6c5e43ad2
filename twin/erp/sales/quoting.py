"""Quotes to customers: offered with a date that can be kept, and turned into customer orders. A `Function` of the ERP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.erp.accounting.rounding import amount, round_half_even
from twin.erp.functions import Listener, Rule
from twin.erp.procurement.sourcing_entries import beyond, not_due, taken, too_dear, too_little, unknown
from twin.erp.sales.capable import earliest
from twin.erp.sales.promising import Promise
from twin.model.events import OperationsEvent, OrderPromised, SalesOrderConfirmed, SalesQuoteAccepted, SalesQuoteOffered
from twin.model.floor.words import is_id
from twin.model.readiness.signed import refusal, unsigned

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]
PARTIAL = ("allowed", "never")


@dataclass(slots=True, kw_only=True)
class SalesQuote:
    """What we have offered, and the order that came of it."""

    offered: SalesQuoteOffered
    promised: Promise
    net_price_minor: int  # for `price_per` units, after the discount
    order: str = ""


class Quoting(Listener):
    """Offers and promises by quote."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.quotes: dict[str, SalesQuote] = {}
        self._rules: dict[type[OperationsEvent], Rule] = {SalesQuoteOffered: self._offer, SalesQuoteAccepted: self._accept}

    def violations(self) -> list[str]:
        """A quote that was accepted has its order."""
        known = self._erp.customer_orders.orders
        became = {name: it.order for name, it in self.quotes.items() if it.order}
        return [f"quote '{name}' became order '{order}', which is not there" for name, order in became.items() if order not in known]

    # Inside

    def _offer(self, event: SalesQuoteOffered) -> Derived:
        if doubt := unsigned(event, self._erp.plant.layout.persons) or beyond(event) or self._wrong_offer(event):
            return [refusal(event, doubt)]
        price = round_half_even(event.unit_price_minor * (100 - event.discount_percent), 100)
        it = self.quotes[event.quote] = SalesQuote(offered=event, promised=self._promise(event, event.effective_us), net_price_minor=price)
        return [self._promised(event, event.quote, it)]

    def _wrong_offer(self, event: SalesQuoteOffered) -> str:
        erp = self._erp
        doubt = (
            taken("quote", event.quote, self.quotes)
            or unknown("customer", event.customer, erp.plant.materials.customers)
            or unknown("material", event.material, erp.materials)
            or too_little(event.quantity)
        )
        if doubt:
            return doubt
        if event.unit_price_minor < 0:
            return f"price {amount(event.unit_price_minor)}; allowed: 0 or more"
        if not 0 <= event.discount_percent <= 100:
            return f"discount {event.discount_percent} %; allowed: 0 to 100 %"
        if event.due_us >= 0 and (doubt := not_due(event.due_us, event.effective_us)):
            return doubt
        if event.partial and event.partial not in PARTIAL:
            return f"partial '{event.partial}'; allowed: {' or '.join(PARTIAL)}, or nothing"
        if doubt := too_dear(event.quantity, event.unit_price_minor, erp.materials[event.material].price_per):
            return doubt
        return "" if event.valid_until_us >= event.effective_us else "it is not valid any more; allowed: valid until now or later"

    def _accept(self, event: SalesQuoteAccepted) -> Derived:
        if doubt := unsigned(event, self._erp.plant.layout.persons) or beyond(event) or self._wrong_acceptance(event):
            return [refusal(event, doubt)]
        it = self.quotes[event.quote]
        offer, it.order = it.offered, event.order or event.quote
        it.promised = self._promise(offer, event.effective_us)
        confirmed = SalesOrderConfirmed(
            effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, order=it.order, customer=offer.customer,
            material=offer.material, quantity=offer.quantity, due_us=it.promised.due_us, unit_price_minor=it.net_price_minor,
            partial=offer.partial, quote=event.quote,
        )  # fmt: skip
        return [self._promised(event, it.order, it), confirmed]

    def _wrong_acceptance(self, event: SalesQuoteAccepted) -> str:
        if doubt := unknown("quote", event.quote, self.quotes):
            return doubt
        it = self.quotes[event.quote]
        if it.order:
            return f"quote '{event.quote}' became order '{it.order}' already; allowed: once"
        if event.effective_us > it.offered.valid_until_us:
            return f"quote '{event.quote}' is not valid any more; allowed: a new one"
        if (name := event.order or event.quote).strip() and not is_id(name):  # requests, lots and job orders are called after it
            return f"no customer order can be called '{name}'; allowed: an id of its own, of letters, digits, '_', '-' and '.'"
        return taken("customer order", name, self._erp.customer_orders.orders)

    def _promise(self, offer: SalesQuoteOffered, now_us: int) -> Promise:
        first = earliest(self._erp, offer.material, offer.quantity, now_us)
        return first if first.due_us >= offer.due_us else Promise(due_us=offer.due_us, reason=f"as wanted: {first.reason}")

    @staticmethod
    def _promised(event: SalesQuoteOffered | SalesQuoteAccepted, order: str, it: SalesQuote) -> OrderPromised:
        return OrderPromised(
            effective_us=event.effective_us, recorded_us=event.recorded_us, order=order, material=it.offered.material,
            quantity=it.offered.quantity, due_us=it.promised.due_us, reason=it.promised.reason,
        )  # fmt: skip
