"""Level 4: what the ERP concludes, or a person in the office reports. Money in minor units, quantities in smallest units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from twin.model.events.operations_event import OperationsEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessEvent(OperationsEvent):
    """An event of Level 4. `order` is the customer order or purchase order concerned."""

    LEVEL: ClassVar[int] = 4

    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesOrderConfirmed(BusinessEvent):
    """A customer wants a quantity of one material by a date (one line an order)."""

    customer: str
    material: str
    quantity: int
    due_us: int
    unit_price_minor: int
    priority: int = 0  # larger is more urgent; handed on to the requests that are made for it


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsRequestReleased(BusinessEvent):
    """Level 4 asks Level 3 for `quantity` of `material` by `due_us` (ISA-95 OperationsRequest). `order`: who it is for."""

    material: str
    quantity: int
    due_us: int
    priority: int = 0  # larger is more urgent; used by the dispatch rule "priority"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderPlaced(BusinessEvent):
    """We want a quantity of a supplier; the source answers with GoodsReceived when it comes."""

    supplier: str
    material: str
    quantity: int
    unit_price_minor: int
    due_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReceived(BusinessEvent):
    """A delivery on a purchase order arrived as one lot, at the price that the supplier charges."""

    supplier: str
    material: str
    quantity: int
    unit_price_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCounted(BusinessEvent):
    """Stock found by count; at the start of a run this is the opening stock, one lot an event."""

    material: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkInProcessCounted(BusinessEvent):
    """A lot in the making, found on the floor by count: its `request`, what was done to it, and which operation is next.

    At the start of a run this is the opening work in process, one lot an event.
    """

    material: str
    quantity: int
    operation: str
    due_us: int
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsShipped(BusinessEvent):
    """A quantity of one lot left for a customer."""

    customer: str
    material: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceIssued(BusinessEvent):
    """A customer is asked to pay `net_minor` for what was shipped on `order`; without tax."""

    customer: str
    net_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardCostReleased(BusinessEvent):
    """The expected cost of `quantity` smallest units of a material, rolled up over its bill and routing."""

    material: str
    quantity: int
    material_minor: int
    labour_minor: int
    machine_minor: int
    energy_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPosted(BusinessEvent):
    """One double entry. `legs` = ((account, signed minor units: debit > 0, credit < 0), ...), summing to zero."""

    document: str  # kind of business document: "receipt", "issue", "labour", ...
    legs: tuple[tuple[str, int], ...]
    material: str = ""
    quantity: int = 0
