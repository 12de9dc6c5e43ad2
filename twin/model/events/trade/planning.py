"""Level 4: what a planner sets of how materials are planned."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.trade.procurement import OfficeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningParametersSet(OfficeEntry):
    """From now on plans keep `safety_stock` of a material, and order `lot_quantity` of it at least (0: as declared); `note` says why."""

    material: str
    safety_stock: int
    lot_quantity: int = 0
    note: str = ""
