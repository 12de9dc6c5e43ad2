"""Lines of bank statements: each is one payment that is booked, or becomes one, or is left with the reason why.

A line is matched by its reference first: it names a payment, or open items that it pays, exactly. Then by its amount: one payment that no
line was for, or one open item of just that. Where more than one fits nobody guesses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twin.erp.accounting.rounding import amount
from twin.erp.alerts import alert
from twin.erp.settlement.open_items import OpenItem, OpenItems
from twin.erp.settlement.paying import Paying, Payment
from twin.model.events import (
    BankLineMatched,
    BankLineReceived,
    BankLineUnmatched,
    CashReceived,
    OperationsEvent,
    PaymentMade,
)
from twin.model.problems import listed

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]
Line = tuple[str, int]


@dataclass(slots=True, kw_only=True)
class StatementLine:
    """A line, and what became of it. `reason`: why it is left; "" where it is matched."""

    received: BankLineReceived
    payment: str = ""
    by: str = ""
    reason: str = ""


class Bank:
    """Rules by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp, items: OpenItems, paying: Paying) -> None:
        self._erp, self._items, self._paying = erp, items, paying
        self.lines: dict[Line, StatementLine] = {}
        self._taken: set[str] = set()  # payments that a line was found to be
        self.under_way: set[Line] = set()  # lines that are found to be something, at an instant that is not over
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {
            BankLineReceived: self._receive,
            BankLineMatched: self._match,
            BankLineUnmatched: self._leave,
        }

    def _receive(self, event: BankLineReceived) -> Derived:
        key = event.statement, event.number
        if key in self.lines or not event.statement or not event.amount_minor:
            what = "is booked already" if key in self.lines else f"of {amount(event.amount_minor)} is none"
            return alert(event, "bank_line_refused", f"line {event.number} of statement '{event.statement}' {what}")
        self.lines[key] = StatementLine(received=event)
        return self.by_reference(event) or self._by_amount(event)

    def by_reference(self, event: BankLineReceived) -> Derived:
        """What the reference names, if it names anything."""
        words = [it for it in re.split(r"[\s,;]+", event.reference) if it]
        for payment in (self._paying.payments[it] for it in words if it in self._paying.payments):
            if payment.line is None and payment.payment not in self._taken:
                if payment.minor != event.amount_minor:
                    return self._left(
                        event, f"payment '{payment.payment}' is of {amount(payment.minor)}, the line of {amount(event.amount_minor)}"
                    )
                return self._is(event, payment, "reference")
        items = [it for word in dict.fromkeys(words) for it in self._named(word, event)]
        return self.pays(event, items, "reference") if items else []

    def _named(self, word: str, event: BankLineReceived) -> list[OpenItem]:
        """Open items of that number: invoices if money came in, bills if it went out."""
        side = self._items.open["receivable" if event.amount_minor > 0 else "payable"].values()
        return [it for it in side if it.item == word]

    def pays(self, event: BankLineReceived, items: list[OpenItem], by: str) -> Derived:
        """A line pays items: each of them whole, or one of them in part (in another currency whole, at whatever that has cost)."""
        amount_minor, one = abs(event.amount_minor), items[0]
        blocked = next((f"bill '{it.item}' is blocked: {it.blocked}" for it in items if it.blocked), "")
        is_foreign = any(it.currency for it in items)
        free_minor = sum(it.free_minor for it in items)
        names = listed([f"'{it.item}'" for it in items])
        if blocked or len({(it.side, it.party) for it in items}) > 1:
            return self._left(event, blocked or f"{names} are not of one party")
        if is_foreign and len(items) > 1:
            return self._left(event, f"{names} are not all in {self._erp.plant.layout.currency}: one line for each")
        if free_minor <= 0:
            return self._left(event, f"nothing is open of {names}")
        if not is_foreign and (
            (len(items) > 1 and free_minor != amount_minor) or (one.side == "payable" and amount_minor > free_minor)
        ):  # fmt: skip
            return self._left(event, f"{amount(free_minor)} are open of {names}, the line is of {amount(event.amount_minor)}")
        self.under_way.add((event.statement, event.number))
        paid = [self._paid(event, it, it.free_minor if len(items) > 1 or is_foreign else amount_minor, n) for n, it in enumerate(items)]
        matched = BankLineMatched(
            effective_us=event.effective_us, recorded_us=event.recorded_us, order=one.order, statement=event.statement, number=event.number,
            payment="+".join(it.payment for it in paid), by=by,
        )  # fmt: skip
        return [*paid, matched]

    def _paid(self, event: BankLineReceived, item: OpenItem, amount_minor: int, n: int) -> PaymentMade | CashReceived:
        payment = f"{event.statement}/{event.number}" + (f".{n + 1}" if n else "")
        item.claims[payment] = min(amount_minor, item.free_minor)
        when = {"effective_us": event.effective_us, "recorded_us": event.recorded_us, "order": item.order, "currency": item.currency}
        paid_minor = abs(event.amount_minor) if item.currency else amount_minor
        amounts = {"amount_minor": amount_minor, "paid_minor": paid_minor}
        if item.side == "payable":
            return PaymentMade(payment=payment, supplier=item.party, bill=item.item, **when, **amounts)  # type: ignore[arg-type]
        return CashReceived(payment=payment, customer=item.party, invoice=item.item, **when, **amounts)  # type: ignore[arg-type]

    def _by_amount(self, event: BankLineReceived) -> Derived:
        payments = [
            it
            for it in self._paying.payments.values()
            if it.line is None and it.minor == event.amount_minor and it.payment not in self._taken
        ]
        if len(payments) == 1:
            return self._is(event, payments[0], "amount")
        side = self._items.open["receivable" if event.amount_minor > 0 else "payable"].values()
        items = [it for it in side if not it.currency and it.free_minor == abs(event.amount_minor) and not it.blocked]
        if not payments and len(items) == 1:
            return self.pays(event, items, "amount")
        found = [it.payment for it in payments] or [it.item for it in items]
        what = (
            f"{len(found)} are of {amount(event.amount_minor)}: {listed(found)}"
            if found
            else f"nothing open is of {amount(event.amount_minor)}"
        )
        return self._left(event, f"{what}; '{event.reference}' names none" if event.reference else f"{what}, and there is no reference")

    def _is(self, event: BankLineReceived, payment: Payment, by: str) -> Derived:
        self._taken.add(payment.payment)
        self.under_way.add((event.statement, event.number))
        matched = BankLineMatched(
            effective_us=event.effective_us, recorded_us=event.recorded_us, statement=event.statement, number=event.number,
            payment=payment.payment, by=by,
        )  # fmt: skip
        return [matched]

    @staticmethod
    def _left(event: BankLineReceived, reason: str) -> Derived:
        left = BankLineUnmatched(
            effective_us=event.effective_us, recorded_us=event.recorded_us, statement=event.statement, number=event.number,
            amount_minor=event.amount_minor, reason=reason,
        )  # fmt: skip
        return [left]

    def _match(self, event: BankLineMatched) -> Derived:
        line = self.lines.get((event.statement, event.number))
        is_one = event.payment in self._paying.payments  # whose number may have a plus in it
        payments = [self._paying.payments.get(it) for it in ([event.payment] if is_one else event.payment.split("+"))]
        self.under_way.discard((event.statement, event.number))
        if line is None or None in payments:
            return alert(
                event, "bank_line_refused", f"line {event.number} of '{event.statement}' is payment '{event.payment}': not both known"
            )
        line.payment, line.by, line.reason = event.payment, event.by, ""
        for payment in payments:
            assert payment is not None
            payment.line = event.statement, event.number
        return []

    def _leave(self, event: BankLineUnmatched) -> Derived:
        line = self.lines.get((event.statement, event.number))
        if line is None:
            return alert(event, "bank_line_refused", f"no line {event.number} in statement '{event.statement}'")
        line.reason = event.reason
        return []

    def difference_minor(self) -> int:
        """What the books' cash is above the bank's: payments that no line was for, less lines that are left."""
        under_way = sum(it.minor for it in self._paying.payments.values() if it.line is None)
        return under_way - sum(it.received.amount_minor for it in self.lines.values() if not it.payment)
