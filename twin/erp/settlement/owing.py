"""What is owed: bills of suppliers, invoices to customers with their tax, credits; each becomes an open item, and an entry.

| document     | debit                                       | credit           | amount                                  |
|--------------|---------------------------------------------|------------------|-----------------------------------------|
| bill         | goods received not billed, tax on purchases | accounts payable | net and tax, at the rate of the day     |
|              | purchase price variance, exchange difference |                 | what a bill in another currency differs by |
| sales tax    | accounts receivable                         | tax on sales     | net * rate of the tax code              |

An invoice is posted where it is issued (`Selling`), a credit where goods are taken back (`Corrections`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from twin.erp.accounting.rounding import amount
from twin.erp.alerts import alert
from twin.erp.settlement.agenda import Agenda
from twin.erp.settlement.documents.agreed import Agreed
from twin.erp.settlement.documents.charged import Asked, Charged, Taxed
from twin.erp.settlement.open_items import OpenItem, OpenItems, by_line
from twin.erp.settlement.rates import Rates, price_difference
from twin.model.events import (
    BillReceived,
    BillReversed,
    GoodsReceiptCorrected,
    GoodsReceived,
    GoodsTakenBack,
    InvoiceIssued,
    MatchBlocked,
    MatchReleased,
    OperationsEvent,
    ServiceReceived,
    TaxCharged,
)
from twin.model.events.business import BusinessEvent
from twin.model.settlement.finance import Terms

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]
BookedLegs = tuple[str, str, tuple[tuple[str, int], ...]]
"""The order, or paper, that they name, the equipment, and accounts with amounts."""


def paper(party: str, number: str) -> str:
    """What entries of a bill or an invoice for no order are of: no order is called so, since none has a slash."""
    return f"{party}/{number}"


class Owing(Agreed):
    """Rules by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp, rates: Rates, items: OpenItems, agenda: Agenda) -> None:
        self._erp, self.rates, self._items, self._agenda = erp, rates, items, agenda
        self._finance, self._payments = erp.plant.materials.finance, erp.policies.payments
        self._received: dict[str, int] = {}  # by purchase order: what was heard of
        self._invoiced: dict[str, int] = {}  # by customer order
        self.bills: dict[str, int] = {}  # how many there are on a purchase order
        self.invoices: dict[str, int] = {}
        self.tax_minor = {"tax_receivable": 0, "tax_payable": 0}  # what bills and invoices put on the accounts
        self.exchange_minor = 0
        self.on_invoice: dict[str, list[str]] = {}  # by customer order, or line: its invoices, one after the other
        self._last_invoice: dict[str, str] = {}  # by customer order, with all its lines
        self._net: dict[str, int] = {}  # by invoice: what is on it, in the currency of the books
        self.charged = Charged()
        self._to_tax = Counter[str]()  # by invoice: taxes that are charged next
        self._refused: set[tuple[str, str, int, bool]] = set()  # supplier, bill, when, and whether it was a further line
        self.booked: dict[tuple[str, str], list[BookedLegs]] = {}  # what each bill has booked, line by line
        self._blocks: dict[tuple[str, str], dict[str, str]] = {}  # why bills may not be paid, by order
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {
            GoodsReceived: self._receive,
            GoodsReceiptCorrected: self._receive,
            ServiceReceived: self._receive,
            BillReceived: self._bill,
            MatchBlocked: self._block,
            MatchReleased: self._release,
            InvoiceIssued: self._invoice,
            TaxCharged: self._charge,
        }

    # Bills

    def _receive(self, event: GoodsReceived | GoodsReceiptCorrected | ServiceReceived) -> Derived:
        """A bill is to come; what was refused has changed nothing."""
        order = self._erp.purchasing.orders.get(event.order)
        more = order.received - self._received.get(event.order, 0) if order else 0
        if order is None or not more:
            return []
        self._received[event.order] = order.received
        if self._payments.bills is not None and not self._agenda.has("bill", event.order):
            self._agenda.put(event.effective_us + self._payments.bills, "bill", event.order)
        return []

    def bill_due(self, order: str, now_us: int) -> BillReceived | None:
        """The bill for all that came on an order and is not billed, at the price that it came at; None: there is nothing to bill."""
        placed, owed_minor = self._erp.purchasing.orders[order], self._erp.ledger.unbilled.get(order, 0)
        if owed_minor <= 0:
            return None
        terms = self.supplier_terms(placed.supplier, now_us)
        net_minor = round(owed_minor * placed.rate_in(currency := placed.currency or terms.currency or "", self.rates, now_us))
        return BillReceived(
            effective_us=now_us, order=order, supplier=placed.supplier, bill=f"{order}/{self.bills.get(order, 0) + 1}", net_minor=net_minor,
            tax_minor=self.tax_on(net_minor, self.code_of_order(order, now_us), now_us), currency=currency,
            due_us=self.due_us(now_us, terms),
        )  # fmt: skip

    def _refusal(self, event: BillReceived) -> str:
        """Why a bill cannot be what it says; "" if it can."""
        order = self._erp.purchasing.orders.get(event.order)
        if order is None:
            return f"no purchase order '{event.order}'"
        if order.supplier != event.supplier:
            return f"purchase order '{event.order}' is at '{order.supplier}', not '{event.supplier}'"
        if doubt := self._line_doubt(event) if event.line > 1 else self.number_doubt(event.supplier, event.bill):
            return doubt
        if not event.net_minor or event.net_minor * event.tax_minor < 0:
            asked = f"net {amount(event.net_minor)} with tax {amount(event.tax_minor)}"
            return f"{asked}; allowed: both above zero, or both below it for a credit note"
        return self.rates.refusal(event.currency, event.effective_us)

    def _line_doubt(self, event: BillReceived) -> str:
        """Why this cannot be a further line of a bill; "" if it can."""
        key, at_us = (event.supplier, event.bill), event.effective_us
        item, is_of_another = self._items.payables.get(key), (*key, at_us, False) in self._refused
        if item is None or item.issued_us != at_us or item.paid_minor or item.claims or is_of_another:
            return f"bill '{event.bill}' of '{event.supplier}' has no line before this that was received with it"
        if self._currency(event) != item.currency:
            return f"line {event.line} is in '{event.currency}', and the bill in '{item.currency}'"
        orders = [order for order, _, _ in self.booked.get(key, ())]
        return f"bill '{event.bill}' has a line on '{event.order}' already" if event.order in orders else ""

    def _currency(self, event: BillReceived) -> str:
        return "" if self.rates.is_own(event.currency) else event.currency

    def number_doubt(self, supplier: str, bill: str) -> str:
        """Why a bill of a supplier cannot have that number; "" if it can."""
        if not bill.strip() or (supplier, bill) in self._items.payables:
            return f"bill '{bill}' of '{supplier}' is booked already" if bill.strip() else "the bill has no number"
        return ""

    def owe(self, item: OpenItem, cause: OperationsEvent) -> None:
        """It is open from now on, and is paid when it is due, where that happens by itself."""
        item.discount = self.supplier_terms(item.party, item.issued_us).discount
        self._items.add(item, cause)
        if self._payments.suppliers != "by_hand":
            self._agenda.put(self._erp.settlement.discounts.paid_at_us(item), "pay", item.party, item.item)

    def _bill(self, event: BillReceived) -> Derived:
        self._agenda.drop("bill", event.order)
        if refusal := self._refusal(event):
            self._refused.add((event.supplier, event.bill, event.effective_us, event.line > 1))
            return alert(event, "bill_refused", refusal)
        gross_minor = event.net_minor + event.tax_minor
        booked_minor = self.rates.own_minor(gross_minor, event.currency, event.effective_us)
        tax_minor = self.rates.own_minor(event.tax_minor, event.currency, event.effective_us)
        self.bills[event.order] = self.bills.get(event.order, 0) + 1
        if event.line > 1:
            item = self._items.payables[event.supplier, event.bill]
            self._items.more(item, event, gross_minor, booked_minor)
            item.tax_minor += tax_minor
        else:
            item = OpenItem(
                side="payable", item=event.bill, party=event.supplier, order=event.order, issued_us=event.effective_us,
                due_us=event.due_us or event.effective_us + self.supplier_terms(event.supplier, event.effective_us).due,
                amount_minor=gross_minor, currency=self._currency(event), booked_minor=booked_minor, tax_minor=tax_minor,
            )  # fmt: skip
            self.owe(item, event)
        self.tax_minor["tax_receivable"] += tax_minor
        net_minor = booked_minor - tax_minor
        relief_minor, price_minor = self._differences(event, net_minor)
        self.exchange_minor += net_minor - relief_minor - price_minor
        self._erp.evidence.billed(relief_minor)
        legs = [
            ("goods_received_not_billed", relief_minor),
            ("purchase_price_variance", price_minor),
            ("exchange_difference", net_minor - relief_minor - price_minor),
            ("tax_receivable", tax_minor),
            ("accounts_payable", -booked_minor),
        ]
        self.booked.setdefault((event.supplier, event.bill), []).append((event.order, "", tuple(legs)))
        return [*self._erp.book.entries.entry(event, "bill", legs), *self._erp.settlement.down.off_bill(event, item)]

    def reverse(self, event: BillReversed) -> Derived:
        """Take back all that a bill has booked; what it was for waits for its bill again."""
        self._agenda.drop("pay", event.supplier, event.bill)
        entries = self._erp.settlement.down.restore(event.supplier, event.bill, event)
        for order, equipment, legs in self.booked.pop((event.supplier, event.bill)):
            for account, minor in legs:
                if account == "tax_receivable":
                    self.tax_minor[account] -= minor
                elif account == "exchange_difference":
                    self.exchange_minor -= minor
                elif account == "goods_received_not_billed":
                    self._erp.evidence.billed(-minor)
                else:
                    self._erp.evidence.cost_billed(account, -minor)
            back = [(account, -minor) for account, minor in legs]
            entries += self._erp.book.entries.entry(replace(event, order=order, equipment=equipment), "bill rejected", back)
        return entries

    def _differences(self, event: BillReceived, net_minor: int) -> tuple[int, int]:
        """What the bill takes off goods received not billed, and the part of the difference to its net that is price."""
        order, exact, at_us = self._erp.purchasing.orders[event.order], self._erp.book.accruals.exact, event.effective_us
        if self.rates.is_own(event.currency) or order.received_us is None:
            return net_minor, 0
        at_receipt, at_posting = order.rate_in(event.currency, self.rates, at_us), self.rates.rate(event.currency, at_us)
        relief = event.net_minor / at_receipt
        came, came_at_standard = exact((event.order, "price")), exact((event.order, "standard"))
        if not came or came_at_standard is None:  # what is valued at what it costs has no price variance
            return round(relief), 0
        standard = came_at_standard * relief / came
        price = price_difference(event.net_minor, standard, at_receipt=at_receipt, at_posting=at_posting)
        return round(relief), price.own_minor - round(relief - standard)

    def _block(self, event: MatchBlocked) -> Derived:
        item = self._items.payables.get((event.supplier, event.bill))
        if item is None:
            return alert(event, "unknown_bill", f"no bill '{event.bill}' of '{event.supplier}'")
        self._blocks.setdefault((event.supplier, event.bill), {})[event.order] = event.reason or "it does not match"
        item.blocked = self._why_blocked(event)
        return []

    def _why_blocked(self, event: MatchBlocked | MatchReleased) -> str:
        """All that keeps a bill from being paid, with the order where it is for several."""
        reasons = self._blocks.get((event.supplier, event.bill), {})
        return by_line(reasons, len(self.booked.get((event.supplier, event.bill), ())) > 1)

    def _release(self, event: MatchReleased) -> Derived:
        item = self._items.payables.get((event.supplier, event.bill))
        if item is None or not item.blocked:
            what = "is not blocked" if item else "is not known"
            return alert(event, "unknown_bill", f"bill '{event.bill}' of '{event.supplier}' {what}")
        reasons = self._blocks.get((event.supplier, event.bill), {})
        if reasons.pop(event.order, None) is None:  # whoever has blocked it has named no order, or another
            reasons.clear()
        item.blocked = self._why_blocked(event)
        return []

    # Invoices

    def _invoice(self, event: InvoiceIssued) -> Derived:
        """An item of what is asked for, in the customer's currency; its tax is charged beside it.

        Lines of one order that leave at one instant are on one invoice, of which nothing can be paid before all of them are on it.
        """
        order = self._erp.customer_orders.orders.get(event.order)
        net_minor = order.invoiced_minor - self._invoiced.get(event.order, 0) if order else 0
        if order is None or not net_minor:
            return []
        self._invoiced[event.order] = order.invoiced_minor
        terms, name = self.customer_terms(event.customer, event.effective_us), self._goes_on(order.header, event)
        if name:
            asked_minor = self._add(name, net_minor, event)
        else:
            name = self._next_invoice(order.whole)
            asked = Asked(event.currency, event.agreed_minor) if event.currency else None
            asked_minor = self.receivable(replace(event, order=order.whole), name, event.customer, net_minor, terms, asked)
        self.on_invoice.setdefault(event.order, []).append(name)
        by, currency = self.tax_of(terms, order.material, event.effective_us), self._items.receivables[name].currency
        taxed = self.taxed(event, name, net_minor, by, event.agreed_minor)
        asked_tax_minor = sum(it.agreed_tax_minor or self.asked(it.tax_minor, currency, event.effective_us) for it in taxed)
        self.charged.sold(event.order, name, event.agreed_minor or net_minor, asked_minor, asked_tax_minor)
        return [*taxed, *self._erp.settlement.down.off_invoice(event, name)]

    def _goes_on(self, header: str, event: InvoiceIssued) -> str:
        """The invoice of an order of several lines to which another line belongs now; "" if a new one begins."""
        name = self._last_invoice.get(header, "") if header else ""
        item = self._items.receivables.get(name)
        is_same = item is not None and event.currency in ("", item.currency)
        return name if item and is_same and item.issued_us == event.effective_us and not item.paid_minor and not item.claims else ""

    def _add(self, name: str, net_minor: int, cause: InvoiceIssued) -> int:
        """So much more is asked for on an invoice that is not finished, and how much in its currency, of which all is rounded once."""
        before, at_us, item = self._net[name], cause.effective_us, self._items.receivables[name]
        self._net[name] = before + net_minor
        more_minor = self.asked(before + net_minor, item.currency, at_us) - self.asked(before, item.currency, at_us)
        more_minor = cause.agreed_minor if cause.currency else more_minor
        self._items.more(item, cause, more_minor, net_minor)
        return more_minor

    def taxed(
        self, event: BusinessEvent, name: str, net_minor: int, by: Taxed | None, agreed_minor: int = 0, asked_tax_minor: int = 0
    ) -> list[TaxCharged]:
        """The tax of what was put on an invoice or credit just now; of what was agreed in another currency it is reckoned in that.

        `asked_tax_minor`: in the currency of the paper it is so much, and not what it is worth today.
        """
        if by is None:
            return []
        tax_minor = asked_minor = self.charged.tax_minor(event.order, name, agreed_minor or net_minor, by)
        if agreed_minor:
            tax_minor = round(Fraction(net_minor * asked_minor, agreed_minor))
        self._to_tax[name] += 1
        tax = TaxCharged(
            effective_us=event.effective_us, recorded_us=event.recorded_us, order=event.order, customer=self._items.receivables[name].party,
            invoice=name, tax_code=by[0], net_minor=net_minor, tax_minor=tax_minor,
            agreed_tax_minor=asked_minor if agreed_minor else asked_tax_minor,
        )  # fmt: skip
        return [tax]

    def _next_invoice(self, order: str) -> str:
        """A number that nothing has: the second invoice of order 'A' would be called as the first of order 'A-2'."""
        name = ""
        while not name or name in self._items.receivables:
            number = self.invoices[order] = self.invoices.get(order, 0) + 1
            name = f"INV-{order}" + (f"-{number}" if number > 1 else "")
        self._last_invoice[order] = name
        return name

    def receivable(
        self, event: InvoiceIssued | GoodsTakenBack, name: str, customer: str, net_minor: int, terms: Terms, asked: Asked | None = None
    ) -> int:
        """An item is open; how much, in its currency. `asked`: in another currency than the terms of the day say, or so much in it."""
        currency = self.rates.code((terms.currency or "") if asked is None else asked.currency)
        said_minor = self.asked(net_minor, currency, event.effective_us) if asked is None or asked.minor is None else asked.minor
        self._net[name] = net_minor
        item = OpenItem(
            side="receivable", item=name, party=customer, order=event.order, issued_us=event.effective_us,
            due_us=getattr(event, "due_us", 0) or event.effective_us + terms.due, currency=currency,
            amount_minor=said_minor, booked_minor=net_minor,
        )  # fmt: skip
        self.be_owed(item, event)
        return said_minor

    def item(self, invoice: str) -> OpenItem:
        """An invoice or a credit that is known."""
        return self._items.receivables[invoice]

    def be_owed(self, item: OpenItem, cause: OperationsEvent) -> None:
        """It is open from now on; it is paid, and reminded of, when it is due, where that happens by itself."""
        item.discount = self.customer_terms(item.party, item.issued_us).discount
        self._items.add(item, cause)
        if item.amount_minor < 0:
            return
        late_us = self._payments.customers_late.get(item.party, self._payments.customers)
        if late_us is not None:
            self._agenda.put(item.due_us + late_us, "collect", item.item)
        if self._finance.dunning:
            self._agenda.put(item.due_us + self._finance.dunning[0].after, "dun", item.item)

    def is_settled(self, invoice: str) -> None:
        """Nothing is open of it any more: nobody is asked for it, or reminded."""
        self._agenda.drop("collect", invoice)
        self._agenda.drop("dun", invoice)

    def is_done(self, item: OpenItem) -> None:
        """Nothing is open of an item any more, and nothing falls due."""
        if item.side == "payable":
            self._agenda.drop("pay", item.party, item.item)
        else:
            self.is_settled(item.item)

    def invoice_doubt(self, invoice: str) -> str:
        """Why an invoice or a credit cannot have that number; "" if it can."""
        if not invoice.strip() or invoice in self._items.receivables:
            return f"invoice '{invoice}' is booked already" if invoice.strip() else "the invoice has no number"
        return ""

    def next_free(self, customer: str) -> str:
        """A number that nothing has, for an invoice of no order."""
        return self._next_invoice(f"{customer}/F")

    def asked(self, own_minor: int, currency: str, at_us: int) -> int:
        """So much of the books' currency, in that of a paper."""
        return round(own_minor * self.rates.rate(currency, at_us))

    def _charge(self, event: TaxCharged) -> Derived:
        item = self._items.receivables.get(event.invoice)
        if item is None or (item.tax_minor and not self._to_tax[event.invoice]):
            what = "has its tax already" if item else "is not known"
            return alert(event, "tax_refused", f"invoice '{event.invoice}' {what}")
        self._to_tax[event.invoice] -= 1
        self.tax_minor["tax_payable"] -= event.tax_minor
        item.tax_minor += event.tax_minor
        asked_minor = event.agreed_tax_minor or self.asked(event.tax_minor, item.currency, event.effective_us)
        self._items.more(item, event, asked_minor, event.tax_minor)
        legs = [("accounts_receivable", event.tax_minor), ("tax_payable", -event.tax_minor)]
        return [*self._erp.book.entries.entry(event, "sales tax", legs)]
