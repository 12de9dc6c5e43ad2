"""What simulate, replay and follow show of the run that they made."""

from __future__ import annotations

from pathlib import Path

import typer

from twin.command import report
from twin.command.manners import FAILED, print_json, say
from twin.model.measures import write_duration
from twin.results.run import Run


def show(run: Run, *, json: bool, out: Path | None, stopped: bool) -> None:
    """Print a run's result, save it where asked, and end with 1 if the person or a deadlock stopped it."""
    if out:
        run.save(out)
        say(f"saved to {out}")
    if json:
        print_json(run.summary())
    else:
        report.print_run(run)
    run.journal.close()
    if stopped:
        ran = write_duration(run.now_us - run.scenario.start_us)
        say(f"stopped after {ran} of plant time; what happened until then is kept and consistent")
        raise typer.Exit(FAILED)
    if run.deadlock:
        ran = write_duration(run.now_us - run.scenario.start_us)
        say(f"stopped after {ran} of plant time by a {run.deadlock}")
        raise typer.Exit(FAILED)
