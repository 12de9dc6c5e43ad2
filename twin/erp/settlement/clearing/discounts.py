"""Cash discounts: who pays in time pays so much less, and what is left of the item is closed with that payment, with its tax.

| document     | beside what is paid                                                     |
|--------------|-------------------------------------------------------------------------|
| payment      | credit discounts taken, and tax on purchases that is not got back       |
| cash receipt | debit discounts given, and tax on sales that is not owed                |

Terms say the share of the whole item, and how many days after its date, by the calendar of the plant, it may be taken. An item
keeps what it was promised when it came; nothing else is kept of it: that and when a payment came is all that it follows from.
"""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from twin.erp.accounting.rounding import round_half_even
from twin.erp.settlement.open_items import OpenItem
from twin.model.settlement.percent import MILLION

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Legs = list[tuple[str, int]]


class Discounts:
    """What may be left unpaid of items, and what was: `given` to customers, `taken` of suppliers."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._zone = ZoneInfo(erp.plant.layout.time_zone)
        self._given_back: dict[str, tuple[int, int, int]] = {}  # by invoice: what of its discount stands no more, as `give_back` has it
        self.minor = {"discounts_given": 0, "discounts_taken": 0, "tax_payable": 0, "tax_receivable": 0}  # by account, debit > 0

    def until_us(self, item: OpenItem) -> int | None:
        """The instant at which the days for it are over, of which the last counts whole; None: there is none."""
        terms = item.discount
        return None if terms is None else item.issued_us + terms.within

    def may_be_left_minor(self, item: OpenItem, at_us: int) -> int:
        """What need not be paid if all the rest of an item is paid at that instant, in its currency."""
        terms = item.discount
        if terms is None or item.amount_minor <= 0 or self._day(at_us) > self._day(item.issued_us + terms.within):
            return 0
        asked_minor = max(0, item.amount_minor - item.credited_minor)
        return min(round_half_even(asked_minor * terms.share, MILLION), max(0, item.open_minor))

    def left_minor(self, item: OpenItem, amount_minor: int, at_us: int) -> int:
        """What a payment of so much leaves, where that is a discount; 0: it is none, or pays all of it."""
        left_minor = item.open_minor - amount_minor
        return left_minor if 0 < left_minor <= self.may_be_left_minor(item, at_us) and amount_minor > 0 else 0

    def paid_at_us(self, item: OpenItem) -> int:
        """When a bill is paid by itself: on the last day of its discount where a scenario says so, else when it is due."""
        until_us = self.until_us(item)
        return item.due_us if until_us is None or self._erp.policies.payments.suppliers != "at_discount" else until_us

    def legs(self, item: OpenItem, booked_minor: int) -> Legs:
        """What of an item was booked at so much and is not paid: the net of it, and its part of the tax."""
        tax_minor = round_half_even(booked_minor * item.tax_minor, item.booked_minor) if booked_minor else 0
        sign, net, tax = (1, "discounts_given", "tax_payable") if item.side == "receivable" else (-1, "discounts_taken", "tax_receivable")
        return self.noted([(net, sign * (booked_minor - tax_minor)), (tax, sign * tax_minor)])

    def give_back(self, item: OpenItem, net_minor: int, left_minor: int) -> tuple[int, int, int]:
        """What of the discount that was given on an invoice is of so much of its net that comes back now, of so much that has not yet.

        Returns
        -------
        net and tax in the currency of the books, and both together in that of the invoice, minor units >= 0
        """
        given = [it.discount for it in self._erp.settlement.paying.payments.values()
                 if it.discount and not it.is_taken_back and it.cleared[0][0] is item]  # fmt: skip
        if not given:
            return 0, 0, 0
        net, tax = (
            sum(minor for legs in given for code, minor in legs if code == account) for account in ("discounts_given", "tax_payable")
        )
        asked = round(Fraction(item.amount_minor * (net + tax), item.booked_minor))
        before = self._given_back.get(item.item, (0, 0, 0))
        parts = [
            round(Fraction((whole - less) * net_minor, left_minor or 1)) for whole, less in zip((net, tax, asked), before, strict=True)
        ]
        self._given_back[item.item] = before[0] + parts[0], before[1] + parts[1], before[2] + parts[2]
        return parts[0], parts[1], parts[2]

    def noted(self, legs: Legs) -> Legs:
        """Legs of an entry, which are on their accounts from now on."""
        for account, minor in legs:
            self.minor[account] += minor
        return legs

    def _day(self, at_us: int) -> date:
        return datetime.fromtimestamp(at_us // 1_000_000, self._zone).date()
