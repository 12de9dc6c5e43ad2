"""What the bank says, line by line, and what became of each line."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.business import BusinessEvent


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
