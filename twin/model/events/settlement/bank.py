"""What the bank says, line by line, and what became of each line."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events.business import BusinessEvent
from twin.model.events.entries import Entry
from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLineReceived(BusinessEvent):
    """One line of a bank statement: `amount_minor` came in (> 0) or went out (< 0), in the currency of the books.

    `reference`: what the payer has written; `party`: who it was, as the bank knows them.
    """

    statement: str
    number: int  # of the line in its statement
    amount_minor: int
    reference: str = ""
    party: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLineMatched(BusinessEvent):
    """A line is one payment, by its exact "reference" or by its "amount"."""

    statement: str
    number: int
    payment: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLineUnmatched(BusinessEvent):
    """Nobody knows what a line is for, and why; it is in no account until somebody says it."""

    statement: str
    number: int
    amount_minor: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLineAssigned(Entry):
    """A person knows what a line is that was left: it is for `item` (an invoice, a bill), or else for `account` (as bank charges)."""

    statement: str
    number: int
    item: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankStatementEntered(Entry):
    """A person hands in a statement of the bank.

    `bank_lines` = ((minor units in > 0 or out < 0, reference, party), ...), numbered from 1. `booked` = when the bank has booked each of
    them, us, where it says so; else all of them are of the statement's own time.
    """

    statement: str
    bank_lines: tuple[tuple[int, str, str], ...]
    booked: tuple[int, ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)
