"""What is owed: bills of suppliers and whether they fit what came, and the tax that an invoice asks for beside its net."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events.business import BusinessEvent
from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class BillReceived(BusinessEvent):
    """A supplier asks us to pay for what came on purchase order `order`: `net_minor` and `tax_minor`, both in `currency`, by `due_us`.

    `currency`: its ISO 4217 code; "" is the currency of the books. `bill`: the supplier's own number, one bill of a supplier each.
    `quantity`: for how many pieces; 0: for all that came and is not billed yet (what was ordered, if nothing came), or for as many of these
    as just cost that by the order. A credit note has both below zero. `line`: which line of a bill for several orders this is, from 1;
    0: it is for one. All lines of a bill are received at one instant, and are owed, paid and rejected as one.
    """

    supplier: str
    bill: str
    net_minor: int
    tax_minor: int = 0
    currency: str = ""
    due_us: int = 0
    quantity: int = field(default=0, metadata=LEFT_OUT_IF_EMPTY)
    line: int = field(default=0, metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchBlocked(BusinessEvent):
    """A bill does not fit its order or what came (three-way match): it is owed, and nobody may pay it until it is released."""

    supplier: str
    bill: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchReleased(BusinessEvent):
    """A bill that was blocked may be paid: somebody (`person`) has accepted the difference, or it is there no more."""

    supplier: str
    bill: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxCharged(BusinessEvent):
    """An invoice on customer order `order` asks for `tax_minor` beside its `net_minor`, by a tax code of the plant.

    `agreed_tax_minor`: the same tax in the currency in which the order was agreed, where that is another than that of the books.
    """

    customer: str
    invoice: str
    tax_code: str
    net_minor: int
    tax_minor: int
    agreed_tax_minor: int = field(default=0, metadata=LEFT_OUT_IF_EMPTY)
