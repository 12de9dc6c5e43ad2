"""What requests have cost and materials should cost, as rows."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from twin.erp import Erp
from twin.erp.accounting.standard_cost import total_minor

if TYPE_CHECKING:
    from twin.store.projections.projected_rows import Row


def costed_rows(erp: Erp) -> dict[str, list[Row]]:
    """What the books know of requests, and the standards in force."""
    costs = [{"order_id" if name == "order" else name: value for name, value in asdict(it).items()} for it in erp.request_costs()]
    standards = [
        {
            "material": name, "quantity": it.quantity, "material_minor": it.material_minor, "labour_minor": it.labour_minor,
            "machine_minor": it.machine_minor, "energy_minor": it.energy_minor, "total_minor": total_minor(it),
            "released_us": it.effective_us,
        }
        for name, it in erp.standards.released.items()
    ]  # fmt: skip
    return {"request_cost": costs, "standard_cost": standards}
