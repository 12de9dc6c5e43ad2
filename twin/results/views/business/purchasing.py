"""Purchasing: what is on order at whom, what of it is late, how well suppliers serve, and which bills do not match."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from twin.erp.accounting.rounding import round_half_even
from twin.erp.procurement.scorecard import ScoreRow
from twin.erp.rows import PurchaseOrderRow
from twin.results.run import Run

Standing = Literal["late", "open", "received late", "received", "closed"]
_PLACES: dict[Standing, int] = {"late": 0, "open": 1, "received late": 2, "received": 3, "closed": 4}


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
    """How a supplier serves. `on_time_share`: of what has come whole; `score`: 0 to 1, by its scorecard; None: nothing can be told yet."""

    supplier: str
    title: str
    order_count: int
    open_count: int
    late_count: int
    on_time_share: float | None
    open_minor: int
    quality_share: float | None
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillNow:
    """A bill beside what its pieces cost by the order. `stands`: "blocked", "may be paid", "paid"; `why`: that is so."""

    bill: str
    supplier: str
    title: str
    order: str
    quantity: int
    net_minor: int
    ordered_minor: int
    stands: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchasingNow:
    """All purchase orders, the late ones first, what they come to by supplier, and the bills for them, the blocked ones first."""

    orders: list[PurchaseNow]
    suppliers: list[SupplierNow]
    bills: list[BillNow]
    blocked_count: int
    open_count: int
    late_count: int
    open_minor: int


def purchasing_now(run: Run) -> PurchasingNow:
    """What is on order, and what has come of it."""
    orders = [_purchase(run, row) for row in run.erp.purchase_orders()]
    orders.sort(key=lambda it: (_PLACES[it.standing], it.due_us, it.order))
    still_open = [it for it in orders if it.standing in ("late", "open")]
    scores = {it.supplier: it for it in run.erp.scorecards.rows(run.now_us)}
    bills = _bills(run)
    return PurchasingNow(
        orders=orders,
        bills=bills,
        blocked_count=sum(it.stands == "blocked" for it in bills),
        suppliers=[
            _supplier(run, name, orders, scores.get(name))
            for name in dict.fromkeys([*run.plant.materials.suppliers, *(it.supplier for it in orders)])
        ],
        open_count=len(still_open),
        late_count=sum(it.standing == "late" for it in orders),
        open_minor=sum(it.value_minor for it in still_open),
    )


def _purchase(run: Run, row: PurchaseOrderRow) -> PurchaseNow:
    definition = run.plant.materials.materials[row.material]
    order = run.erp.purchasing.orders[row.order]
    is_open = order.open_quantity > 0
    until_us = run.now_us if is_open or row.received_us is None else row.received_us
    late_by_us = 0 if order.cancelled else max(0, until_us - row.due_us)
    standing: Standing = ("late" if late_by_us else "open") if is_open else ("received late" if late_by_us else "received")
    if order.cancelled:
        standing = "closed"
    return PurchaseNow(
        order=row.order, supplier=row.supplier, material=row.material, unit=definition.unit, quantity=row.quantity, received=row.received,
        value_minor=round_half_even(row.quantity * row.unit_price_minor, definition.price_per),
        placed_us=row.placed_us, due_us=row.due_us, received_us=row.received_us, late_by_us=late_by_us, standing=standing,
    )  # fmt: skip


def _supplier(run: Run, name: str, orders: list[PurchaseNow], score: ScoreRow | None) -> SupplierNow:
    own = [it for it in orders if it.supplier == name]
    done = [it for it in own if it.standing not in ("late", "open")]
    whole = [it for it in done if it.standing != "closed"]
    declared = run.plant.materials.suppliers.get(name)
    return SupplierNow(
        supplier=name, title=(declared and declared.title) or name, order_count=len(own), open_count=len(own) - len(done),
        late_count=sum(it.standing == "late" for it in own),
        on_time_share=sum(it.standing == "received" for it in whole) / len(whole) if whole else None,
        open_minor=sum(it.value_minor for it in own if it not in done),
        quality_share=_told(score.quality_share if score else None), score=_told(score.score if score else None),
    )  # fmt: skip


def _told(share: Fraction | None) -> float | None:
    return None if share is None else float(share)


def _bills(run: Run) -> list[BillNow]:
    """Every bill: those that are blocked, those that may be paid, those that are paid; the last that came first."""
    erp = run.erp
    found = []
    for it in [*erp.matching.bills.values()][::-1]:
        order, declared = erp.purchasing.orders[it.order], run.plant.materials.suppliers.get(it.supplier)
        is_open = erp.settlement.items.payables[it.supplier, it.bill].open_minor
        found.append(BillNow(
            bill=it.bill, supplier=it.supplier, title=(declared and declared.title) or it.supplier, order=it.order, quantity=it.quantity,
            net_minor=it.net_minor,
            ordered_minor=round_half_even(it.quantity * order.unit_price_minor, run.plant.materials.materials[order.material].price_per),
            stands="blocked" if it.blocked else "may be paid" if is_open else "paid",
            why=it.blocked or (f"released by {it.released_by}: {it.reason}" if it.released_by else ""),
        ))  # fmt: skip
    return sorted(found, key=lambda it: ("blocked", "may be paid", "paid").index(it.stands))
