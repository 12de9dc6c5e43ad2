"""plan: the material plan in the terminal, of the files or of a run that is simulated first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rich.table import Table

from twin import library
from twin.command.manners import Failed, out, print_json, progress, stopped_by_ctrl_c
from twin.results.material_plan import PlanTables, plain_rows

Rows = list[dict[str, Any]]
ORDERS = ("order", "source", "material", "quantity", "unit", "start", "due", "late_buckets")
PEGS = ("depth", "material", "quantity", "unit", "supply_kind", "supply", "supply_day", "demand_kind", "demand", "demand_day")
DAYS = ("start", "due", "wanted", "supply_day", "demand_day")


def plan(
    plant: Path, scenario: Path | None, *, until: str | None, seed: int, bucket: str, materials: Sequence[str], orders: Sequence[str],
    json: bool,
) -> None:  # fmt: skip
    """Print planned orders and messages, and what was asked besides.

    Raises
    ------
    ValueError : no such material or order, or no bucket
    Failed : the person ended the run before there was a plan
    """
    found = _planned(plant, scenario, until, seed, bucket)
    records = {name: found.record(name) for name in materials}
    trees = {name: (found.serves(name), found.served_by(name)) for name in orders}
    told = found.summary()
    if json:
        print_json(told)
        return
    out.print(repr(found)[1:-1], style="bold", highlight=False, markup=False)
    _print_messages(told["messages"])
    _print("Planned orders", told["orders"], ORDERS)
    for name, record in records.items():
        shown = plain_rows(record[record.columns[(record.drop("projected_quantity") != 0).any()]].rename(columns=_short).reset_index())
        rows = [{"": str(row.pop("index")).removesuffix("_quantity").replace("_", " "), **row} for row in shown]
        _print(f"Record of {name}; days on which nothing moves are left out", rows, list(rows[0]))
    for name, (serves, served_by) in trees.items():
        _print(f"{name} is for", plain_rows(serves), PEGS)
        _print(f"{name} is served by", plain_rows(served_by), PEGS)


def _planned(plant: Path, scenario: Path | None, until: str | None, seed: int, bucket: str) -> PlanTables:
    if until is None:
        return library.plan(plant, scenario, bucket=bucket)
    asked = library.read_scenario(scenario, plant)
    end_us = asked.start_us + (library.read_span(until) or asked.horizon)
    with stopped_by_ctrl_c() as stop, progress(f"simulating {asked.plant}", asked.start_us, end_us) as watch:
        run = library.simulate(plant, asked, seed=seed, until=until, watch=watch, stop=stop)
    if stop.is_set():
        raise Failed("cancelled: the run that is planned for has not come to its end")
    return run.material_plan(bucket)


def _print_messages(messages: Rows) -> None:
    """A line each: words are longer than a table is wide."""
    out.print("What to do" if messages else "Nothing has to be done today", style="bold")
    for it in messages:
        moved = f" -> {_short(it['wanted'])}" if it["wanted"] not in (it["due"], None) else ""
        line = (
            f"  {it['action']} {it['order']}: {it['quantity']:,} {it['unit']} {it['material']}, due {_short(it['due'])}{moved}: {it['why']}"
        )
        out.print(line, highlight=False, markup=False)


def _print(title: str, rows: Rows, columns: Sequence[str]) -> None:
    table = Table(title=title, title_justify="left", box=None, header_style="bold")
    for name in columns:
        is_number = bool(rows) and isinstance(rows[0][name], int)
        table.add_column(name.replace("_", " "), justify="right" if is_number else "left", overflow="fold")  # an id is whole
    for row in rows:
        table.add_row(*(_short(row[name]) if name in DAYS else _cell(row[name]) for name in columns))
    if not rows:
        table.add_row("none", *[""] * (len(columns) - 1))
    out.print(table)


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _short(day: Any) -> str:
    """A day as people say it: "Mon 2 Mar"."""
    if day is None:
        return "-"
    known = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{known:%a} {known.day} {known:%b}"
