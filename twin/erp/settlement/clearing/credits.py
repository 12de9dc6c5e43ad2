"""What customers get back for goods: an item below zero, as they were sold, in the currency, with the tax and at the discount of then.

| document            | debit               | credit                        | amount                                             |
|---------------------|---------------------|-------------------------------|----------------------------------------------------|
| discount taken back | accounts receivable | discounts given, tax on sales | of what came back, what was not paid as a discount |

The credit note itself is posted where goods are taken back (`Corrections`), and its tax where that is charged (`Owing`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from twin.erp.settlement.documents.charged import Asked, credited_in
from twin.erp.settlement.owing import Owing
from twin.model.events import GoodsTakenBack, OperationsEvent

if TYPE_CHECKING:
    from twin.erp.erp import Erp
    from twin.erp.sales.customer_orders import CustomerOrder

Derived = list[OperationsEvent]
TAKEN_BACK = "discount taken back"
"""The document of what a credit is less because what came back was paid at a discount."""


class Credits:
    """Rules by type of event; `rules` is what it listens to.

    Attributes
    ----------
    discount : by credit note, what it is less by a discount that was taken, with its tax, in its currency and in that of the books
    """

    def __init__(self, erp: Erp, owing: Owing) -> None:
        self._erp, self._owing = erp, owing
        self.discount: dict[str, tuple[int, int]] = {}
        self._heard: dict[str, int] = {}  # pieces that were taken back, by order
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {GoodsTakenBack: self._credit}

    def _credit(self, event: GoodsTakenBack) -> Derived:
        """What was said without its invoices is off the last one, at the rate of its day and without a discount."""
        order, back = self._erp.customer_orders.orders.get(event.order), self._erp.corrections.taken_back.get(event.order, 0)
        if order is None or back == self._heard.get(event.order, 0):
            return []
        self._heard[event.order] = back
        if not event.credit_minor:
            return []
        owing, sold = self._owing, self._owing.on_invoice.get(event.order, ())
        name, terms = self._next_credit(event.order), owing.customer_terms(order.customer, event.effective_us)
        agreed_minor = credited_in(event, order)
        if not sold:
            owing.receivable(event, name, order.customer, -event.credit_minor, terms)
            return [*owing.taxed(event, name, -event.credit_minor, owing.tax_of(terms, order.material, event.effective_us))]
        parts = event.invoices or owing.charged.parts(event.order, sold, agreed_minor or event.credit_minor)
        currency = owing.item(parts[0][0] if event.invoices else sold[-1]).currency
        asked_minor, asked_tax_minor = agreed_minor or None, 0
        if event.invoices and not order.currency:
            asked_minor, asked_tax_minor = self._as_asked(event, parts, currency)
        owing.receivable(event, name, order.customer, -event.credit_minor, terms, Asked(currency, -asked_minor if asked_minor else None))
        discounted = self._less(event, order, name, parts) if event.invoices else []
        taxed: Derived = []
        for by, minor in owing.charged.taken_back(event.order, parts).items():
            own_minor = round(Fraction(event.credit_minor * minor, agreed_minor)) if agreed_minor else minor
            taxed += owing.taxed(event, name, -own_minor, by, -minor if agreed_minor else 0, -asked_tax_minor)
            asked_tax_minor = 0
        return [*discounted, *taxed]

    def _as_asked(self, event: GoodsTakenBack, parts: Sequence[tuple[str, int]], currency: str) -> tuple[int, int]:
        """What was asked for it in the currency of its invoices, net and tax; of an invoice in another, what it is worth today."""
        net_minor = tax_minor = 0
        for name, minor in parts:
            it, sold = self._owing.item(name), self._owing.charged.on[event.order, name]
            if it.currency == currency:
                net_minor += sold.share(minor, sold.asked_minor)
                tax_minor += sold.share(minor, sold.asked_tax_minor)
            else:
                net_minor += self._owing.asked(minor, currency, event.effective_us)
        return net_minor, tax_minor if currency else 0

    def _less(self, event: GoodsTakenBack, order: CustomerOrder, credit: str, parts: Sequence[tuple[str, int]]) -> Derived:
        """Nobody gets back what he has not paid; and of what is credited before it is paid there is no discount."""
        discounts, items = self._erp.settlement.discounts, self._erp.settlement.items
        net_minor = tax_minor = asked_minor = 0
        for name, minor in parts:
            it, sold = self._owing.item(name), self._owing.charged.on[event.order, name]
            it.credited_minor += sold.share(minor, sold.asked_minor) + sold.share(minor, sold.asked_tax_minor)
            of_it = discounts.give_back(it, minor, self._owing.charged.left_on(name))
            net_minor, tax_minor, asked_minor = net_minor + of_it[0], tax_minor + of_it[1], asked_minor + of_it[2]
        if not net_minor + tax_minor:
            return []
        item = self._owing.item(credit)
        items.more(item, event, asked_minor, net_minor + tax_minor)
        item.tax_minor += tax_minor
        self.discount[credit] = asked_minor, net_minor + tax_minor
        legs = discounts.noted([("discounts_given", -net_minor), ("tax_payable", -tax_minor)])
        return [*self._erp.book.entries.entry(event, TAKEN_BACK, [("accounts_receivable", net_minor + tax_minor), *legs])]

    def _next_credit(self, order: str) -> str:
        """A number that nothing has: a payment may be called so that stands to a customer's credit."""
        name, key, numbers = "", f"credit {order}", self._owing.invoices
        while not name or name in self._erp.settlement.items.receivables:
            number = numbers[key] = numbers.get(key, 0) + 1
            name = f"CR-{order}-{number}"
        return name
