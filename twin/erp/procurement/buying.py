"""What is bought: purchase orders placed, deliveries received, and what follows of it for the books."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from twin.erp.accounting.valuation.periods import before_the_books, written
from twin.erp.alerts import alert, nonsense_traded
from twin.erp.procurement.sourcing_entries import beyond, too_little, unknown
from twin.model.events import (
    GoodsReceiptEntered,
    GoodsReceived,
    GoodsReturned,
    LotExpiryRecorded,
    OperationsEvent,
    OverDeliveryDecided,
    PurchaseOrderPlaced,
    PurchaseOrderRevised,
)
from twin.model.readiness.signed import refusal, unsigned

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]


class Buying:
    """Rules of the ERP by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {
            PurchaseOrderPlaced: self._place,
            PurchaseOrderRevised: self._revise,
            GoodsReceived: self._receive,
            GoodsReceiptEntered: self._enter,
            OverDeliveryDecided: self._decide_on,
        }

    def _excess(self, order: str) -> int:
        return self._erp.purchasing.excess(order, self._erp.corrections.given_back.get(order, 0))

    def _decide_on(self, event: OverDeliveryDecided) -> Derived:
        """It is ordered after all, or goes back at the price of the order."""
        if doubt := unsigned(event, self._erp.plant.layout.persons) or beyond(event) or self._wrong_decision(event):
            return [refusal(event, doubt)]
        order = self._erp.purchasing.orders[event.order]
        quantity = event.quantity or self._excess(event.order)
        about: dict[str, Any] = {"effective_us": event.effective_us, "recorded_us": event.recorded_us, "person": event.person}
        about |= {"order": event.order, "material": order.material}
        if event.is_kept:
            return [PurchaseOrderRevised(**about, quantity=order.quantity + quantity, due_us=order.due_us)]
        price_per = self._erp.materials[order.material].price_per
        credit_minor = round(Fraction(quantity * order.unit_price_minor, price_per))
        return [GoodsReturned(**about, lot=self._lot_of(event), quantity=quantity, credit_minor=credit_minor)]

    def _lot_of(self, event: OverDeliveryDecided) -> str:
        came = [lot for order, lot in self._erp.corrections.deliveries if order == event.order]
        return event.lot or came[-1]

    def _wrong_decision(self, event: OverDeliveryDecided) -> str:
        erp = self._erp
        if doubt := unknown("purchase order", event.order, erp.purchasing.orders):
            return doubt
        order = erp.purchasing.orders[event.order]
        if not (excess := self._excess(event.order)):
            return f"no more than may has come on '{event.order}'; allowed: an order on which too much has come"
        if not 0 <= event.quantity <= excess:
            return f"{event.quantity} of what came beyond '{event.order}'; allowed: 1 to {excess}, or nothing for all of it"
        quantity = event.quantity or excess
        if event.is_kept:
            doubt = erp.sourcing.too_much_in_all(order, order.quantity + quantity)
            return f"{doubt}; allowed: to send it back, or a requisition" if doubt else ""
        lot = self._lot_of(event)
        if (event.order, lot) not in erp.corrections.deliveries:
            return f"nothing came on '{event.order}' in lot '{lot}'; allowed: a lot that came on it"
        here = erp.stock.lot_quantity(order.material, lot)
        return f"of lot '{lot}' {here} are here; allowed: that at most, or another lot" if here < quantity else ""

    def _enter(self, event: GoodsReceiptEntered) -> Derived:
        """A person says that goods have come: they have, at the price of the order, unless that cannot be."""
        doubt = unsigned(event, self._erp.plant.layout.persons) or beyond(event) or self._wrong(event)
        if doubt:
            return [refusal(event, doubt)]
        order, lot = self._erp.purchasing.orders[event.order], event.lot or event.order
        received = GoodsReceived(
            effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, order=event.order, lot=lot,
            supplier=order.supplier, material=order.material, quantity=event.quantity, unit_price_minor=order.unit_price_minor,
        )  # fmt: skip
        if not event.expires_us:
            return [received]
        until = LotExpiryRecorded(
            effective_us=event.effective_us, person=event.person, lot=lot, material=order.material, expires_us=event.expires_us
        )
        return [received, until]

    def _wrong(self, event: GoodsReceiptEntered) -> str:
        erp = self._erp
        if not erp.policies.persons_receive:
            return "the plant says by itself what has come; allowed: a scenario with policies: {receipts: persons}"
        if doubt := unknown("purchase order", event.order, erp.purchasing.orders) or too_little(event.quantity):
            return doubt
        order, lot = erp.purchasing.orders[event.order], event.lot or event.order
        if order.operation:
            return f"'{event.order}' is for work on '{order.material}', which comes back with its lot; allowed: an order of goods"
        if (event.order, lot, event.effective_us, event.quantity) in erp.purchasing.receipts:
            return f"{event.quantity} on '{event.order}' in lot '{lot}' are booked already, at this very time; allowed: once"
        if not order.open_quantity:
            return f"nothing more is to come on '{event.order}'; allowed: an order that is open"
        if event.quantity > (most := erp.purchasing.room(order)):
            more = f", and {most - order.open_quantity} more may come" if most > order.open_quantity else ""
            are_open = f"of which {order.open_quantity} are open{more}"
            return f"{event.quantity} have come on '{event.order}', {are_open}; allowed: {most if more else 'that'} at most"
        return self._wrong_lot(lot, order.material) or self._wrong_time(event, order.placed_us)

    def _wrong_lot(self, lot: str, material: str) -> str:
        erp = self._erp
        came = {erp.purchasing.orders[order].material for order, known in erp.corrections.deliveries if known == lot}
        others = sorted({*came, *(name for name, lots in erp.stock.lots.items() if lot in lots)} - {material})
        if not others and lot in erp.requests.requests:
            others = [erp.requests.requests[lot].material]
        return f"lot '{lot}' is of '{others[0]}'; allowed: a lot of '{material}', or a new one" if others else ""

    def _wrong_time(self, event: GoodsReceiptEntered, placed_us: int) -> str:
        if doubt := before_the_books(event, self._erp.capacity.start_us) or self._erp.book.entries.closed_doubt(event.effective_us):
            return doubt
        if event.effective_us < placed_us:
            return f"'{event.order}' was ordered {written(placed_us)}, and this is of {written(event.effective_us)}; allowed: from then on"
        if not event.expires_us:
            return ""
        if self._erp.plant.layout.warehouse is None:
            return "nothing keeps days of expiry here, since no warehouse is declared; allowed: none"
        return "it has expired already; allowed: a day that is still to come" if event.expires_us <= event.effective_us else ""

    def _place(self, event: PurchaseOrderPlaced) -> Derived:
        if doubt := nonsense_traded(event, self._erp.materials):
            return doubt
        known = self._erp.purchasing
        if not event.order or event.order in known.orders or event.order in known.headers or event.header in known.orders:
            return alert(event, "duplicate_order", f"purchase order '{event.order}' is known already")
        self._erp.purchasing.place(event)
        return []

    def _revise(self, event: PurchaseOrderRevised) -> Derived:
        order = self._erp.purchasing.orders.get(event.order)
        if order and order.closed_us is not None and event.quantity <= order.received:
            return []  # it is closed here: the supplier alone is told
        if doubt := self._erp.purchasing.why_not_revised(event):
            return alert(event, "order_not_changed", f"purchase order '{event.order}' stays as it is: {doubt}")
        self._erp.purchasing.revise(event)
        return []

    def _receive(self, event: GoodsReceived) -> Derived:
        erp = self._erp
        if doubt := nonsense_traded(event, erp.materials):
            return doubt
        if erp.policies.receipts == "persons" and not event.person:
            said = f"{event.quantity} on '{event.order}' are said by the plant, where persons alone say what has come (receipts: persons)"
            return alert(event, "delivery_not_by_persons", f"{said}: not booked; allowed: that a person receives them")
        if refusal := erp.purchasing.refusal(event):
            return alert(event, "goods_not_ordered", refusal)
        before = erp.stock.on_hand[event.material]
        erp.purchasing.receive(event)
        erp.corrections.note_delivery(event)
        derived: Derived = [*erp.book.received(event, before, before + event.quantity)]
        if excess := self._excess(event.order):
            said = f"{event.quantity} have come on '{event.order}', {excess} more than was ordered and may come: it is here"
            derived += alert(event, "over_delivered", f"{said}; allowed: that who buys keeps it (it is ordered then), or sends it back")
        if event.unit_price_minor <= 0 and erp.materials[event.material].standard_cost:
            derived += alert(event, "no_price", f"delivery on '{event.order}' has no price: all of its standard cost is variance")
        return derived
