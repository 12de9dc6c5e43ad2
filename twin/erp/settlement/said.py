"""What persons in accounting say: bills to be paid, entries by hand, what a line of the bank is. Refused in words, or followed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from twin.erp.accounting.rounding import amount
from twin.erp.accounting.valuation.periods import before_the_books, written
from twin.erp.settlement.bank import Bank
from twin.erp.settlement.documents.dimensions import dimension_doubts, posted_about
from twin.erp.settlement.open_items import OpenItem, OpenItems
from twin.erp.settlement.paying import Paying
from twin.model.events import (
    BankLineAssigned,
    BankLineMatched,
    BankLineReceived,
    BankStatementEntered,
    Entry,
    EntryProposed,
    JournalPosted,
    OperationsEvent,
    PaymentOrdered,
    event_to_fields,
)
from twin.model.exchange.bounds import has_form, out_of_bounds
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.earlier import is_earlier
from twin.model.readiness.signed import refusal, unsigned
from twin.model.settlement.chart import RENAMED, named_now

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]


class SaidByPersons:
    """Rules by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp, items: OpenItems, paying: Paying, bank: Bank) -> None:
        self._erp, self._items, self._paying, self._bank = erp, items, paying, bank
        self._chart = erp.ledger.accounts
        self.by_hand = [code for code, it in self._chart.items() if it.by_hand]
        self.posted_minor: dict[str, int] = {}  # by hand, by account
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {
            PaymentOrdered: self._order_payment,
            EntryProposed: self._propose,
            BankLineAssigned: self._assign,
            BankStatementEntered: self._enter_statement,
        }

    def _doubts(self, event: Entry) -> list[str]:
        """Who says it, and whether its period is open."""
        signed, closed = unsigned(event, self._erp.plant.layout.persons), self._erp.book.entries.closed_doubt(event.effective_us)
        begun, unheard = before_the_books(event, self._erp.capacity.start_us), out_of_bounds(event_to_fields(event))
        return [*filter(None, [signed]), *unheard, *filter(None, [closed, begun])]

    def _order_payment(self, event: PaymentOrdered) -> Derived:
        item = self._items.payables.get((event.supplier, event.bill))
        if item is None:
            known = [it.item for it in self._items.of_party("payable", event.supplier)]
            doubts = [f"no bill '{event.bill}' of '{event.supplier}'; open are: {listed(known)}"]
            return [refusal(event, "; ".join([*self._doubts(event), *doubts]))]
        amount_minor = event.amount_minor or self._paying.all_minor(item, event.effective_us)
        on_its_way = abs(amount_minor) > abs(item.free_minor) and bool(item.claims)
        doubt = f"of '{item.item}' all but {amount(item.free_minor)} is on its way" if on_its_way else ""
        doubt = doubt or self._paying.refusal(item, amount_minor, item.currency)
        if not doubt and is_earlier(event) and event.effective_us < item.issued_us:
            doubt = f"'{item.item}' is of {written(item.issued_us)}, and this of {written(event.effective_us)}; allowed: from then on"
        if doubts := [*self._doubts(event), *([doubt] if doubt else [])]:
            return [refusal(event, "; ".join(doubts))]
        paid = replace(self._paying.payment_of(item, amount_minor, event.effective_us), recorded_us=event.recorded_us)
        item.claims[paid.payment] = amount_minor
        return [paid]

    def _propose(self, event: EntryProposed) -> Derived:
        if not has_form(event.legs, (str, int)):
            return [
                refusal(event, "; ".join([*self._doubts(event), "legs are pairs of an account and minor units, as [[cash, -100], ...]"]))
            ]
        event = replace(event, legs=named_now(event.legs))
        doubts = self._doubts(event)
        accounts = [account for account, _ in event.legs]
        doubts += [f"no account '{it}'{did_you_mean(it, self._chart)}" for it in accounts if it not in self._chart]
        kept = [it for it in accounts if it in self._chart and it not in self.by_hand]
        if kept or len(doubts) > len(self._doubts(event)):
            what = f"{listed(kept)}: documents say what stands there; " if kept else ""
            doubts.append(f"{what}by hand: {listed(self.by_hand, 60)}")
        if rest := sum(minor for _, minor in event.legs):
            doubts.append(f"debits and credits differ by {amount(rest)}")
        if not event.document or not any(minor for _, minor in event.legs):
            doubts.append("an entry needs a document and amounts")
        if doubts := [*doubts, *filter(None, dimension_doubts(event, self._erp))]:
            return [refusal(event, "; ".join(doubts))]
        for account, minor in event.legs:
            self.posted_minor[account] = self.posted_minor.get(account, 0) + minor
        if moved := sum(minor for account, minor in event.legs if account == "cash"):
            number = len(self._paying.payments) + 1
            while self._paying.is_taken(payment := f"{event.document}-{number}"):
                number += 1
            self._paying.note_by_hand(payment, event.document, event.effective_us, moved)
        posted = JournalPosted(
            effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, document=event.document, legs=event.legs,
            **posted_about(event),
        )  # fmt: skip
        return [posted]

    def _enter_statement(self, event: BankStatementEntered) -> Derived:
        """Each line by itself: what one of them is does not depend on who has handed it in."""
        doubts = [unsigned(event, self._erp.plant.layout.persons), before_the_books(event, self._erp.capacity.start_us)]
        if not event.statement or any(statement == event.statement for statement, _ in self._bank.lines):
            doubts.append(f"statement '{event.statement}' was handed in already" if event.statement else "a statement has a number")
        if not event.bank_lines or not has_form(event.bank_lines, (int, str, str)) or not all(minor for minor, *_ in event.bank_lines):
            doubts.append("lines are minor units, reference and party, as [[-1250, charges, bank], ...]; no line is of nothing")
        booked = tuple(event.booked) or (event.effective_us,) * len(event.bank_lines)
        if len(booked) != len(event.bank_lines) or max(booked, default=0) > event.recorded_us:
            doubts.append(
                "each line has a time at which the bank has booked it, none of them to come; allowed: as many times as lines, or none"
            )
        elif (start_us := self._erp.capacity.start_us) is not None and min(booked, default=start_us) < start_us:
            doubts.append(f"a line is of {written(min(booked))}, and the books begin {written(start_us)}; allowed: from then on")
        if said := "; ".join(filter(None, doubts)):
            return [refusal(event, said)]
        return [
            BankLineReceived(
                effective_us=at_us, recorded_us=event.recorded_us, person=event.person, statement=event.statement, number=n,
                amount_minor=amount_minor, reference=reference, party=party,
            )
            for n, ((amount_minor, reference, party), at_us) in enumerate(zip(event.bank_lines, booked, strict=True), start=1)
        ]  # fmt: skip

    def _assign(self, event: BankLineAssigned) -> Derived:
        event = replace(event, account=RENAMED.get(event.account, event.account))
        line = self._bank.lines.get((event.statement, event.number))
        doubts = self._doubts(event)
        if line is None or line.payment or (event.statement, event.number) in self._bank.under_way:
            what = f"is payment '{line.payment or 'that is just being booked'}'" if line else "is not known"
            doubts.append(f"line {event.number} of statement '{event.statement}' {what}")
        if bool(event.item) == bool(event.account):
            doubts.append("a line is for an item or for an account, and for one of them")
        items = self._named(event.item)
        if event.item and len(items) != 1:
            doubts.append(f"{len(items)} open items are called '{event.item}'")
        if event.account and event.account not in (allowed := [it for it in self.by_hand if it != "cash"]):
            doubts.append(f"nothing is posted to '{event.account}' by hand; allowed: {listed(allowed, 60)}")
        if doubts or line is None:
            return [refusal(event, "; ".join(doubts))]
        return self._bank.pays(line.received, items, "person") if event.item else self._to_account(event, line.received.amount_minor)

    def _named(self, item: str) -> list[OpenItem]:
        return [it for side in self._items.open.values() for it in side.values() if it.item == item]

    def _to_account(self, event: BankLineAssigned, amount_minor: int) -> Derived:
        """Charges, interest and the like: cash against an account, and the line is settled with it."""
        payment = self._bank.number(event.statement, event.number)
        self._bank.under_way.add((event.statement, event.number))
        self._paying.note_by_hand(payment, event.account, event.effective_us, amount_minor)
        for account, minor in (("cash", amount_minor), (event.account, -amount_minor)):
            self.posted_minor[account] = self.posted_minor.get(account, 0) + minor
        posted = JournalPosted(
            effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, document="bank line",
            legs=(("cash", amount_minor), (event.account, -amount_minor)),
        )  # fmt: skip
        matched = BankLineMatched(
            effective_us=event.effective_us, recorded_us=event.recorded_us, statement=event.statement, number=event.number,
            payment=payment, by="person",
        )  # fmt: skip
        return [posted, matched]
