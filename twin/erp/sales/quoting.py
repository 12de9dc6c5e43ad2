"""Quotes to customers: offered with a date that can be kept, and turned into customer orders. A `Function` of the ERP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.erp.accounting.rounding import amount, round_half_even
from twin.erp.functions import Listener, Rule
from twin.erp.procurement.sourcing_entries import beyond, not_due, taken, too_dear, too_little, unknown
from twin.erp.sales.capable import earliest
from twin.erp.sales.promising import Promise
from twin.model.events import OperationsEvent, OrderPromised, SalesOrderConfirmed, SalesQuoteAccepted, SalesQuoteOffered
from twin.model.exchange.bounds import has_form, lot_sizes, too_many_lots
from twin.model.floor.words import is_id
from twin.model.materials import MOST_PIECES
from twin.model.plant import Plant
from twin.model.readiness.signed import refusal, unsigned

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]
PARTIAL = ("allowed", "never")
MOST_QUOTE_LINES = 100
_LINE = (str, int, int)
QuoteLine = tuple[str, int, int]
"""Material, quantity, price for `price_per` units before the discount."""


def too_many(plant: Plant, material: str, quantity: int) -> str:
    """That nobody makes or sells so many in one order; "" if somebody can."""
    if quantity > MOST_PIECES:
        return f"quantity {quantity}; allowed: {MOST_PIECES} at most"
    return "".join(too_many_lots("SalesOrderConfirmed", {"material": material, "quantity": quantity}, lot_sizes(plant.materials)))


def no_id(name: str) -> str:
    """That no order can be called so, since requests, lots and job orders are called after it; "" if one can."""
    return (
        "" if is_id(name) else f"no customer order can be called '{name}'; allowed: an id of its own, of letters, digits, '_', '-' and '.'"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedLine:
    """One product of a quote, and when all of it can be there."""

    material: str
    quantity: int
    unit_price_minor: int  # for `price_per` units, in the currency of the quote
    net_price_minor: int  # the same after the discount
    promised: Promise


@dataclass(slots=True, kw_only=True)
class SalesQuote:
    """What we have offered, and the order that came of it."""

    offered: SalesQuoteOffered
    lines: list[QuotedLine]
    order: str = ""


def lines_offered(offer: SalesQuoteOffered) -> list[QuoteLine]:
    """All that is offered."""
    return [(offer.material, offer.quantity, offer.unit_price_minor), *offer.more_lines]


class Quoting(Listener):
    """Offers and promises by quote."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.quotes: dict[str, SalesQuote] = {}
        self._rules: dict[type[OperationsEvent], Rule] = {SalesQuoteOffered: self._offer, SalesQuoteAccepted: self._accept}

    def violations(self) -> list[str]:
        """A quote that was accepted has its order."""
        known = self._erp.customer_orders
        became = {name: it.order for name, it in self.quotes.items() if it.order}
        lost = {name: it for name, it in became.items() if it not in known.orders and it not in known.headers}
        return [f"quote '{name}' became order '{order}', which is not there" for name, order in lost.items()]

    # Inside

    def _offer(self, event: SalesQuoteOffered) -> Derived:
        wrong = [unsigned(event, self._erp.plant.layout.persons) or beyond(event), *self._wrong_offer(event)]
        if any(wrong):
            return [refusal(event, "; ".join(filter(None, wrong)))]
        lines = self._promised_lines(event, event.effective_us)
        self.quotes[event.quote] = SalesQuote(offered=event, lines=lines)
        return [_promised(event, event.quote, it) for it in lines]

    def _wrong_offer(self, event: SalesQuoteOffered) -> Iterator[str]:
        yield taken("quote", event.quote, self.quotes)
        yield unknown("customer", event.customer, self._erp.plant.materials.customers)
        yield self._erp.settlement.rates.refusal(event.currency, event.effective_us)
        is_of_lines = has_form(event.more_lines, _LINE)
        if not is_of_lines:
            yield "further lines are a material, a quantity and a price, as [[GB1, 2, 125000], ...]"
        lines = lines_offered(event) if is_of_lines else []
        if len(lines) > MOST_QUOTE_LINES:
            yield f"{len(lines)} lines; allowed: {MOST_QUOTE_LINES} at most"
        for number, line in enumerate(lines, start=1):
            yield from (f"line {number}: {it}" if event.more_lines else it for it in self._wrong_line(*line) if it)
        if not 0 <= event.discount_percent <= 100:
            yield f"discount {event.discount_percent} %; allowed: 0 to 100 %"
        if event.due_us >= 0:
            yield not_due(event.due_us, event.effective_us)
        if event.partial and event.partial not in PARTIAL:
            yield f"partial '{event.partial}'; allowed: {' or '.join(PARTIAL)}, or nothing"
        if event.valid_until_us < event.effective_us:
            yield "it is not valid any more; allowed: valid until now or later"

    def _wrong_line(self, material: str, quantity: int, price_minor: int) -> Iterator[str]:
        yield unknown("material", material, self._erp.materials)
        yield too_little(quantity) or too_many(self._erp.plant, material, quantity)
        if price_minor < 0:
            yield f"price {amount(price_minor)}; allowed: 0 or more"
        elif material in self._erp.materials:
            yield too_dear(quantity, price_minor, self._erp.materials[material].price_per)

    def _accept(self, event: SalesQuoteAccepted) -> Derived:
        if doubt := unsigned(event, self._erp.plant.layout.persons) or beyond(event) or self._wrong_acceptance(event):
            return [refusal(event, doubt)]
        it = self.quotes[event.quote]
        offer, it.order = it.offered, event.order or event.quote
        it.lines, rates = self._promised_lines(offer, event.effective_us), self._erp.settlement.rates
        header, derived = it.order if offer.more_lines else "", list[OperationsEvent]()
        names = self._erp.customer_orders.name_lines(header, len(it.lines)) if header else [it.order]
        for name, line in zip(names, it.lines, strict=True):
            confirmed = SalesOrderConfirmed(
                effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, order=name, customer=offer.customer,
                material=line.material, quantity=line.quantity, due_us=line.promised.due_us, partial=offer.partial, quote=event.quote,
                header=header, **rates.priced(line.net_price_minor, offer.currency, event.effective_us),
            )  # fmt: skip
            derived += [_promised(event, name, line), confirmed]
        return derived

    def _wrong_acceptance(self, event: SalesQuoteAccepted) -> str:
        if doubt := unknown("quote", event.quote, self.quotes):
            return doubt
        it = self.quotes[event.quote]
        if it.order:
            return f"quote '{event.quote}' became order '{it.order}' already; allowed: once"
        if event.effective_us > it.offered.valid_until_us:
            return f"quote '{event.quote}' is not valid any more; allowed: a new one"
        name, known = event.order or event.quote, self._erp.customer_orders
        if name.strip() and (doubt := no_id(name)):
            return doubt
        return taken("customer order", name, {**known.orders, **known.headers, **known.coming, **dict.fromkeys(known.coming.values())})

    def _promised_lines(self, offer: SalesQuoteOffered, now_us: int) -> list[QuotedLine]:
        """When each line can be there; what ships whole is there when all of it is."""
        asked = lines_offered(offer)
        promises = [self._promise(offer, material, quantity, now_us) for material, quantity, _ in asked]
        customer = self._erp.plant.materials.customers[offer.customer]
        last_us = max(it.due_us for it in promises)
        if (offer.partial or customer.partial) != "allowed":
            promises = [it if it.due_us == last_us else Promise(due_us=last_us, reason=f"with all of it: {it.reason}") for it in promises]
        return [
            QuotedLine(
                material=material, quantity=quantity, unit_price_minor=price_minor, promised=promised,
                net_price_minor=round_half_even(price_minor * (100 - offer.discount_percent), 100),
            )
            for (material, quantity, price_minor), promised in zip(asked, promises, strict=True)
        ]  # fmt: skip

    def _promise(self, offer: SalesQuoteOffered, material: str, quantity: int, now_us: int) -> Promise:
        first = earliest(self._erp, material, quantity, now_us)
        return first if first.due_us >= offer.due_us else Promise(due_us=offer.due_us, reason=f"as wanted: {first.reason}")


def _promised(event: SalesQuoteOffered | SalesQuoteAccepted, order: str, it: QuotedLine) -> OrderPromised:
    return OrderPromised(
        effective_us=event.effective_us, recorded_us=event.recorded_us, order=order, material=it.material, quantity=it.quantity,
        due_us=it.promised.due_us, reason=it.promised.reason,
    )  # fmt: skip
