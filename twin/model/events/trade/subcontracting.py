"""Level 4, work that suppliers do to our material: what is ordered of them, what they have used of it, what has come back."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.business import BusinessEvent
from twin.model.events.trade.procurement import OfficeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class SubcontractOrderPlaced(BusinessEvent):
    """A supplier shall do `operation` to the lot of a job order: `quantity` units of his work, by `due_us`.

    The price is for `price_per` of them, of the material. The source is not told: what is sent and comes back, the floor says.
    """

    supplier: str
    material: str
    operation: str
    quantity: int
    unit_price_minor: int
    due_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubcontractComponentsUsed(BusinessEvent):
    """So much of `lot`, which lay at a supplier for a job order, is in what came back, or was lost with it."""

    supplier: str
    material: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceReceived(BusinessEvent):
    """`quantity` units of a supplier's work on `order` have come back with a lot, at the price of the order; < 0: less than was told."""

    supplier: str
    material: str
    operation: str
    quantity: int
    unit_price_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierStockCounted(OfficeEntry):
    """Of `lot` of ours so much was counted at a supplier, for a reason; the difference is an inventory difference."""

    supplier: str
    material: str
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePriceAgreed(OfficeEntry):
    """A supplier does an operation of a material at another price from now on; what it differs by from the declared one is a variance."""

    supplier: str
    material: str
    operation: str
    unit_price_minor: int
