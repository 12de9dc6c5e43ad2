"""What is wanted, offered and agreed before anything is ordered: requisitions, quotes compared, blanket orders."""

from __future__ import annotations

from dataclasses import dataclass

from twin.erp.procurement.quotes import Compared
from twin.results.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class RequisitionNow:
    """What somebody wants, and what has come of it: the purchase order, or who has still to say something."""

    requisition: str
    material: str
    unit: str
    quantity: int
    due_us: int
    value_minor: int
    standing: str
    raised_by: str
    decided_by: str
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteNow:
    """One quote of a request, compared by what it costs in all."""

    rfq: str
    of: Compared
    is_accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BlanketNow:
    """A price that holds for a quantity, and what is left of it."""

    blanket: str
    supplier: str
    material: str
    unit: str
    quantity: int
    called: int
    open: int
    unit_price_minor: int
    until_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcingNow:
    """What is wanted, offered and agreed."""

    requisitions: list[RequisitionNow]
    quotes: list[QuoteNow]
    blankets: list[BlanketNow]


def sourcing_now(run: Run) -> SourcingNow:
    """Requisitions and blanket orders in their order, quotes by request, the best first."""
    sourcing, materials = run.erp.sourcing, run.plant.materials.materials
    return SourcingNow(
        requisitions=[
            RequisitionNow(
                requisition=it.requisition, material=it.material, unit=materials[it.material].unit, quantity=it.quantity, due_us=it.due_us,
                value_minor=it.value_minor, standing=it.standing, raised_by=it.raised_by, decided_by=it.decided_by, order=it.order,
            )
            for it in sourcing.requisitions.values()
        ],
        quotes=[
            QuoteNow(rfq=name, of=it, is_accepted=it.quote == rfq.accepted)
            for name, rfq in sourcing.rfqs.items()
            for it in sourcing.compared(name, run.now_us)
        ],
        blankets=[
            BlanketNow(
                blanket=it.blanket, supplier=it.supplier, material=it.material, unit=materials[it.material].unit, quantity=it.quantity,
                called=it.called, open=it.open_quantity, unit_price_minor=it.unit_price_minor, until_us=it.until_us,
            )
            for it in run.erp.purchasing.blanket_orders.values()
        ],
    )  # fmt: skip
