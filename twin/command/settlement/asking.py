"""`twin books`: what is asked of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.command.upkeep.asked import AsJson, Place, Record, ScenarioFile, Seed, Until


def books(
    place: Place, scenario: ScenarioFile = None, *, until: Until = None, seed: Seed = 1, record: Record = None,
    about: Annotated[list[str] | None, typer.Option("--about", help="Open a figure: an account, or 'Gross profit', 'stock: BAR50'")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Accounts by plant, product, order, work_center, customer or supplier")] = None,
    margin: Annotated[str | None, typer.Option("--margin", help="Earned by lot, line, order or customer, down to the result")] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(
            "--out", "-o",
            help="A folder for all books as CSV, Excel, Beancount and hledger text; or a file (.xlsx, .pdf, .beancount, .hledger) for the"
            " statements (or for what its name has in it: orders, purchasing, stock, material_plan, month_end)",
        ),
    ] = None,
    window: Annotated[
        str, typer.Option(help="Of the statements: since the start, this month, today, or the name of a closed period")
    ] = "since the start",
    entries: Annotated[bool, typer.Option("--entries", help="List payments, bank, reminders and every entry of the window, too")] = False,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Print the statements of a window: income, balance, cash flow; then who owes what since when, budgets and variances."""
    from twin.command.settlement import showing

    showing.books(
        place, scenario, until=until, seed=seed, record=record, about=about or (), by=by, margin=margin, out=out or (), window=window,
        entries=entries, json=json,
    )  # fmt: skip
