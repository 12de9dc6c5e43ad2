"""What programs read: the same views that pages show, as documents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Path, Query
from pydantic import AwareDatetime

from twin.apps.api import documents as d
from twin.apps.api.once import Refused
from twin.apps.api.planning.plans import Buffered, FiniteLoad, Load, MasterScheduled
from twin.apps.api.selling.orders import Order
from twin.apps.api.selling.sold import Allocated, PromiseAsked
from twin.apps.feed import Feed
from twin.erp.accounting.statements import View
from twin.erp.accounting.valuation.variances import VarianceRow
from twin.erp.warehouse.transfers.transferring import StockTransfer
from twin.model.exchange.bounds import LAST_US
from twin.results.exports.writing import OF_WINDOWS, export
from twin.results.planning.plans_now import plans_now
from twin.results.run import Run
from twin.results.settlement.bank_now import BankLineNow, bank_now
from twin.results.settlement.cash_flow import cash_flow
from twin.results.settlement.dimensions import BudgetRow, budget_rows
from twin.results.settlement.opening.shown import CellNow, MarginNow, cells_now, margins_now
from twin.results.settlement.opening.worth import WorthThen, worth_then
from twin.results.trade.ordering import allocations
from twin.results.views.business.finance import WINDOWS, both_sides
from twin.results.views.business.month_end import periods_now
from twin.results.views.business.orders import orders_now, promise_for
from twin.results.views.business.owed import OwedNow, owed_then, payables_now, receivables_now
from twin.results.views.business.plan import FRESH_S, plan_now
from twin.results.views.business.purchasing import SupplierNow, purchasing_now
from twin.results.views.business.sourcing import SourcingNow, sourcing_now
from twin.results.warehouse.stock_now import StockNow, stock_now
from twin.results.warehouse.transfers_now import transfers_now

T = TypeVar("T")
Id = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$")]
First = Annotated[int, Query(ge=0, le=10**9, description="How many to pass over")]
Most = Annotated[int, Query(ge=1, le=500, description="How many to give at most")]
Instant = Annotated[AwareDatetime | None, Query()]
"""What every address asks for in the same way."""


class Reading:
    """Looks at a feed, between two rounds."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._currency = feed.run.plant.layout.currency

    def _ask(self, what: Callable[[Run], T]) -> T:
        with self._feed.run.lock:
            return what(self._feed.run)

    def orders(self, is_open: bool | None, header: str | None = None) -> list[Order]:
        orders = [it for it in self._feed.look(orders_now).orders if header in (None, it.header)]
        return [Order.of(it, self._currency) for it in orders if is_open is None or it.is_open == is_open]

    def promise(self, material: str, quantity: int) -> PromiseAsked | None:
        """When so much could be there; None if nobody knows the material, or it is not sold."""
        definition = self._feed.run.plant.materials.materials.get(material)
        if definition is None or not definition.price:
            return None
        return PromiseAsked.of(self._feed.look(promise_for(material, quantity)))

    def products(self) -> list[str]:
        """What is sold."""
        return [name for name, it in self._feed.run.plant.materials.materials.items() if it.price]

    def allocations(self) -> list[Allocated]:
        return self._ask(lambda run: [Allocated.of(it) for it in allocations(run)])

    def purchases(self) -> list[d.Purchase]:
        return [d.Purchase.of(it, self._currency) for it in self._feed.look(purchasing_now).orders]

    def stock(self) -> list[d.Stock]:
        return self._ask(lambda run: [d.Stock.of(it, (), self._currency) for it in run.erp.stock_rows()])

    def stock_of(self, material: str) -> d.Stock | None:
        """One material with its lots; None if nobody knows it."""

        def look(run: Run) -> d.Stock | None:
            row = next((it for it in run.erp.stock_rows() if it.material == material), None)
            lots = (it for it in run.erp.stock_lots() if it.material == material)
            return None if row is None else d.Stock.of(row, lots, self._currency)

        return self._ask(look)

    def at_suppliers(self) -> list[d.AtSupplier]:
        return self._ask(lambda run: [d.AtSupplier.of(it, self._currency) for it in run.erp.at_suppliers()])

    def messages(self) -> list[d.Message]:
        plan = self._feed.look(plan_now, FRESH_S)
        return [d.Message.of(plan, it) for it in plan.proposals]

    def planned_orders(self, first: int, most: int) -> list[d.PlanOrder]:
        plan = self._feed.look(plan_now, FRESH_S)
        return [
            d.PlanOrder(
                order=it.order, material=it.material, source="purchase" if it.is_bought else "make", quantity=it.good,
                started_quantity=it.started, lots=list(it.quantities), start=plan.day(it.start), due=plan.day(it.due),
                late_days=it.late_buckets,
            )
            for it in plan.plan.listed.some(first, most)
        ]  # fmt: skip

    def master(self) -> list[MasterScheduled]:
        return [MasterScheduled.of(it) for it in self._feed.look(plans_now, FRESH_S).master]

    def load(self) -> list[Load]:
        return [Load.of(it) for it in self._feed.look(plans_now, FRESH_S).load]

    def finite(self) -> list[FiniteLoad]:
        return [FiniteLoad.of(it) for it in self._feed.look(plans_now, FRESH_S).finite]

    def buffers(self) -> list[Buffered]:
        return [Buffered.of(it) for it in self._feed.look(plans_now, FRESH_S).buffers]

    def planned(self, material: str) -> d.Planned | None:
        """The record of a material; None if the plan does not know it."""
        plan = self._feed.look(plan_now, FRESH_S)
        if material not in plan.materials:
            return None
        return d.Planned.of(plan, material, plan.record(material, 0, None), plan.supplies(material))

    def _until_us(self, until: datetime | None) -> int:
        """Up to when, not included: left out, up to now. Nobody knows figures of a time that is to come."""
        now_us = max(self._feed.run.now_us, self._feed.now_us)
        if until is None:
            return self._feed.run.now_us + 1
        if (asked_us := _instant(until)) > now_us + 1:
            raise Refused(422, f"'until' is {until.isoformat()}, which is to come; allowed: up to now, {d.known_at(now_us).isoformat()}")
        return asked_us

    def _view(self, known: datetime | None, as_it_was: bool) -> View:
        now_us = max(self._feed.run.now_us, self._feed.now_us)
        if known is not None and _instant(known) > now_us + 1:
            words = f"'known_at' is {known.isoformat()}, which is to come; allowed: up to now, {d.known_at(now_us).isoformat()}"
            raise Refused(422, words)
        return View(known_us=None if known is None else d.instant_us(known), as_it_was=as_it_was)

    def span(self, since: datetime | None, until: datetime | None) -> tuple[int, int]:
        """From when up to when, not included; left out, from the start, and up to now."""
        until_us, since_us = self._until_us(until), 0 if since is None else _instant(since)
        if since is not None and since_us > until_us:
            raise Refused(422, f"'since' is {since.isoformat()}, after 'until'; allowed: up to {d.known_at(until_us).isoformat()}")
        return since_us, until_us

    def income(self, since: datetime | None, until: datetime | None, known: datetime | None, as_it_was: bool) -> d.Statement:
        def look(run: Run) -> d.Statement:
            since_us, until_us = self.span(since, until)
            rows = run.erp.income_statement(None if since is None else since_us, until_us, self._view(known, as_it_was))
            return d.Statement(
                statement="income", currency=self._currency, since=since, until=d.known_at(until_us), lines=[d.Line.of(it) for it in rows]
            )

        return self._ask(look)

    def balance(self, until: datetime | None, known: datetime | None, as_it_was: bool) -> d.Statement:
        def look(run: Run) -> d.Statement:
            until_us = self._until_us(until)
            rows = run.erp.balance_sheet(until_us - 1, self._view(known, as_it_was))
            return d.Statement(
                statement="balance", currency=self._currency, since=None, until=d.known_at(until_us), lines=[d.Line.of(it) for it in rows]
            )

        return self._ask(look)

    def trial_balance(self, until: datetime | None, known: datetime | None, as_it_was: bool) -> d.TrialBalance:
        def look(run: Run) -> d.TrialBalance:
            until_us = self._until_us(until)
            rows = run.erp.trial_balance(until_us - 1, self._view(known, as_it_was))
            debit_minor, credit_minor = both_sides(rows)
            return d.TrialBalance(
                currency=self._currency, until=d.known_at(until_us), accounts=[d.Balance.of(it) for it in rows],
                debit_minor=debit_minor, credit_minor=credit_minor,
            )  # fmt: skip

        return self._ask(look)

    def cash_flow(self, since: datetime | None, until: datetime | None) -> d.CashFlow:
        def look(run: Run) -> d.CashFlow:
            since_us, until_us = self.span(since, until)
            rows = cash_flow(run.erp.ledger, None if since is None else since_us, until_us)
            return d.CashFlow(
                currency=self._currency, since=since, until=d.known_at(until_us), lines=[d.FlowLine.of(it) for it in rows]
            )  # fmt: skip

        return self._ask(look)

    def postings(self, account: str | None, first: int, most: int) -> list[d.Posting]:
        return self._ask(lambda run: [d.Posting.of(it) for it in run.erp.postings(account)[first : first + most]])

    def owed(self, side: str, until: datetime | None) -> OwedNow:
        if until is None:
            return self._feed.look(receivables_now if side == "receivables" else payables_now)
        return self._ask(owed_then("receivable" if side == "receivables" else "payable", self._until_us(until)))

    def worth(self, until: datetime | None) -> WorthThen:
        return self._ask(worth_then(self._until_us(until)))

    def margins(self, by: str, since: datetime | None, until: datetime | None) -> list[MarginNow]:
        window = WINDOWS[0] if since is until is None else self.span(since, until)
        return self._ask(margins_now(by, window))

    def bank(self) -> list[BankLineNow]:
        return self._ask(lambda run: bank_now(run).lines)

    def budgets(self) -> list[BudgetRow]:
        return self._ask(budget_rows)

    def variances(self, since: datetime | None, until: datetime | None) -> list[VarianceRow]:
        return self._ask(lambda run: run.erp.variances(*self.span(since, until)))

    def cells(self, dimension: str, since: datetime | None, until: datetime | None) -> list[CellNow]:
        return self._ask(cells_now(dimension, self.span(since, until)))

    def suppliers(self) -> list[SupplierNow]:
        return self._feed.look(purchasing_now).suppliers

    def sourcing(self) -> SourcingNow:
        return self._feed.look(sourcing_now)

    def bins_and_lists(self) -> StockNow:
        return self._feed.look(stock_now)

    def transfers(self) -> list[StockTransfer]:
        return self._feed.look(transfers_now)

    def export(self, file: str, since: datetime | None, until: datetime | None) -> tuple[bytes, str]:
        """A file and its media type.

        Raises
        ------
        Refused : a span that there is not, or of what has none; or what sets a PDF is not installed
        """
        what, _, kind = file.partition(".")
        is_of_span = what in OF_WINDOWS and kind not in LEDGER_TEXTS
        if not is_of_span and (since or until):
            raise Refused(422, f"{file} has everything up to now; allowed: without 'since' and 'until'")
        try:
            return self._ask(lambda run: export(run, what, f".{kind}", self.span(since, until))), MEDIA[kind]
        except ValueError as error:
            raise Refused(409, str(error)) from None

    def periods(self) -> d.Periods:
        now = self._feed.look(periods_now)
        return d.Periods(periods=[d.Period.of(it, self._currency) for it in now.periods], closable=[it.period for it in now.closable])


LEDGER_TEXTS = ("beancount", "hledger")
"""Files of all entries, of no window."""
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    **dict.fromkeys(LEDGER_TEXTS, "text/plain"),
}
"""Media types by the ends of names."""


def _instant(moment: datetime) -> int:
    asked_us = d.instant_us(moment)
    if not 0 <= asked_us <= LAST_US:  # with its zone it may be an instant that no calendar has
        raise Refused(422, f"{moment.isoformat()} is no instant of a run; allowed: 1970 to 2999, UTC")
    return asked_us
