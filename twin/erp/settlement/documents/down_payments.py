"""Down payments: what customers pay before goods leave, and suppliers before they come, is a deposit until there is an invoice or a bill.

| document                | debit                                        | credit                             | amount           |
|-------------------------|----------------------------------------------|------------------------------------|------------------|
| down payment            | accounts receivable                          | customer deposits (tax beside it)  | net; given back < 0 |
| down payment bill       | supplier deposits, tax on purchases          | accounts payable                   | net, tax         |
| down payment taken off  | customer deposits                            | accounts receivable (tax beside it) | net             |
|                         | accounts payable                             | supplier deposits, tax on purchases | net, tax        |

A deposit is no monetary item and stays at the rate at which it came (IFRIC 22); what an item in another currency is worth otherwise by then
is exchange difference. Tax is asked for with the down payment and taken off again, at its own rate, so what is delivered is taxed once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from twin.erp.accounting.rounding import amount
from twin.erp.accounting.valuation.periods import before_the_books
from twin.erp.alerts import alert
from twin.erp.procurement.sourcing_entries import beyond, unknown
from twin.erp.settlement.documents.charged import Taxed
from twin.erp.settlement.documents.deposits import Deposit, Deposits
from twin.erp.settlement.open_items import OpenItem, Side
from twin.erp.settlement.owing import Owing
from twin.model.events import (
    BillReceived,
    DownPaymentAsked,
    DownPaymentBillEntered,
    DownPaymentBillReceived,
    DownPaymentCleared,
    DownPaymentInvoiced,
    InvoiceIssued,
    OperationsEvent,
    PurchaseOrderPlaced,
    SalesOrderConfirmed,
)
from twin.model.master_data.dated import NOW_US
from twin.model.problems import listed
from twin.model.readiness.signed import refusal, unsigned
from twin.model.settlement.percent import MILLION

if TYPE_CHECKING:
    from twin.erp.erp import Erp
    from twin.erp.sales.customer_orders import CustomerOrder

Derived = list[OperationsEvent]
ACCOUNTS: dict[Side, str] = {"receivable": "customer_deposits", "payable": "supplier_deposits"}


class DownPayments:
    """Rules by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp, owing: Owing) -> None:
        self._erp, self._owing, self._rates = erp, owing, owing.rates
        self.deposits = Deposits()
        self.exchange_minor = 0
        self._to_ask: dict[str, list[str]] = {}  # by customer order: lines on which nothing was asked for yet, as its terms say
        self._to_bill: dict[str, None] = {}  # purchase orders whose suppliers ask for something in advance, and have not yet
        self._taken_off: dict[tuple[str, str], list[tuple[Deposit, int, int]]] = {}  # by supplier and bill; and what it was worth
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {
            DownPaymentAsked: self._enter,
            DownPaymentInvoiced: self._invoice,
            DownPaymentBillEntered: self._enter_bill,
            DownPaymentBillReceived: self._bill,
            DownPaymentCleared: self._clear,
            SalesOrderConfirmed: self._confirm,
            PurchaseOrderPlaced: self._place,
        }

    def due_minor(self) -> dict[str, int]:
        """What both accounts must show, debit > 0."""
        found = {ACCOUNTS[side]: self.deposits.left_booked_minor(side) for side in ACCOUNTS}
        return {**found, "customer_deposits": -found["customer_deposits"]}

    # By themselves

    def _confirm(self, event: SalesOrderConfirmed) -> Derived:
        order = self._erp.customer_orders.orders.get(event.order)
        if order and order.confirmed_us == event.effective_us and self._owing.customer_terms(order.customer, NOW_US).down_payment:
            self._to_ask.setdefault(order.whole, []).append(order.order)
        return []

    def _place(self, event: PurchaseOrderPlaced) -> Derived:
        order = self._erp.purchasing.orders.get(event.order)
        is_billed = order is not None and order.placed_us == event.effective_us and self._erp.policies.payments.bills is not None
        if is_billed and self._owing.supplier_terms(event.supplier, NOW_US).down_payment:
            self._to_bill[event.order] = None
        return []

    def _billed(self, name: str, now_us: int) -> DownPaymentBillReceived:
        """What a supplier asks for in advance of an order, as his terms say."""
        order, terms = self._erp.purchasing.orders[name], self._owing.supplier_terms(self._supplier(name), now_us)
        currency = order.currency or self._rates.code(terms.currency or "")
        price_minor = order.agreed_price_minor if order.currency else order.unit_price_minor
        net = Fraction(order.quantity * price_minor * terms.down_payment, self._erp.materials[order.material].price_per * MILLION)
        net_minor = round(net if order.currency else net * self._rates.rate(currency, now_us))
        return DownPaymentBillReceived(
            effective_us=now_us, order=name, supplier=order.supplier, bill=f"{name}/DP", net_minor=net_minor, currency=currency,
            tax_minor=self._owing.tax_on(net_minor, self._owing.code_of_order(name, now_us), now_us), due_us=now_us,
        )  # fmt: skip

    def decide(self, now_us: int) -> Derived:
        """What terms ask for with the order; and what is left of a deposit when nothing more is to leave on its order, given back."""
        decided: Derived = []
        for whole, names in self._to_ask.items():
            lines = [self._erp.customer_orders.orders[it] for it in names]
            share = self._owing.customer_terms(lines[0].customer, now_us).down_payment
            net_minor = round(Fraction(sum(it.agreed_net_minor if it.currency else it.net_minor for it in lines) * share, MILLION))
            if net_minor:
                decided.append(self._asked(DownPaymentAsked(effective_us=now_us, recorded_us=now_us, order=whole, net_minor=net_minor)))
        decided += [self._billed(name, now_us) for name in self._to_bill]
        for side, whole in list(self.deposits.of_order):
            if side == "receivable" and all(not it.open_quantity for it in self._lines(whole)):
                left_minor = self.deposits.free_minor("receivable", whole)
                if left_minor:
                    back = DownPaymentAsked(effective_us=now_us, recorded_us=now_us, order=whole, net_minor=-left_minor)
                    decided.append(self._asked(back))
        return decided

    # Customers

    def _lines(self, name: str) -> list[CustomerOrder]:
        orders = self._erp.customer_orders
        return [orders.orders[it] for it in orders.headers.get(name, [name]) if it in orders.orders]

    def _enter(self, event: DownPaymentAsked) -> Derived:
        doubts = [unsigned(event, self._erp.plant.layout.persons) or beyond(event)]
        if not any(doubts):
            doubts += [*self._doubts(event), before_the_books(event, self._erp.capacity.start_us)]
            doubts.append(self._erp.book.entries.closed_doubt(event.effective_us))
        if said := "; ".join(filter(None, doubts)):
            return [refusal(event, said)]
        asked = self._asked(event)
        return [replace(asked, recorded_us=event.recorded_us, person=event.person)]

    def _asked(self, event: DownPaymentAsked) -> DownPaymentInvoiced:
        lines, at_us = self._lines(event.order), event.effective_us
        currency, customer = lines[0].currency, lines[0].customer
        if event.net_minor < 0:
            for it, taken in self.deposits.parts("receivable", event.order, -event.net_minor, last_first=True):
                it.claimed_minor += taken
        return DownPaymentInvoiced(
            effective_us=at_us, order=event.order, customer=customer, invoice=event.invoice or self._number(event.order, event.net_minor),
            net_minor=self._rates.own_minor(event.net_minor, currency, at_us) if currency else event.net_minor,
            due_us=event.due_us or at_us, currency=currency,
            tax_code=event.tax_code or next(iter(self._codes(lines, at_us)), ""), agreed_minor=event.net_minor if currency else 0,
        )  # fmt: skip

    def _codes(self, lines: list[CustomerOrder], at_us: int) -> list[str]:
        terms = self._owing.customer_terms(lines[0].customer, at_us)
        return list(dict.fromkeys(self._owing.code_of(terms, it.material, at_us) or "" for it in lines))

    def _number(self, order: str, net_minor: int) -> str:
        kind, number = "DP" if net_minor > 0 else "DB", 1
        while self._owing.invoice_doubt(name := f"{kind}-{order}" + (f"-{number}" if number > 1 else "")):
            number += 1
        return name

    def _doubts(self, event: DownPaymentAsked) -> Iterator[str]:
        orders, lines = self._erp.customer_orders, self._lines(event.order)
        if not lines:
            yield unknown("customer order", event.order, {**orders.headers, **orders.orders})
            return
        if lines[0].header not in ("", event.order):
            yield f"'{event.order}' is a line of '{lines[0].header}'; allowed: the order"
            return
        if event.invoice:
            yield self._owing.invoice_doubt(event.invoice)
        codes = self._codes(lines, event.effective_us)
        if event.tax_code:
            yield unknown("tax code", event.tax_code, self._erp.plant.materials.finance.tax_codes)
        elif len(codes) > 1 and event.net_minor > 0:
            yield f"what '{event.order}' is for has several taxes; allowed: tax_code, one of {listed(filter(None, codes))}"
        yield self._amount_doubt(event.order, lines, event.net_minor)

    def _amount_doubt(self, order: str, lines: list[CustomerOrder], net_minor: int) -> str:
        """Why so much cannot be asked for, or given back: what is not invoiced yet, less what was asked for, is the most."""
        free_minor = self.deposits.free_minor("receivable", order)
        if net_minor < 0:
            back = f"{amount(-net_minor)} back, of which {amount(free_minor)} are left of what was asked for"
            return f"{back}; allowed: that at most" if -net_minor > free_minor else ""
        to_come = sum(it.agreed_net_minor - it.invoiced_agreed_minor if it.currency else it.net_minor - it.invoiced_minor for it in lines)
        if 0 < net_minor <= to_come - free_minor:
            return ""
        return f"{amount(net_minor)} in advance on '{order}'; allowed: above zero, and {amount(max(0, to_come - free_minor))} at most"

    def _invoice(self, event: DownPaymentInvoiced) -> Derived:
        lines, _ = self._lines(event.order), self._to_ask.pop(event.order, None)
        doubt = self._owing.invoice_doubt(event.invoice) or ("" if lines else f"no customer order '{event.order}'")
        net_minor = event.agreed_minor if event.currency else event.net_minor  # so little may be worth nothing in the books
        if doubt or not net_minor:
            return alert(event, "invoice_refused", doubt or "a down payment of nothing")
        terms = self._owing.customer_terms(event.customer, event.effective_us)
        currency = event.currency or self._rates.code(terms.currency or "")
        asked_minor = event.agreed_minor if event.currency else self._owing.asked(event.net_minor, currency, event.effective_us)
        parts, booked_minor = list[tuple[Deposit, int]](), event.net_minor
        if net_minor < 0:
            parts = self._given_back(event)
            booked_minor = -sum(self.deposits.use(it, taken)[0] for it, taken in parts)
        item = OpenItem(
            side="receivable", item=event.invoice, party=event.customer, order=event.order, issued_us=event.effective_us,
            due_us=event.due_us, currency=currency, amount_minor=asked_minor, booked_minor=booked_minor,
        )  # fmt: skip
        self._owing.be_owed(item, event)
        item.discount = None  # what is paid in advance is paid at once
        legs = [("accounts_receivable", booked_minor), ("customer_deposits", -booked_minor)]
        booked: Derived = [*self._erp.book.entries.entry(event, "down payment", legs)]
        if net_minor < 0:
            for it, taken in parts:
                own_minor = -round(Fraction(booked_minor * taken, net_minor))
                booked += self._owing.taxed(event, event.invoice, own_minor, it.by, -taken if event.currency else 0)
            return booked
        by = self._tax(event)
        self.deposits.add(
            Deposit(
                side="receivable", number=event.invoice, party=event.customer, order=event.order, currency=event.currency,
                net_minor=net_minor, booked_minor=event.net_minor, by=by,
            )
        )  # fmt: skip
        return [*booked, *self._owing.taxed(event, event.invoice, event.net_minor, by, event.agreed_minor)]

    def _given_back(self, event: DownPaymentInvoiced) -> list[tuple[Deposit, int]]:
        """Which deposits so much goes back of, the last first: what was claimed for it is free again."""
        left_minor, found = -(event.agreed_minor if event.currency else event.net_minor), list[tuple[Deposit, int]]()
        for it in reversed(self.deposits.of_order.get(("receivable", event.order), [])):
            if taken := min(it.left_minor, left_minor):
                left_minor -= taken
                found.append((it, taken))
        return found

    def _tax(self, event: DownPaymentInvoiced) -> Taxed | None:
        if not event.tax_code:
            return None
        declared = self._erp.dated.at("tax_codes", event.tax_code, event.effective_us)
        return event.tax_code, declared.title, declared.rate

    def off_invoice(self, event: InvoiceIssued, name: str) -> Derived:
        """What was asked for in advance is taken off what is invoiced, as far as that goes."""
        order, item = self._erp.customer_orders.orders[event.order], self._erp.settlement.items.receivables[name]
        net_minor = event.agreed_minor if event.currency else event.net_minor
        cleared: Derived = []
        for it, taken in self.deposits.parts("receivable", order.whole, net_minor):
            it.claimed_minor += taken
            worth_minor = round(Fraction(event.net_minor * taken, net_minor))
            off_minor = taken if event.currency else self._owing.asked(taken, item.currency, event.effective_us)
            cleared.append(self._cleared(event, it, name, taken, off_minor, worth_minor))
        return cleared

    @staticmethod
    def _cleared(
        event: InvoiceIssued | BillReceived, it: Deposit, item: str, net_minor: int, amount_minor: int, worth_minor: int
    ) -> DownPaymentCleared:
        return DownPaymentCleared(
            effective_us=event.effective_us, recorded_us=event.recorded_us, order=event.order, side=it.side, party=it.party, item=item,
            down_payment=it.number, net_minor=net_minor, amount_minor=amount_minor, worth_minor=worth_minor,
        )  # fmt: skip

    # Suppliers

    def _enter_bill(self, event: DownPaymentBillEntered) -> Derived:
        doubts = [unsigned(event, self._erp.plant.layout.persons) or beyond(event)]
        supplier = self._supplier(event.order)
        if not any(doubts):
            doubts += [*self._bill_doubts(event, supplier), before_the_books(event, self._erp.capacity.start_us)]
            doubts.append(self._erp.book.entries.closed_doubt(event.effective_us))
        if said := "; ".join(filter(None, doubts)):
            return [refusal(event, said)]
        return [
            DownPaymentBillReceived(
                effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, order=event.order, supplier=supplier,
                bill=event.bill, net_minor=event.net_minor, tax_minor=event.tax_minor, currency=self._rates.code(event.currency),
                due_us=event.due_us or event.effective_us,
            )
        ]  # fmt: skip

    def _supplier(self, name: str) -> str:
        """At whom a purchase order is, or one of several lines; "" if nobody knows it."""
        purchasing = self._erp.purchasing
        order = purchasing.orders.get(purchasing.headers.get(name, [name])[0])
        return order.supplier if order else ""

    def _bill_doubts(self, event: DownPaymentBillEntered | DownPaymentBillReceived, supplier: str) -> Iterator[str]:
        purchasing = self._erp.purchasing
        if not supplier:
            yield unknown("purchase order", event.order, {**purchasing.headers, **purchasing.orders})
            return
        yield self._owing.number_doubt(supplier, event.bill)
        yield self._rates.refusal(event.currency, event.effective_us)
        if not event.net_minor or event.net_minor * event.tax_minor < 0 or abs(event.tax_minor) > abs(event.net_minor):
            asked = f"net {amount(event.net_minor)} with tax {amount(event.tax_minor)}"
            yield f"{asked}; allowed: both above zero, or both below it, and no more tax than net"
        free_minor = sum(it.free_minor for it in self._of_bill(event.order, self._rates.code(event.currency)))
        if event.net_minor < 0 and -event.net_minor > free_minor:
            yield f"{amount(-event.net_minor)} back, of which {amount(free_minor)} are left; allowed: that at most"

    def _of_bill(self, order: str, currency: str) -> list[Deposit]:
        """Deposits of a purchase order, or of the order that it is a line of, in a currency."""
        known = self._erp.purchasing.orders.get(order)
        names = dict.fromkeys((order, known.header if known and known.header else order))
        return [it for name in names for it in self.deposits.of_order.get(("payable", name), []) if it.currency == currency]

    def _bill(self, event: DownPaymentBillReceived) -> Derived:
        self._to_bill.pop(event.order, None)
        if said := "; ".join(filter(None, self._bill_doubts(event, self._supplier(event.order)))):
            return alert(event, "bill_refused", said)
        own, at_us, gross_minor = self._rates.own_minor, event.effective_us, event.net_minor + event.tax_minor
        booked_minor, tax_minor = own(gross_minor, event.currency, at_us), own(event.tax_minor, event.currency, at_us)
        net_minor, exchange_minor = booked_minor - tax_minor, 0
        item = OpenItem(
            side="payable", item=event.bill, party=event.supplier, order=event.order, issued_us=at_us, due_us=event.due_us,
            currency=self._rates.code(event.currency), amount_minor=gross_minor, booked_minor=booked_minor, tax_minor=tax_minor,
        )  # fmt: skip
        self._owing.owe(item, event)
        item.discount = None
        if event.net_minor > 0:
            self.deposits.add(
                Deposit(
                    side="payable", number=event.bill, party=event.supplier, order=event.order, currency=item.currency,
                    net_minor=event.net_minor, booked_minor=net_minor, tax_minor=event.tax_minor, tax_booked_minor=tax_minor,
                )
            )  # fmt: skip
        else:
            left_minor, back_minor = -event.net_minor, 0
            for it in reversed(self._of_bill(event.order, item.currency)):
                if taken := min(it.left_minor, left_minor):
                    left_minor -= taken
                    back_minor += self.deposits.use(it, taken)[0]
            net_minor, exchange_minor = -back_minor, net_minor + back_minor
        self._owing.tax_minor["tax_receivable"] += tax_minor
        self.exchange_minor += exchange_minor
        legs = [
            ("supplier_deposits", net_minor), ("tax_receivable", tax_minor), ("exchange_difference", exchange_minor),
            ("accounts_payable", -booked_minor),
        ]  # fmt: skip
        return [*self._erp.book.entries.entry(event, "down payment bill", legs)]

    def off_bill(self, event: BillReceived, item: OpenItem) -> Derived:
        """What was paid in advance is taken off a bill for what has come, with its tax."""
        cleared: Derived = []
        left_minor, asked_minor = event.net_minor, event.net_minor + event.tax_minor
        for it in self._of_bill(event.order, item.currency):
            if (taken := min(it.free_minor, left_minor)) > 0:
                off_minor = min(asked_minor, taken + it.tax_of(taken))
                it.claimed_minor += taken
                left_minor, asked_minor = left_minor - taken, asked_minor - off_minor
                worth_minor = round(Fraction(item.open_booked_minor * off_minor, item.open_minor))
                cleared.append(self._cleared(event, it, item.item, taken, off_minor, worth_minor))
        return cleared

    # Taken off

    def _clear(self, event: DownPaymentCleared) -> Derived:
        items, side = self._erp.settlement.items, "payable" if event.side == "payable" else "receivable"
        it = self.deposits.all.get((side, event.party, event.down_payment))  # type: ignore[arg-type]
        item = items.payables.get((event.party, event.item)) if side == "payable" else items.receivables.get(event.item)
        if it is None or item is None or not 0 < event.net_minor <= it.left_minor or event.amount_minor > item.open_minor:
            return alert(event, "down_payment_refused", f"'{event.down_payment}' of '{event.party}' is not to be taken off '{event.item}'")
        net_minor, tax_minor = self.deposits.use(it, event.net_minor)
        items.more(item, event, -event.amount_minor, -event.worth_minor)
        if side == "receivable":
            legs = [("customer_deposits", net_minor), ("accounts_receivable", -event.worth_minor)]
            exchange_minor = event.worth_minor - net_minor
            own = -event.net_minor if it.currency else 0
            taxed = self._owing.taxed(event, item.item, -event.worth_minor, it.by, own)
        else:
            item.tax_minor -= tax_minor
            self._owing.tax_minor["tax_receivable"] -= tax_minor
            exchange_minor, taxed = net_minor + tax_minor - event.worth_minor, []
            legs = [("accounts_payable", event.worth_minor), ("supplier_deposits", -net_minor), ("tax_receivable", -tax_minor)]
            self._taken_off.setdefault((event.party, event.item), []).append((it, event.net_minor, event.worth_minor))
        legs = [*legs, ("exchange_difference", exchange_minor)]
        self.exchange_minor += exchange_minor
        if not item.open_minor:
            self._owing.is_done(item)
        return [*self._erp.book.entries.entry(event, "down payment taken off", legs), *taxed]

    def restore(self, supplier: str, bill: str, cause: OperationsEvent) -> Derived:
        """A bill is rejected: what was taken off it can be taken off another one."""
        entries: Derived = []
        for it, taken, worth_minor in self._taken_off.pop((supplier, bill), []):
            net_minor, tax_minor = self.deposits.use(it, -taken)
            exchange_minor = net_minor + tax_minor + worth_minor
            self._owing.tax_minor["tax_receivable"] -= tax_minor
            self.exchange_minor += exchange_minor
            legs = [("supplier_deposits", -net_minor), ("tax_receivable", -tax_minor), ("accounts_payable", -worth_minor)]
            legs.append(("exchange_difference", exchange_minor))
            entries += self._erp.book.entries.entry(cause, "down payment taken off, taken back", legs)
        return entries
