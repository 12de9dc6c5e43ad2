"""What an entry by hand is about: product, customer order, work center, customer, supplier, each held against what there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from twin.erp.procurement.sourcing_entries import unknown
from twin.model.events import EntryProposed

if TYPE_CHECKING:
    from twin.erp.erp import Erp


def dimension_doubts(event: EntryProposed, erp: Erp) -> Iterator[str]:
    """Why an entry cannot be about what it names, in words; nothing if it can. What it says of two of them has to agree."""
    layout, orders = erp.plant.layout, erp.customer_orders
    if event.work_center:
        yield unknown("work center", event.work_center, layout.work_centers)
        centers = [of[event.equipment].work_center for of in (layout.work_units, layout.production_lines) if event.equipment in of]
        if event.equipment and event.work_center not in centers:
            yield f"'{event.equipment}' is no equipment of work center '{event.work_center}'; allowed: equipment of it, or none"
    if event.product:
        yield unknown("material", event.product, erp.plant.materials.materials)
        yield _differ("product", event.product, "material", event.material)
    if event.customer_order:
        yield unknown("customer order", event.customer_order, {**orders.orders, **orders.headers})
        yield _differ("customer_order", event.customer_order, "order", event.order)
        order = orders.orders.get(event.customer_order)
        if order and event.product not in ("", order.material):
            yield f"'{event.customer_order}' is for '{order.material}', not for '{event.product}'; allowed: that, or no product"
    if event.customer:
        whose = orders.customer_of(event.customer_order or event.order)
        yield erp.settlement.paying.unknown(event.customer)
        if whose not in ("", event.customer):
            yield f"'{event.customer_order or event.order}' is of '{whose}', not of '{event.customer}'; allowed: that, or no customer"
    if event.supplier:
        bought = erp.purchasing.orders.get(event.order)
        yield unknown("supplier", event.supplier, erp.plant.materials.suppliers)
        if bought and bought.supplier != event.supplier:
            yield f"'{event.order}' is at '{bought.supplier}', not at '{event.supplier}'; allowed: that, or no supplier"


def posted_about(event: EntryProposed) -> dict[str, Any]:
    """The fields of an entry in the journal that say what it is about."""
    return {
        "equipment": event.equipment or event.work_center, "request": event.request, "order": event.order or event.customer_order,
        "material": event.material or event.product, "customer": event.customer, "supplier": event.supplier,
    }  # fmt: skip


def _differ(name: str, said: str, other: str, also: str) -> str:
    return f"{name} '{said}' and {other} '{also}' are two; allowed: one of them" if also and also != said else ""
