"""What requests have cost and materials should cost, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from twin.erp import Erp
from twin.erp.accounting.standard_cost import total_minor
from twin.erp.accounting.valuation.periods import this_month
from twin.erp.accounting.valuation.variances import Window, variances_by
from twin.results.settlement.dimensions import month_us

if TYPE_CHECKING:
    from twin.erp.rows import RequestCostRow
    from twin.store.projections.projected_rows import Row


WEEK_US = 7 * 86_400_000_000  # no month is shorter


def costed_rows(erp: Erp) -> dict[str, list[Row]]:
    """What the books know of requests, and the standards in force."""
    known = erp.request_costs()
    costs = [{"order_id" if name == "order" else name: value for name, value in asdict(it).items()} for it in known]
    standards = [
        {
            "material": name, "quantity": it.quantity, "material_minor": it.material_minor, "labour_minor": it.labour_minor,
            "machine_minor": it.machine_minor, "energy_minor": it.energy_minor, "total_minor": total_minor(it),
            "released_us": it.effective_us,
        }
        for name, it in erp.standards.released.items()
    ]  # fmt: skip
    return {"request_cost": costs, "standard_cost": standards, "variance_month": _variances(erp, known)}


def _variances(erp: Erp, costs: Sequence[RequestCostRow]) -> list[Row]:
    """By month of the plant, from the first that something was posted in."""
    instants, zone = [it.effective_us for it in erp.ledger.entries], erp.plant.layout.time_zone
    months = dict.fromkeys(this_month(at_us, zone) for at_us in range(min(instants), max(instants), WEEK_US)) if instants else {}
    names = [*months, *(it for it in (this_month(max(instants), zone),) if it not in months)] if instants else []
    windows = [Window(from_us=from_us, to_us=to_us) for from_us, to_us in (month_us(it, zone) for it in names)]
    return [
        {
            "month": month, "kind": it.kind, "order_id": it.order, "request": it.request, "overhead": it.overhead,
            "material": it.material, "amount_minor": it.amount_minor,
        }
        for month, rows in zip(names, variances_by(erp, windows, costs), strict=True)
        for it in rows
    ]  # fmt: skip
