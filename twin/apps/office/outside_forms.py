"""The forms about suppliers who do an operation for us: what was counted there, and another price."""

from __future__ import annotations

from typing import Any

from twin.apps.terminals.forms import Form, ask, choice, form, group
from twin.apps.terminals.readers import Said, money_of, parts_of, text_of, whole_of
from twin.apps.words import exact, material_title, supplier_title
from twin.erp.subcontracting.at_suppliers import by_lot
from twin.model import events as e
from twin.results.run import Run


def outside_forms(run: Run) -> list[Form]:
    """None where no supplier does anything. Called with the run's lock."""
    done = run.erp.subcontracting.done
    if not done:
        return []
    plant, titles = run.plant, {name: material_title(run.plant, name) for name in run.plant.materials.materials}
    there = {
        f"{quantity:,} of {titles[material]}, lot {lot}, at {supplier_title(plant, supplier)}": f"{supplier}|{material}|{lot}"
        for (supplier, material, lot), quantity in by_lot(run.erp.subcontracting.jobs.values()).items()
    }
    works = {
        f"{titles[material]}, operation {operation}, at {supplier_title(plant, it.supplier)} for "
        f"{exact(run.erp.subcontracting.prices.get((material, operation), it.price))}": f"{it.supplier}|{material}|{operation}"
        for (material, operation), it in done.items()
    }  # fmt: skip
    return [
        group(
            "outside", "Work that suppliers do", [],
            form(
                "SupplierStockCounted", "Counted at a supplier",
                choice("there", "What lies there", there, none="Nothing lies at a supplier."),
                ask("quantity", "So much is there", "whole"), ask("reason", "Reason", "text"), send="It was counted", mark="bad",
            ),
            form(
                "ServicePriceAgreed", "Agree on another price", choice("work", "For", works),
                ask("unit_price", "Price, as in 3.20", "money"), send="It is agreed",
            ),
        )
    ]  # fmt: skip


def counted_said(said: Said, at: dict[str, Any]) -> e.SupplierStockCounted:
    """So much of a lot of ours lies at a supplier."""
    supplier, material, lot = parts_of(said, "there", 3)
    return e.SupplierStockCounted(
        **at, supplier=supplier, material=material, lot=lot, quantity=whole_of(said, "quantity"), reason=text_of(said, "reason")
    )


def agreed_said(said: Said, at: dict[str, Any]) -> e.ServicePriceAgreed:
    """An operation costs so much from now on."""
    supplier, material, operation = parts_of(said, "work", 3)
    return e.ServicePriceAgreed(
        **at, supplier=supplier, material=material, operation=operation, unit_price_minor=money_of(said, "unit_price")
    )
