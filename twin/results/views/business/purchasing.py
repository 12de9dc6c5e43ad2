"""Purchasing: what is on order at whom, what of it is late, and how suppliers have kept their dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twin.erp.accounting.rounding import round_half_even
from twin.erp.rows import PurchaseOrderRow
from twin.results.run import Run

Standing = Literal["late", "open", "received late", "received"]
_PLACES: dict[Standing, int] = {"late": 0, "open": 1, "received late": 2, "received": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseNow:
    """One purchase order. `value_minor`: of what was ordered, at the price asked; `late_by_us`: until it came, or now."""

    order: str
    supplier: str
    material: str
    unit: str
    quantity: int
    received: int
    value_minor: int
    placed_us: int
    due_us: int
    received_us: int | None
    late_by_us: int
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierNow:
    """How a supplier has kept its dates. `on_time_share`: of what has come whole; None: nothing has."""

    supplier: str
    title: str
    order_count: int
    open_count: int
    late_count: int
    on_time_share: float | None
    open_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchasingNow:
    """All purchase orders, the late ones first, and what they come to by supplier."""

    orders: list[PurchaseNow]
    suppliers: list[SupplierNow]
    open_count: int
    late_count: int
    open_minor: int


def purchasing_now(run: Run) -> PurchasingNow:
    """What is on order, and what has come of it."""
    orders = [_purchase(run, row) for row in run.erp.purchase_orders()]
    orders.sort(key=lambda it: (_PLACES[it.standing], it.due_us, it.order))
    still_open = [it for it in orders if it.standing in ("late", "open")]
    return PurchasingNow(
        orders=orders,
        suppliers=[
            _supplier(run, name, orders) for name in dict.fromkeys([*run.plant.materials.suppliers, *(it.supplier for it in orders)])
        ],
        open_count=len(still_open),
        late_count=sum(it.standing == "late" for it in orders),
        open_minor=sum(it.value_minor for it in still_open),
    )


def _purchase(run: Run, row: PurchaseOrderRow) -> PurchaseNow:
    definition = run.plant.materials.materials[row.material]
    is_open = row.received < row.quantity
    until_us = run.now_us if is_open or row.received_us is None else row.received_us
    late_by_us = max(0, until_us - row.due_us)
    standing: Standing = ("late" if late_by_us else "open") if is_open else ("received late" if late_by_us else "received")
    return PurchaseNow(
        order=row.order, supplier=row.supplier, material=row.material, unit=definition.unit, quantity=row.quantity, received=row.received,
        value_minor=round_half_even(row.quantity * row.unit_price_minor, definition.price_per),
        placed_us=row.placed_us, due_us=row.due_us, received_us=row.received_us, late_by_us=late_by_us, standing=standing,
    )  # fmt: skip


def _supplier(run: Run, name: str, orders: list[PurchaseNow]) -> SupplierNow:
    own = [it for it in orders if it.supplier == name]
    done = [it for it in own if it.standing.startswith("received")]
    declared = run.plant.materials.suppliers.get(name)
    return SupplierNow(
        supplier=name, title=(declared and declared.title) or name, order_count=len(own), open_count=len(own) - len(done),
        late_count=sum(it.standing == "late" for it in own),
        on_time_share=sum(it.standing == "received" for it in done) / len(done) if done else None,
        open_minor=sum(it.value_minor for it in own if it not in done),
    )  # fmt: skip
