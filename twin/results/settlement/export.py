"""The books to take away: CSV, Excel, and text for Beancount and hledger. Amounts are exact decimals; texts are never formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.erp.accounting.statements import lines_in_use
from twin.results.exports.sheets import Book, Column, Kind, Sheet, SheetRow
from twin.results.exports.workbook import workbook
from twin.results.settlement.cash_flow import cash_flow
from twin.results.settlement.taxes.tax_return import tax_rows
from twin.store.journal import StoreError

if TYPE_CHECKING:
    from twin.results.run import Run

Row = dict[str, Any]
WORKBOOK, BEANCOUNT, HLEDGER = "books.xlsx", "ledger.beancount", "ledger.hledger"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would reckon with."""


def sheets(run: Run) -> dict[str, list[Row]]:
    """Every table by name; amounts as decimals in the plant's currency."""
    erp = run.erp
    statements = {"income_statement": erp.income_statement(), "balance_sheet": erp.balance_sheet()}
    return {
        "accounts": [
            {"number": row.number, "account": row.account, "title": row.title, "kind": row.kind, "debit": money(row.debit_minor),
             "credit": money(row.credit_minor)}
            for row in erp.trial_balance()
        ],
        **{
            name: [{"section": it.section, "account": it.account, "title": it.title, "amount": money(it.amount_minor)}
                   for it in lines_in_use(rows)]
            for name, rows in statements.items()
        },
        "cash_flow": [
            {"method": it.method, "section": it.section, "line": it.line, "amount": money(it.amount_minor)}
            for it in cash_flow(erp.ledger, None, None)
        ],
        "payables": _items(run, "payable"),
        "receivables": _items(run, "receivable"),
        "tax_return": [
            {"side": it.side, "code": it.code, "title": it.title, "rate": it.rate, "net": money(it.net_minor), "tax": money(it.tax_minor)}
            for it in tax_rows(run)
        ],
        "payments": [
            {"payment": it.payment, "at": instant(it.at_us), "party": it.party, "for": it.of, "amount": money(it.minor)}
            for it in erp.settlement.paying.payments.values()
        ],
        "entries": [
            {"entry": leg.entry, "effective": instant(leg.effective_us), "recorded": instant(leg.recorded_us), "document": leg.document,
             "account": leg.account, "title": erp.ledger.accounts[leg.account].title, "debit": money(max(0, leg.amount_minor)),
             "credit": money(max(0, -leg.amount_minor)), "amount": money(leg.amount_minor), "order": leg.order,
             "request": leg.request, "material": leg.material, "quantity": leg.quantity, "job_order": leg.job_order, "lot": leg.lot,
             "equipment": leg.equipment, "person": leg.person}
            for leg in erp.postings()
        ],
    }  # fmt: skip


def _items(run: Run, side: Any) -> list[Row]:
    own = run.plant.layout.currency
    return [
        {"item": it.item, "party": it.party, "order": it.order, "issued": instant(it.issued_us), "due": instant(it.due_us),
         "currency": it.currency or own, "amount": money(it.amount_minor), "open": money(it.open_minor),
         "booked": money(it.booked_minor), "open_booked": money(it.open_booked_minor), "tax": money(it.tax_minor), "blocked": it.blocked,
         "age": it.age(run.now_us, run.plant.layout.time_zone) if it.open_minor else "settled"}
        for it in run.erp.settlement.items.of_side(side)
    ]  # fmt: skip


def money(minor: int) -> Decimal:
    """Minor units as an exact decimal."""
    return Decimal(minor) / 100


def instant(at_us: int) -> str:
    """An instant in UTC, exact."""
    return datetime.fromtimestamp(at_us // 1_000_000, UTC).replace(microsecond=at_us % 1_000_000).isoformat().replace("+00:00", "Z")


def export_books(run: Run, folder: Path) -> list[Path]:
    """Write every table as CSV, all of them as one workbook, and the ledger as text; what was written."""
    tables = sheets(run)
    files = {f"{name}.csv": csv_text(rows).encode() for name, rows in tables.items() if rows}
    files |= {WORKBOOK: workbook(book(run, tables)), **ledgers(run)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise StoreError(f"'{folder}' cannot be written: {error.strerror}; allowed: a folder that may be written to") from None
    return [folder / name for name in files]


def ledgers(run: Run) -> dict[str, bytes]:
    """The ledger as text, for Beancount and for hledger, by the name of its file."""
    from twin.results.plain_text.hledger import hledger_text

    return {BEANCOUNT: run.ledger_text().encode(), HLEDGER: hledger_text(run).encode()}


def csv_text(rows: Sequence[Row]) -> str:
    """Comma separated, with a line of names, amounts with two places."""
    lines = io.StringIO()
    table = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
    table.writeheader()
    for row in rows:
        table.writerow({name: f"{it:.2f}" if isinstance(it, Decimal) else _harmless(it) for name, it in row.items()})
    return lines.getvalue()


def _harmless(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula has an apostrophe before it (CWE-1236)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def book(run: Run, tables: dict[str, list[Row]]) -> Book:
    """The tables as sheets of one workbook; those without a row are left out."""
    layout, own = run.plant.layout, run.plant.layout.currency
    return Book(
        title="Books", about=f"as they stand {instant(run.now_us)}, amounts in {own}", plant=run.plant.title or run.plant.id, currency=own,
        time_zone=layout.time_zone, at_us=run.now_us,
        sheets=[_sheet(name.replace("_", " ").capitalize(), rows) for name, rows in tables.items() if rows],
    )  # fmt: skip


def _sheet(title: str, rows: Sequence[Row]) -> Sheet:
    kinds: dict[str, Kind] = {name: _kind(value) for name, value in rows[0].items()}
    widths = {name: min(48, max([len(name), *(len(str(row[name])) for row in rows[:500])]) + 2) for name in kinds}
    columns = [Column(title=name.replace("_", " "), kind=kind, width=widths[name]) for name, kind in kinds.items()]
    cells = [[int(it * 100) if isinstance(it, Decimal) else it for it in row.values()] for row in rows]
    return Sheet(title=title, columns=columns, rows=[SheetRow(cells=it) for it in cells])


def _kind(value: Any) -> Kind:
    return "money" if isinstance(value, Decimal) else "count" if isinstance(value, int) else "text"
