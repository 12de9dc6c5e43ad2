"""alarms, maintenance: what calls somebody, what is due, and how well both serve the plant; in the terminal or as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from twin import library
from twin.command.manners import out as terminal
from twin.command.manners import print_json
from twin.command.reasons import saved_or_simulated
from twin.results.run import Run

ALARMS = ("subject", "alarm", "priority", "state", "count", "raised", "acknowledged_by", "asked", "message")
INDICATORS = ("indicator", "value", "unit", "acceptable")
FLOODS = ("start", "end", "count")
ORDERS = ("maintenance", "equipment", "category", "standing", "is_overdue", "due", "started", "ended", "duration_h", "description")
PLANS = ("plan", "equipment", "by_plant", "standing", "use", "due", "last_done")
CALIBRATIONS = ("calibration", "is_usable", "due", "why")
PARTS = ("material", "on_hand", "reserved", "free", "issued", "incoming")
UPKEEP = (
    "equipment", "planned_h", "corrective_h", "corrective_share", "failure_count", "mtbf_h", "mttr_h", "inherent_availability",
    "availability",
)  # fmt: skip


def alarms(place: Path, scenario: Path | None, *, until: str | None, seed: int, record: str | None, json: bool) -> None:
    """Print the alarms and alerts of a run, and the indicators of ISA-18.2.

    Raises
    ------
    Failed : the person ended the run before there was an answer
    """
    run = run_of(place, scenario, until, seed, record)
    tables = {"alarms": run.alarms(), "indicators": run.alarm_indicators(), "floods": run.alarm_floods()}
    show(tables, {"alarms": ALARMS, "indicators": INDICATORS, "floods": FLOODS}, time_zone=run.plant.layout.time_zone, json=json)


def maintenance(place: Path, scenario: Path | None, *, until: str | None, seed: int, record: str | None, json: bool) -> None:
    """Print what is due, what was done, what may not be used, spare parts, and what maintenance does to availability.

    Raises
    ------
    Failed : the person ended the run before there was an answer
    """
    run = run_of(place, scenario, until, seed, record)
    tables = {
        "maintenance": run.maintenance(), "plans": run.maintenance_plans(), "calibrations": run.calibrations(),
        "spare_parts": run.spare_parts(), "indicators": run.maintenance_indicators(),
    }  # fmt: skip
    columns = {
        "maintenance": ORDERS, "plans": PLANS, "calibrations": CALIBRATIONS, "spare_parts": PARTS, "indicators": UPKEEP,
    }  # fmt: skip
    show(tables, columns, time_zone=run.plant.layout.time_zone, json=json)


def run_of(place: Path, scenario: Path | None, until: str | None, seed: int, record: str | None) -> Run:
    """A saved run, a replayed record, or a plant that is simulated first."""
    return library.replay(place, record, scenario) if record else saved_or_simulated(place, scenario, until, seed)


def show(tables: Mapping[str, Any], columns: Mapping[str, Sequence[str]], *, time_zone: str, json: bool) -> None:
    """Tables (data frames) in the terminal, of which those without rows are left out, with instants as clocks in that zone show them.

    Or all, with all columns, as one JSON document, with instants as ISO 8601 has them.
    """
    from twin.results.quality.tables import as_values

    rows = {name: as_values(table, None if json else time_zone) for name, table in tables.items()}
    if json:
        print_json(rows)
        return
    for name, table in rows.items():
        if table:
            _print(name.replace("_", " ").capitalize(), table, columns[name])


def _print(title: str, rows: list[dict[str, Any]], columns: Sequence[str]) -> None:
    table = Table(title=title, title_justify="left", box=None, header_style="bold")
    for name in columns:
        table.add_column(name.replace("_", " "), justify="right" if isinstance(rows[0][name], int | float) else "left")
    for row in rows:
        table.add_row(*(_cell(row[name]) for name in columns))
    terminal.print(table)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) >= 1_000 else f"{value:.5g}"  # 123,456.78 of stock is no 1.2346e+05
    return "" if value is None else str(value)
