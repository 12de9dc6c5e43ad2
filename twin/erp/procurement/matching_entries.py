"""A bill beside what it is for, and what is wrong with what persons say of bills, in words; "" if nothing is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from twin.erp.accounting.rounding import amount
from twin.erp.procurement.purchasing import Purchasing
from twin.erp.procurement.sourcing_entries import beyond
from twin.erp.settlement.owing import Owing
from twin.model.events import BillEntered, BillReleaseRequested
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import unsigned


@dataclass(slots=True, kw_only=True)
class MatchedBill:
    """A bill of a supplier, or a credit note (quantity and amount below zero), beside what it is for."""

    supplier: str
    bill: str
    order: str
    received_us: int
    quantity: int
    net_minor: int  # in the currency of the books
    tax_minor: int = 0  # as it was charged, in the currency of the bill
    most_tax_minor: int = 0  # that the law asks for
    odd_minor: int = 0  # by so much it may be above what was agreed because it was rounded in another currency
    blocked: str = ""  # why it may not be paid; "": it may
    released_by: str = ""  # who has accepted the difference
    reason: str = ""  # and why


class MatchingEntries:
    """Finds what is wrong with an entry."""

    def __init__(self, plant: Plant, purchasing: Purchasing, bills: Mapping[tuple[str, str], MatchedBill], owing: Owing) -> None:
        self._owing = owing
        self._persons, self._released_by = plant.layout.persons, plant.materials.purchasing.released_by
        self._purchasing, self._bills = purchasing, bills

    def of_bill(self, event: BillEntered) -> str:
        """Why a bill is not taken in."""
        if doubt := unsigned(event, self._persons) or beyond(replace(event, quantity=abs(event.quantity))):  # credit notes are below zero
            return doubt
        known = self._purchasing.orders
        order = known.get(event.order)
        if order is None:
            return f"no purchase order is called '{event.order}'{did_you_mean(event.order, known)}; allowed: {listed(known)}"
        if order.supplier != event.supplier:
            return f"'{event.order}' is at '{order.supplier}', not at '{event.supplier}'; allowed: a bill of that supplier"
        if self._owing.number_doubt(event.supplier, event.bill):
            return f"bill '{event.bill}' of '{event.supplier}' is there already, or has no number; allowed: each bill once"
        signs = {(it > 0) - (it < 0) for it in (event.net_minor, event.tax_minor, event.quantity) if it}
        if not event.net_minor or len(signs) > 1:
            said = f"net {amount(event.net_minor)}, tax {amount(event.tax_minor)}, quantity {event.quantity}"
            return f"{said}; allowed: above zero, or below it for a credit note"
        return ""

    def of_release(self, event: BillReleaseRequested) -> str:
        """Why a blocked bill stays blocked."""
        if doubt := unsigned(event, self._persons) or beyond(event):
            return doubt
        it = self._bills.get((event.supplier, event.bill))
        if it is None:
            numbers = [bill for supplier, bill in self._bills if supplier == event.supplier]
            return f"no bill '{event.bill}' of '{event.supplier}'{did_you_mean(event.bill, numbers)}; allowed: {listed(numbers)}"
        if not it.blocked:
            return f"bill '{event.bill}' of '{event.supplier}' is not blocked"
        may = [name for name, person in self._persons.items() if self._released_by in (None, *person.classes)]
        if self._persons and event.person not in may:
            return f"{event.person} is no {self._released_by}, which a release asks for; allowed: {listed(may)}"
        return "" if event.reason.strip() else "a difference is accepted for a reason"
