"""What the plant is, as it is declared by now: materials, bills, routings, equipment, customers, suppliers, prices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from twin.model.materials import Alternate, BillLine, Customer, MaterialDefinition, Supplier
from twin.model.settlement.finance import Terms
from twin.model.settlement.percent import MILLION

if TYPE_CHECKING:
    from twin.results.run import Run
    from twin.store.projections.projected_rows import Row


def declared_rows(run: Run) -> dict[str, list[Row]]:
    """Of the plant's files, and of what was said since."""
    plant, levels = run.plant, run.erp.bills.low_level_code
    materials, layout = plant.materials.materials, plant.layout
    centers = [{"work_center": name, "title": it.title, "area": it.area, "storage": it.storage} for name, it in layout.work_centers.items()]
    units = [
        {
            "work_unit": name, "title": it.title, "kind": kind, "equipment_class": getattr(it, "equipment_class", ""),
            "work_center": it.work_center, "calendar": it.calendar or "", "hourly_cost_minor": it.hourly_cost,
        }
        for kind, of_kind in (("work unit", layout.work_units), ("line", layout.production_lines))
        for name, it in of_kind.items()
    ]  # fmt: skip
    limits = run.erp.credit.limits
    return {
        "material": [_material(name, it, levels.get(name, 0)) for name, it in materials.items()],
        "bill_of_material": [row for name, it in materials.items() for row in _bills(name, it)],
        "routing": list(_routings(run)),
        "work_center": centers,
        "work_unit": units,
        "customer": [
            {"customer": name, **_party(it), "partial": it.partial, "credit_limit_minor": limits.get(name)}
            for name, it in plant.materials.customers.items()
        ],
        "supplier": [
            {"supplier": name, **_party(it), "lead_time_us": round(it.lead_time.mean_us)} for name, it in plant.materials.suppliers.items()
        ],
        "price": [row for name, it in materials.items() for row in _prices(name, it)],
    }


def _material(name: str, it: MaterialDefinition, level: int) -> Row:
    return {
        "material": name, "title": it.title, "kind": it.kind, "unit": it.unit, "price_per": it.price_per, "price_minor": it.price,
        "standard_cost_minor": it.standard_cost, "tax_code": it.tax or "", "supplier": it.supplier or "", "lot_size": it.lot_size,
        "reorder_point": it.reorder.point if it.reorder else None, "reorder_quantity": it.reorder.quantity if it.reorder else None,
        "safety_stock": it.planned.safety_stock, "planned_lead_time_us": it.planned_lead_time, "valuation": it.valuation,
        "is_phantom": int(it.phantom), "level": level,
    }  # fmt: skip


def _bills(name: str, it: MaterialDefinition) -> Iterator[Row]:
    yield from _lines(name, "", it.bill, it.bill_for)
    for bill, other in it.alternative_bills.items():
        yield from _lines(name, bill, other.bill, other.bill_for)


def _lines(name: str, bill: str, lines: Sequence[BillLine], bill_for: int) -> Iterator[Row]:
    about: dict[str, Any] = {"material": name, "bill": bill, "bill_for": bill_for}
    said: list[tuple[BillLine, BillLine | Alternate, str]] = []
    for line in lines:
        said += [(line, line, ""), *((line, other, line.material) for other in line.alternates)]
    for number, (line, part, instead_of) in enumerate(said, start=1):
        yield {
            **about, "line_number": number, "component": part.material, "quantity": part.quantity, "instead_of": instead_of,
            "component_group": line.group or "", "scrap_share": line.scrap,
        }  # fmt: skip


def _routings(run: Run) -> Iterator[Row]:
    layout = run.plant.layout
    for material, routing in layout.routings.items():
        for number, (operation, it) in enumerate(routing.items(), start=1):
            segment, done = layout.process_segments[it.segment], it.subcontract
            yield {
                "material": material, "operation": operation, "operation_number": number, "segment": it.segment,
                "work_center": segment.work_center, "equipment_class": segment.equipment_class or "",
                "personnel_class": segment.personnel_class or "", "run_s": it.run.mean_us / 1_000_000, "per": it.per,
                "setup_family": it.setup_family or "", "scrap_share": it.scrap, "supplier": done.supplier if done else "",
                "service_price_minor": done.price if done else None,
            }  # fmt: skip


def _party(it: Customer | Supplier) -> Row:
    terms = it.terms or Terms()
    discount = terms.discount
    return {
        "title": it.title, "address": ", ".join(it.address), "tax_number": it.tax_number, "terms_due_us": terms.due,
        "discount_within_us": discount.within if discount else 0, "discount_share": discount.share / MILLION if discount else 0.0,
        "tax_code": terms.tax or "", "currency": terms.currency or "",
    }  # fmt: skip


def _prices(name: str, it: MaterialDefinition) -> Iterator[Row]:
    about = {"material": name, "price_per": it.price_per}
    sold = {**({"": it.price} if it.price is not None else {}), **it.prices}
    for currency, minor in sold.items():
        yield {**about, "kind": "sale", "supplier": "", "currency": currency, "price_minor": minor, "minimum_quantity": 1}
    for supplier in it.sold_by:
        other = it.alternative_suppliers.get(supplier)
        least = other.minimum if other and other.minimum else 1
        minor = it.price_of(supplier)
        yield {**about, "kind": "purchase", "supplier": supplier, "currency": "", "price_minor": minor, "minimum_quantity": least}
