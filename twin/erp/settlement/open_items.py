"""Open items: each bill and each invoice, what of it is paid, and what that was worth when it was booked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from twin.model.events import OperationsEvent
from twin.model.settlement.finance import CashDiscount

Side = Literal["payable", "receivable"]
AGES = (0, 30, 60, 90)
"""Days overdue at which the next bucket of an ageing begins: not due, 1 to 30, 31 to 60, 61 to 90, more."""


class Change(NamedTuple):
    """So much was paid of an item, or asked for later: when it counts in the books, when it happened, and what it was booked at."""

    posted_us: int
    said_us: int
    amount_minor: int
    booked_minor: int


@dataclass(slots=True, kw_only=True)
class OpenItem:
    """What is owed for one document. A credit is an item below zero.

    What becomes known of a closed period counts from `posted_us` on, as its entry does, so that what was open at a close is what the
    account shows; papers, due dates and discounts go by when it happened.
    `amount_minor` in its `currency` ("": of the books), `booked_minor` what that was worth in the books; both with tax.
    """

    side: Side
    item: str  # number of the bill or of the invoice
    party: str
    order: str
    issued_us: int
    posted_us: int = -1  # when it counts in the books; -1: it is in none yet
    due_us: int
    currency: str
    amount_minor: int
    booked_minor: int
    discount: CashDiscount | None = None  # as it was agreed when it came, whatever is said of that day later
    tax_minor: int = 0  # in the currency of the books
    paid_minor: int = 0
    cleared_minor: int = 0  # what was paid of it, at what it was booked
    credited_minor: int = 0  # what was credited of it since, with tax; as far as that came with its invoices
    blocked: str = ""  # why nobody may pay it
    is_on_account: bool = False  # a customer has paid it for no invoice: it is for what he is to get
    stage: int = 0  # how often a customer was reminded
    settled_us: int | None = None
    paid: list[Change] = field(default_factory=list)
    added: list[Change] = field(default_factory=list)  # what was asked for later
    claims: dict[str, int] = field(default_factory=dict)  # payments that are on their way

    @property
    def open_minor(self) -> int:
        return self.amount_minor - self.paid_minor

    @property
    def open_booked_minor(self) -> int:
        return self.booked_minor - self.cleared_minor

    @property
    def free_minor(self) -> int:
        """What is open, and no payment is on its way for it."""
        return self.open_minor - sum(self.claims.values())

    def more(self, posted_us: int, said_us: int, amount_minor: int, booked_minor: int) -> None:
        """So much more is owed: tax, a fee; or, below zero, less: what was paid in advance."""
        self.added.append(Change(posted_us, said_us, amount_minor, booked_minor))
        self.amount_minor += amount_minor
        self.booked_minor += booked_minor
        self.settled_us = None if self.open_minor else said_us

    def clear(self, posted_us: int, said_us: int, amount_minor: int) -> int:
        """So much of it is paid, or, taken back, not paid after all; what that part was booked at.

        Parts are rounded so that all of them are the whole.
        """
        self.paid_minor += amount_minor
        before, self.cleared_minor = self.cleared_minor, round(Fraction(self.booked_minor * self.paid_minor, self.amount_minor))
        self.paid.append(Change(posted_us, said_us, amount_minor, self.cleared_minor - before))
        self.settled_us = None if self.open_minor else said_us
        return self.cleared_minor - before

    def open_at(self, at_us: int) -> tuple[int, int]:
        """What the books show of it after an instant, in its currency and as booked: below zero what was paid before it was there."""
        return self._open([it for it in self._changes() if it.posted_us <= at_us])

    def stood_at(self, at_us: int) -> tuple[int, int]:
        """The same by when things happened, whenever they became known: what a paper of that instant asks for."""
        return self._open([it for it in self._changes() if it.said_us <= at_us])

    def asked_first(self) -> Change:
        """What was asked for when it came, before anything was added."""
        more = [sum(it.amount_minor for it in self.added), sum(it.booked_minor for it in self.added)]
        return Change(self.posted_us, self.issued_us, self.amount_minor - more[0], self.booked_minor - more[1])

    def _changes(self) -> list[Change]:
        """All that it consists of: what was asked for, and, below zero, what was paid of it."""
        paid = (Change(it.posted_us, it.said_us, -it.amount_minor, -it.booked_minor) for it in self.paid)
        return [self.asked_first(), *self.added, *paid]

    @staticmethod
    def _open(changes: list[Change]) -> tuple[int, int]:
        return sum(it.amount_minor for it in changes), sum(it.booked_minor for it in changes)

    def overdue_days(self, at_us: int, time_zone: str) -> int:
        """Days after the day on which it was due, by the calendar of the plant: what is due today is not overdue (0) before tomorrow."""
        zone = ZoneInfo(time_zone)
        today, due = (datetime.fromtimestamp(it // 1_000_000, zone).date() for it in (at_us, self.due_us))
        return max(0, (today - due).days)

    def age(self, at_us: int, time_zone: str) -> str:
        """The bucket of its ageing."""
        days = self.overdue_days(at_us, time_zone)
        if days <= 0:
            return "not due"
        upper = next((it for it in AGES[1:] if days <= it), None)
        return f"over {AGES[-1]}" if upper is None else f"{upper - 29} to {upper}"


def by_line(reasons: Mapping[str, str], of_several: bool) -> str:
    """Why a bill may not be paid: reasons by order, named where the bill is for several; "" if there are none."""
    return "; ".join(f"{order}: {why}" if of_several else why for order, why in reasons.items())


class OpenItems:
    """All items, and what is open of them: bills by supplier and number, invoices and credits of customers by number.

    `dated`: when the entry counts that follows from an event; whatever changes an item counts from then on.
    """

    def __init__(self, dated: Callable[[OperationsEvent], int]) -> None:
        self._dated = dated
        self.payables: dict[tuple[str, str], OpenItem] = {}
        self.receivables: dict[str, OpenItem] = {}
        self.open: dict[Side, dict[str, OpenItem]] = {"payable": {}, "receivable": {}}  # by `key_of`
        self._of_party: dict[tuple[Side, str], dict[str, OpenItem]] = {}  # the same of each, in the same order: it is asked for every round
        self.owed_minor: dict[Side, int] = {"payable": 0, "receivable": 0}  # all that is open, as booked: it is asked for all the time

    @staticmethod
    def key_of(item: OpenItem) -> str:
        """Numbers of bills are the suppliers' own, and two of them may have the same."""
        return f"{item.party}\n{item.item}" if item.side == "payable" else item.item

    def add(self, item: OpenItem, cause: OperationsEvent) -> OpenItem:
        item.posted_us = self._dated(cause)
        if item.side == "payable":
            self.payables[item.party, item.item] = item
        else:
            self.receivables[item.item] = item
        self._note(item, is_open=True)
        self.owed_minor[item.side] += item.open_booked_minor
        return item

    def more(self, item: OpenItem, cause: OperationsEvent, amount_minor: int, booked_minor: int) -> None:
        """So much more is owed for an item."""
        item.more(self._dated(cause), cause.effective_us, amount_minor, booked_minor)
        self.owed_minor[item.side] += booked_minor
        self._note(item, is_open=bool(item.open_minor))

    def clear(self, item: OpenItem, cause: OperationsEvent, amount_minor: int) -> int:
        """So much of an item is paid; what that part was booked at. What is paid whole is not open any more."""
        booked_minor = item.clear(self._dated(cause), cause.effective_us, amount_minor)
        self.owed_minor[item.side] -= booked_minor
        self._note(item, is_open=bool(item.open_minor))
        return booked_minor

    def _note(self, item: OpenItem, *, is_open: bool) -> None:
        """What is open again is the last."""
        key = self.key_of(item)
        for of in (self.open[item.side], self._of_party.setdefault((item.side, item.party), {})):
            if is_open:
                of[key] = item
            else:
                of.pop(key, None)

    def of_party(self, side: Side, party: str) -> list[OpenItem]:
        """What is open of a supplier or a customer, in the order of `open`."""
        return list(self._of_party.get((side, party), {}).values())

    def owed_by(self, customer: str) -> int:
        """What a customer owes, less what was paid on account, minor units of the books."""
        return sum(it.open_booked_minor for it in self.of_party("receivable", customer))

    def of_side(self, side: Side) -> list[OpenItem]:
        """Every item, settled or not, in the order in which it came."""
        return list(self.payables.values() if side == "payable" else self.receivables.values())
