"""The bank: every line and what became of it, and what is left because nobody knows it."""

from __future__ import annotations

from dataclasses import dataclass

from twin.results.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLineNow:
    """One line of a statement. `payment`: what it is; "": nobody knows, for `reason`. Minor units, in > 0."""

    statement: str
    number: int
    at_us: int
    amount_minor: int
    reference: str
    party: str
    payment: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BankNow:
    """All lines, those that are left first, then the latest. Cash in the books less that at the bank is under way, less what is left."""

    lines: list[BankLineNow]
    left: list[BankLineNow]
    bank_minor: int
    cash_minor: int
    under_way_minor: int
    left_minor: int


def bank_now(run: Run) -> BankNow:
    """What the bank has said until now."""
    bank = run.erp.settlement.bank
    lines = [
        BankLineNow(
            statement=statement, number=number, at_us=it.received.effective_us, amount_minor=it.received.amount_minor,
            reference=it.received.reference, party=it.received.party, payment=it.payment, by=it.by, reason=it.reason,
        )
        for (statement, number), it in bank.lines.items()
    ]  # fmt: skip
    left = [it for it in lines if not it.payment]
    left_minor, cash_minor = sum(it.amount_minor for it in left), run.erp.ledger.balances["cash"]
    return BankNow(
        lines=[*left, *[it for it in lines if it.payment][::-1]], left=left, bank_minor=cash_minor - bank.difference_minor(),
        cash_minor=cash_minor, under_way_minor=bank.difference_minor() + left_minor, left_minor=left_minor,
    )  # fmt: skip
