"""Lines of bank statements: each is one payment that is booked, or becomes one, or is left with the reason why.

A line is matched by its reference first: it names a payment, or open items that it pays, exactly. Then by its amount: one payment that no
line was for, or one open item of just that, of whom the line names, if it names anybody. Where more than one fits nobody guesses.

An item in another currency is paid in ours at the rate of the bank, which is near the one that is declared: what is within a twentieth of
what it is worth on the day, or was booked at, pays it whole, less is a part of it at the rate of the day, and what a customer pays beyond
stands to his credit. Money that goes out to a customer, or comes in from a supplier, pays back what stands to a credit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from twin.erp.accounting.rounding import amount
from twin.erp.alerts import alert
from twin.erp.settlement.clearing.parties import Parties
from twin.erp.settlement.open_items import OpenItem, OpenItems, Side
from twin.erp.settlement.paying import Paying, Payment
from twin.erp.settlement.rates import Rates
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
WHOLE_WITHIN = 20
"""An item in another currency is paid whole by a line that is off by no more than one part in so many of what it is worth, or booked at."""


@dataclass(slots=True, kw_only=True)
class StatementLine:
    """A line, and what became of it. `reason`: why it is left; "" where it is matched."""

    received: BankLineReceived
    payment: str = ""
    by: str = ""
    reason: str = ""


class Bank:
    """Rules by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp, items: OpenItems, paying: Paying, rates: Rates) -> None:
        self._erp, self._items, self._paying, self._rates = erp, items, paying, rates
        self._parties = Parties(erp)
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
            if payment.is_awaited and payment.payment not in self._taken and payment.minor * event.amount_minor > 0:
                if payment.minor != event.amount_minor:
                    return self._left(
                        event, f"payment '{payment.payment}' is of {amount(payment.minor)}, the line of {amount(event.amount_minor)}"
                    )
                return self._is(event, payment, "reference")
        items = [it for word in dict.fromkeys(words) for it in self._named(word, event)]
        return self.pays(event, items, "reference") if items else []

    def _named(self, word: str, event: BankLineReceived) -> list[OpenItem]:
        """Open items of that number: of customers if money came in, of suppliers if it went out, and credits that it pays back."""
        sides: tuple[Side, Side] = ("receivable", "payable") if event.amount_minor > 0 else ("payable", "receivable")
        owed, others = ([it for it in self._items.open[side].values() if it.item == word] for side in sides)
        return owed + [it for it in others if it.free_minor < 0]

    def pays(self, event: BankLineReceived, items: list[OpenItem], by: str) -> Derived:
        """A line pays items: each of them whole, or one of them in part."""
        one, expected_minor = items[0], sum(_expected(it) for it in items)
        blocked = next((f"bill '{it.item}' is blocked: {it.blocked}" for it in items if it.blocked), "")
        is_foreign, is_one = any(it.currency for it in items), len(items) == 1
        names = listed([f"'{it.item}'" for it in items])
        if blocked or len({(it.side, it.party) for it in items}) > 1:
            return self._left(event, blocked or f"{names} are not of one party")
        if is_foreign and not is_one:
            return self._left(event, f"{names} are not all in {self._rates.own}: one line for each")
        if expected_minor * event.amount_minor <= 0:
            way = f": money goes {'in' if expected_minor > 0 else 'out'} for {amount(abs(expected_minor))}" if expected_minor else ""
            return self._left(event, f"nothing is open of {names}{way}")
        if is_foreign:
            return self._pays_foreign(event, one, by)
        is_beyond, is_invoice = abs(event.amount_minor) > abs(expected_minor), one.side == "receivable" and expected_minor > 0
        is_less = not is_one and sum(self._comes(it, event.effective_us) for it in items) == event.amount_minor
        if (not is_one and not is_less and expected_minor != event.amount_minor) or (is_beyond and not is_invoice):
            words = f"{amount(abs(expected_minor))} are open of {names}, the line is of {amount(event.amount_minor)}"
            return self._left(event, words)
        all_of_them = [self._least(it, event.effective_us) if is_less else it.free_minor for it in items]
        parts = [_signed(one, event.amount_minor)] if is_one else all_of_them
        paid = [self._paid(event, it, part, part, n) for n, (it, part) in enumerate(zip(items, parts, strict=True))]
        return self._matched(event, paid, by)

    def _pays_foreign(self, event: BankLineReceived, item: OpenItem, by: str) -> Derived:
        """Whole at whatever that has cost where the line is about what it is worth; else a part of it, or more than it."""
        came_minor, at_us = abs(event.amount_minor), event.effective_us
        least_minor = self._least(item, at_us)
        if least_minor != item.free_minor and came_minor < self._rates.own_minor(item.free_minor + least_minor, item.currency, at_us) // 2:
            least_worth_minor = self._rates.own_minor(least_minor, item.currency, at_us)
            if abs(came_minor - least_worth_minor) * WHOLE_WITHIN <= least_worth_minor:
                return self._matched(event, [self._paid(event, item, least_minor, _signed(item, came_minor))], by)
        worth_minor = self._rates.own_minor(abs(item.free_minor), item.currency, at_us)
        booked_minor = round(Fraction(item.open_booked_minor * abs(item.free_minor), item.open_minor))
        if any(abs(came_minor - abs(it)) * WHOLE_WITHIN <= abs(it) for it in (worth_minor, booked_minor)):
            return self._matched(event, [self._paid(event, item, item.free_minor, _signed(item, came_minor))], by)
        if came_minor < worth_minor:
            part_minor = _signed(item, round(came_minor * self._rates.rate(item.currency, at_us)))
            if not part_minor:
                return self._left(event, f"{amount(came_minor)} {self._rates.own} are less than the least of {item.currency}")
            return self._matched(event, [self._paid(event, item, part_minor, _signed(item, came_minor))], by)
        if item.side == "payable" or item.free_minor < 0:
            worth = f"{amount(abs(item.free_minor))} {item.currency}, which is {amount(worth_minor)} {self._rates.own}"
            return self._left(event, f"{worth}, are open of '{item.item}', the line is of {amount(event.amount_minor)}")
        over_minor = came_minor - worth_minor
        foreign_minor = round(over_minor * self._rates.rate(item.currency, at_us))  # so that it can be set off against his next invoice
        beyond = CashReceived(
            effective_us=at_us, recorded_us=event.recorded_us, order=item.order, customer=item.party, invoice="",
            payment=self.number(event.statement, event.number, 1), currency=item.currency if foreign_minor else "",
            amount_minor=foreign_minor or over_minor, paid_minor=over_minor,
        )  # fmt: skip
        return self._matched(event, [self._paid(event, item, item.free_minor, worth_minor), beyond], by)

    def _matched(self, event: BankLineReceived, paid: list[PaymentMade | CashReceived], by: str) -> Derived:
        """The payments that a line is, and that it is these."""
        self.under_way.add((event.statement, event.number))
        matched = BankLineMatched(
            effective_us=event.effective_us, recorded_us=event.recorded_us, order=paid[0].order, statement=event.statement,
            number=event.number, payment="+".join(it.payment for it in paid), by=by,
        )  # fmt: skip
        return [*paid, matched]

    def number(self, statement: str, line: int, n: int = 0) -> str:
        """What the payment is called that is the `n`th of a line; another name where a payment by the line was taken back."""
        name = f"{statement}/{line}" + (f".{n + 1}" if n else "")
        again = 1
        while (number := name if again == 1 else f"{name}-{again}") in self._paying.payments:
            again += 1
        return number

    def _paid(self, event: BankLineReceived, item: OpenItem, amount_minor: int, paid_minor: int, n: int = 0) -> PaymentMade | CashReceived:
        payment = self.number(event.statement, event.number, n)
        item.claims[payment] = min(amount_minor, item.free_minor, key=abs)
        when = {"effective_us": event.effective_us, "recorded_us": event.recorded_us, "order": item.order, "currency": item.currency}
        amounts = {"amount_minor": amount_minor, "paid_minor": paid_minor}
        if item.side == "payable":
            return PaymentMade(payment=payment, supplier=item.party, bill=item.item, **when, **amounts)  # type: ignore[arg-type]
        return CashReceived(payment=payment, customer=item.party, invoice=item.item, **when, **amounts)  # type: ignore[arg-type]

    def _by_amount(self, event: BankLineReceived) -> Derived:
        payments = [
            it
            for it in self._paying.payments.values()
            if it.is_awaited and it.minor == event.amount_minor and it.payment not in self._taken
        ]
        all_open = [it for side in self._items.open.values() for it in side.values()]
        items = [it for it in all_open if not it.currency and not it.blocked and self._is_of(it, event)]
        payer = self._parties.named(event.party)
        fit_payments = [it for it in payments if not it.party or payer is None or it.party in payer]
        fit_items = [it for it in items if payer is None or it.party in payer]
        if len(fit_payments) == 1:
            return self._is(event, fit_payments[0], "amount")
        if not fit_payments and len(fit_items) == 1:
            return self.pays(event, fit_items, "amount")
        found = [it.payment for it in fit_payments] or [it.item for it in fit_items]
        if not found and (others := payments or items):
            return self._left(event, self._of_others(event, others))
        what = (
            f"{len(found)} are of {amount(event.amount_minor)}: {listed(found)}"
            if found
            else f"nothing open is of {amount(event.amount_minor)}"
        )
        return self._left(event, f"{what}; '{event.reference}' names none" if event.reference else f"{what}, and there is no reference")

    def _least(self, item: OpenItem, at_us: int) -> int:
        """What is enough for all that is open of an item: less its discount, as long as that may be taken."""
        return item.free_minor - (0 if item.claims else self._erp.settlement.discounts.may_be_left_minor(item, at_us))

    def _comes(self, item: OpenItem, at_us: int) -> int:
        least_minor = self._least(item, at_us)
        return least_minor if item.side == "receivable" else -least_minor

    def _is_of(self, item: OpenItem, event: BankLineReceived) -> bool:
        """Whether a line is just what is open of an item, or what is enough for it."""
        return event.amount_minor in (_expected(item), self._comes(item, event.effective_us))

    @staticmethod
    def _of_others(event: BankLineReceived, others: Sequence[Payment | OpenItem]) -> str:
        """What is of the amount of a line, and of others than whom it names."""
        names = [f"{it.payment if isinstance(it, Payment) else it.item} of {it.party}" for it in others]
        return f"of {amount(event.amount_minor)} {'is' if len(names) == 1 else 'are'} {listed(names)}, and the line names '{event.party}'"

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
            if payment.payment not in self._taken:  # no line was found to be it: it was booked by this one
                payment.by_line = payment.line
        return []

    def _leave(self, event: BankLineUnmatched) -> Derived:
        line = self.lines.get((event.statement, event.number))
        if line is None:
            return alert(event, "bank_line_refused", f"no line {event.number} in statement '{event.statement}'")
        line.payment, line.by, line.reason = "", "", event.reason
        self.under_way.discard((event.statement, event.number))
        for payment in self._paying.payments.values():
            if payment.line == (event.statement, event.number):
                payment.line = None
                self._taken.discard(payment.payment)
        return []

    def difference_minor(self) -> int:
        """What the books' cash is above the bank's: payments that no line was for, less lines that are left."""
        under_way = sum(it.minor for it in self._paying.payments.values() if it.is_awaited)
        return under_way - sum(it.received.amount_minor for it in self.lines.values() if not it.payment)


def _expected(item: OpenItem) -> int:
    """The money that is to come in for what is open of an item, or, below zero, to go out; in its currency."""
    return item.free_minor if item.side == "receivable" else -item.free_minor


def _signed(item: OpenItem, minor: int) -> int:
    """So much of an item, as amounts of it are: below zero of a credit."""
    return abs(minor) if item.free_minor > 0 else -abs(minor)
