"""A bill beside what it is for, and what is wrong with what persons say of bills, in words; "" if nothing is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from twin.erp.accounting.rounding import amount
from twin.erp.procurement.purchasing import Purchasing
from twin.erp.procurement.sourcing_entries import beyond
from twin.erp.settlement.owing import Owing
from twin.model.events import BillEntered, BillReleaseRequested
from twin.model.exchange.bounds import has_form
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import unsigned


@dataclass(slots=True, kw_only=True)
class MatchedBill:
    """A bill of a supplier, or a credit note (quantity and amount below zero), beside what it is for."""

    supplier: str
    bill: str
    order: str
    line: int  # of a bill for several orders, from 1; 0: it is for one
    received_us: int
    quantity: int
    net_minor: int  # in the currency of the books
    tax_minor: int = 0  # as it was charged, in the currency of the bill
    most_tax_minor: int = 0  # that the law asks for
    odd_minor: int = 0  # by so much it may be above what was agreed because it was rounded in another currency
    blocked: str = ""  # why it may not be paid; "": it may
    released_by: str = ""  # who has accepted the difference
    reason: str = ""  # and why


BillKey = tuple[str, str, str]
"""Supplier, number of the bill, and the order that it is for: a bill may be for several."""
BillLine = tuple[str, int, int]
"""A purchase order, net minor units, and pieces (0: not said)."""
_LINE = (str, int, int)


def lines_billed(event: BillEntered) -> list[BillLine]:
    """All that a bill asks for."""
    return [(event.order, event.net_minor, event.quantity), *event.more_lines]


class MatchingEntries:
    """Finds what is wrong with an entry."""

    def __init__(
        self, plant: Plant, purchasing: Purchasing, bills: Mapping[BillKey, MatchedBill], owing: Owing,
        creditable: Callable[[str, int], tuple[int, int]],
    ) -> None:  # fmt: skip
        self._owing, self._creditable = owing, creditable
        self._persons, self._released_by = plant.layout.persons, plant.materials.purchasing.released_by
        self._purchasing, self._bills = purchasing, bills

    def of_bill(self, event: BillEntered) -> str:
        """Why a bill is not taken in: all that is wrong."""
        doubts = [unsigned(event, self._persons), beyond(replace(event, quantity=abs(event.quantity)))]  # credit notes are below zero
        if self._owing.number_doubt(event.supplier, event.bill):
            doubts.append(f"bill '{event.bill}' of '{event.supplier}' is there already, or has no number; allowed: each bill once")
        if not has_form(event.more_lines, _LINE):
            doubts.append("further lines are an order, minor units and a quantity, as [[PO-2, 12000, 4], ...]")
            return "; ".join(filter(None, doubts))
        lines = lines_billed(event)
        orders = [order for order, _, _ in lines]
        doubts += [self._of_line(event, order) for order in dict.fromkeys(orders)]
        doubts += [f"'{it}' stands on it twice; allowed: each order once" for it in dict.fromkeys(orders) if orders.count(it) > 1]
        signs = {
            (it > 0) - (it < 0) for it in (event.tax_minor, *(it for _, net_minor, pieces in lines for it in (net_minor, pieces))) if it
        }
        if not all(net_minor for _, net_minor, _ in lines) or len(signs) > 1:
            said = ", ".join(f"net {amount(net_minor)}, quantity {pieces}" for _, net_minor, pieces in lines)
            doubts.append(f"{said}, tax {amount(event.tax_minor)}; allowed: above zero, or below it for a credit note")
        doubts += [self._credit_doubt(event, *line) for line in lines if not any(doubts)]
        return "; ".join(filter(None, doubts))

    def _credit_doubt(self, event: BillEntered, name: str, net_minor: int, pieces: int) -> str:
        """That a supplier would give back more of an order than came, or is billed; "" if it would not."""
        rates, order, at_us = self._owing.rates, self._purchasing.orders[name], event.effective_us
        if (net_minor >= 0 and pieces >= 0) or rates.refusal(event.currency, at_us):
            return ""
        at_us = at_us if order.received_us is None else order.received_us
        (most_minor, most), rate = self._creditable(name, -pieces), order.rate_in(event.currency, rates, at_us)
        most_minor = round((max(0, most_minor) + rates.odd_minor(event.currency, at_us)) * rate)
        if -net_minor <= most_minor and -pieces <= max(0, most):
            return ""
        of = f"{amount(-net_minor)}" + (f" for {-pieces} pieces" if pieces else "")
        may = f"{amount(most_minor)} for {max(0, most)} pieces at most: what came, is billed, or else was ordered, and is not credited yet"
        return f"a credit note of {of} on '{name}'; allowed: {may}"

    def _of_line(self, event: BillEntered, name: str) -> str:
        known = self._purchasing.orders
        order = known.get(name)
        if order is None:
            return f"no purchase order is called '{name}'{did_you_mean(name, known)}; allowed: {listed(known)}"
        at_another = f"'{name}' is at '{order.supplier}', not at '{event.supplier}'; allowed: a bill of that supplier"
        return at_another if order.supplier != event.supplier else ""

    def of_release(self, event: BillReleaseRequested) -> str:
        """Why a blocked bill stays blocked."""
        if doubt := unsigned(event, self._persons) or beyond(event):
            return doubt
        lines = [it for it in self._bills.values() if (it.supplier, it.bill) == (event.supplier, event.bill)]
        if not lines:
            numbers = list(dict.fromkeys(bill for supplier, bill, _ in self._bills if supplier == event.supplier))
            return f"no bill '{event.bill}' of '{event.supplier}'{did_you_mean(event.bill, numbers)}; allowed: {listed(numbers)}"
        if event.order and event.order not in (of := [it.order for it in lines]):
            return f"bill '{event.bill}' of '{event.supplier}' has no line on '{event.order}'; allowed: {listed(of)}"
        if not any(it.blocked for it in lines if event.order in ("", it.order)):
            return f"bill '{event.bill}' of '{event.supplier}' is not blocked"
        may = [name for name, person in self._persons.items() if self._released_by in (None, *person.classes)]
        if self._persons and event.person not in may:
            return f"{event.person} is no {self._released_by}, which a release asks for; allowed: {listed(may)}"
        return "" if event.reason.strip() else "a difference is accepted for a reason"
