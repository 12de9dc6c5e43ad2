"""What simulate, replay and follow have in common: a bar that follows the run, Ctrl-C that ends it, and what is shown of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import typer

from twin.command import report
from twin.command.manners import FAILED, Failed, print_json, progress, say, stopped_by_ctrl_c
from twin.model.calendars import written_local
from twin.model.measures import write_duration
from twin.results.run import Run

LOOK_S = 0.1
"""Seconds between two looks for a file that somebody else makes."""
TOLD_EVERY_S = 60.0
_SQLITE = "sqlite:///"


class Course(Protocol):
    """One way through the path, all but for who watches it and who ends it."""

    def __call__(self, *, watch: Callable[[int], None], stop: threading.Event) -> Run: ...


def show(
    course: Course, title: str, *, start_us: int, end_us: int, json: bool, out: Path | None, endless: bool = False, time_zone: str = "UTC"
) -> None:  # fmt: skip
    """Make a run and print its result, save it where asked; one that a person or a deadlock stopped before its end ends with 1.

    `endless`: Ctrl-C is its end, and it may be long until there is anything to see, so it says when it begins, and how far it is from then
    on, in the plant's `time_zone`.
    """
    with stopped_by_ctrl_c() as stop, progress(title, start_us, end_us, is_told=not endless) as watch:
        run = course(watch=_telling(title, watch, time_zone) if endless else watch, stop=stop)
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


def _telling(title: str, watch: Callable[[int], None], time_zone: str, every_s: float = TOLD_EVERY_S) -> Callable[[int], None]:
    """The same watch, which says at its first round that there is one, and from then on, as long as something comes, how far it is."""
    told_s: float | None = None

    def tell(now_us: int) -> None:
        nonlocal told_s
        if told_s is None:
            told_s = time.monotonic()
            say(f"{title}: the first facts are here; MES and ERP work on them until Ctrl-C, which shows what came of it")
        elif time.monotonic() - told_s >= every_s:
            told_s = time.monotonic()
            say(f"{title}: it is {written_local(now_us, time_zone)} in the plant")
        watch(now_us)

    return tell
