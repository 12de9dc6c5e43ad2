"""labour and its like: tables in the terminal, documents as files or JSON."""

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


def run_at(place: Path, scenario: Path | None, *, until: str | None, seed: int, record: str | None) -> Run:
    """The run that is asked about: saved, replayed from a record, or simulated for the question.

    Raises
    ------
    Failed : the person ended it
    """
    return library.replay(place, record, scenario) if record else saved_or_simulated(place, scenario, until, seed)


def labour(run: Run, by: str, states: str | None, *, json: bool) -> None:
    """Print labour by one scope, what was clocked, and what persons, tools or gauges did from one instant to the next."""
    rows, clockings = as_rows(run.labour(by)), as_rows(run.clockings)
    told = as_rows(run.resource_states(states)) if states else []
    if json:
        print_json({"labour": rows, "clockings": clockings, **({"states": told} if states else {})})
        return
    print_rows(f"Labour by {by}", rows)
    say("break: what somebody has clocked as one; breaks that a calendar declares count for nobody, and are among --states person.")
    if clockings:
        print_rows("Clockings", clockings)
    if told:
        print_rows(f"What every {states} did", told)


def handover(run: Run, shift: str, out: Path | None, *, json: bool) -> None:
    """Print the report, and write it where that was asked for.

    Raises
    ------
    ValueError : there is no such shift in the run
    """
    from twin.results.reports.documents import save
    from twin.results.reports.handover_written import handover_html, handover_text

    report = run.handover(shift)
    written = save(out, f"handover_{report['start'][:10]}_{report['shift']}", report, handover_html(report)) if out else []
    if json:
        print_json({**report, "written": [str(path) for path in written]})
        return
    terminal.print(handover_text(report), highlight=False, markup=False)
    for path in written:
        say(f"wrote {path}")


def record(run: Run, of: str, out: Path | None, *, json: bool) -> None:
    """Print the batch record, and write it where that was asked for.

    Raises
    ------
    ValueError : nobody knows such a lot or request
    """
    from twin.results.reports.batch_record import pictures_of
    from twin.results.reports.batch_written import record_html, record_text
    from twin.results.reports.documents import save

    found = run.batch_record(of)
    written = save(out, f"batch_record_{of}", found, record_html(found, pictures_of(run, found))) if out else []
    if json:
        print_json({**found, "written": [str(path) for path in written]})
        return
    terminal.print(record_text(found), highlight=False, markup=False)
    for path in written:
        say(f"wrote {path}")


def drill(run: Run, indicator: str, scope: str, name: str, *, json: bool) -> None:
    """Print a figure and what it is made of.

    Raises
    ------
    ValueError : no such indicator, or nothing of that name
    """
    found = run.drill(indicator, scope, name)
    pieces = as_rows(found.table)
    if json:
        print_json({"indicator": indicator, "value": found.value, "formula": found.formula, "elements": found.elements, "pieces": pieces})
        return
    terminal.print(str(found), highlight=False, markup=False)
    print_rows("What it is made of", pieces)


def audit(run: Run, asked: dict[str, str | None], out: Path | None, *, json: bool) -> None:
    """Print the audit trail of what was asked for, and write it where that was asked for.

    Raises
    ------
    ValueError : nobody is called so, no such instant, or no such kind of file
    """
    from zoneinfo import ZoneInfo

    from twin.results.auditing.audit_trail import audit_trail
    from twin.results.auditing.trail_written import row_of, trail_file
    from twin.results.tracing.of_run import instant_us_of

    zone = run.plant.layout.time_zone
    since_us, until_us = (instant_us_of(asked[name], zone) for name in ("since", "before"))
    found = audit_trail(run, of=asked["of"] or "", person=asked["person"] or "", since_us=since_us, until_us=until_us)
    if out:
        about = ", ".join(f"{name} {value}" for name, value in asked.items() if value) or "all of it"
        content = trail_file(run, found, about, out.suffix)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(content)
    rows: list[dict[str, Any]] = [dict(row_of(it, ZoneInfo(zone))) for it in found]
    if json:
        print_json({"audit_trail": rows, "written": str(out) if out else None})
        return
    print_rows("Audit trail", [{name: value for name, value in row.items() if name not in ("entry", "hash", "effective")} for row in rows])
    if out:
        say(f"wrote {out}")


def as_rows(frame: Any) -> list[dict[str, Any]]:
    """A table as plain values."""
    from twin.results.quality.tables import as_values

    return as_values(frame)


def print_rows(title: str, rows: Sequence[dict[str, Any]]) -> None:
    """A table as it is, or that it is empty."""
    table = Table(title=title if rows else f"{title}: nothing", title_justify="left", box=None, header_style="bold")
    for name in rows[0] if rows else ():
        table.add_column(name.replace("_", " "), justify="right" if any(isinstance(row[name], int | float) for row in rows) else "left")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    terminal.print(table)


def _cell(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else "" if value is None else str(value)
