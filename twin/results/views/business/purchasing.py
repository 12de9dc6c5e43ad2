"""Purchasing: what is on order at whom, what of it is late, and how suppliers have kept their dates."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from twin.erp.accounting.rounding import round_half_even
from twin.erp.procurement.purchasing import PurchaseOrder
from twin.erp.procurement.scorecard import ScoreRow
from twin.erp.subcontracting.at_suppliers import AtSupplierRow
from twin.model.events import BillEntered, OperationsEvent, PurchaseRequisitionRaised
from twin.results.run import Run

Standing = Literal["late", "open", "received late", "received", "closed"]
_PLACES: dict[Standing, int] = {"late": 0, "open": 1, "received late": 2, "received": 3, "closed": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseNow:
    """One purchase order. `value_minor`: of what was ordered, at the price asked; `open_minor`: of what is still to come of it.

    `late_by_us`: until it came, or now.
    """

    order: str
    header: str  # the order of several lines that it is a line of; "" if it has no others
    supplier: str
    material: str
    unit: str
    quantity: int
    received: int
    value_minor: int
    open_minor: int
    placed_us: int
    due_us: int
    first_due_us: int  # when it was due as it was placed
    received_us: int | None
    late_by_us: int
    standing: Standing
    operation: str  # that the supplier does for us; "": what is bought
    agreed_by: str  # the request for quotes or the blanket order that it comes of; "" if none
    agreed_price_minor: int  # for price_per units, in the currency in which it was agreed ("": that of the books)
    agreed_currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierNow:
    """How a supplier serves us (`Scorecards`). Shares and score are None where nothing can be told yet.

    `counted`: orders that are complete, closed, or whose date has come; of `on_time` of them all was there by its date.
    """

    supplier: str
    title: str
    order_count: int
    open_count: int
    late_count: int  # open, and their date is over
    counted: int
    on_time: int
    on_time_share: float | None
    quality_share: float | None
    price_share: float | None
    score: float | None
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
    orders = [_purchase(run, it) for it in run.erp.purchasing.orders.values()]
    scores = {it.supplier: it for it in run.erp.scorecards.rows(run.now_us)}
    suppliers = dict.fromkeys([*run.plant.materials.suppliers, *(it.supplier for it in orders)])
    orders.sort(key=lambda it: (_PLACES[it.standing], it.due_us, it.order))
    still_open = [it for it in orders if it.standing in ("late", "open")]
    return PurchasingNow(
        orders=orders,
        suppliers=[_supplier(run, name, orders, scores.get(name)) for name in suppliers],
        open_count=len(still_open),
        late_count=sum(it.standing == "late" for it in orders),
        open_minor=sum(it.open_minor for it in still_open),
    )


def at_suppliers_now(run: Run) -> list[AtSupplierRow]:
    """What of ours lies at suppliers who do an operation for us."""
    return run.erp.at_suppliers()


def waits_after(run: Run, event: OperationsEvent) -> str:
    """What somebody who has just said this has to know, though it was taken: it waits for a person, and why; "" where it does not."""
    match event:
        case BillEntered() if why := run.erp.matching.why_blocked(event.supplier, event.bill):
            return f"blocked until a person releases it, or it fits: {why}"
        case PurchaseRequisitionRaised():
            raised = run.erp.sourcing.requisitions.get(event.requisition)
            return "waits for approval by somebody else" if raised and raised.standing == "raised" else ""
    return ""


def _purchase(run: Run, it: PurchaseOrder) -> PurchaseNow:
    definition = run.plant.materials.materials[it.material]
    is_open = it.open_quantity > 0
    until_us = run.now_us if is_open or it.received_us is None else it.received_us
    late_by_us = max(0, until_us - it.due_us) if is_open or it.received else 0
    came: Standing = "received late" if late_by_us else "received" if it.received else "closed"
    return PurchaseNow(
        order=it.order, header=it.header, supplier=it.supplier, material=it.material, unit=definition.unit, quantity=it.quantity,
        received=it.received,
        value_minor=round_half_even(it.quantity * it.unit_price_minor, definition.price_per),
        open_minor=round_half_even(max(0, it.open_quantity) * it.unit_price_minor, definition.price_per),
        placed_us=it.placed_us, due_us=it.due_us,
        first_due_us=it.first_due_us, received_us=it.received_us, late_by_us=late_by_us,
        standing=("late" if late_by_us else "open") if is_open else came,
        operation=it.operation, agreed_by=it.rfq or it.blanket,
        agreed_price_minor=it.agreed_price_minor if it.currency else it.unit_price_minor, agreed_currency=it.currency,
    )  # fmt: skip


def _supplier(run: Run, name: str, orders: list[PurchaseNow], score: ScoreRow | None) -> SupplierNow:
    own = [it for it in orders if it.supplier == name]
    still_open = [it for it in own if it.standing in ("late", "open")]
    declared = run.plant.materials.suppliers.get(name)
    return SupplierNow(
        supplier=name, title=(declared and declared.title) or name, order_count=len(own), open_count=len(still_open),
        late_count=sum(it.standing == "late" for it in own), counted=score.orders if score else 0,
        on_time=score.on_time if score else 0, on_time_share=_share(score.on_time_share if score else None),
        quality_share=_share(score.quality_share if score else None), price_share=_share(score.price_share if score else None),
        score=_share(score.score if score else None), open_minor=sum(it.open_minor for it in still_open),
    )  # fmt: skip


def _share(exact: Fraction | None) -> float | None:
    return None if exact is None else float(exact)
