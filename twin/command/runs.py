"""What simulate, replay and follow have in common: a bar that follows the run, Ctrl-C that ends it, and what is shown of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import typer

from twin.command import report
from twin.command.manners import FAILED, print_json, progress, say, stopped_by_ctrl_c
from twin.model.measures import write_duration
from twin.results.run import Run


class Course(Protocol):
    """One way through the path, all but for who watches it and who ends it."""

    def __call__(self, *, watch: Callable[[int], None], stop: threading.Event) -> Run: ...


def show(course: Course, title: str, *, start_us: int, end_us: int, json: bool, out: Path | None, endless: bool = False) -> None:
    """Make a run and print its result, save it where asked; one that a person or a deadlock stopped before its end ends with 1.

    `endless`: Ctrl-C is its end.
    """
    with stopped_by_ctrl_c() as stop, progress(title, start_us, end_us) as watch:
        run = course(watch=watch, stop=stop)
    if out:
        run.save(out)
        say(f"saved to {out}")
    if json:
        print_json(run.summary())
    else:
        report.print_run(run)
    run.journal.close()
    if stop.is_set() and not endless:
        ran = write_duration(run.now_us - run.scenario.start_us)
        say(f"stopped after {ran} of plant time; what happened until then is kept and consistent")
        raise typer.Exit(FAILED)
    if run.deadlock:
        ran = write_duration(run.now_us - run.scenario.start_us)
        say(f"stopped after {ran} of plant time by a {run.deadlock}")
        raise typer.Exit(FAILED)
