"""Bills for no goods: rent, energy, freight, overheads, services, a machine. They are owed, age and are paid as those for goods.

| document    | debit                                         | credit           | amount                        |
|-------------|-----------------------------------------------|------------------|-------------------------------|
| cost bill   | the account of the line; tax on purchases     | accounts payable | net, tax, at the rate of the day |

A line on an accrual (freight and duty, energy, upkeep, overhead) clears what stands there, and no more: the rest is another line's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from twin.erp.accounting.rounding import amount
from twin.erp.accounting.valuation.periods import before_the_books, written
from twin.erp.alerts import alert
from twin.erp.procurement.sourcing_entries import beyond, unknown
from twin.erp.settlement.open_items import OpenItem
from twin.erp.settlement.owing import Owing, paper
from twin.model.events import CostBillEntered, CostBillReceived, OperationsEvent
from twin.model.exchange.bounds import FARTHEST_DUE_US, has_form
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned
from twin.model.settlement.chart import ACCRUALS

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]
_LINE = (str, int, str)
_DOCUMENT = "cost bill"


class CostBills:
    """Rules by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp, owing: Owing) -> None:
        self._erp, self._owing = erp, owing
        self._chart, layout = erp.ledger.accounts, erp.plant.layout
        self.billed = [code for code, it in self._chart.items() if it.is_billed]
        self._read = 0  # entries of the ledger
        self._under_way = dict.fromkeys(ACCRUALS, 0)  # what bills clear there, and is not posted yet
        self._places = {*layout.work_centers, *layout.work_units, *layout.production_lines}
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {
            CostBillEntered: self._enter,
            CostBillReceived: self._receive,
        }

    def _enter(self, event: CostBillEntered) -> Derived:
        doubts = [unsigned(event, self._erp.plant.layout.persons), beyond(event)]
        if not any(doubts):
            doubts += [*self._tax_doubts(event), self._date_doubt(event), *self._doubts(event)]
        doubts.append(before_the_books(event, self._erp.capacity.start_us))
        if said := "; ".join(filter(None, doubts)):
            return [refusal(event, said)]
        return [
            CostBillReceived(
                effective_us=event.effective_us, recorded_us=event.recorded_us, person=event.person, order=event.order,
                supplier=event.supplier, bill=event.bill, cost_lines=event.cost_lines, currency=event.currency,
                tax_minor=event.tax_minor or self._tax_minor(event),
                due_us=event.due_us or self._owing.due_us(
                    event.effective_us, self._owing.supplier_terms(event.supplier, event.effective_us)
                ),
            )
        ]  # fmt: skip

    def _tax_doubts(self, event: CostBillEntered) -> Iterator[str]:
        """What is wrong with the tax: by its code each line may be rounded by itself; without one it is not above the net."""
        if not has_form(tuple((it,) for it in event.line_codes), (str,)):
            yield "tax codes of lines are names, one for each, as [vat, exempt]"
            return
        codes, own = self._erp.plant.materials.finance.tax_codes, [it for it in (event.tax_code, *event.line_codes) if it]
        unknown_codes = [unknown("tax code", it, codes) for it in dict.fromkeys(own) if it not in codes]
        yield from unknown_codes
        if event.line_codes and (event.tax_code or len(event.line_codes) != len(event.cost_lines)):
            yield f"{len(event.line_codes)} tax codes for {len(event.cost_lines)} lines; allowed: one for each, and none for all of them"
        elif not unknown_codes and event.tax_minor and has_form(event.cost_lines, _LINE):
            net_minor, tax_minor = sum(minor for _, minor, _ in event.cost_lines), self._tax_minor(event)
            if own and abs(event.tax_minor - tax_minor) > len(event.cost_lines):
                yield f"tax {amount(event.tax_minor)}; allowed by '{', '.join(dict.fromkeys(own))}': {amount(tax_minor)}"
            elif not own and abs(event.tax_minor) > abs(net_minor):
                yield f"tax {amount(event.tax_minor)} on {amount(net_minor)}; allowed: no more than that, or a tax code"

    def _tax_minor(self, event: CostBillEntered) -> int:
        """The tax of all lines by their codes, rounded once for each code."""
        net_by_code: dict[str, int] = {}
        for (_, minor, _), code in zip(event.cost_lines, event.line_codes or [event.tax_code] * len(event.cost_lines), strict=True):
            net_by_code[code] = net_by_code.get(code, 0) + minor
        return sum(self._owing.tax_on(minor, code or None, event.effective_us) for code, minor in net_by_code.items())

    @staticmethod
    def _date_doubt(event: CostBillEntered) -> str:
        if not event.due_us or abs(event.due_us - event.effective_us) <= FARTHEST_DUE_US:
            return ""
        return f"it is due on {written(event.due_us)}; allowed: at most two years before or after {written(event.effective_us)}"

    def _doubts(self, event: CostBillEntered | CostBillReceived) -> Iterator[str]:
        """What is wrong with what the bill says."""
        yield unknown("supplier", event.supplier, self._erp.plant.materials.suppliers)
        yield self._owing.number_doubt(event.supplier, event.bill)
        yield self._erp.settlement.rates.refusal(event.currency, event.effective_us)
        yield self._erp.book.entries.closed_doubt(event.effective_us)
        if not event.cost_lines or not has_form(event.cost_lines, _LINE):
            yield "lines are an account, minor units and a work center, as [[rent, 120000, ''], ...]"
            return
        signs = {(it > 0) - (it < 0) for it in (*(minor for _, minor, _ in event.cost_lines), event.tax_minor or event.cost_lines[0][1])}
        if len(signs) > 1 or 0 in signs:
            yield "lines and tax; allowed: all above zero, or all below it for a credit note"
        for account in dict.fromkeys(account for account, _, _ in event.cost_lines):
            yield self._account_doubt(account, sum(minor for code, minor, _ in event.cost_lines if code == account), event)
        for place in dict.fromkeys(place for _, _, place in event.cost_lines if place and place not in self._places):
            yield f"no work center or equipment is called '{place}'{did_you_mean(place, self._places)}; allowed: {listed(self._places)}"

    def _account_doubt(self, account: str, minor: int, event: CostBillEntered | CostBillReceived) -> str:
        if account not in self.billed:
            what = "documents of another kind say what stands there" if account in self._chart else "there is no such account"
            return f"'{account}': {what}{did_you_mean(account, self.billed)}; allowed: {listed(self.billed, 60)}"
        own_minor = self._erp.settlement.rates.own_minor(minor, event.currency, event.effective_us) if not self._is_strange(event) else 0
        stands = -self._erp.ledger.balances[account] - self._cleared(account)
        if account in ACCRUALS and own_minor > max(0, stands):
            return f"{amount(own_minor)} on '{account}', where {amount(stands)} stand; allowed: that at most, and the rest on a cost"
        return ""

    def _cleared(self, account: str) -> int:
        """What bills of the same round clear on an accrual, and is not posted yet."""
        entries = self._erp.ledger.entries
        for entry in islice(entries, self._read, None):
            if entry.document == _DOCUMENT and any(code == "accounts_payable" for code, _ in entry.legs):  # none that was entered by hand
                for code, minor in entry.legs:
                    if code in self._under_way:
                        self._under_way[code] -= minor
        self._read = len(entries)
        return self._under_way.get(account, 0)

    def _is_strange(self, event: CostBillEntered | CostBillReceived) -> bool:
        return bool(self._erp.settlement.rates.refusal(event.currency, event.effective_us))

    def _receive(self, event: CostBillReceived) -> Derived:
        if said := "; ".join(filter(None, self._doubts(event))):
            return alert(event, "bill_refused", said)
        owing, rates = self._owing, self._erp.settlement.rates
        about = replace(event, order=event.order or paper(event.supplier, event.bill))
        tax_minor = rates.own_minor(event.tax_minor, event.currency, event.effective_us)
        entries: Derived = []
        so_far, booked_minor = 0, tax_minor
        legs_of: list[tuple[str, tuple[tuple[str, int], ...]]] = []
        for number, (account, minor, place) in enumerate(event.cost_lines):
            before = rates.own_minor(so_far, event.currency, event.effective_us)
            so_far += minor
            own_minor = rates.own_minor(so_far, event.currency, event.effective_us) - before
            taxed = tax_minor if number == 0 else 0
            booked_minor += own_minor
            legs_of.append((place, ((account, own_minor), ("tax_receivable", taxed), ("accounts_payable", -own_minor - taxed))))
            self._erp.evidence.cost_billed(account, own_minor)
            if account in self._under_way:
                self._under_way[account] += own_minor
        for place, legs in legs_of:
            entries += self._erp.book.entries.entry(replace(about, equipment=place), _DOCUMENT, legs)
        owing.tax_minor["tax_receivable"] += tax_minor
        item = OpenItem(
            side="payable", item=event.bill, party=event.supplier, order=about.order, issued_us=event.effective_us,
            due_us=event.due_us or event.effective_us + owing.supplier_terms(event.supplier, event.effective_us).due,
            currency="" if rates.is_own(event.currency) else event.currency, amount_minor=so_far + event.tax_minor,
            booked_minor=booked_minor, tax_minor=tax_minor,
        )  # fmt: skip
        owing.owe(item, event)
        owing.booked[event.supplier, event.bill] = [(about.order, place, legs) for place, legs in legs_of]
        return entries
