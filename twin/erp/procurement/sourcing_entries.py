"""What is wrong with what persons say of what shall be bought, in words; "" if nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from twin.erp.accounting.rounding import amount
from twin.erp.accounting.valuation.periods import written
from twin.erp.procurement.purchasing import PurchaseOrder, Purchasing
from twin.erp.procurement.quotes import Compared
from twin.erp.procurement.requisitions import Requisition, Rfq
from twin.erp.settlement.rates import Rates
from twin.model import events as e
from twin.model.events import event_to_fields
from twin.model.exchange.bounds import FARTHEST_DUE_US, far_away, has_form, out_of_bounds
from twin.model.floor.words import is_id
from twin.model.materials import MOST_PIECES
from twin.model.measures import MOST, MOST_WORTH
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import stranger, unsigned

MOST_LINES = 100
_LINE = (str, int, int, int)


def unknown(kind: str, name: str, known: Mapping[str, Any]) -> str:
    """That nothing of this kind has that name; "" if something has."""
    return "" if name in known else f"no {kind} is called '{name}'{did_you_mean(name, known)}; allowed: {listed(known)}"


def taken(kind: str, name: str, known: Mapping[str, Any]) -> str:
    """That an id is missing, or is somebody else's; "" if it is free."""
    if not name.strip():
        return f"the {kind} has no id; allowed: one that no other has"
    return f"{kind} '{name}' is there already; allowed: one that no other has" if name in known else ""


def too_little(quantity: int) -> str:
    """That nothing is wanted; "" if something is."""
    return "" if quantity > 0 else f"quantity {quantity}; allowed: 1 or more"


def not_due(due_us: int, now_us: int) -> str:
    """That a date by which something is wanted is past, or years away; "" if it can be met."""
    if now_us <= due_us <= now_us + FARTHEST_DUE_US:
        return ""
    return f"the due date is {'past' if due_us < now_us else 'more than two years ahead'}; allowed: from now on until two years from now"


def too_dear(quantity: int, price_minor: int, price_per: int = 1) -> str:
    """That it is worth more than books can sum up over a year; "" if it is not."""
    worth = quantity * price_minor // price_per
    return f"it is worth {amount(worth)}; allowed: {amount(MOST_WORTH)} or less" if worth > MOST_WORTH else ""


def beyond(event: e.OperationsEvent) -> str:
    """What is said in numbers that nothing in a plant can have, or of times a century away; "" if nothing is."""
    said = event_to_fields(event)
    return "; ".join([*out_of_bounds(said), *far_away(said, event.effective_us)])


