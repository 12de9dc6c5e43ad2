"""Statements and orders as Excel and as PDF: the same amounts to the cent, the same bytes each time."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

import twin
from tests.pdf_text import words_of
from tests.rooms.valuation.test_variances import month
from twin.results.exports.paper import paper
from twin.results.exports.sheets import orders_book, statements_book
from twin.results.exports.workbook import workbook
from twin.results.run import Run
from twin.results.settlement.cash_flow import cash_flow
from twin.results.views.business.finance import statements_of
from twin.results.views.business.orders import orders_now


@pytest.fixture(scope="module")
def run(root: Path) -> Run:
    return twin.simulate(root / "plant_models/gearbox_shop", until="1 d", seed=1)


def read(made: bytes) -> dict[str, list[tuple[object, ...]]]:
    return {sheet.title: list(sheet.iter_rows(min_row=4, values_only=True)) for sheet in openpyxl.load_workbook(io.BytesIO(made))}


def test_the_workbook_has_every_amount_as_a_number_with_its_currency(run: Run) -> None:
    sheets = read(workbook(statements_book(run)))
    income = {str(title): Decimal(str(amount)) for title, amount in sheets["Income statement"][1:]}
    assert income["Operating result"] * 100 == run.erp.income_statement()[-1].amount_minor
    assert sheets["Balance sheet"][0][1] == "Amount, EUR"
    debit, credit = (sum(Decimal(str(row[side] or 0)) for row in sheets["Trial balance"][1:-1]) for side in (2, 3))
    assert debit == credit == Decimal(str(sheets["Trial balance"][-1][2]))
    flow = [(method, line, Decimal(str(amount))) for method, _, line, amount in sheets["Cash flow"][1:]]
    for method in ("direct", "indirect"):
        *parts, total = [amount for of, _, amount in flow if of == method]
        assert sum(parts) == total == Decimal(run.erp.ledger.balances["cash"]) / 100
    assert ("indirect", "Operating result", income["Operating result"]) in flow
    variances = sheets["Variances"]
    assert sum(Decimal(str(row[-1])) for row in variances[1:-1]) == Decimal(str(variances[-1][-1]))
    by_hand = month()
    told = Run(by_hand.erp.plant, run.scenario)
    told.erp, told.now_us = by_hand.erp, by_hand.journal[-1].effective_us
    of = {row[0]: row[2] for row in read(workbook(statements_book(told)))["Variances"][1:-1]}
    assert (of["overhead efficiency"], of["overhead volume"], of["labour rate"]) == ("R, power", "rent", "R")
    orders = read(workbook(orders_book(run)))
    assert {row[0] for row in orders["Customer orders"][1:]} == set(run.erp.customer_orders.orders)
    assert len(orders["Purchase orders"]) == len(run.erp.purchasing.orders) + 1


def test_the_pdf_says_every_amount_behind_its_title(run: Run) -> None:
    """Read back out of the pages that were set: income, balance sheet, both sides of the trial balance, and what each order is worth."""
    said = words_of(paper(statements_book(run)))
    assert said[0] == f"{run.plant.layout.title}: Statements"
    shown = statements_of("since the start")(run)
    for it in (*shown.income, *shown.balance):
        assert f"{Decimal(it.amount_minor) / 100:,.2f}" in said[said.index(it.title) + 1 :][:1], it
    flow = said[said.index("Cash flow") :]
    for line in cash_flow(run.erp.ledger, None, None):
        assert f"{Decimal(line.amount_minor) / 100:,.2f}" == flow[flow.index(line.line) + 1], line
    total = said[said.index("All accounts") + 1 :][:2]
    assert total[0] == total[1] != "0.00"
    orders, known = words_of(paper(orders_book(run))), orders_now(run)
    for order in known.orders:
        row = orders[orders.index(order.order) :]
        assert f"{Decimal(order.net_minor) / 100:,.2f}" in row[:14], order


def test_files_are_the_same_bytes_for_the_same_books_and_the_pdf_is_one(run: Run) -> None:
    for book in (statements_book(run), orders_book(run)):
        assert workbook(book) == workbook(book)
        made = paper(book)
        assert made.startswith(b"%PDF-")
        assert made == paper(book)
