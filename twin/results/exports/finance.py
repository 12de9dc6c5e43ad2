"""What the books are made of, as a book: open items and ages, stock and work, bank, margins, budgets and dimensions of a window."""

from __future__ import annotations

from collections.abc import Iterator

from twin.results.exports.sheets import Book, Sheet, SheetRow, amounts, book_of, counts, texts, times, wide
from twin.results.run import Run
from twin.results.settlement.bank_now import bank_now
from twin.results.settlement.dimensions import DIMENSIONS, budget_rows
from twin.results.settlement.opening.shown import cells_now, margins_now
from twin.results.settlement.opening.worth import worth_then
from twin.results.settlement.taxes.tax_return import tax_rows
from twin.results.views.business.finance import Window, window_us
from twin.results.views.business.owed import BUCKETS, OwedNow, owed_then
from twin.results.views.overview import local_time

MARGINS = ("order", "customer", "lot")


def finance_book(run: Run, window: Window = "since the start") -> Book:
    """What page Finance shows beside the statements: what is open and worth at the end of a window, what was earned and moved in it."""
    until_us = window_us(run, window)[1]
    sheets = [
        *_owed(run, until_us),
        *_worth(run, until_us),
        _bank(run, until_us),
        _taxes(run, window),
        *_earned(run, window),
        _dimensions(run, window),
    ]
    words = f"{window}, " if isinstance(window, str) else ""
    return book_of(run, "Finance", f"{words}at the end of {local_time(run.plant, min(run.now_us, until_us - 1))}", sheets)


def _owed(run: Run, until_us: int) -> Iterator[Sheet]:
    currency = run.plant.layout.currency
    for title, now in (("Receivables", owed_then("receivable", until_us)(run)), ("Payables", owed_then("payable", until_us)(run))):
        rows = [
            SheetRow(cells=(it.item, it.party, it.order, it.due_us, it.age, it.amount_minor, it.currency, it.open_minor))
            for it in now.items
        ]
        rows.append(SheetRow(cells=("All", "", "", None, "", None, "", now.all.open_minor), is_total=True))
        columns = (
            *texts("Document", "Party", "Order"), *times("Due"), *texts("Days overdue"), *amounts("own currency", "Open"),
            *texts("Currency"), *amounts(currency, "As booked"),
        )  # fmt: skip
        yield Sheet(title=title, columns=columns, rows=rows)
        yield _ages(f"{title} by age", now, currency)


def _ages(title: str, now: OwedNow, currency: str) -> Sheet:
    rows = [SheetRow(cells=(it.party, *it.ages, it.open_minor), is_total=it is now.all) for it in (*now.parties, now.all)]
    columns = (*texts("Party"), *amounts(currency, *(it if it == BUCKETS[0] else f"{it} days" for it in BUCKETS), "All"))
    return Sheet(title=title, columns=columns, rows=rows)


def _worth(run: Run, until_us: int) -> Iterator[Sheet]:
    then, currency = worth_then(until_us)(run), run.plant.layout.currency
    for title, of, rows, all_minor in (
        ("Stock", "Material", then.stock, then.stock_minor), ("Work in progress", "Request", then.work, then.work_minor),
    ):  # fmt: skip
        lines = [SheetRow(cells=(it.of, run.plant.materials.title_of(it.material), it.value_minor)) for it in rows]
        lines.append(SheetRow(cells=("All", "", all_minor), is_total=True))
        yield Sheet(title=title, columns=(*texts(of), *wide("Material"), *amounts(currency, "Worth")), rows=lines)


def _bank(run: Run, until_us: int) -> Sheet:
    rows = [
        SheetRow(cells=(it.statement, it.number, it.at_us, it.reference, it.party, it.payment or f"left: {it.reason}", it.amount_minor))
        for it in bank_now(run).lines
        if it.at_us < until_us
    ]
    columns = (
        *texts("Statement"), *counts("Line"), *times("When"), *texts("Reference", "Party"), *wide("What it is"),
        *amounts(run.plant.layout.currency, "Amount"),
    )  # fmt: skip
    return Sheet(title="Bank", columns=columns, rows=rows)


def _taxes(run: Run, window: Window) -> Sheet:
    rows = [
        SheetRow(cells=(it.side.capitalize(), it.code, it.title, it.rate, it.net_minor, it.tax_minor))
        for it in tax_rows(run, *window_us(run, window))
    ]
    columns = (*texts("Side", "Code"), *wide("Title"), *texts("Rate"), *amounts(run.plant.layout.currency, "Net", "Tax"))
    return Sheet(title="Tax by code", columns=columns, rows=rows)


def _earned(run: Run, window: Window) -> Iterator[Sheet]:
    currency, accounts = run.plant.layout.currency, run.erp.ledger.accounts
    for by in MARGINS:
        rows = [
            SheetRow(cells=(it.title, it.revenue_minor, it.sold_minor, it.made_minor, it.margin_minor), is_total=it.is_total)
            for it in margins_now(by, window)(run)
        ]
        columns = (*wide(by.capitalize()), *amounts(currency, "Revenue", "Cost of sales", "Scrap, rework, variance", "Margin"))
        yield Sheet(title=f"Margins by {by}", columns=columns, rows=rows)
    planned = [
        SheetRow(cells=(it.month, accounts[it.account].title, it.budget_minor, it.actual_minor, it.better_minor)) for it in budget_rows(run)
    ]
    yield Sheet(
        title="Budgets", columns=(*texts("Month"), *wide("Account"), *amounts(currency, "Planned", "Actual", "Better")), rows=planned
    )


def _dimensions(run: Run, window: Window) -> Sheet:
    accounts = run.erp.ledger.accounts
    rows = [
        SheetRow(cells=(dimension.replace("_", " "), it.name, accounts[it.account].title, it.amount_minor))
        for dimension in DIMENSIONS
        for it in cells_now(dimension, window)(run)
    ]
    return Sheet(
        title="Dimensions", rows=rows, columns=(*texts("By", "Of"), *wide("Account"), *amounts(run.plant.layout.currency, "Amount"))
    )
