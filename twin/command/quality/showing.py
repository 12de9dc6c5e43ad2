"""quality: capability, holds, nonconformances and charts of a run in the terminal; certificates of analysis to files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from twin import library
from twin.command.manners import out as terminal
from twin.command.manners import print_json, say
from twin.command.reasons import saved_or_simulated
from twin.results.run import Run

MACHINES, STUDIES = "machine_capability", "gauge_studies"
MEASUREMENTS = ("study", "part", "person", "trial", "value", "was", "reason", "entry")
TABLES = {
    "capability": ("plan", "characteristic", "count", "mean", "sigma_within", "cp", "cpk", "pp", "ppk"),
    MACHINES: ("equipment", "plan", "characteristic", "count", "wanted", "mean", "sigma", "cm", "cmk"),
    STUDIES: (
        "study",
        "characteristic",
        "repeatability",
        "reproducibility",
        "gauge_sigma",
        "part_sigma",
        "gauge_share",
        "category_count",
        "verdict",
        "missing",
    ),
    "holds": ("lot", "material", "quantity", "place", "reason"),
    "nonconformances": ("nonconformance", "lot", "quantity", "standing", "disposition", "description", "cost"),
    "corrective_actions": ("action", "nonconformance", "cause", "measure", "standing", "lots_wanted", "lots_passed"),
}
CHART = ("point", "lot", "value", "lower", "center", "upper", "signals")


def quality(
    place: Path, scenario: Path | None, *, until: str | None, seed: int, record: str | None, charts: Sequence[str],
    certificates: Sequence[str], out: Path, json: bool,
) -> None:  # fmt: skip
    """Print how quality stands, and write what was asked for.

    Raises
    ------
    ValueError : no such chart or lot, or a lot of which nothing can be certified
    Failed : the person ended the run before there was an answer
    """
    from twin.results.quality.certificate import save_certificate
    from twin.results.quality.tables import as_values

    run = library.replay(place, record, scenario) if record else saved_or_simulated(place, scenario, until, seed)
    drawn = {name: as_values(run.control_chart(name)) for name in charts}
    tables = {name: as_values(run.machine_capability() if name == MACHINES else getattr(run, name)) for name in TABLES}
    measured = as_values(run.gauge_measurements())
    written = [path for lot in certificates for path in save_certificate(run, lot, out)]
    if json:
        print_json(
            {
                "inspections": _verdicts(run),
                **tables,
                "gauge_measurements": measured,
                "charts": drawn,
                "written": [str(path) for path in written],
            }
        )
        return
    if not run.plant.layout.quality_plans:
        allowed = "quality_plans in plant.yaml or in the changes of a scenario, or CharacteristicChanged in its entries"
        say(f"{run.plant.id} declares no quality plans; allowed: {allowed}")
    found = ", ".join(f"{count} {verdict}" for verdict, count in _verdicts(run).items())
    terminal.print(f"Inspections: {found or 'none'}", style="bold", highlight=False)
    for name, columns in TABLES.items():
        _print(name.replace("_", " ").capitalize(), tables[name], columns)
    _print("What gauge studies rest on", measured, MEASUREMENTS)
    for name, table in drawn.items():
        _print(f"Control chart of {name}", table, CHART)
    for path in written:
        say(f"wrote {path}")


def _verdicts(run: Run) -> dict[str, int]:
    """How many inspections have which verdict."""
    counts: dict[str, int] = {}
    for it in run.mes.quality.inspections.all.values():
        verdict = it.verdict or "not measured"
        counts[verdict] = counts.get(verdict, 0) + 1
    return counts


def _print(title: str, rows: list[dict[str, Any]], columns: Sequence[str]) -> None:
    """A table, if it has rows; the column of money has the currency in its name."""
    if not rows:
        return
    table = Table(title=title, title_justify="left", box=None, header_style="bold")
    names = [next(name for name in rows[0] if name == it or name.startswith(f"{it}_")) for it in columns]
    for name in names:
        table.add_column(name.replace("_", " "), justify="right" if isinstance(rows[0][name], int | float) else "left")
    for row in rows:
        table.add_row(*(_cell(row[name]) for name in names))
    terminal.print(table)


def _cell(value: object) -> str:
    return f"{value:.5g}" if isinstance(value, float) else "" if value is None else str(value)
