"""What is bought: purchase orders placed, deliveries received, and what follows of it for the books."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twin.erp.alerts import alert, nonsense_traded
from twin.model.events import GoodsReceived, OperationsEvent, PurchaseOrderPlaced

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]


class Buying:
    """Rules of the ERP by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {
            PurchaseOrderPlaced: self._place,
            GoodsReceived: self._receive,
        }

    def _place(self, event: PurchaseOrderPlaced) -> Derived:
        if doubt := nonsense_traded(event, self._erp.materials):
            return doubt
        if not event.order or event.order in self._erp.purchasing.orders:
            return alert(event, "duplicate_order", f"purchase order '{event.order}' is known already")
        self._erp.purchasing.place(event)
        return []

    def _receive(self, event: GoodsReceived) -> Derived:
        erp = self._erp
        if doubt := nonsense_traded(event, erp.materials):
            return doubt
        if refusal := erp.purchasing.refusal(event):
            return alert(event, "goods_not_ordered", refusal)
        before = erp.stock.on_hand[event.material]
        erp.purchasing.receive(event)
        erp.corrections.note_delivery(event)
        derived: Derived = [*erp.book.received(event, before, before + event.quantity)]
        if event.unit_price_minor <= 0 and erp.materials[event.material].standard_cost:
            derived += alert(event, "no_price", f"delivery on '{event.order}' has no price: all of its standard cost is variance")
        return derived
