"""What was asked for in advance on orders, and how much of it is not taken off an invoice or a bill yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from twin.erp.settlement.documents.charged import Taxed
from twin.erp.settlement.open_items import Side


@dataclass(slots=True, kw_only=True)
class Deposit:
    """One down payment: of an order with all its lines, in `currency` ("": of the books), without and with its tax.

    Parts of it are rounded so that all of them are the whole, in the books too.
    """

    side: Side
    number: str
    party: str
    order: str
    currency: str
    net_minor: int  # in its currency
    booked_minor: int  # the same in the books, when it was asked for
    by: Taxed | None = None  # the tax that a customer was asked for beside it
    tax_minor: int = 0  # of a supplier's bill, in its currency
    tax_booked_minor: int = 0
    used_minor: int = 0  # of the net: taken off, or given back
    claimed_minor: int = 0  # is about to be

    @property
    def left_minor(self) -> int:
        return self.net_minor - self.used_minor

    @property
    def free_minor(self) -> int:
        """What is left, and nothing is about to take."""
        return self.left_minor - self.claimed_minor

    @property
    def left_booked_minor(self) -> int:
        """What is left of it on its account."""
        return self.booked_minor - self._part(self.booked_minor, self.used_minor)

    def tax_of(self, net_minor: int) -> int:
        """The tax of so much more of it that is taken, in its currency, beside what is claimed."""
        before = self.used_minor + self.claimed_minor
        return self._part(self.tax_minor, before + net_minor) - self._part(self.tax_minor, before)

    def use(self, net_minor: int) -> tuple[int, int]:
        """So much of it is taken off, or, below zero, not after all: what of net and tax that was in the books."""
        before, self.used_minor = self.used_minor, self.used_minor + net_minor
        self.claimed_minor = max(0, self.claimed_minor - net_minor) if net_minor > 0 else self.claimed_minor
        net, tax = (self._part(it, self.used_minor) - self._part(it, before) for it in (self.booked_minor, self.tax_booked_minor))
        return net, tax

    def _part(self, of_minor: int, net_minor: int) -> int:
        return round(Fraction(of_minor * net_minor, self.net_minor))


class Deposits:
    """All of them, by side, party and number."""

    def __init__(self) -> None:
        self.all: dict[tuple[Side, str, str], Deposit] = {}
        self.of_order: dict[tuple[Side, str], list[Deposit]] = {}  # those of which something is left, in the order in which they came

    def add(self, it: Deposit) -> None:
        self.all[it.side, it.party, it.number] = it
        self.of_order.setdefault((it.side, it.order), []).append(it)

    def use(self, it: Deposit, net_minor: int) -> tuple[int, int]:
        """See `Deposit.use`; one of which nothing is left is looked at no more."""
        found, known = it.use(net_minor), self.of_order.setdefault((it.side, it.order), [])
        if it.left_minor and it not in known:
            known.append(it)
        if not it.left_minor:
            known.remove(it)
        if not known:
            del self.of_order[it.side, it.order]
        return found

    def free_minor(self, side: Side, order: str) -> int:
        """What is left of an order's, in its currency."""
        return sum(it.free_minor for it in self.of_order.get((side, order), ()))

    def parts(self, side: Side, order: str, net_minor: int, *, last_first: bool = False) -> Iterator[tuple[Deposit, int]]:
        """Of which so much is taken, and how much of each: in the order in which they came, or the last first."""
        known = self.of_order.get((side, order), [])
        for it in reversed(known) if last_first else list(known):
            if (taken := min(it.free_minor, net_minor)) > 0:
                net_minor -= taken
                yield it, taken

    def left_booked_minor(self, side: Side) -> int:
        """What is left on the account of a side."""
        return sum(it.left_booked_minor for key, of in self.of_order.items() if key[0] == side for it in of)
