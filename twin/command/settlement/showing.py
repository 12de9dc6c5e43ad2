"""books: statements, open items, budgets, variances and figures opened, in the terminal or as JSON; and the books to take away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.table import Table

from twin.command.manners import out as terminal
from twin.command.manners import print_json, say
from twin.command.office.showing import write
from twin.command.upkeep.showing import run_of
from twin.model.problems import listed
from twin.results.exports.writing import doubts_about
from twin.results.run import Run
from twin.results.settlement.statements_table import entries_table, statement_tables
from twin.results.views.business.finance import window_us, windows
from twin.store.journal import StoreError

COLUMNS = {
    "income_statement": ("title", "amount"),
    "balance_sheet": ("title", "amount"),
    "receivables": ("item", "party", "issued", "due", "currency", "amount", "open", "age", "reminders"),
    "payables": ("item", "party", "issued", "due", "currency", "amount", "open", "age", "blocked"),
    "cash_flow": ("method", "section", "line", "amount"),
    "payments": ("payment", "at", "party", "for", "amount"),
    "bank": ("statement", "line", "at", "amount", "reference", "payment", "by", "reason"),
    "dunning": ("at", "customer", "invoice", "stage", "open_then", "fee", "open_now"),
    "tax_return": ("side", "code", "title", "rate", "net", "tax"),
    "budgets": ("month", "title", "budget", "actual", "better"),
    "variances": ("kind", "amount"),
    "entries": ("entry", "posted", "document", "account", "debit", "credit", "order", "request"),
    "by": ("name", "account", "title", "amount"),
    "margin": (
        "line",
        "order",
        "shipped_quantity",
        "revenue",
        "cost_of_goods_sold",
        "scrap_loss",
        "rework_cost",
        "production_variance",
        "margin",
    ),
    "behind": ("posted", "account", "amount", "document", "number", "party", "order", "fact_type", "fact_source"),
}
"""What a terminal has room for; --json has the rest."""

LISTS = ("payments", "bank", "dunning", "entries")
"""What is as long as the run: only counted, unless it is asked for."""
SIGNS = {
    "variances": "dearer than planned above zero",
    "by": "debit above zero, credit below",
    "behind": "of an account debit above zero, credit below; of what was earned earnings above zero, costs below",
}
"""What is above zero and what below where entries are listed."""
INSTANTS = ("issued", "due", "at", "posted")
"""Read by the plant's own clock in a terminal, like everywhere else that persons look; --json has them as UTC, and says so."""


def books(
    place: Path, scenario: Path | None, *, until: str | None, seed: int, record: str | None, about: Sequence[str], by: str | None,
    margin: str | None, out: Sequence[Path], window: str, entries: bool, json: bool,
) -> None:  # fmt: skip
    """Print the statements of a window, and what is owed; lists of payments, of the bank and of entries if they are asked for.

    Raises
    ------
    ValueError : no such figure, dimension, margin or window; before the run: a name that says no kind of file, or a file that cannot be
        written; at the end: what could not be written, one line for each, when all that could be is written
    Failed : the person ended the run before there was an answer
    """
    from twin.results.quality.tables import as_values

    files = [path for path in out if path.suffix]
    if doubts := doubts_about(files):
        raise ValueError("\n".join(doubts))
    run = run_of(place, scenario, until, seed, record)
    opened = [run.behind(figure) for figure in about]
    margins = {} if margin is None else {f"margin_by_{margin}": run.margins(margin)}
    written, refused = write(run, files, window)
    if window in windows(run):
        tables = _tables(run, by, window) | margins | {f"behind_{it.figure}": it.table for it in opened}
        rows = {name: as_values(table) for name, table in tables.items()}
        if json:
            print_json(rows)
        else:
            _show(run, rows, window, entries)
            for it in opened:
                terminal.print(str(it), highlight=False, markup=False)
    elif not refused:
        refused.append(f"there is no window '{window}'; allowed: {listed(windows(run))}")
    for folder in (path for path in out if not path.suffix):
        try:
            written += [(path, path.stat().st_size) for path in run.export_books(folder)]
        except StoreError as error:
            refused.append(str(error))
    for path, size in written:
        say(f"{path}: {size:,} bytes")
    if refused:
        raise ValueError("\n".join(refused))


def _tables(run: Run, by: str | None, window: str) -> dict[str, Any]:
    span = window_us(run, window)
    by_dimension = {} if by is None else {f"by_{by}": run.by_dimension(by, *span)}
    return {
        **statement_tables(run, window),
        "receivables": run.receivables(), "payables": run.payables(), "receivables_by_age": run.ageing("receivable"),
        "payables_by_age": run.ageing("payable"),
        "tax_return": run.tax_return(*span), "budgets": run.budgets(), "variances": run.variances(*span), **by_dimension,
        "payments": run.payments(), "bank": run.bank(), "dunning": run.dunning(), "entries": entries_table(run, window),
    }  # fmt: skip


def _show(run: Run, tables: Mapping[str, Sequence[Mapping[str, Any]]], window: str, entries: bool) -> None:
    layout = run.plant.layout
    terminal.print(f"Books of {layout.title}, {window}, by the clock of {layout.time_zone}", highlight=False, markup=False)
    currency = layout.currency.lower()
    short = {**tables, "variances": _by_kind(tables["variances"], f"amount_{currency}"), "trial_balance": []}
    for name, rows in short.items():
        if rows and (entries or name not in LISTS):
            _print(name, rows, currency, ZoneInfo(layout.time_zone))
    if not entries:
        counts = ", ".join(f"{name} {len(tables[name]):,}" for name in LISTS)
        terminal.print(f"Not listed: {counts}. --entries lists them, --json has all of it.", highlight=False, markup=False)


def _by_kind(rows: Sequence[Mapping[str, Any]], amount: str) -> list[dict[str, Any]]:
    """A line for each kind of variance, the dearest first; --json has every one of them."""
    kinds = Counter[str]()
    for row in rows:
        kinds[row["kind"]] += round(row[amount] * 100)
    return [{"kind": kind, amount: minor / 100} for kind, minor in sorted(kinds.items(), key=lambda it: -it[1]) if minor]


def _print(name: str, rows: Sequence[Mapping[str, Any]], currency: str, zone: ZoneInfo) -> None:
    """Money with both places, instants to the minute by the plant's clock."""
    ours = {column.removesuffix(f"_{currency}"): column for column in rows[0]}
    kind = name if name.endswith("_by_age") else name.partition("_")[0] if name.startswith(("by_", "behind_", "margin_")) else name
    wanted = COLUMNS.get(kind, tuple(ours))
    said = f" ({SIGNS[kind]})" if kind in SIGNS else ""
    words = name.replace("_", " ")
    table = Table(title=words[0].upper() + words[1:] + said, title_justify="left", box=None, header_style="bold")
    for column in wanted:
        is_number = isinstance(rows[0][ours[column]], int | float)
        table.add_column(column.replace("_", " "), justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        style = "bold" if row.get("is_total") or row.get("party") == "all" else None
        table.add_row(*(_cell(column, row[ours[column]], zone) for column in wanted), style=style)
    terminal.print(table)


def _cell(column: str, value: object, zone: ZoneInfo) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    if value is None:
        return ""
    return datetime.fromisoformat(str(value)).astimezone(zone).strftime("%Y-%m-%d %H:%M") if column in INSTANTS else str(value)
