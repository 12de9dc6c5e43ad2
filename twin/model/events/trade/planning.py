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


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedOrderFrozen(OfficeEntry):
    """A planned order is firm: `quantity` good pieces by `due_us`, under the name `planned`, whatever a plan would do; said again, changed.

    Nobody works on it until it is let go: by a person, or where the plan decides, on the day on which it has to start.
    """

    planned: str
    material: str
    quantity: int
    due_us: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedOrderFreed(OfficeEntry):
    """A firm planned order is none any more: the plan does as it would."""

    planned: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastEntered(OfficeEntry):
    """A planner says what customers are expected to want of a material, week by week from the one that begins at `week_us`.

    It takes the place of what was forecast for these weeks. No `week_pieces`: what was entered from that week on is said no more.
    """

    material: str
    week_us: int
    week_pieces: tuple[int, ...] = ()
    note: str = ""
