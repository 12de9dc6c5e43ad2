"""What is paid, what persons say about it, and what customers are reminded of."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events.business import BusinessEvent
from twin.model.events.entries import Entry
from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMade(BusinessEvent):
    """We have paid `amount_minor` of a bill, in the bill's `currency` ("": that of the books).

    `paid_minor`: what left the account for it, in the currency of the books. `payment`: the number by which the bank knows it.
    """

    payment: str
    supplier: str
    bill: str
    amount_minor: int
    paid_minor: int
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CashReceived(BusinessEvent):
    """A customer has paid `amount_minor` of an invoice, in the invoice's `currency` ("": that of the books).

    `paid_minor`: what came to the account, in the currency of the books. `invoice`: ""; then it is on account, for no invoice yet.
    """

    payment: str
    customer: str
    invoice: str
    amount_minor: int
    paid_minor: int
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentOrdered(Entry):
    """A person wants a bill paid: all that is open of it, or `amount_minor` of it, at the rate of the day."""

    supplier: str
    bill: str
    amount_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryProposed(Entry):
    """An accountant wants an entry posted by hand. `legs` as of JournalPosted; `document`: what kind of document says so.

    `product`, `customer_order`, `work_center`, `customer`, `supplier`: what it is about, by which books are asked; each has to be there.
    """

    document: str
    legs: tuple[tuple[str, int], ...]
    order: str = ""
    material: str = ""
    product: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    customer_order: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    work_center: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    customer: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    supplier: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class DunningIssued(BusinessEvent):
    """A customer is reminded, for the `stage`th time, of an invoice that is overdue; `fee_minor` is asked for that."""

    customer: str
    invoice: str
    stage: int
    open_minor: int
    fee_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LiabilityPaid(BusinessEvent):
    """What stood on `account` at the end of `period`, other than what is owed for bills, was paid: wages, energy, tax and the like.

    `paid_minor` < 0: it came back to us, as tax on purchases does.
    """

    payment: str
    account: str
    period: str
    paid_minor: int
