"""What persons in accounting say: bills to be paid, entries by hand, what a line of the bank is. Refused in words, or followed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twin.erp.accounting.ledger import ACCOUNTS
from twin.erp.accounting.valuation.periods import written
from twin.erp.settlement.bank import Bank
from twin.erp.settlement.open_items import OpenItem, OpenItems
from twin.erp.settlement.paying import Paying
from twin.model.events import BankLineAssigned, BankLineMatched, Entry, EntryProposed, JournalPosted, OperationsEvent, PaymentOrdered
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]
BY_HAND = (
    "cash", "tax_receivable", "landed_cost_accrued", "tax_payable", "wages_payable", "energy_payable", "machine_cost_accrued",
    "overhead_payable", "opening_equity", "dunning_fees", "exchange_difference", "wages", "machine_cost", "overhead",
    "maintenance_material",
)  # fmt: skip
"""Accounts that may be posted to by hand. What stands on the others, documents say: stock, work in progress, items, variances."""


class SaidByPersons:
    """Rules by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp, items: OpenItems, paying: Paying, bank: Bank) -> None:
        self._erp, self._items, self._paying, self._bank = erp, items, paying, bank
        self.posted_minor: dict[str, int] = {}  # by hand, by account
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {
            PaymentOrdered: self._order_payment,
            EntryProposed: self._propose,
            BankLineAssigned: self._assign,
        }

    def _doubts(self, event: Entry) -> list[str]:
        """Who says it, and whether its period is open."""
        until_us = self._erp.book.entries.closed_until_us
        closed = f"it is effective {written(event.effective_us)}, and all before {written(until_us or 0)} is closed"
        is_closed = until_us is not None and event.effective_us < until_us
        return [*filter(None, [unsigned(event, self._erp.plant.layout.persons)]), *([closed] if is_closed else [])]

    def _order_payment(self, event: PaymentOrdered) -> Derived:
        item = self._items.payables.get((event.supplier, event.bill))
        if item is None:
            known = [it.item for it in self._items.open["payable"].values() if it.party == event.supplier]
            doubts = [f"no bill '{event.bill}' of '{event.supplier}'; open are: {listed(known)}"]
            return [refusal(event, "; ".join([*self._doubts(event), *doubts]))]
        amount_minor = event.amount_minor or item.free_minor
        on_its_way = abs(amount_minor) > abs(item.free_minor) and bool(item.claims)
        doubt = f"of '{item.item}' all but {item.free_minor} is on its way" if on_its_way else ""
        doubt = doubt or self._paying.refusal(item, amount_minor, "")
        if doubts := [*self._doubts(event), *([doubt] if doubt else [])]:
            return [refusal(event, "; ".join(doubts))]
        paid = self._paying.payment_of(item, amount_minor, event.effective_us)
        item.claims[paid.payment] = amount_minor
        return [paid]

    def _propose(self, event: EntryProposed) -> Derived:
        doubts = self._doubts(event)
        accounts = [account for account, _ in event.legs]
        doubts += [f"no account '{it}'{did_you_mean(it, ACCOUNTS)}" for it in accounts if it not in ACCOUNTS]
        kept = [it for it in accounts if it in ACCOUNTS and it not in BY_HAND]
        if kept or len(doubts) > len(self._doubts(event)):
            what = f"{listed(kept)}: documents say what stands there; " if kept else ""
            doubts.append(f"{what}by hand: {listed(BY_HAND, 20)}")
        if rest := sum(amount for _, amount in event.legs):
            doubts.append(f"debits and credits differ by {rest}")
        if not event.document or not any(amount for _, amount in event.legs):
            doubts.append("an entry needs a document and amounts")
        if doubts:
            return [refusal(event, "; ".join(doubts))]
        for account, amount in event.legs:
            self.posted_minor[account] = self.posted_minor.get(account, 0) + amount
        posted = JournalPosted(
            effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, equipment=event.equipment,
            request=event.request, order=event.order, document=event.document, legs=event.legs, material=event.material,
        )  # fmt: skip
        return [posted]

    def _assign(self, event: BankLineAssigned) -> Derived:
        line = self._bank.lines.get((event.statement, event.number))
        doubts = self._doubts(event)
        if line is None or line.payment:
            what = f"is payment '{line.payment}'" if line else "is not known"
            doubts.append(f"line {event.number} of statement '{event.statement}' {what}")
        if bool(event.item) == bool(event.account):
            doubts.append("a line is for an item or for an account, and for one of them")
        items = self._named(event.item)
        if event.item and len(items) != 1:
            doubts.append(f"{len(items)} open items are called '{event.item}'")
        if event.account and event.account not in BY_HAND[1:]:
            doubts.append(f"nothing is posted to '{event.account}' by hand; allowed: {listed(BY_HAND[1:], 20)}")
        if doubts or line is None:
            return [refusal(event, "; ".join(doubts))]
        return self._bank.pays(line.received, items, "person") if event.item else self._to_account(event, line.received.amount_minor)

    def _named(self, item: str) -> list[OpenItem]:
        return [it for side in self._items.open.values() for it in side.values() if it.item == item]

    def _to_account(self, event: BankLineAssigned, amount_minor: int) -> Derived:
        """Charges, interest and the like: cash against an account, and the line is settled with it."""
        payment = f"{event.statement}/{event.number}"
        self._paying.book_by_hand(payment, event.account, event.effective_us, amount_minor)
        self.posted_minor[event.account] = self.posted_minor.get(event.account, 0) - amount_minor
        posted = JournalPosted(
            effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, document="bank line",
            legs=(("cash", amount_minor), (event.account, -amount_minor)),
        )  # fmt: skip
        matched = BankLineMatched(
            effective_us=event.effective_us, recorded_us=event.recorded_us, statement=event.statement, number=event.number,
            payment=payment, by="person",
        )  # fmt: skip
        return [posted, matched]
