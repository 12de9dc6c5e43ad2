"""What is paid before goods come or leave: asked for on an order, held as a deposit, and taken off what is invoiced or billed for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events.business import BusinessEvent
from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY
from twin.model.events.trade.procurement import OfficeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class DownPaymentAsked(OfficeEntry):
    """A customer is asked to pay `net_minor` of `order` in advance, in its currency; below zero: so much of it is given back.

    DownPaymentInvoiced follows. `invoice` "": the next number; `tax_code` "": that of what is ordered; `due_us` 0: at once.
    """

    net_minor: int
    invoice: str = ""
    tax_code: str = ""
    due_us: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DownPaymentInvoiced(BusinessEvent):
    """A customer is asked for `net_minor` in advance on customer order `order`, or, below zero, gets it back; its tax is charged beside it.

    It is no revenue yet: it is owed to him until goods leave. `agreed_minor`: the same in the `currency` of the order, if it has another.
    """

    customer: str
    invoice: str
    net_minor: int
    due_us: int
    tax_code: str = ""
    currency: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    agreed_minor: int = field(default=0, metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class DownPaymentBillEntered(OfficeEntry):
    """A supplier asks for `net_minor` and `tax_minor` of purchase order `order` in advance, in `currency`; below zero: it is given back.

    DownPaymentBillReceived follows. `due_us` 0: at once.
    """

    bill: str
    net_minor: int
    tax_minor: int = 0
    currency: str = ""
    due_us: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DownPaymentBillReceived(BusinessEvent):
    """A supplier asks for `net_minor` and `tax_minor` in advance on purchase order `order`: no cost, but owed to us until goods come."""

    supplier: str
    bill: str
    net_minor: int
    tax_minor: int
    due_us: int
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DownPaymentCleared(BusinessEvent):
    """What was asked for in advance by `down_payment` is taken off `item` of the same `order`: an invoice (receivable) or a bill (payable).

    `net_minor` of the deposit; `amount_minor` off the item in its currency, and `worth_minor` off what it was booked at: of a bill with its
    tax, of an invoice without, since TaxCharged takes that off beside it.
    """

    side: str
    party: str
    item: str
    down_payment: str
    net_minor: int
    amount_minor: int
    worth_minor: int
