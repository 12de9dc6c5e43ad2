"""documents, queue: which revisions are valid and who has read them; what waits where, who goes first and why, and who is free."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from twin import library
from twin.command.manners import out as terminal
from twin.command.manners import print_json, say
from twin.command.reasons import saved_or_simulated

REVISIONS = ("document", "title", "revision", "standing", "is_valid", "acknowledged_by", "digest")
QUEUE = ("rank", "job_order", "because", "blocked_by")
RESOURCES = ("kind", "resource", "state", "is_free", "at", "job_order", "qualified")
IN_FORCE = ("job_order", "equipment", "person", "document", "revision", "digest")


def documents(
    place: Path, scenario: Path | None, *, until: str | None, seed: int, record: str | None, job_orders: Sequence[str], json: bool
) -> None:
    """Print how documents stand.

    Raises
    ------
    ValueError : no such job order
    Failed : the person ended the run before there was an answer
    """
    from twin.results.quality.tables import as_values

    run = library.replay(place, record, scenario) if record else saved_or_simulated(place, scenario, until, seed)
    revisions, kept = as_values(run.documents), {name: as_values(run.documents_of(name)) for name in job_orders}
    if json:
        print_json({"documents": revisions, "job_orders": kept})
        return
    if not revisions:
        say(f"{run.plant.id} declares no documents; allowed: documents in plant.yaml, or in the changes of a scenario")
    print_table("Documents", revisions, REVISIONS)
    for name, rows in kept.items():
        print_table(f"Valid when {name} began", rows, IN_FORCE)


def queues(
    place: Path, scenario: Path | None, *, until: str | None, seed: int, centers: Sequence[str], resources: bool, json: bool
) -> None:
    """Print queues by rank, and resources.

    Raises
    ------
    ValueError : no such work center
    Failed : the person ended the run before there was an answer
    """
    from twin.results.quality.tables import as_values

    run = saved_or_simulated(place, scenario, until, seed)
    tables = {center: as_values(run.queue(center)) for center in (centers or run.plant.layout.work_centers)}
    there = as_values(run.resources) if resources else []
    if json:
        print_json({"queues": tables, "resources": there})
        return
    for center, rows in tables.items():
        print_table(f"Queue of {run.plant.layout.work_centers[center].title or center}", rows, QUEUE)
        if not rows and center in centers:
            say(f"nothing waits at {center}")
    print_table("Resources", [row for row in there if row["kind"] != "lot"], RESOURCES)


def print_table(title: str, rows: list[dict[str, Any]], columns: Sequence[str]) -> None:
    """A table, if it has rows."""
    if not rows:
        return
    table = Table(title=title, title_justify="left", box=None, header_style="bold")
    for name in columns:
        table.add_column(name.replace("_", " "))
    for row in rows:
        table.add_row(*(_cell(row[name]) for name in columns))
    terminal.print(table)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.5g}" if isinstance(value, float) else "" if value is None else str(value)
