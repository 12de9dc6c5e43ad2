"""What is bought: purchase orders placed, deliveries received, and what follows of it for the books."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twin.erp.accounting.valuation.periods import before_the_books, written
from twin.erp.alerts import alert, nonsense_traded
from twin.erp.procurement.sourcing_entries import beyond, too_little, unknown
from twin.model.events import (
    GoodsReceiptEntered,
    GoodsReceived,
    LotExpiryRecorded,
    OperationsEvent,
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
        }

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
        if event.quantity > order.open_quantity:
            return f"{event.quantity} have come on '{event.order}', of which {order.open_quantity} are open; allowed: that at most"
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
        if event.unit_price_minor <= 0 and erp.materials[event.material].standard_cost:
            derived += alert(event, "no_price", f"delivery on '{event.order}' has no price: all of its standard cost is variance")
        return derived
