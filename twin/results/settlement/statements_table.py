"""The statements of a window as tables, with the variances beside them, and every entry: what the books of a run are when they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.erp.accounting.statements import StatementRow
from twin.results.frames import from_rows, in_currency
from twin.results.settlement.cash_flow import cash_flow_table
from twin.results.views.business.finance import Window, statements_of, window_us

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run

STATEMENT_COLUMNS = ("section", "account", "title", "amount_eur", "is_total")
TRIAL_COLUMNS = ("number", "account", "title", "kind", "debit_eur", "credit_eur")
VARIANCE_COLUMNS = ("kind", "order", "request", "overhead", "material", "amount_eur")
ENTRY_COLUMNS = (
    "entry", "posted", "recorded", "document", "account", "debit_eur", "credit_eur", "order", "request", "job_order", "lot", "equipment",
    "person", "material", "quantity",
)  # fmt: skip


def statement_tables(run: Run, window: Window) -> dict[str, pd.DataFrame]:
    """Income statement, balance sheet at its end, cash flow and trial balance; lines of which nothing is booked are left out."""
    now, currency = statements_of(window)(run), run.plant.layout.currency
    trial = [
        {
            "number": it.number, "account": it.account, "title": it.title, "kind": str(it.kind), "debit_eur": it.debit_minor / 100,
            "credit_eur": it.credit_minor / 100,
        }
        for it in now.trial
    ]  # fmt: skip
    return {
        "income_statement": _statement(now.income, currency), "balance_sheet": _statement(now.balance, currency),
        "cash_flow": cash_flow_table(run, now.from_us, now.to_us),
        "trial_balance": in_currency(from_rows(trial, TRIAL_COLUMNS), currency),
    }  # fmt: skip


def variances_table(run: Run, from_us: int | None, to_us: int | None) -> pd.DataFrame:
    """Every variance of [from_us, to_us), dearer than planned > 0; together they are what their accounts have changed by."""
    rows = [
        {
            "kind": it.kind, "order": it.order, "request": it.request, "overhead": it.overhead, "material": it.material,
            "amount_eur": it.amount_minor / 100,
        }
        for it in run.erp.variances(from_us, to_us)
    ]  # fmt: skip
    return in_currency(from_rows(rows, VARIANCE_COLUMNS), run.plant.layout.currency)


def entries_table(run: Run, window: Window) -> pd.DataFrame:
    """Every leg of the window, debit and credit in columns of their own, in the order of posting."""
    rows = [
        {
            "entry": it.entry, "posted": it.effective_us, "recorded": it.recorded_us, "document": it.document, "account": it.account,
            "debit_eur": max(0, it.amount_minor) / 100, "credit_eur": max(0, -it.amount_minor) / 100, "order": it.order,
            "request": it.request, "job_order": it.job_order, "lot": it.lot, "equipment": it.equipment, "person": it.person,
            "material": it.material, "quantity": it.quantity,
        }
        for it in run.erp.postings(None, *window_us(run, window))
    ]  # fmt: skip
    return in_currency(from_rows(rows, ENTRY_COLUMNS, ("posted", "recorded")), run.plant.layout.currency)


def _statement(rows: list[StatementRow], currency: str) -> pd.DataFrame:
    told = [
        {"section": it.section, "account": it.account, "title": it.title, "amount_eur": it.amount_minor / 100, "is_total": it.is_total}
        for it in rows
    ]
    return in_currency(from_rows(told, STATEMENT_COLUMNS), currency)
