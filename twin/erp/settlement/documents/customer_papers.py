"""Invoices and credits to customers for no goods, and what of invoices is lost.

| document     | debit                              | credit              | amount                                            |
|--------------|------------------------------------|---------------------|---------------------------------------------------|
| free invoice | accounts receivable                | the account of the line; tax on sales | net, tax                        |
| written off  | bad debts, tax on sales            | accounts receivable | what was booked; its share of the tax is got back |
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
from twin.erp.settlement.open_items import OpenItem
from twin.erp.settlement.owing import Owing, paper
from twin.erp.settlement.paying import Paying
from twin.model.events import DebtWrittenOff, FreeInvoiceEntered, FreeInvoiceIssued, OperationsEvent, ReceivableWrittenOff
from twin.model.exchange.bounds import has_form
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned
from twin.model.settlement.chart import ACCOUNTS, AccountKind

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]
_LOSS = "written off"  # what is lost and not booked yet, among the claims on an item: payments have numbers of their own


class CustomerPapers:
    """Rules by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp, owing: Owing, paying: Paying) -> None:
        self._erp, self._owing, self._paying = erp, owing, paying
        self.earning = [
            code
            for code, it in erp.ledger.accounts.items()
            if it.kind == AccountKind.REVENUE and (code not in ACCOUNTS or code in ("other_revenue", "sales_allowances"))
        ]
        self._got_back: dict[str, int] = {}  # tax of what was lost, by invoice
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {
            FreeInvoiceEntered: self._enter,
            FreeInvoiceIssued: self._issue,
            DebtWrittenOff: self._lose,
            ReceivableWrittenOff: self._write_off,
        }

    # Invoices and credits

    def _enter(self, event: FreeInvoiceEntered) -> Derived:
        doubts = [unsigned(event, self._erp.plant.layout.persons), beyond(event)]
        if not any(doubts):
            codes = self._erp.plant.materials.finance.tax_codes
            doubts += [unknown("tax code", event.tax_code, codes)] if event.tax_code else []
            doubts += ["" if event.reason.strip() else "an invoice or a credit for no goods needs a reason", *self._doubts(event)]
        doubts.append(before_the_books(event, self._erp.capacity.start_us))
        if said := "; ".join(filter(None, doubts)):
            return [refusal(event, said)]
        terms = self._owing.customer_terms(event.customer, event.effective_us)
        net_minor = sum(minor for _, minor in event.earning_lines)
        return [
            FreeInvoiceIssued(
                effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, order=event.order,
                customer=event.customer, invoice=event.invoice or self._owing.next_free(event.customer), reason=event.reason,
                earning_lines=event.earning_lines,
                tax_minor=self._owing.tax_on(net_minor, event.tax_code or terms.tax, event.effective_us),
                due_us=event.due_us or self._owing.due_us(event.effective_us, terms),
            )
        ]  # fmt: skip

    def _doubts(self, event: FreeInvoiceEntered | FreeInvoiceIssued) -> Iterator[str]:
        yield self._paying.unknown(event.customer)
        if event.invoice or isinstance(event, FreeInvoiceIssued):  # else it gets the next number, once nothing is wrong with it
            yield self._owing.invoice_doubt(event.invoice)
        yield self._erp.book.entries.closed_doubt(event.effective_us)
        if not has_form(event.earning_lines, (str, int)) or not event.earning_lines:
            yield "lines are an account and minor units, as [[other_revenue, 12000], ...]"
            return
        signs = {(minor > 0) - (minor < 0) for _, minor in event.earning_lines}
        if len(signs) > 1 or 0 in signs:
            yield "lines; allowed: all above zero, or all below it for a credit"
        for account in dict.fromkeys(account for account, _ in event.earning_lines if account not in self.earning):
            yield f"nothing is asked for on '{account}'{did_you_mean(account, self.earning)}; allowed: {listed(self.earning, 40)}"

    def _issue(self, event: FreeInvoiceIssued) -> Derived:
        if said := "; ".join(filter(None, self._doubts(event))):
            return alert(event, "invoice_refused", said)
        net_minor, terms = sum(minor for _, minor in event.earning_lines), self._owing.customer_terms(event.customer, event.effective_us)
        order = event.order or paper(event.customer, event.invoice)
        is_own = self._erp.settlement.rates.is_own(terms.currency or "")
        gross_minor = net_minor + event.tax_minor
        item = OpenItem(
            side="receivable", item=event.invoice, party=event.customer, order=order, issued_us=event.effective_us,
            due_us=event.due_us, currency="" if is_own else terms.currency or "", tax_minor=event.tax_minor,
            amount_minor=self._owing.asked(gross_minor, terms.currency or "", event.effective_us), booked_minor=gross_minor,
        )  # fmt: skip
        self._owing.be_owed(item, event)
        self._owing.tax_minor["tax_payable"] -= event.tax_minor
        earned = [(account, -minor) for account, minor in event.earning_lines]
        legs = [("accounts_receivable", gross_minor), *earned, ("tax_payable", -event.tax_minor)]
        return [*self._erp.book.entries.entry(replace(event, order=order), "free invoice", legs)]

    # What is lost

    def _lose(self, event: DebtWrittenOff) -> Derived:
        item = self._erp.settlement.items.receivables.get(event.invoice)
        asked_minor = event.amount_minor or (item.free_minor if item else 0)
        doubts = [unsigned(event, self._erp.plant.layout.persons), beyond(event)]
        doubts += [self._erp.book.entries.closed_doubt(event.effective_us), "" if event.reason.strip() else "a debt is lost for a reason"]
        if said := "; ".join(filter(None, [*doubts, self._loss_doubt(event.invoice, asked_minor)])):
            return [refusal(event, said)]
        assert item is not None
        tax_minor = self._tax_step(item, asked_minor)
        item.claims[_LOSS] = item.claims.get(_LOSS, 0) + asked_minor
        return [
            ReceivableWrittenOff(
                effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, order=item.order,
                customer=item.party, invoice=event.invoice, amount_minor=asked_minor, tax_minor=tax_minor, reason=event.reason,
            )
        ]  # fmt: skip

    def _tax_step(self, item: OpenItem, lost_minor: int) -> int:
        """The tax of so much more that is lost: parts are rounded so that all of them are no more than the tax of the whole."""
        before_minor = item.paid_minor + item.claims.get(_LOSS, 0)
        before, after = (round(Fraction(item.tax_minor * it, item.amount_minor)) for it in (before_minor, before_minor + lost_minor))
        return min(after - before, item.tax_minor - self._got_back.get(item.item, 0))

    def _loss_doubt(self, invoice: str, asked_minor: int) -> str:
        items = self._erp.settlement.items
        item = items.receivables.get(invoice)
        if item is None:
            known = [it.item for it in items.open["receivable"].values()]
            return f"no invoice is called '{invoice}'{did_you_mean(invoice, known)}; allowed: {listed(known)}"
        if asked_minor <= 0 or asked_minor > item.free_minor:
            return f"{amount(asked_minor)} of '{invoice}', of which {amount(item.free_minor)} are open; allowed: above 0, and that at most"
        return ""

    def _write_off(self, event: ReceivableWrittenOff) -> Derived:
        if known := self._erp.settlement.items.receivables.get(event.invoice):
            left_minor = known.claims.pop(_LOSS, 0) - event.amount_minor
            if left_minor > 0:
                known.claims[_LOSS] = left_minor
        if doubt := self._loss_doubt(event.invoice, event.amount_minor):
            return alert(event, "write_off_refused", doubt)
        item = self._erp.settlement.items.receivables[event.invoice]
        booked_minor = self._erp.settlement.items.clear(item, event, event.amount_minor)
        if not item.open_minor:
            self._owing.is_settled(event.invoice)
        self._owing.tax_minor["tax_payable"] += event.tax_minor
        self._got_back[event.invoice] = self._got_back.get(event.invoice, 0) + event.tax_minor
        legs = [("bad_debts", booked_minor - event.tax_minor), ("tax_payable", event.tax_minor), ("accounts_receivable", -booked_minor)]
        return [*self._erp.book.entries.entry(replace(event, order=item.order), "written off", legs)]