class SourcingEntries:
    """Finds what is wrong with an entry."""

    def __init__(
        self, plant: Plant, purchasing: Purchasing, requisitions: Mapping[str, Requisition], rfqs: Mapping[str, Rfq],
        compared: Callable[[str, int], list[Compared]], awaited: Mapping[str, e.PurchaseOrderPlaced],
        rates: Rates,
    ) -> None:  # fmt: skip
        self._persons, self._items = plant.layout.persons, plant.materials
        self._purchasing, self._requisitions, self._rfqs, self._compared = purchasing, requisitions, rfqs, compared
        self._rates = rates
        self._awaited = awaited  # orders that are placed next, at this instant
        self._doubts: dict[type[e.OperationsEvent], Callable[[Any], str]] = {
            e.PurchaseRequisitionRaised: self._raise,
            e.PurchaseRequisitionApproved: self._approve,
            e.PurchaseRequisitionRejected: self._reject,
            e.RfqSent: self._send,
            e.QuoteReceived: self._quote,
            e.QuoteAccepted: self._accept,
            e.BlanketOrderAgreed: self._agree,
            e.BlanketOrderCalled: self._call,
            e.PurchaseOrderEntered: self._order,
            e.PurchaseOrderChanged: self._change,
            e.PurchaseOrderClosed: self._close,
        }

    def doubt(self, event: e.Entry) -> str:
        """Why an entry is not accepted; "" if it is."""
        return unsigned(event, self._persons) or beyond(event) or self._doubts[type(event)](event)

    def why_not_placed(self, event: e.PurchaseOrderPlaced) -> str:
        """Why an order that a person places without a requisition is not accepted; "" if it is."""
        doubt = (
            stranger(event.person, self._persons)
            or beyond(event)
            or self._taken(event.order)
            or self._wanted(event.material, event.quantity, event.due_us, event.effective_us)
        )
        if doubt:
            return doubt
        if doubt := self._rates.refusal(event.currency, event.effective_us):
            return doubt
        if min(event.unit_price_minor, event.agreed_price_minor) < 0:
            return f"price {amount(min(event.unit_price_minor, event.agreed_price_minor))}; allowed: 0 or more"
        if doubt := self.unapproved(event.material, event.quantity, event.unit_price_minor):
            return f"{doubt}; allowed: a requisition"
        definition = self._items.materials[event.material]
        return too_dear(event.quantity, max(event.unit_price_minor, definition.standard_cost or 0), definition.price_per)

    def unapproved(self, material: str, quantity: int, price_minor: int) -> str:
        """That so much may not be ordered by one person alone, at standard cost or what is paid; "" if it may."""
        definition, limit = self._items.materials[material], self._items.purchasing.approval_above
        worth = quantity * max(price_minor, definition.standard_cost or 0) // definition.price_per
        is_above = limit is not None and worth > limit
        return f"it is worth {amount(worth)}, and above {amount(limit or 0)} another person approves" if is_above else ""

    def _taken(self, name: str) -> str:
        """That a purchase order has no id, or one that another has, with lines or without; "" if it is free."""
        return taken("purchase order", name, {**self._purchasing.orders, **self._purchasing.headers})

    def _wanted(self, material: str, quantity: int, due_us: int, now_us: int) -> str:
        if doubt := unknown("material", material, self._items.materials) or too_little(quantity):
            return doubt
        it = self._items.materials[material]
        if it.kind != "purchased":
            return f"'{material}' is made here; allowed: what is bought"
        return not_due(due_us, now_us) or too_dear(quantity, it.standard_cost or 0, it.price_per)

    def _raise(self, event: e.PurchaseRequisitionRaised) -> str:
        wanted = self._wanted(event.material, event.quantity, event.due_us, event.effective_us)
        return taken("requisition", event.requisition, self._requisitions) or wanted

    def _approve(self, event: e.PurchaseRequisitionApproved) -> str:
        it, limit = self._requisitions.get(event.requisition), self._items.purchasing.approval_above
        waits_for_nobody = it is not None and it.standing == "approved" and not it.decided_by  # until a quote is above the limit
        if (limit is None or not waits_for_nobody) and (doubt := self._known(event.requisition, "raised")):
            return doubt
        wanted = self._items.purchasing.approved_by
        known = self._persons.get(event.person)
        if wanted and known and wanted not in known.classes:
            may = [name for name, it in self._persons.items() if wanted in it.classes]
            return f"{event.person} is no {wanted}, which approval asks for; allowed: {listed(may)}"
        if event.person == self._requisitions[event.requisition].raised_by:
            return f"{event.person} has raised it; allowed: another person"
        return ""

    def _reject(self, event: e.PurchaseRequisitionRejected) -> str:
        doubt = self._known(event.requisition, "raised", "approved")
        return doubt or ("" if event.reason.strip() else "a rejection needs a reason")

    def _known(self, requisition: str, *standings: str) -> str:
        if doubt := unknown("requisition", requisition, self._requisitions):
            return doubt
        standing = self._requisitions[requisition].standing
        return "" if standing in standings else f"'{requisition}' is {standing}; allowed: where it is {' or '.join(standings)}"

    def _send(self, event: e.RfqSent) -> str:
        doubt = taken("request for quotes", event.rfq, self._rfqs) or self._known(event.requisition, "approved")
        if doubt:
            return doubt
        if not event.suppliers or len(set(event.suppliers)) < len(event.suppliers):
            return f"suppliers {listed(event.suppliers)}; allowed: one or more, each once"
        doubts = (unknown("supplier", name, self._items.suppliers) for name in event.suppliers)
        late = "" if event.answer_by_us > event.effective_us else "answers are asked for by an instant that is past; allowed: a later one"
        return next(filter(None, doubts), late)

    def _quote(self, event: e.QuoteReceived) -> str:
        if doubt := unknown("request for quotes", event.rfq, self._rfqs):
            return doubt
        rfq = self._rfqs[event.rfq]
        quotes = {name: it for other in self._rfqs.values() for name, it in other.quotes.items()}
        if doubt := taken("quote", event.quote, quotes):
            return doubt
        if rfq.accepted:
            return f"'{event.rfq}' was decided for quote '{rfq.accepted}'; allowed: before that"
        if event.effective_us > rfq.answer_by_us:
            return f"'{event.rfq}' asked for answers until {written(rfq.answer_by_us)}; allowed: another request"
        if doubt := self._rates.refusal(event.currency, event.effective_us):
            return doubt
        if event.supplier not in rfq.suppliers:
            return f"'{event.supplier}' was not asked in '{event.rfq}'; allowed: {listed(rfq.suppliers)}"
        days = event.lead_time_us // 86_400_000_000
        said = {"price": amount(event.unit_price_minor), "lead time": f"{days} d", "delivery": amount(event.delivery_minor)}
        if wrong := [f"{name} {words}" for name, words in said.items() if words.startswith("-")]:
            return f"{listed(wrong)}; allowed: 0 or more"
        if not 0 < event.minimum <= MOST_PIECES:
            return f"a minimum of {event.minimum}; allowed: 1 to {MOST_PIECES}"
        if event.valid_until_us < event.effective_us:
            return "it is not valid any more; allowed: valid until now or later"
        if wrong := [
            f"{amount(price)} from {at} pieces" for at, price in event.breaks if not (0 < at <= MOST_PIECES and 0 <= price <= MOST)
        ]:
            return f"price breaks {listed(wrong)}; allowed: 0 to {amount(MOST)} from 1 to {MOST_PIECES} pieces"
        if len({at for at, _ in event.breaks}) < len(event.breaks):
            return "two price breaks begin at one quantity; allowed: one for each quantity"
        return ""

    def _accept(self, event: e.QuoteAccepted) -> str:
        if doubt := unknown("request for quotes", event.rfq, self._rfqs):
            return doubt
        rfq = self._rfqs[event.rfq]
        if rfq.accepted:
            return f"'{event.rfq}' was decided for quote '{rfq.accepted}'; allowed: once"
        if doubt := unknown("quote", event.quote, rfq.quotes) or self._known(rfq.requisition, "approved"):
            return doubt
        if event.order and (doubt := self._taken(event.order)):
            return doubt
        compared = self._compared(event.rfq, event.effective_us)
        chosen = next(it for it in compared if it.quote == event.quote)
        if not chosen.is_valid:
            return f"quote '{event.quote}' is not valid any more; allowed: {listed([it.quote for it in compared if it.is_valid])}"
        if chosen.total_minor > MOST_WORTH:
            return f"quote '{event.quote}' costs {amount(chosen.total_minor)} in all; allowed: {amount(MOST_WORTH)} or less"
        wanted, limit = self._requisitions[rfq.requisition], self._items.purchasing.approval_above
        if limit is not None and chosen.total_minor > limit and not wanted.decided_by:
            words = f"quote '{event.quote}' costs {amount(chosen.total_minor)} in all, and above {amount(limit)} another person approves"
            return f"{words}; allowed: once somebody else than {wanted.raised_by} has approved '{wanted.requisition}'"
        if chosen.rank > 1 and not event.reason.strip():
            best = f"'{compared[0].quote}' costs {amount(compared[0].total_minor)}; allowed: the best, or another for a reason"
            return f"quote '{event.quote}' costs {amount(chosen.total_minor)} in all and is not the best: {best}"
        return ""

    def _agree(self, event: e.BlanketOrderAgreed) -> str:
        doubt = (
            taken("blanket order", event.blanket, self._purchasing.blanket_orders)
            or unknown("supplier", event.supplier, self._items.suppliers)
            or unknown("material", event.material, self._items.materials)
            or too_little(event.quantity)
        )
        if doubt:
            return doubt
        if event.unit_price_minor < 0:
            return f"price {amount(event.unit_price_minor)}; allowed: 0 or more"
        if doubt := too_dear(event.quantity, event.unit_price_minor, self._items.materials[event.material].price_per):
            return doubt
        return "" if event.until_us > event.from_us else "it ends before it begins; allowed: an end after its beginning"

    def _call(self, event: e.BlanketOrderCalled) -> str:
        blankets = self._purchasing.blanket_orders
        if doubt := unknown("blanket order", event.blanket, blankets) or too_little(event.quantity):
            return doubt
        it = blankets[event.blanket]
        if event.quantity > it.open_quantity:
            return f"{event.quantity} called off '{event.blanket}', of which {it.open_quantity} are open; allowed: that at most"
        if not it.covers(it.material, event.quantity, event.effective_us):
            return f"'{event.blanket}' does not hold now; allowed: from {written(it.from_us)} until before {written(it.until_us)}"
        if doubt := not_due(event.due_us, event.effective_us):
            return doubt
        if event.order and (doubt := self._taken(event.order)):
            return doubt
        alone = self.unapproved(it.material, event.quantity, it.unit_price_minor)
        if not event.requisition:
            return f"{alone}; allowed: for a requisition" if alone else ""
        if doubt := self._known(event.requisition, "approved"):
            return doubt
        wanted = self._requisitions[event.requisition]
        if wanted.material != it.material:
            return f"'{event.requisition}' wants '{wanted.material}'; '{event.blanket}' is of '{it.material}'"
        if alone and event.quantity > wanted.quantity:
            return f"{alone}: '{event.requisition}' is for {wanted.quantity}; allowed: that at most"
        return ""

    def _order(self, event: e.PurchaseOrderEntered) -> str:
        """All that is wrong with an order of several lines."""
        if not has_form(event.order_lines, _LINE):
            return "lines are a material, a quantity, an instant and a price, as [[BAR50, 20, 1772600400000000, -1], ...]"
        wrong = ["" if is_id(event.order) else f"no order can be called '{event.order}'; allowed: letters, digits, '_', '-' and '.'"]
        wrong += [unknown("supplier", event.supplier, self._items.suppliers), self._header(event)]
        if not 1 <= len(event.order_lines) <= MOST_LINES:
            wrong.append(f"{len(event.order_lines)} lines; allowed: 1 to {MOST_LINES}")
        if doubt := self._rates.refusal(event.currency, event.effective_us):
            return "; ".join(filter(None, (*wrong, doubt)))
        for number, line in enumerate(event.order_lines, start=1):
            wrong += [f"line {number}: {doubt}" for doubt in self._line(event, *line) if doubt]
        return "; ".join(filter(None, wrong)) or self._too_much(event)

    def _header(self, event: e.PurchaseOrderEntered) -> str:
        """Why an order cannot be called so; "" if it can, or is at this supplier already."""
        if event.order in self._purchasing.orders or event.order in self._awaited:
            return f"purchase order '{event.order}' is there already, and has no lines; allowed: another number"
        at = next((it.supplier for it in self._lines(event.order)), event.supplier)
        return "" if at == event.supplier else f"'{event.order}' is at '{at}', not at '{event.supplier}'; allowed: another number"

    def _lines(self, header: str) -> list[PurchaseOrder | e.PurchaseOrderPlaced]:
        """The lines of an order that are there, and those that are placed next."""
        there = [self._purchasing.orders[it] for it in self._purchasing.headers.get(header, ())]
        return [*there, *(it for it in self._awaited.values() if it.header == header)]

    def _line(self, event: e.PurchaseOrderEntered, material: str, quantity: int, due_us: int, price_minor: int) -> Iterator[str]:
        yield self._wanted(material, quantity, due_us, event.effective_us)
        if it := self._items.materials.get(material):
            if event.supplier not in it.sold_by:
                yield f"'{material}' does not come from '{event.supplier}'; allowed: {listed(it.sold_by)}"
            yield too_dear(quantity, self._worth(event, max(price_minor, 0)), it.price_per)
            if price_minor < 0 and not self._rates.is_own(event.currency):
                yield f"what is declared is in {self._rates.own}, the order in {event.currency}; allowed: a price in {event.currency}"
        if quantity > MOST_PIECES:
            yield f"quantity {quantity}; allowed: {MOST_PIECES} at most"

    def _worth(self, event: e.PurchaseOrderEntered, price_minor: int) -> int:
        return self._rates.own_minor(price_minor, event.currency, event.effective_us)

    def _too_much(self, event: e.PurchaseOrderEntered) -> str:
        """That one person may not order all of it, with the lines that are there; "" if he may."""
        materials, limit = self._items.materials, self._items.purchasing.approval_above
        asked = [
            (of, many, materials[of].price_of(event.supplier) if price_minor < 0 else self._worth(event, price_minor))
            for of, many, _, price_minor in event.order_lines
        ]
        lines = [*asked, *((it.material, it.quantity, it.unit_price_minor) for it in self._lines(event.order))]
        worth = sum(
            quantity * max(price_minor, materials[material].standard_cost or 0) // materials[material].price_per
            for material, quantity, price_minor in lines
        )
        if limit is None or worth <= limit:
            return ""
        return f"it is worth {amount(worth)}, and above {amount(limit)} another person approves; allowed: requisitions"

    def _change(self, event: e.PurchaseOrderChanged) -> str:
        if doubt := unknown("purchase order", event.order, self._purchasing.orders):
            return doubt
        order = self._purchasing.orders[event.order]
        if order.operation:
            return f"'{event.order}' is for work on '{order.material}', which comes back with its lot; allowed: an order of goods"
        if order.closed_us is not None or not order.open_quantity:
            return f"nothing more is to come on '{event.order}'; allowed: an order that is open"
        return "; ".join(filter(None, (*self._change_asked(event, order), self._more_asked(event, order))))

    @staticmethod
    def _change_asked(event: e.PurchaseOrderChanged, order: PurchaseOrder) -> Iterator[str]:
        if not event.reason.strip():
            yield "a change needs a reason"
        if event.quantity in (0, order.quantity) and event.due_us in (0, order.due_us):
            yield f"'{event.order}' is for {order.quantity} by {written(order.due_us)} already; allowed: another quantity or date, or both"
        least = max(1, order.received)
        if event.quantity and event.quantity < least:
            came = f", of which {order.received} have come" if order.received else ""
            yield f"{event.quantity} in all{came}; allowed: {least} or more, or that nothing more comes"
        if event.due_us:
            yield not_due(event.due_us, event.effective_us)

    def _more_asked(self, event: e.PurchaseOrderChanged, order: PurchaseOrder) -> str:
        """Why not more than was ordered; "" if it is no more, or may be."""
        more = event.quantity - order.quantity
        if more <= 0:
            return ""
        it = self._items.materials[order.material]
        if doubt := self.unapproved(order.material, event.quantity, order.unit_price_minor):
            return f"{doubt}; allowed: a requisition of {more} more"
        if doubt := too_dear(event.quantity, max(order.unit_price_minor, it.standard_cost or 0), it.price_per):
            return doubt
        blanket = self._purchasing.blanket_orders.get(order.blanket)
        if blanket and not blanket.covers(order.material, more, event.effective_us):
            left = blanket.open_quantity
            return f"{more} more off '{order.blanket}', of which {left} are open until {written(blanket.until_us)}; allowed: that at most"
        return ""

    def _close(self, event: e.PurchaseOrderClosed) -> str:
        if event.all_lines and event.order in self._purchasing.headers:
            if not self._purchasing.open_lines(event.order):
                return f"nothing more is to come on any line of '{event.order}'; allowed: an order that is open"
            return "" if event.reason.strip() else "that nothing more comes needs a reason"
        if doubt := unknown("purchase order", event.order, self._purchasing.orders):
            return doubt
        if not self._purchasing.orders[event.order].open_quantity:
            return f"nothing more is to come on '{event.order}'; allowed: an order that is open"
        return "" if event.reason.strip() else "that nothing more comes needs a reason"
