"""A run in the terminal: hashes, orders, indicators, income statement, alerts. Tables on a terminal, plain lines when piped."""

from __future__ import annotations

import urllib.request
from typing import Any

from rich.table import Table

from twin.command.manners import out, say
from twin.results.run import Run
from twin.results.summary import grouped, statements_in_use
from twin.results.views.alerts import alert_kinds
from twin.results.views.overview import local_time

SHOWN = ("availability", "effectiveness", "quality_ratio", "oee")


def print_run(run: Run) -> None:
    """Print what came out of a run, in the plant's local time."""
    found = run.summary()
    orders = found["orders"]
    out.print(f"{run.plant.title}: {run.scenario.title}", style="bold", highlight=False)
    ran = f"{local_time(run.plant, run.scenario.start_us)} to {local_time(run.plant, run.now_us)}"
    out.print(f"  {ran} ({run.plant.layout.time_zone}), {found['event_count']:,} events", highlight=False)
    shipped = f"{orders['shipped']} shipped ({orders['shipped_late']} late)"
    out.print(f"  {orders['received']} customer orders received, {shipped}, {orders['open_late']} open and late", highlight=False)
    _print_indicators(found["indicators"])
    _print_products(found)
    for title, rows in statements_in_use(run):
        _print_statement(title, rows, found["currency"])
    _print_alerts(run)
    invariants = found["invariants"]
    holds = "holds (debits equal credits, stock on the floor equals stock in the books, states leave no gap)"
    out.print(f"  what must hold {holds}" if invariants["hold"] else f"  BROKEN: {'; '.join(invariants['violations'])}", highlight=False)
    out.print(f"  fingerprint of what happened (trace): {found['trace_hash']}", highlight=False)


def _print_indicators(rows: list[dict[str, Any]]) -> None:
    table = Table(
        title="Indicators (ISO 22400; effectiveness above 100 %: quicker than planned)", title_justify="left", box=None, header_style="bold"
    )
    table.add_column("work unit")
    for name in SHOWN:
        table.add_column(name.replace("_", " "), justify="right")
    for row in rows:
        table.add_row(str(row["equipment"]), *(_share(row.get(name)) for name in SHOWN))
    out.print(table)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _print_products(found: dict[str, Any]) -> None:
    """What closed requests have made and what it has cost, for as many units as the material's price is for."""
    unit = found["currency"].lower()
    title = (
        f"What closed requests have made and cost, {found['currency']} ('open': made by requests still in work, whose cost is not known)"
    )
    table = Table(title=title, title_justify="left", box=None, header_style="bold", collapse_padding=True)
    table.add_column("material")
    for name in ("open", "made", "cost for", "material", "labour", "machine", "energy", "in all", "standard"):
        table.add_column(name, justify="right")
    for row in found["costs_by_product"]:
        made, per = row["produced"], row["price_per"]
        totals = [row[f"{name}_{unit}"] for name in ("material", "labour", "machine", "energy", "total", "standard")]
        costs = [f"{total * per / made:,.2f}" if made else "-" for total in totals]
        table.add_row(row["material"], f"{row['produced_open']:,}", f"{made:,}", f"{per:,}", *costs)
    out.print(table)


def _print_statement(title: str, rows: list[dict[str, str]], currency: str) -> None:
    table = Table(title=title, title_justify="left", box=None, header_style="bold")
    table.add_column("")
    table.add_column(currency, justify="right")
    for row in rows:
        amount = grouped(row["amount"])
        total = not row["account"]
        table.add_row(f"[bold]{row['title']}[/bold]" if total else f"  {row['title']}", f"[bold]{amount}[/bold]" if total else amount)
    out.print(table)


def _print_alerts(run: Run) -> None:
    """What a person should look at: how often, and the first of each kind."""
    kinds = alert_kinds(run)
    if not kinds:
        return
    count = sum(kind.count for kind in kinds)
    out.print(f"{count:,} alert{'s' if count != 1 else ''} that a person should look at", style="bold", highlight=False)
    for kind in kinds:
        where = f" ({it})" if (it := kind.first.equipment) and it not in kind.first.message else ""
        first = f"{local_time(run.plant, kind.first.effective_us)}, {kind.first.message}{where}"
        out.print(f"  {kind.count:,} x {kind.alert}, first {first}", highlight=False, markup=False)


def print_page_check(address: str) -> None:
    """Ask the page server for each page, as a browser would first, and say what came back."""
    for page in ("/", "/floor", "/schedule", "/costs"):
        with urllib.request.urlopen(address + page, timeout=30) as answer:
            say(f"  {address}{page}: {answer.status}, {len(answer.read()):,} bytes")
