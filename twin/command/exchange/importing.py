"""import: facts that others have collected, through MES and ERP, with what became of every message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from twin import exchange, library
from twin.command import report
from twin.command.manners import FAILED, print_json, progress, say, stopped_by_ctrl_c
from twin.model.measures import write_duration
from twin.model.problems import Problem
from twin.store.ingest import Counts

SHOWN = 20


def take_in(
    plant: Path, record: Path, scenario: Path | None, *, tolerance: str | None, journal: str | None, out: Path | None, json: bool
) -> None:
    """Import a record and print what came out and what was refused; ends with 1 if something was.

    Raises
    ------
    PlantFileError, StoreError, ValueError : bad input, before anything was taken in
    """
    asked = library.read_scenario(scenario, plant)
    end_us = asked.start_us + asked.horizon
    with stopped_by_ctrl_c() as stop, progress(f"importing {record}", asked.start_us, end_us) as watch:
        run = exchange.import_record(plant, record, asked, tolerance=tolerance, journal=journal, watch=watch, stop=stop)
    counts = run.received
    assert counts is not None
    if out:
        run.save(out)
        say(f"saved to {out}")
    if json:
        print_json({"received": in_numbers(counts), "refused": [asdict(it) for it in counts.problems], **run.summary()})
    else:
        report.print_run(run)
        _tell(counts)
    run.journal.close()
    if stop.is_set():
        say("stopped; what was taken in until then is kept and consistent")
    if stop.is_set() or counts.refused:
        raise typer.Exit(FAILED)


def in_numbers(counts: Counts) -> dict[str, Any]:
    """The counts as plain values."""
    names = ("received", "taken", "duplicates", "refused", "reordered", "late", "most_behind_us")
    return {name: getattr(counts, name) for name in names}


def _tell(counts: Counts) -> None:
    say(f"{counts.received:,} received = {counts.taken:,} taken + {counts.duplicates:,} duplicates + {counts.refused:,} refused")
    if counts.reordered:
        say(f"{counts.reordered:,} were put in order; the latest came {write_duration(counts.most_behind_us)} behind")
    if counts.late:
        say(
            f"{counts.late:,} came later than the tolerance and are late facts in the journal; with --tolerance"
            f" '{write_duration(counts.most_behind_us)}', or none, all would have been put in order"
        )
    _list(counts.problems)


def _list(problems: Sequence[Problem]) -> None:
    for problem in problems[:SHOWN]:
        say(f"refused: {problem}")
    if len(problems) > SHOWN:
        say(f"... and {len(problems) - SHOWN:,} more; --json lists all")
