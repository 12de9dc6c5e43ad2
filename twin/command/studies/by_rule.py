"""A plant played by rule alone, in the terminal: what it tells, and what it does not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer
from rich.table import Table

from twin.command.manners import FAILED, out, print_json, say
from twin.model.problems import listed
from twin.results.views.overview import local_time
from twin.study.by_rule.playing import PlayedByRule, not_told_by_rule, outcomes_by_rule, play_by_rule


def by_rule_means(currency: str) -> str:
    """What nobody tells of a plant that is played by rule."""
    missing = listed(not_told_by_rule(currency), 20)
    return f"by rule: the facts and costs are those of a run with MES and ERP; nobody keeps records, so nothing tells {missing}"


def simulate(plant: Path, scenario: Path | None, *, until: str | None, seed: int, json: bool, refused: Sequence[str]) -> None:
    """Play, show; a plant that came to a deadlock ends with 1.

    Raises
    ------
    ValueError : something was asked besides that needs MES and ERP, or what rules cannot decide
    """
    if refused:
        raise ValueError(f"{listed(refused)}: by rule alone there is no run to pace, to keep or to save; allowed: without --by-rule")
    found = play_by_rule(plant, scenario, seed=seed, until=until)
    if json:
        print_json(found.summary())
    else:
        _print(found)
    if found.deadlock:
        say(f"it stood to the end: {found.deadlock}")
        raise typer.Exit(FAILED)


def _print(found: PlayedByRule) -> None:
    told, currency = found.summary()["orders"], found.plant.layout.currency
    out.print(f"{found.plant.title}: {found.scenario.title}", style="bold", highlight=False)
    ran = f"{local_time(found.plant, found.from_us)} to {local_time(found.plant, found.now_us)}"
    out.print(f"  {ran} ({found.plant.layout.time_zone}), {found.heard.fact_count:,} facts, by rule", highlight=False)
    shipped = f"{told['shipped']} shipped ({told['shipped_late']} late)"
    out.print(f"  {told['received']} customer orders received, {shipped}, {told['open_late']} open and late", highlight=False)
    names = outcomes_by_rule(currency)
    values = found.outcomes()
    table = Table(box=None, header_style="bold")
    table.add_column("outcome")
    table.add_column("", justify="right")
    for name, outcome in names.items():
        value = values[name]
        table.add_row(outcome.heading, "-" if value is None else outcome.shown(value))
    out.print(table)
    _print_units(found)
    say(by_rule_means(currency))


def _print_units(found: PlayedByRule) -> None:
    table = Table(title="Hours of the equipment", title_justify="left", box=None, header_style="bold")
    table.add_column("work unit")
    for column in ("availability", "planned", "running", "set-up", "failed", "suspended"):
        table.add_column(column, justify="right")
    for row in found.unit_rows():
        hours = (f"{row[name]:,.1f}" for name in ("planned_h", "run_h", "setup_h", "failed_h", "suspended_h"))
        share = row["availability"]
        table.add_row(row["equipment"], "-" if share is None else f"{share:.1%}", *hours)
    out.print(table)
