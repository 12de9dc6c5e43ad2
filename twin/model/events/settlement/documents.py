"""Documents for which no goods move: bills for rent, energy, services; invoices and credits for work; what a company begins with."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events.business import BusinessEvent
from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY
from twin.model.events.trade.procurement import OfficeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class CostBillEntered(OfficeEntry):
    """A person types in a bill of a supplier for no goods: rent, energy, freight, overheads, services, a machine. CostBillReceived follows.

    `cost_lines` = ((account, net minor units, work center or equipment, or ""), ...), in `currency` ("": that of the books); a credit note
    has all below zero. `tax_code`: one of the plant's; the tax is reckoned by it where `tax_minor` is left out. `line_codes`: a tax code
    for each line ("": none) where they have several. `due_us` 0: by the supplier's terms.
    """

    supplier: str
    bill: str
    cost_lines: tuple[tuple[str, int, str], ...]
    tax_code: str = ""
    tax_minor: int = 0
    currency: str = ""
    due_us: int = 0
    line_codes: tuple[str, ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostBillReceived(BusinessEvent):
    """A supplier asks us to pay for no goods: `cost_lines` as of CostBillEntered, and `tax_minor`, both in `currency`, by `due_us`."""

    supplier: str
    bill: str
    cost_lines: tuple[tuple[str, int, str], ...]
    tax_minor: int = 0
    currency: str = ""
    due_us: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BillRejected(OfficeEntry):
    """A person sends a bill back, for a reason: it is not owed. BillReversed follows."""

    supplier: str
    bill: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BillReversed(BusinessEvent):
    """A bill is not owed any more: all that it has booked is taken back, and what it was for waits for its bill again."""

    supplier: str
    bill: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeInvoiceEntered(OfficeEntry):
    """A person asks a customer to pay for what was not shipped (work, a fee), or credits him, below zero. FreeInvoiceIssued follows.

    `earning_lines` = ((account, net minor units), ...), in the currency of the books. `invoice` "": the next number. `tax_code` "": that of
    the customer's terms. `due_us` 0: by them, too.
    """

    customer: str
    earning_lines: tuple[tuple[str, int], ...]
    reason: str
    invoice: str = ""
    tax_code: str = ""
    due_us: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeInvoiceIssued(BusinessEvent):
    """A customer is asked to pay for what was not shipped, or is credited: `earning_lines`, `tax_minor`, by `due_us`."""

    customer: str
    invoice: str
    earning_lines: tuple[tuple[str, int], ...]
    tax_minor: int
    due_us: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtWrittenOff(OfficeEntry):
    """A customer will not pay: what is open of an invoice is lost, or `amount_minor` of it, in its currency.

    ReceivableWrittenOff follows.
    """

    invoice: str
    reason: str
    amount_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivableWrittenOff(BusinessEvent):
    """`amount_minor` of an invoice is lost, in its currency; `tax_minor` of that, in the currency of the books, was tax and is got back."""

    customer: str
    invoice: str
    amount_minor: int
    tax_minor: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningItemEntered(OfficeEntry):
    """A company that begins owes a supplier (`side` payable), or is owed by a customer (receivable): OpeningItemBooked follows.

    `amount_minor` with its tax, in `currency` ("": that of the books); below zero for a credit. `due_us`: it ages from then on, and that
    may be past.
    """

    side: str
    party: str
    item: str
    amount_minor: int
    due_us: int
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningItemBooked(BusinessEvent):
    """An open item from before the books began: it stands against opening equity."""

    side: str
    party: str
    item: str
    amount_minor: int
    due_us: int
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSet(OfficeEntry):
    """A person plans `amount_minor` of an account of the income statement for a `month`, as 2026-03; earnings and costs above zero."""

    month: str
    account: str
    amount_minor: int
