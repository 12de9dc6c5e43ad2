"""Level 4, procure to pay: what is wanted, who offers it at what price, what is agreed. Prices are for `price_per` units of a material."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from twin.model.events.business import BusinessEvent
from twin.model.events.entries import Entry
from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeEntry(Entry):
    """What a person in the office says. `order`: the customer order or purchase order concerned."""

    LEVEL: ClassVar[int] = 4

    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRequisitionRaised(OfficeEntry):
    """Somebody wants `quantity` of a material by `due_us`, and does not say from whom."""

    requisition: str
    material: str
    quantity: int
    due_us: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRequisitionApproved(OfficeEntry):
    """It may be bought."""

    requisition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRequisitionRejected(OfficeEntry):
    """It is not bought, for a reason."""

    requisition: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RfqSent(OfficeEntry):
    """Suppliers are asked for a quote on what a requisition wants, until `answer_by_us`."""

    rfq: str
    requisition: str
    suppliers: tuple[str, ...]
    answer_by_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteReceived(OfficeEntry):
    """A supplier offers at least `minimum`, `lead_time_us` after the order, at a price, with `delivery_minor` for the delivery as a whole.

    `breaks` = ((quantity, unit price), ...): from that quantity on all of it costs that price. `currency`: of all of this;
    "": that of the books.
    """

    rfq: str
    quote: str
    supplier: str
    unit_price_minor: int
    lead_time_us: int
    valid_until_us: int
    minimum: int = 1
    delivery_minor: int = 0
    breaks: tuple[tuple[int, int], ...] = ()
    currency: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteAccepted(OfficeEntry):
    """We order by this quote. One that is not the best of its request needs a reason."""

    rfq: str
    quote: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlanketOrderAgreed(OfficeEntry):
    """A supplier holds a price for up to `quantity` of a material, called off in parts from one instant to another."""

    blanket: str
    supplier: str
    material: str
    quantity: int
    unit_price_minor: int
    from_us: int
    until_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlanketOrderCalled(OfficeEntry):
    """So much of a blanket order is wanted by `due_us`; `requisition`: what it is for, if anything."""

    blanket: str
    quantity: int
    due_us: int
    requisition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderEntered(OfficeEntry):
    """We want several things of a supplier in one order: `order_lines` = ((material, quantity, due_us, unit price), ...).

    PurchaseOrderPlaced follows for each, as `order`.1, `order`.2 and so on; of an order that is there they are further lines. A price of -1
    is what is declared of that supplier. `currency`: of the prices; "": that of the books.
    """

    supplier: str
    order_lines: tuple[tuple[str, int, int, int], ...]
    currency: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderChanged(OfficeEntry):
    """A supplier has agreed that `order` is for `quantity` in all, by `due_us`; what is 0 stays. PurchaseOrderRevised follows."""

    reason: str
    quantity: int = 0
    due_us: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OverDeliveryDecided(OfficeEntry):
    """The buyer says of what came on `order` beyond what was ordered and may be: it is kept (PurchaseOrderRevised), or goes back.

    `quantity`: of so much of it; 0: all. What goes back (GoodsReturned) goes out of `lot`; "": out of the lot that came last.
    """

    is_kept: bool
    quantity: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderRevised(BusinessEvent):
    """From now on `order` is for `quantity` in all, by `due_us`: the source brings so much, later or sooner by as much.

    Of an order that is closed, what has come is all: nothing more is brought.
    """

    material: str
    quantity: int
    due_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderClosed(OfficeEntry):
    """Nothing more will come on `order`, for a reason. `all_lines`: of an order of several lines on all of them."""

    reason: str
    all_lines: bool = field(default=False, metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderLinesClosed(BusinessEvent):
    """Nothing more will come on these lines of `order`. `left_open` = ((line, how much was still to come on it), ...)."""

    left_open: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BillEntered(OfficeEntry):
    """A person types in a bill of a supplier, or a credit note (below zero), for what came on `order`: BillReceived follows.

    `quantity`: 0, if it does not say for how many pieces; `due_us`: 0, if it is due as the supplier's terms say.
    `more_lines` = ((order, net minor units, quantity), ...): what the bill asks for beside that; `tax_minor` is of all of it.
    """

    supplier: str
    bill: str
    net_minor: int
    tax_minor: int = 0
    quantity: int = 0
    currency: str = ""
    due_us: int = 0
    more_lines: tuple[tuple[str, int, int], ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class BillReleaseRequested(OfficeEntry):
    """A bill that is blocked shall be paid all the same, for a reason; of one for several orders all of it, or what is on `order`."""

    supplier: str
    bill: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BillMatched(BusinessEvent):
    """What bills ask for on `order` differs by `price_minor` from the price at which it came (> 0: dearer): that is a price variance."""

    supplier: str
    material: str
    price_minor: int
