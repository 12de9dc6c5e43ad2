"""Level 4: what was asked for shall be otherwise, or not at all: requests of the production, and orders of customers."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.business import BusinessEvent
from twin.model.events.trade.procurement import OfficeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsRequestChanged(OfficeEntry):
    """A planner wants `request` to be for `quantity` in all, by `due_us`; what is 0 stays. OperationsRequestRevised follows."""

    reason: str
    quantity: int = 0
    due_us: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsRequestCancelled(OfficeEntry):
    """A planner wants nothing of `request` any more, of which nothing has begun. OperationsRequestRevised follows."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsRequestRevised(BusinessEvent):
    """From now on `request` is for `quantity` in all (0: it is cancelled), by `due_us`; `release_us`: when it is let go, if planned."""

    material: str
    quantity: int
    due_us: int
    release_us: int
    priority: int = 0
    reason: str = ""
