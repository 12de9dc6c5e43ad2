"""The commands `twin books` and `twin history`: what they ask."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.command.options import AsJson, PlantOrRun, ScenarioFile, Seed, Until


def add_to(app: typer.Typer) -> None:
    """Give the program the commands."""
    app.command(epilog="Example: twin books plant_models/gearbox_shop --until 5d --out books.xlsx --out orders.pdf")(books)
    app.command(epilog="Example: twin history runs --sql 'SELECT account, sum(amount_minor) FROM posting GROUP BY ALL ORDER BY ALL'")(
        history
    )


def books(
    place: PlantOrRun,
    out: Annotated[
        list[Path],
        typer.Option("--out", "-o", help="Files to write: .xlsx, .pdf or .beancount; one whose name has 'orders' in it has the orders"),
    ],
    scenario: ScenarioFile = None,
    until: Until = None,
    window: Annotated[str, typer.Option(help="since the start, this month, today, or the name of a closed period")] = "since the start",
    seed: Seed = 1,
    json: AsJson = False,
) -> None:
    """Write statements, variances and work in progress, or the orders, as Excel, as PDF, or as text that Beancount reads."""
    from twin.command.office import showing

    showing.books(place, scenario, out=out, until=until, window=window, seed=seed, json=json)


def history(
    places: Annotated[list[Path], typer.Argument(help="Saved runs, or folders that hold some", show_default=False)],
    sql: Annotated[str, typer.Option(help="A SELECT of event, posting and state_interval (docs/DATABASE.md)")],
    json: AsJson = False,
) -> None:
    """Ask many saved runs at once, in SQL: DuckDB reads their event pages where they are."""
    from twin.command.office import showing

    showing.history(places, sql, json=json)
