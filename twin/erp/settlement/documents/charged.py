"""With which tax each invoice and credit was asked, as it was when that came: what is taken back is taxed as it was sold."""

from __future__ import annotations

from collections.abc import Sequence
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


class Charged:
    """Taxes of sales; nets and taxes of an order are in the currency in which it was agreed.

    Attributes
    ----------
    of : by customer order and its invoice or credit, in the order in which they were charged
    """

    def __init__(self) -> None:
        self.of: dict[tuple[str, str], list[Taxed]] = {}
        self._left: dict[tuple[str, str], int] = {}  # by customer order and invoice: net that was not taken back
        self._on: dict[tuple[str, Taxed], tuple[int, int]] = {}  # by invoice or credit, and tax: net, and the tax of that

    def sold(self, order: str, invoice: str, net_minor: int) -> None:
        """So much more of an order is on an invoice, with a tax or none."""
        self._left[order, invoice] = self._left.get((order, invoice), 0) + net_minor

    def tax_minor(self, order: str, paper: str, net_minor: int, by: Taxed) -> int:
        """The tax of so much more: all that is on a paper by one tax is rounded once."""
        self.of.setdefault((order, paper), []).append(by)
        net_before, tax_before = self._on.get((paper, by), (0, 0))
        tax_minor = round_half_even((net_before + net_minor) * by[2], MILLION) - tax_before
        self._on[paper, by] = net_before + net_minor, tax_before + tax_minor
        return tax_minor

    def taken_back(self, order: str, invoices: Sequence[str], net_minor: int) -> dict[Taxed | None, int]:
        """So much of an order is taken back: of its last invoice as far as that goes, then of the one before; nets by tax."""
        found: dict[Taxed | None, int] = {}
        for name in dict.fromkeys(reversed(invoices)):
            minor = net_minor if name == invoices[0] else min(self._left[order, name], net_minor)
            self._left[order, name] -= minor
            net_minor -= minor
            by = next(iter(self.of.get((order, name), ())), None)
            if minor:
                found[by] = found.get(by, 0) + minor
        return found
