"""Level 4: what the ERP concludes, or a person in the office reports. Money in minor units, quantities in smallest units."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY, OperationsEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessEvent(OperationsEvent):
    """An event of Level 4. `order` is the customer order or purchase order concerned.

    `entry_id`: of what a person or a program said, the id that it was given there; what is sent twice with one id is said once.
    Events of which a person may be the first to speak say by `terminal` where that was, as an `Entry` does.
    """

    LEVEL: ClassVar[int] = 4

    order: str = ""
    entry_id: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesOrderConfirmed(BusinessEvent):
    """A customer wants a quantity of one material by a date: an order, or a line of the order `header`, whose lines are invoiced together.

    `partial`: whether it may ship in parts, "allowed" or "never"; "": as its customer is used to. `quote`: what it was made of.
    `agreed_price_minor`: the price as it was agreed in another `currency`, in which the customer is asked for it; `unit_price_minor` is
    what that was worth in the books on the day of ordering.
    """

    customer: str
    material: str
    quantity: int
    due_us: int
    unit_price_minor: int
    priority: int = 0  # larger is more urgent; handed on to the requests that are made for it
    partial: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    quote: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    header: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    terminal: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    currency: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    agreed_price_minor: int = field(default=0, metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsRequestReleased(BusinessEvent):
    """Level 4 asks Level 3 for `quantity` of `material` by `due_us` (ISA-95 OperationsRequest). `order`: who it is for.

    `from_lot`: it is made of so much of this lot of the same material, which lies in stock and goes back into work at `from_operation`.
    """

    material: str
    quantity: int
    due_us: int
    priority: int = 0  # larger is more urgent; used by the dispatch rule "priority"
    terminal: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    from_lot: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    from_operation: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderPlaced(BusinessEvent):
    """We want a quantity of a supplier; the source answers with GoodsReceived when it comes.

    `rfq`: the request whose quote was accepted; `blanket`: the blanket order that it is called off; `header`: the order of several lines
    that this is a line of. `agreed_price_minor`: the price as it was agreed in another `currency`, of which `unit_price_minor` is what that
    was worth in the books on the day of ordering.
    """

    supplier: str
    material: str
    quantity: int
    unit_price_minor: int
    due_us: int
    rfq: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    blanket: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    header: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    terminal: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    currency: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    agreed_price_minor: int = field(default=0, metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReceived(BusinessEvent):
    """A delivery on a purchase order arrived as one lot, at the price that the supplier charges."""

    supplier: str
    material: str
    quantity: int
    unit_price_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCounted(BusinessEvent):
    """Stock found by count; at the start of a run this is the opening stock, one lot an event.

    `difference`: by so much it is another than was to be there at `effective_us`, which may be earlier than it is told, and that leaves
    `quantity`. 0: that is what was counted now, and what was to be there is known from what has moved.
    """

    material: str
    quantity: int
    difference: int = field(default=0, metadata=LEFT_OUT_IF_EMPTY)
    terminal: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


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
    """A quantity of one lot left for a customer. `packages`: in which, joined with "+"; "" where nothing is packed."""

    customer: str
    material: str
    quantity: int
    packages: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceIssued(BusinessEvent):
    """A customer is asked to pay `net_minor` for what was shipped on `order`; without tax.

    `agreed_minor`: what is asked for in the `currency` in which the order was agreed; `net_minor` is what that is worth in the books then.
    `due_us`: by when; 0: as many hours later as the customer's terms say.
    """

    customer: str
    net_minor: int
    currency: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    agreed_minor: int = field(default=0, metadata=LEFT_OUT_IF_EMPTY)
    due_us: int = field(default=0, metadata=LEFT_OUT_IF_EMPTY)


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
    """One double entry. `legs` = ((account, signed minor units: debit > 0, credit < 0), ...), summing to zero.

    `customer`, `supplier`: whose an entry by hand is, beside what its order says.
    """

    document: str  # kind of business document: "receipt", "issue", "labour", ...
    legs: tuple[tuple[str, int], ...]
    material: str = ""
    quantity: int = 0
    customer: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    supplier: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateJournalPosted(JournalPosted):
    """A double entry that another fact than its own has made: a later one values it anew, or its period was closed already.

    `concerns_us`: when what it values was effective; `reference`: the fact that made it so. It is posted to an open period.
    """

    concerns_us: int
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReceiptCorrected(BusinessEvent):
    """The delivery of `lot` on `order` was not what had been recorded: its quantity and price as they really were.

    `effective_us`: when the delivery was; `recorded_us`: when that became known.
    """

    material: str
    quantity: int
    unit_price_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReturned(BusinessEvent):
    """A quantity of what came on purchase order `order` went back; the supplier gives `credit_minor` for all of it."""

    material: str
    quantity: int
    credit_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsTakenBack(BusinessEvent):
    """A quantity of what was shipped on customer order `order` came back into `lot`; the customer gets `credit_minor` for all of it.

    `agreed_credit_minor`: the same in the currency in which the order was agreed, where that is another than that of the books.
    `invoices` = ((invoice, net), ...): what of which is credited, in the currency of the order; (): nobody has said.
    `disposition`: "inspect" (the lot is held until somebody has decided), "stock" (it is as good as new), "scrap" (it is scrapped at once);
    "": as "stock".
    """

    material: str
    quantity: int
    credit_minor: int = 0
    agreed_credit_minor: int = field(default=0, metadata=LEFT_OUT_IF_EMPTY)
    invoices: tuple[tuple[str, int], ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)
    disposition: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    reason: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class LandedCostAllocated(BusinessEvent):
    """Freight, duty or the like for deliveries; `order`: the bill. `receipts` = ((purchase order, lot, share), ...)."""

    amount_minor: int
    receipts: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverheadIncurred(BusinessEvent):
    """An overhead has cost `amount_minor`, for which `budget_minor` was planned; `order`: the bill."""

    overhead: str
    amount_minor: int
    budget_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductUnbuilt(BusinessEvent):
    """A quantity that `request` had made, out of `lot`, was taken apart; `recovered` = ((material, lot, quantity), ...) came of it."""

    material: str
    quantity: int
    recovered: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuationMethodChanged(BusinessEvent):
    """From now on the stock of a material counts at "standard", "fifo" or "moving_average"."""

    material: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodCloseRequested(BusinessEvent):
    """Somebody wants all that was effective before `until_us` closed, and not before it."""

    period: str  # as the books call it: "2026-03"
    until_us: int
    terminal: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodClosed(BusinessEvent):
    """No entry can be effective before `until_us` any more."""

    period: str
    until_us: int
