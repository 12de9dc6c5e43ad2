"""What clears open items besides money, and what did not hold: set-offs, payments that came back, lines that were taken for another's."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.business import BusinessEvent
from twin.model.events.trade.procurement import OfficeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOffEntered(OfficeEntry):
    """A person sets a `credit` (a credit note, money on account) off against the open `item` of the same party. ItemsSetOff follows.

    `side`: payable or receivable; `amount_minor` in their currency; 0: as much as is open of both.
    """

    side: str
    party: str
    item: str
    credit: str
    amount_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsSetOff(BusinessEvent):
    """So much less is open of an item and of a credit of one party. `payment`: the number by which that is taken back."""

    side: str
    party: str
    item: str
    credit: str
    amount_minor: int
    payment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTakenBack(OfficeEntry):
    """A payment of a bill or an invoice did not hold (a debit that bounced, money that never came), or a set-off was wrong.

    PaymentReversed follows.
    """

    payment: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BankMatchUndone(OfficeEntry):
    """A line of the bank is not what it was taken for: what was booked by it is reversed, and it is left until somebody knows better."""

    statement: str
    number: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReversed(BusinessEvent):
    """What a payment, or a set-off, has cleared is open again, and its money is not ours, or is ours again.

    `back`: the number of the money that goes the other way ("": none does); `is_awaited`: a line of the bank is still to come for it.
    """

    payment: str
    reason: str
    back: str = ""
    is_awaited: bool = False
