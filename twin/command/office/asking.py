"""The command `twin history`: what it asks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.command.options import AsJson


def add_to(app: typer.Typer) -> None:
    """Give the program the command."""
    app.command(epilog="Example: twin history runs --sql 'SELECT account, sum(amount_minor) FROM posting GROUP BY ALL ORDER BY ALL'")(
        history
    )


def history(
    places: Annotated[list[Path], typer.Argument(help="Saved runs, or folders that hold some", show_default=False)],
    sql: Annotated[str, typer.Option(help="A SELECT of event, posting and state_interval (docs/DATABASE.md)")],
    json: AsJson = False,
) -> None:
    """Ask many saved runs at once, in SQL: DuckDB reads their event pages where they are."""
    from twin.command.office import showing

    showing.history(places, sql, json=json)
