"""Open items from before the books began, and bills that are sent back.

| document      | debit               | credit           | amount                               |
|---------------|---------------------|------------------|--------------------------------------|
| opening item  | opening equity      | accounts payable | what is owed to a supplier           |
|               | accounts receivable | opening equity   | what a customer owes                 |
| bill rejected | accounts payable    | all that the bill was for | what was booked             |
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from twin.erp.accounting.rounding import amount
from twin.erp.alerts import alert
from twin.erp.procurement.sourcing_entries import beyond, unknown
from twin.erp.settlement.open_items import OpenItem
from twin.erp.settlement.owing import Owing, paper
from twin.erp.settlement.paying import Paying
from twin.model.events import BillRejected, BillReversed, OpeningItemBooked, OpeningItemEntered, OperationsEvent
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]
SIDES = ("payable", "receivable")


class BegunAndRejected:
    """Rules by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp, owing: Owing, paying: Paying) -> None:
        self._erp, self._owing, self._paying = erp, owing, paying
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {
            OpeningItemEntered: self._enter,
            OpeningItemBooked: self._begin,
            BillRejected: self._reject,
            BillReversed: self._reverse,
        }

    # What a company begins with

    def _enter(self, event: OpeningItemEntered) -> Derived:
        doubts = [unsigned(event, self._erp.plant.layout.persons), beyond(event)]
        if said := "; ".join(filter(None, [*doubts, *([] if any(doubts) else self._doubts(event))])):
            return [refusal(event, said)]
        return [
            OpeningItemBooked(
                effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, order=event.order, side=event.side,
                party=event.party, item=event.item, amount_minor=event.amount_minor, due_us=event.due_us, currency=event.currency,
            )
        ]  # fmt: skip

    def _doubts(self, event: OpeningItemEntered | OpeningItemBooked) -> Iterator[str]:
        yield self._erp.settlement.rates.refusal(event.currency, event.effective_us)
        yield self._erp.book.entries.closed_doubt(event.effective_us)
        yield "" if event.amount_minor else "0.00 is nothing that is owed; allowed: above zero, or below it for a credit"
        if event.side not in SIDES:
            yield f"nothing is '{event.side}'{did_you_mean(event.side, SIDES)}; allowed: {listed(SIDES)}"
        elif event.side == "payable":
            yield unknown("supplier", event.party, self._erp.plant.materials.suppliers)
            yield self._owing.number_doubt(event.party, event.item)
        else:
            yield self._paying.unknown(event.party)
            yield self._owing.invoice_doubt(event.item)

    def _begin(self, event: OpeningItemBooked) -> Derived:
        if said := "; ".join(filter(None, self._doubts(event))):
            return alert(event, "opening_item_refused", said)
        rates = self._erp.settlement.rates
        booked_minor, order = rates.own_minor(event.amount_minor, event.currency, event.effective_us), paper(event.party, event.item)
        item = OpenItem(
            side="payable" if event.side == "payable" else "receivable", item=event.item, party=event.party, order=order,
            issued_us=event.effective_us, due_us=event.due_us, currency="" if rates.is_own(event.currency) else event.currency,
            amount_minor=event.amount_minor, booked_minor=booked_minor,
        )  # fmt: skip
        if event.side == "payable":
            self._owing.owe(item, event)
            legs = [("opening_equity", booked_minor), ("accounts_payable", -booked_minor)]
        else:
            self._owing.be_owed(item, event)
            legs = [("accounts_receivable", booked_minor), ("opening_equity", -booked_minor)]
        return [*self._erp.book.entries.entry(replace(event, order=order), "opening item", legs)]

    # Bills that are sent back

    def _reject(self, event: BillRejected) -> Derived:
        doubts = [unsigned(event, self._erp.plant.layout.persons), beyond(event), self._doubt(event)]
        doubts += [
            "" if event.reason.strip() else "a bill is rejected for a reason",
            self._erp.book.entries.closed_doubt(event.effective_us),
        ]
        if said := "; ".join(filter(None, doubts)):
            return [refusal(event, said)]
        item = self._erp.settlement.items.payables[event.supplier, event.bill]
        return [
            BillReversed(
                effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, order=item.order,
                supplier=event.supplier, bill=event.bill, reason=event.reason,
            )
        ]  # fmt: skip

    def _doubt(self, event: BillRejected | BillReversed) -> str:
        items = self._erp.settlement.items
        item = items.payables.get((event.supplier, event.bill))
        if item is None or (event.supplier, event.bill) not in self._owing.booked:
            booked = (items.payables[it] for it in self._owing.booked if it[0] == event.supplier)
            known = [it.item for it in booked if not it.paid_minor and not it.claims]
            if item is None:
                return f"no bill '{event.bill}' of '{event.supplier}'{did_you_mean(event.bill, known)}; allowed: {listed(known)}"
            what = "was sent back already" if item.blocked.startswith("rejected: ") else "was owed at the start, before any bill came"
            if ("payable", event.supplier, event.bill) in self._erp.settlement.down.deposits.all:
                what = "is a down payment, which is given back by another below zero"
            return f"'{event.bill}' of '{event.supplier}' {what}; allowed: {listed(known)}"
        if item.paid_minor or item.claims:
            paid_minor = item.paid_minor + sum(item.claims.values())
            return f"{amount(paid_minor)} of '{event.bill}' are paid or on their way; allowed: a credit note for it"
        return ""

    def _reverse(self, event: BillReversed) -> Derived:
        if doubt := self._doubt(event):
            return alert(event, "bill_refused", doubt)
        item = self._erp.settlement.items.payables[event.supplier, event.bill]
        if item.open_minor:
            self._erp.settlement.items.clear(item, event, item.open_minor)
        item.blocked = f"rejected: {event.reason}"
        return self._owing.reverse(replace(event, order=item.order))
