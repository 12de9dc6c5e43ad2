"""With which tax each invoice and credit was asked, as it was when that came: what is taken back is taxed as it was sold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from twin.erp.accounting.rounding import round_half_even
from twin.model.settlement.percent import MILLION

if TYPE_CHECKING:
    from twin.erp.sales.customer_orders import CustomerOrder
    from twin.model.events import GoodsTakenBack

Taxed = tuple[str, str, int]
"""A tax code, its title and its rate, parts per million."""


class Asked(NamedTuple):
    """In which currency something is asked for, and how much of it; None: what it is worth on the day."""

    currency: str
    minor: int | None


def credited_in(event: GoodsTakenBack, order: CustomerOrder) -> int:
    """What of an order that was agreed in another currency is credited in that, minor units of it; 0 of one in ours."""
    if not order.currency or event.agreed_credit_minor:
        return event.agreed_credit_minor
    return round(Fraction(event.credit_minor * order.invoiced_agreed_minor, order.invoiced_minor or 1))


@dataclass(slots=True, kw_only=True)
class Sold:
    """What of an order is on an invoice: net in the currency of the order, of which so much was not taken back; and what was asked for it.

    `asked_minor` and `asked_tax_minor` are in the currency of the invoice.
    """

    net_minor: int = 0
    left_minor: int = 0
    asked_minor: int = 0
    asked_tax_minor: int = 0

    def share(self, minor: int, whole_minor: int) -> int:
        """What of a whole is of so much more that is taken back now, so that all parts of it are the whole."""
        before = self.net_minor - self.left_minor
        first, last = (round(Fraction(whole_minor * it, self.net_minor)) for it in (before, before + minor))
        return last - first


class Charged:
    """Taxes of sales; nets and taxes of an order are in the currency in which it was agreed.

    Attributes
    ----------
    of : by customer order and its invoice or credit, in the order in which they were charged
    on : by customer order and invoice
    """

    def __init__(self) -> None:
        self.of: dict[tuple[str, str], list[Taxed]] = {}
        self.on: dict[tuple[str, str], Sold] = {}
        self._on: dict[tuple[str, Taxed], tuple[int, int]] = {}  # by invoice or credit, and tax: net, and the tax of that

    def sold(self, order: str, invoice: str, net_minor: int, asked_minor: int, asked_tax_minor: int) -> None:
        """So much more of an order is on an invoice, with a tax or none."""
        it = self.on.setdefault((order, invoice), Sold())
        it.net_minor, it.left_minor = it.net_minor + net_minor, it.left_minor + net_minor
        it.asked_minor, it.asked_tax_minor = it.asked_minor + asked_minor, it.asked_tax_minor + asked_tax_minor

    def left_on(self, invoice: str) -> int:
        """What of all orders on an invoice was not taken back, net."""
        return sum(it.left_minor for (_, name), it in self.on.items() if name == invoice)

    def tax_minor(self, order: str, paper: str, net_minor: int, by: Taxed) -> int:
        """The tax of so much more: all that is on a paper by one tax is rounded once."""
        self.of.setdefault((order, paper), []).append(by)
        net_before, tax_before = self._on.get((paper, by), (0, 0))
        tax_minor = round_half_even((net_before + net_minor) * by[2], MILLION) - tax_before
        self._on[paper, by] = net_before + net_minor, tax_before + tax_minor
        return tax_minor

    def parts(
        self, order: str, invoices: Sequence[str], net_minor: int, under_way: Mapping[str, int] | None = None
    ) -> tuple[tuple[str, int], ...]:
        """So much of an order is taken back: of its last invoice as far as that goes, then of the one before.

        `under_way`: what of which invoices is about to be taken back.
        """
        found = list[tuple[str, int]]()
        for name in dict.fromkeys(reversed(invoices)):
            left_minor = self.on[order, name].left_minor - (under_way or {}).get(name, 0)
            minor = net_minor if name == invoices[0] else min(left_minor, net_minor)
            net_minor -= minor
            if minor:
                found.append((name, minor))
        return tuple(found)

    def taken_back(self, order: str, parts: Sequence[tuple[str, int]]) -> dict[Taxed | None, int]:
        """So much of these invoices of an order is taken back; nets by tax."""
        found: dict[Taxed | None, int] = {}
        for name, minor in parts:
            self.on[order, name].left_minor -= minor
            by = next(iter(self.of.get((order, name), ())), None)
            found[by] = found.get(by, 0) + minor
        return found
