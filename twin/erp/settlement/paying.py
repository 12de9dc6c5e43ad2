"""What is paid: of bills, by customers, and of what else is owed.

| document     | debit                   | credit              | amount                                                    |
|--------------|-------------------------|---------------------|-----------------------------------------------------------|
| payment      | accounts payable        | cash                | what was booked; what left; the rest is exchange difference |
| cash receipt | cash                    | accounts receivable | what came; what was booked; the rest is exchange difference |
| accrual paid | wages payable, ...      | cash                | what stood on the account                                 |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from twin.erp.accounting.rounding import amount
from twin.erp.alerts import alert
from twin.erp.settlement.agenda import Agenda
from twin.erp.settlement.open_items import OpenItem, OpenItems
from twin.erp.settlement.rates import Rates
from twin.model.events import CashReceived, LiabilityPaid, OperationsEvent, PaymentMade
from twin.model.problems import did_you_mean, listed

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]
ACCRUED = ("landed_cost_accrued", "wages_payable", "energy_payable", "overhead_payable", "tax_payable", "tax_receivable")
"""What is paid at the end of a month. Machine cost is not: it is what machines wear out, and nobody is paid for that."""


@dataclass(slots=True, kw_only=True)
class Payment:
    """Money that moved: `minor` > 0 came in. `line`: where the bank's statement has it; None: no line of it has come yet.

    `cleared`: what it has paid of which items, in their currency, with what was left as a discount; `discount`: where that was booked;
    `spare`: the credit that it left on account; `reopened`: what of which items was open again when it was taken back, in the currency of
    the books, as it is on their account. `is_taken_back`: it did not hold, and the bank will not show it any more.
    """

    payment: str
    of: str  # the bill, the invoice, the account; "": on account
    party: str
    at_us: int
    minor: int
    line: tuple[str, int] | None = None
    by_line: tuple[str, int] | None = None  # the line that it was booked by; None: it was there before any
    cleared: list[tuple[OpenItem, int]] = field(default_factory=list)
    spare: str = ""
    discount: list[tuple[str, int]] = field(default_factory=list)
    is_taken_back: bool = False
    reopened: list[tuple[OpenItem, int]] = field(default_factory=list)

    @property
    def is_awaited(self) -> bool:
        """Whether the bank is still to show it."""
        return self.line is None and not self.is_taken_back


class Paying:
    """Rules by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp, rates: Rates, items: OpenItems, agenda: Agenda) -> None:
        self._erp, self._rates, self._items, self._agenda = erp, rates, items, agenda
        self.payments: dict[str, Payment] = {}
        self.cash_minor = 0  # what has come less what has left
        self.exchange_minor = 0
        self.accrued_paid: dict[str, str] = {}  # by account: the last period
        self.accrued_minor: dict[str, int] = {}
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {
            PaymentMade: self._pay,
            CashReceived: self._receive,
            LiabilityPaid: self._pay_accrued,
        }

    def all_minor(self, item: OpenItem, now_us: int) -> int:
        """What is enough for all that is open of a bill, and on no way yet: less its discount, as long as that may be taken."""
        left_minor = 0 if item.claims else self._erp.settlement.discounts.may_be_left_minor(item, now_us)
        return item.free_minor - left_minor

    def payment_of(self, item: OpenItem, amount_minor: int, now_us: int, payment: str = "") -> PaymentMade:
        """So much of a bill, at the rate of the day."""
        return PaymentMade(
            effective_us=now_us, order=item.order, payment=payment or self._next("PAY", item), supplier=item.party, bill=item.item,
            amount_minor=amount_minor, paid_minor=self._rates.own_minor(amount_minor, item.currency, now_us), currency=item.currency,
        )  # fmt: skip

    def receipt_of(self, item: OpenItem, amount_minor: int, now_us: int, payment: str = "") -> CashReceived:
        """So much of an invoice, at the rate of the day."""
        return CashReceived(
            effective_us=now_us, order=item.order, payment=payment or self._next("IN", item), customer=item.party, invoice=item.item,
            amount_minor=amount_minor, paid_minor=self._rates.own_minor(amount_minor, item.currency, now_us), currency=item.currency,
        )  # fmt: skip

    def _next(self, kind: str, item: OpenItem) -> str:
        """A number that no payment has: a party's id and a bill's may join to those of another pair, and a person may have written it."""
        number = len(item.paid) + len(item.claims) + 1
        while (payment := f"{kind}-{item.party}-{item.item}-{number}") in self.payments:
            number += 1
        return payment

    def refusal(self, item: OpenItem | None, amount_minor: int, currency: str) -> str:
        """Why so much of an item cannot be paid; "" if it can."""
        if item is None:
            return "nobody knows what is paid"
        what = f"'{item.item}' of '{item.party}'"
        if item.blocked:
            return f"{what} is blocked: {item.blocked}; allowed: to pay it when it is released"
        if not self._rates.is_own(currency or item.currency) and currency != item.currency:
            return f"{what} is in {item.currency or self._rates.own}, not in {currency}"
        if not item.open_minor:
            return f"{what} is paid already"
        if not amount_minor or amount_minor * item.open_minor < 0 or abs(amount_minor) > abs(item.open_minor):
            return f"{amount(amount_minor)} of {what}, of which {amount(item.open_minor)} are open"
        return ""

    def is_taken(self, number: str) -> bool:
        """Whether a payment or a set-off has that number: both are taken back by it."""
        return number in self.payments or number in self._erp.settlement.set_off.done

    def _of_payment(self, event: PaymentMade | CashReceived) -> str:
        if not event.payment or self.is_taken(event.payment):
            return f"payment '{event.payment}' is booked already" if event.payment else "the payment has no number"
        if self._rates.is_own(event.currency) and event.amount_minor != event.paid_minor:
            return f"{amount(event.amount_minor)} paid with {amount(event.paid_minor)}, and both are {self._rates.own}"
        return "" if event.amount_minor * event.paid_minor > 0 else f"{amount(event.amount_minor)} paid with {amount(event.paid_minor)}"

    def _pay(self, event: PaymentMade) -> Derived:
        item = self._items.payables.get((event.supplier, event.bill))
        is_new = event.payment not in self.payments  # else it is said twice, and what is left of the bill falls due as before
        if item:
            item.claims.pop(event.payment, None)
        unknown = "" if item else f"no bill '{event.bill}' of '{event.supplier}'"
        doubt = unknown or self._of_payment(event) or self.refusal(item, event.amount_minor, event.currency)
        if item is None or doubt:
            if is_new and (item is None or not item.blocked):  # what is blocked is asked for again when it is released, and nothing else is
                self._agenda.drop("pay", event.supplier, event.bill)
            return alert(event, "payment_refused", doubt)
        before_minor = item.open_minor
        booked_minor, discount = self._cleared(item, event.amount_minor, event)
        if not item.open_minor:  # the rest of what is paid in part falls due still
            self._agenda.drop("pay", event.supplier, event.bill)
        noted = self._note(event, item.item, item.party, -event.paid_minor)
        noted.cleared, noted.discount = [(item, before_minor - item.open_minor)], discount
        exchange_minor = event.paid_minor - booked_minor - sum(minor for _, minor in discount)
        self.exchange_minor += exchange_minor
        legs = [("accounts_payable", booked_minor), ("exchange_difference", exchange_minor), *discount, ("cash", -event.paid_minor)]
        return [*self._erp.book.entries.entry(replace(event, order=item.order), "payment", legs)]

    def _receive(self, event: CashReceived) -> Derived:
        """What is more than the invoice, and what is for none, stands to the customer's credit."""
        item, is_new = self._items.receivables.get(event.invoice), event.payment not in self.payments
        if item:
            item.claims.pop(event.payment, None)
        if event.invoice and (item is None or item.party != event.customer):
            return alert(event, "payment_refused", f"no invoice '{event.invoice}' of '{event.customer}'")
        spare_minor = self._spare(event, item)
        doubt = self._of_payment(event)
        if spare_minor and event.payment in self._items.receivables:
            doubt = doubt or f"'{event.payment}' is an invoice or a credit, and no number of a payment that stands to a customer's credit"
        if item and not doubt and event.amount_minor != spare_minor:
            doubt = self.refusal(item, event.amount_minor - spare_minor, event.currency)
        if not event.invoice and not doubt and event.amount_minor < 0:
            doubt = f"{amount(event.amount_minor)} {event.currency} on account; allowed: above zero"
        if not event.invoice:
            doubt = doubt or self._rates.refusal(event.currency, event.effective_us) or self.unknown(event.customer)
        if doubt:
            if is_new:
                self._agenda.drop("collect", event.invoice)
            return alert(event, "payment_refused", doubt)
        booked_minor = spare_booked_minor = round(Fraction(event.paid_minor * spare_minor, event.amount_minor))
        discount, before_minor = list[tuple[str, int]](), item.open_minor if item else 0
        if item and event.amount_minor != spare_minor:
            cleared_minor, discount = self._cleared(item, event.amount_minor - spare_minor, event)
            booked_minor += cleared_minor
            if not item.open_minor:
                self._agenda.drop("collect", event.invoice)
                self._agenda.drop("dun", event.invoice)
        if spare_minor:
            spare = OpenItem(
                side="receivable", item=event.payment, party=event.customer, order=event.order, issued_us=event.effective_us,
                due_us=event.effective_us, currency="" if self._rates.is_own(event.currency) else event.currency,
                amount_minor=-spare_minor, booked_minor=-spare_booked_minor, is_on_account=True,
            )  # fmt: skip
            self._items.add(spare, event)
        noted = self._note(event, event.invoice, event.customer, event.paid_minor)
        noted.spare = event.payment if spare_minor else ""
        noted.cleared = [(item, before_minor - item.open_minor)] if item and event.amount_minor != spare_minor else []
        noted.discount, exchange_minor = discount, booked_minor - event.paid_minor - sum(minor for _, minor in discount)
        self.exchange_minor += exchange_minor
        legs = [("cash", event.paid_minor), ("exchange_difference", exchange_minor), *discount, ("accounts_receivable", -booked_minor)]
        return [*self._erp.book.entries.entry(replace(event, order=item.order) if item else event, "cash receipt", legs)]

    def _cleared(self, item: OpenItem, amount_minor: int, cause: OperationsEvent) -> tuple[int, list[tuple[str, int]]]:
        """So much of an item is paid, and what is left is a discount where it may be one: what both were booked at, and its legs."""
        discounts = self._erp.settlement.discounts
        left_minor = discounts.left_minor(item, amount_minor, cause.effective_us)
        booked_minor = self._items.clear(item, cause, amount_minor + left_minor)
        of_left = round(Fraction(booked_minor * left_minor, amount_minor + left_minor)) if left_minor else 0
        return booked_minor, discounts.legs(item, of_left) if left_minor else []

    def unknown(self, customer: str) -> str:
        """ "" if it is a declared customer, or one who has ordered; what an unknown one pays would lie on nobody's account."""
        declared = self._erp.plant.materials.customers
        orders = self._erp.customer_orders.orders.values()
        if customer and (customer in declared or any(it.customer == customer for it in orders)):
            return ""
        known = {*declared, *(it.customer for it in orders)}
        return f"nobody knows a customer '{customer}'{did_you_mean(customer, known)}; allowed: {listed(sorted(known))}"

    def _spare(self, event: CashReceived, item: OpenItem | None) -> int:
        """What of it is for no invoice, in its currency."""
        if item is None:
            return event.amount_minor
        if (not self._rates.is_own(item.currency) and event.currency != item.currency) or event.amount_minor < 0:
            return 0
        return max(0, event.amount_minor - max(0, item.open_minor))

    def _pay_accrued(self, event: LiabilityPaid) -> Derived:
        self.accrued_paid[event.account] = event.period
        if event.account not in ACCRUED or not event.payment or event.payment in self.payments or not event.paid_minor:
            allowed = ", ".join(ACCRUED)
            return alert(
                event, "payment_refused", f"'{event.payment}' of {amount(event.paid_minor)} on '{event.account}'; allowed: {allowed}"
            )
        self._note(event, event.account, "", -event.paid_minor)
        self.accrued_minor[event.account] = self.accrued_minor.get(event.account, 0) + event.paid_minor
        legs = [(event.account, event.paid_minor), ("cash", -event.paid_minor)]
        return [*self._erp.book.entries.entry(event, "accrual paid", legs)]

    def note_by_hand(self, payment: str, of: str, at_us: int, minor: int) -> None:
        """Money that a person has said what it was for, in an entry by hand: a line of the bank may be it."""
        self.payments[payment] = Payment(payment=payment, of=of, party="", at_us=at_us, minor=minor)

    def _note(self, event: PaymentMade | CashReceived | LiabilityPaid, of: str, party: str, minor: int) -> Payment:
        self.cash_minor += minor
        noted = self.payments[event.payment] = Payment(payment=event.payment, of=of, party=party, at_us=event.effective_us, minor=minor)
        return noted
