"""What simulate, replay and follow have in common: a bar that follows the run, Ctrl-C that ends it, and what is shown of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import typer

from twin.command import report
from twin.command.manners import FAILED, Failed, print_json, progress, say, stopped_by_ctrl_c
from twin.model.measures import write_duration
from twin.results.run import Run

LOOK_S = 0.1
"""Seconds between two looks for a file that somebody else makes."""
_SQLITE = "sqlite:///"


class Course(Protocol):
    """One way through the path, all but for who watches it and who ends it."""

    def __call__(self, *, watch: Callable[[int], None], stop: threading.Event) -> Run: ...


def show(course: Course, title: str, *, start_us: int, end_us: int, json: bool, out: Path | None, endless: bool = False) -> None:
    """Make a run and print its result, save it where asked; one that a person or a deadlock stopped before its end ends with 1.

    `endless`: Ctrl-C is its end, and it may be long until there is anything to see, so it says when it begins.
    """
    with stopped_by_ctrl_c() as stop, progress(title, start_us, end_us) as watch:
        run = course(watch=_telling(title, watch) if endless else watch, stop=stop)
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


def is_awaited(journal: str) -> bool:
    """Whether the journal of that name is a file that nobody has written yet."""
    name = journal.removeprefix(_SQLITE)
    return "://" not in name and not Path(name).exists()


def once_written(journal: str, course: Course) -> Course:
    """The same course, begun when the file is there. It is not made here, or a name that was mistyped would leave an empty one behind."""

    def begin(*, watch: Callable[[int], None], stop: threading.Event) -> Run:
        while is_awaited(journal):
            if stop.wait(LOOK_S):
                raise Failed(f"nobody has written into {journal}: nothing was followed")
        return course(watch=watch, stop=stop)

    return begin


def _telling(title: str, watch: Callable[[int], None]) -> Callable[[int], None]:
    """The same watch, which says at its first round that there is one."""
    began = False

    def tell(now_us: int) -> None:
        nonlocal began
        if not began:
            began = True
            say(f"{title}: the first facts are here (Ctrl-C ends)")
        watch(now_us)

    return tell
