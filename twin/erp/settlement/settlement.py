"""Settling what is owed: a function of the ERP, beside the flow of orders. It hears documents and money, and asks for what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.erp.accounting.valuation.periods import month_of
from twin.erp.functions import Rule
from twin.erp.settlement.agenda import Agenda, Matter
from twin.erp.settlement.bank import Bank
from twin.erp.settlement.clearing.credits import Credits
from twin.erp.settlement.clearing.discounts import Discounts
from twin.erp.settlement.clearing.revaluation import REVALUED, UNREALISED, Revaluation
from twin.erp.settlement.clearing.set_off import SetOff
from twin.erp.settlement.clearing.taken_back import TakenBack
from twin.erp.settlement.documents.begun_and_rejected import BegunAndRejected
from twin.erp.settlement.documents.budgets import Budgets
from twin.erp.settlement.documents.cost_bills import CostBills
from twin.erp.settlement.documents.customer_papers import CustomerPapers
from twin.erp.settlement.documents.down_payments import DownPayments
from twin.erp.settlement.dunning import Dunning
from twin.erp.settlement.open_items import OpenItems
from twin.erp.settlement.owing import Owing
from twin.erp.settlement.paying import ACCRUED, Paying
from twin.erp.settlement.rates import Rates
from twin.erp.settlement.said import SaidByPersons
from twin.model.events import LiabilityPaid, OperationsEvent

if TYPE_CHECKING:
    from twin.erp.erp import Erp


class Settlement:
    """A `twin.erp.functions.Function`."""

    def __init__(self, erp: Erp) -> None:
        layout, finance = erp.plant.layout, erp.plant.materials.finance
        self._erp = erp
        self.rates = Rates(finance, layout.currency, layout.time_zone)
        erp.customer_orders.worth = self.rates.own_minor
        self.items, self.agenda = OpenItems(erp.book.entries.dated), Agenda()
        self.discounts, self.revaluation = Discounts(erp), Revaluation(erp, self.rates, self.items)
        self.owing = Owing(erp, self.rates, self.items, self.agenda)
        erp.customer_orders.due = self.owing.invoice_due_us
        self.paying = Paying(erp, self.rates, self.items, self.agenda)
        self.bank = Bank(erp, self.items, self.paying, self.rates)
        self.dunning = Dunning(erp, self.rates, self.items, self.agenda)
        self.said = SaidByPersons(erp, self.items, self.paying, self.bank)
        self.cost_bills, self.papers = CostBills(erp, self.owing), CustomerPapers(erp, self.owing, self.paying)
        self.down = DownPayments(erp, self.owing)
        begun, self.budgets = BegunAndRejected(erp, self.owing, self.paying), Budgets(erp)
        self.credits, self.set_off = Credits(erp, self.owing), SetOff(erp, self.items, self.paying)
        self.taken_back = TakenBack(erp, self.items, self.paying, self.bank, self.set_off, self.agenda)
        parts = (
            self.owing, self.paying, self.bank, self.dunning, self.said, self.cost_bills, self.papers, begun, self.budgets, self.set_off,
            self.taken_back, self.down, self.credits,
        )  # fmt: skip
        self.rules: dict[type[OperationsEvent], Rule] = {kind: rule for part in parts for kind, rule in part.rules.items()}

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Bills that come by themselves, payments at their dates, reminders, and at the end of a month what has accrued."""
        asked = (self._asked(matter, now_us) for matter in self.agenda.due(now_us))
        return [*(event for event in asked if event is not None), *self.down.decide(now_us), *self._accrued(now_us)]

    def _asked(self, matter: Matter, now_us: int) -> OperationsEvent | None:
        match matter:
            case ("bill", order):
                return self.owing.bill_due(order, now_us)
            case ("pay", supplier, bill):
                owed = self.items.payables[supplier, bill]
                wanted_minor = self.paying.all_minor(owed, now_us)
                return self.paying.payment_of(owed, wanted_minor, now_us) if wanted_minor and not owed.blocked else None
            case ("collect", invoice):
                asked = self.items.receivables[invoice]
                if asked.free_minor <= 0:
                    return None
                is_set_off = self._erp.policies.payments.credits == "set_off"
                set_off = self.set_off.by_itself(asked, now_us) if is_set_off else None
                return set_off or self.paying.receipt_of(asked, asked.free_minor, now_us)
            case ("dun", invoice):
                return self.dunning.due(invoice, now_us)
        raise AssertionError(f"nobody knows what '{matter[0]}' is")

    def _accrued(self, now_us: int) -> list[LiabilityPaid]:
        """What stood on the accounts when a month was over, at the first instant that is told of the next."""
        start_us = self._erp.capacity.start_us
        if self._erp.policies.payments.accrued != "monthly" or start_us is None:
            return []
        month, until_us = month_of(now_us, self._erp.plant.layout.time_zone)
        if until_us <= start_us:
            return []
        owed = {it: -self._erp.ledger.balances[it] for it in ACCRUED if self.paying.accrued_paid.get(it) != month}
        return [
            LiabilityPaid(effective_us=now_us, payment=f"{month}-{account}", account=account, period=month, paid_minor=minor)
            for account, minor in owed.items()
            if minor
        ]

    def due_minor(self) -> dict[str, int]:
        """What items, payments and documents say that each account of settlement must show, debit > 0."""
        paying, owing, by_hand = self.paying, self.owing, self.said.posted_minor
        due = {
            "accounts_receivable": self.items.owed_minor["receivable"],
            "accounts_payable": -self.items.owed_minor["payable"],
            "cash": paying.cash_minor,
            "exchange_difference": paying.exchange_minor + owing.exchange_minor + self.down.exchange_minor,
            **self.down.due_minor(),
            "dunning_fees": -self.dunning.fees_minor,
            **dict.fromkeys((*REVALUED.values(), UNREALISED), 0),  # each close takes its own back
            **{it: minor + paying.accrued_minor.get(it, 0) for it, minor in owing.tax_minor.items()},
        }
        left = self.discounts.minor
        return {it: due.get(it, 0) + left.get(it, 0) + by_hand.get(it, 0) for it in (*due, *(it for it in left if it not in due))}

    def violations(self) -> list[str]:
        """Accounts that do not show what open items, payments and documents say."""
        balances = self._erp.ledger.balances
        return [
            f"account '{account}' is {balances[account]}, {due_minor} by its open items and payments"
            for account, due_minor in self.due_minor().items()
            if balances[account] != due_minor
        ]
