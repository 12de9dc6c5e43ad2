"""Spare parts: kept back for maintenance, and booked when they go into equipment.

| document    | debit                | credit | amount                                                |
|-------------|----------------------|--------|-------------------------------------------------------|
| maintenance | maintenance material | stock  | at standard, or what the parts have cost at actual cost |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from twin.erp.accounting.postings import Postings
from twin.erp.alerts import nonsense
from twin.erp.stock import Stock
from twin.model.events import OperationsEvent, SparePartIssued, SparePartReserved
from twin.model.materials import MaterialDefinition

ACCOUNT = "maintenance_material"


class SpareParts:
    """Quantities that are kept back, and cost by maintenance order in minor units; `rules` is what it listens to."""

    def __init__(self, materials: Mapping[str, MaterialDefinition], stock: Stock, book: Postings) -> None:
        self._materials, self._stock, self._book = materials, stock, book
        self.reserved: dict[tuple[str, str], int] = {}  # (maintenance order, material) -> quantity
        self.cost_minor: dict[str, int] = {}
        self.rules: dict[type[OperationsEvent], Callable[[Any], list[OperationsEvent]]] = {
            SparePartReserved: self._reserve,
            SparePartIssued: self._issue,
        }

    def _reserve(self, event: SparePartReserved) -> list[OperationsEvent]:
        key = event.maintenance, event.material
        before = self.reserved.pop(key, 0)
        if event.quantity:
            if doubt := nonsense(event, self._materials, event.material, event.quantity):
                return doubt
            self.reserved[key] = event.quantity
        if event.quantity != before:
            self._stock.reserve(event.material, event.quantity - before)
        return []

    def _issue(self, event: SparePartIssued) -> list[OperationsEvent]:
        if doubt := nonsense(event, self._materials, event.material, event.quantity):
            return doubt
        before = self._stock.on_hand[event.material]
        self._stock.move(event.material, event.lot, -event.quantity, "maintenance", event.effective_us)
        if self._book.actual.values(event.material):
            entries = self._book.actual.move(event, event.material, -event.quantity, "maintenance", ACCOUNT)
        else:
            entries = self._book.moved(event, event.material, before, -event.quantity, "maintenance", ACCOUNT)
        cost = sum(minor for it in entries for account, minor in it.legs if account == ACCOUNT)
        self.cost_minor[event.maintenance] = self.cost_minor.get(event.maintenance, 0) + cost
        return [*entries]
