"""Level 4: what a planner sets of how materials are planned."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY
from twin.model.events.trade.procurement import OfficeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningParametersSet(OfficeEntry):
    """From now on plans keep `safety_stock` of a material, and order `lot_quantity` of it at least (0: as declared); `note` says why.

    With a `period_us` one order covers the needs of so long, and `safety_stock` is left of it then; < 0: so many are left wanting.
    """

    material: str
    safety_stock: int
    lot_quantity: int = 0
    note: str = ""
    period_us: int = field(default=0, metadata=LEFT_OUT_IF_EMPTY)
