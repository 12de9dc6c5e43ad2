"""Payments that did not hold, set-offs and matches of the bank that were wrong: all that they have cleared is open again.

| document         | debit                       | credit           | amount                                   |
|------------------|-----------------------------|------------------|------------------------------------------|
| payment reversed | cash                        | accounts payable | what had left; what is open again        |
| payment reversed | accounts receivable         | cash             | what is open again; what had come        |
| line taken back  | the account that it was for | cash             | what a person had assigned to an account |

What money and items differ by is exchange difference. Where the bank has shown a payment already, it will show the money that goes the
other way: a payment of its own, that a line is to come for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twin.erp.alerts import alert
from twin.erp.procurement.sourcing_entries import beyond
from twin.erp.settlement.agenda import Agenda
from twin.erp.settlement.bank import Bank
from twin.erp.settlement.clearing.set_off import SetOff
from twin.erp.settlement.open_items import OpenItem, OpenItems
from twin.erp.settlement.paying import Paying, Payment
from twin.model.events import BankLineUnmatched, BankMatchUndone, JournalPosted, OperationsEvent, PaymentReversed, PaymentTakenBack
from twin.model.problems import did_you_mean
from twin.model.readiness.signed import refusal, unsigned

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]


class TakenBack:
    """Rules by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp, items: OpenItems, paying: Paying, bank: Bank, set_off: SetOff, agenda: Agenda) -> None:
        self._erp, self._items, self._paying, self._bank, self._set_off, self._agenda = erp, items, paying, bank, set_off, agenda
        self._asked: set[str] = set()  # what is being taken back, at an instant that is not over
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {
            PaymentTakenBack: self._enter,
            BankMatchUndone: self._undo,
            PaymentReversed: self._reverse,
        }

    def looked_at(self, item: OpenItem, at_us: int) -> None:
        """What falls due of an item whose open amount is another now.

        What would have been paid by itself before now is not tried again: whoever says that it did not hold knows what comes next.
        """
        names = ("pay", item.party, item.item) if item.side == "payable" else ("collect", item.item)
        if not item.open_minor:
            self._agenda.drop(*names)
            if item.side == "receivable":
                self._agenda.drop("dun", item.item)
            return
        payments, stages = self._erp.policies.payments, self._erp.plant.materials.finance.dunning
        late_us = payments.customers_late.get(item.party, payments.customers) if item.side == "receivable" and item.open_minor > 0 else None
        is_paid = payments.suppliers != "by_hand" if item.side == "payable" else late_us is not None
        if is_paid and not self._agenda.has(*names) and item.due_us + (late_us or 0) > at_us:
            self._agenda.put(item.due_us + (late_us or 0), *names)
        if item.side == "receivable" and item.open_minor > 0 and item.stage < len(stages):
            self._agenda.put(item.due_us + stages[item.stage].after, "dun", item.item)

    # Payments

    def _enter(self, event: PaymentTakenBack) -> Derived:
        doubts = [unsigned(event, self._erp.plant.layout.persons), beyond(event), self._doubt(event.payment)]
        doubts += [] if event.reason.strip() else ["what is taken back did not hold for a reason"]
        if event.payment in self._asked:
            doubts.append(f"'{event.payment}' is being taken back just now")
        if said := "; ".join(filter(None, doubts)):
            return [refusal(event, said)]
        known = self._paying.payments.get(event.payment)
        return [self._reversed(event, event.payment, is_awaited=known is not None and known.line is not None)]

    def _reversed(self, event: PaymentTakenBack | BankMatchUndone, payment: str, *, is_awaited: bool = False) -> PaymentReversed:
        self._asked.add(payment)
        known, of = self._paying.payments.get(payment), self._set_off.done.get(payment)
        order = known.cleared[0][0].order if known and known.cleared else of.order if of else ""
        return PaymentReversed(
            effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, order=order, payment=payment,
            reason=event.reason, back=self._back(payment) if known else "", is_awaited=is_awaited,
        )  # fmt: skip

    def _back(self, payment: str) -> str:
        number, name = 1, f"{payment}/back"
        while name in self._paying.payments:
            number += 1
            name = f"{payment}/back-{number}"
        return name

    def _doubt(self, payment: str) -> str:
        """Why it cannot be taken back; "" if it can."""
        if payment in self._set_off.done:
            return f"set-off '{payment}' is taken back already" if payment in self._set_off.undone else ""
        if (known := self._paying.payments.get(payment)) is None:
            names = [it.payment for it in self._paying.payments.values() if it.cleared or it.spare] + list(self._set_off.done)
            return f"no payment or set-off is called '{payment}'{did_you_mean(payment, names)}"
        if known.is_taken_back:
            return f"payment '{payment}' is taken back already"
        if not known.cleared and not known.spare:
            return f"'{payment}' is of no bill or invoice; allowed: an entry by hand that goes the other way"
        spare = self._items.receivables.get(known.spare)
        if spare and (spare.paid_minor or spare.claims):
            return f"what '{payment}' left on account was used since; allowed: to take that back before"
        return ""

    def _reverse(self, event: PaymentReversed) -> Derived:
        self._asked.discard(event.payment)
        doubt = self._doubt(event.payment)
        if event.back in self._paying.payments:
            doubt = f"payment '{event.back}' is booked already"
        if doubt:
            return alert(event, "reversal_refused", doubt)
        if of := self._set_off.done.get(event.payment):
            self._set_off.undone.add(event.payment)
            return self._set_off.clear(event, of, -of.amount_minor)
        known = self._paying.payments[event.payment]
        cleared = [(item, -minor) for item, minor in known.cleared]
        if known.spare:
            spare = self._items.receivables[known.spare]
            cleared.append((spare, spare.open_minor))
        side, booked = cleared[0][0].side, 0
        known.reopened = []
        for item, minor in cleared:
            of_it = self._items.clear(item, event, minor)
            known.reopened.append((item, of_it if side == "payable" else -of_it))
            booked += of_it
            self.looked_at(item, event.effective_us)
        return self._booked(event, known, f"accounts_{side}", booked if side == "payable" else -booked)

    def _booked(self, event: PaymentReversed, known: Payment, account: str, minor: int) -> Derived:
        """Its entry, and what the bank is to show of it."""
        discount = self._erp.settlement.discounts.noted([(code, -of_it) for code, of_it in known.discount])
        exchange = known.minor - minor - sum(of_it for _, of_it in discount)
        self._paying.cash_minor -= known.minor
        self._paying.exchange_minor += exchange
        known.is_taken_back = True
        self._goes_back(known, event.back or self._back(known.payment), event.effective_us, is_awaited=event.is_awaited)
        legs = [(account, minor), ("exchange_difference", exchange), *discount, ("cash", -known.minor)]
        return [*self._erp.book.entries.entry(event, "payment reversed", legs)]

    def _goes_back(self, known: Payment, back: str, at_us: int, *, is_awaited: bool) -> None:
        self._paying.payments[back] = Payment(
            payment=back, of=known.of, party=known.party, at_us=at_us, minor=-known.minor, is_taken_back=not is_awaited
        )

    # Lines of the bank

    def _undo(self, event: BankMatchUndone) -> Derived:
        key = event.statement, event.number
        line = self._bank.lines.get(key)
        doubts = [unsigned(event, self._erp.plant.layout.persons), beyond(event)]
        doubts += [] if event.reason.strip() else ["a match is undone for a reason"]
        if line is None or not line.payment or key in self._bank.under_way:
            doubts.append(f"line {event.number} of statement '{event.statement}' {'is not matched' if line else 'is not known'}")
        if line is None or any(doubts):
            return [refusal(event, "; ".join(filter(None, doubts)))]
        of_line = [it for it in self._paying.payments.values() if it.line == key]
        if gone := [it.payment for it in of_line if it.is_taken_back or it.payment in self._asked]:
            words = f"what the line is, '{', '.join(gone)}', is taken back: the money that goes back has a line of its own"
            return [refusal(event, f"{words}; allowed: a line whose payment stands")]
        own = [it for it in of_line if it.by_line == key]
        if doubt := "; ".join(filter(None, (self._doubt(it.payment) for it in own if it.cleared or it.spare))):
            return [refusal(event, doubt)]
        self._bank.under_way.add(key)
        back = [it for payment in own for it in self._taken_back(event, payment)]
        left = BankLineUnmatched(
            effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, statement=event.statement,
            number=event.number, amount_minor=line.received.amount_minor, reason=f"it was taken for '{line.payment}': {event.reason}",
        )  # fmt: skip
        return [*back, left]

    def _taken_back(self, event: BankMatchUndone, payment: Payment) -> Derived:
        if payment.cleared or payment.spare:
            return [self._reversed(event, payment.payment)]
        payment.is_taken_back = True
        self._goes_back(payment, self._back(payment.payment), event.effective_us, is_awaited=False)
        said, legs = self._erp.settlement.said, ((payment.of, payment.minor), ("cash", -payment.minor))
        for account, minor in legs:
            said.posted_minor[account] = said.posted_minor.get(account, 0) + minor
        return [
            JournalPosted(
                effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, document="line taken back", legs=legs
            )
        ]
