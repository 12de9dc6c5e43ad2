"""What every command has in common: exit codes, errors in words, Ctrl-C, progress that vanishes, quiet when piped."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from twin.model.measures import write_duration
from twin.model.problems import PlantFileError
from twin.store.journal import StoreError

OK, FAILED, BAD_INPUT = 0, 1, 2

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


def say(text: str = "") -> None:
    """A line for people, on standard error, so that standard output stays a result."""
    err.print(text, highlight=False, markup=False)


def print_json(result: dict[str, Any]) -> None:
    """The result for programs: one JSON document on standard output."""
    typer.echo(json.dumps(result, indent=2, ensure_ascii=False))


@contextmanager
def words_for_errors() -> Iterator[None]:
    """Bad input ends with 2 and its problems, a fault of ours with 1 and where to read more; nobody sees a bare traceback."""
    try:
        yield
    except PlantFileError as error:
        for problem in error.problems:
            say(str(problem))
        say(f"{len(error.problems)} problem{'s' if len(error.problems) != 1 else ''} found; nothing was run.")
        raise typer.Exit(BAD_INPUT) from None
    except (StoreError, ValueError) as error:
        say(f"twin: {error}")
        raise typer.Exit(BAD_INPUT) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read us has gone; nothing more to tell
        raise typer.Exit(FAILED) from None
    except (typer.Exit, typer.Abort, KeyboardInterrupt):
        raise
    except Exception as error:
        with tempfile.NamedTemporaryFile("w", prefix="twin-fault-", suffix=".txt", delete=False) as report:
            traceback.print_exc(file=report)
        say(f"twin: a fault in the twin itself, not in your input: {type(error).__name__}: {error}")
        say(f"The details are in {report.name}; please send them with the command that you gave.")
        raise typer.Exit(FAILED) from None


@contextmanager
def stopped_by_ctrl_c() -> Iterator[threading.Event]:
    """An event that Ctrl-C (or SIGTERM) sets: the round in progress is finished and kept, then the run ends."""
    stop = threading.Event()

    def ask_to_stop(number: int, frame: object) -> None:
        if stop.is_set():  # asked twice: the person means it
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def progress(title: str, start_us: int, end_us: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error that moves with the plant's time and vanishes at the end; nothing at all when piped."""
    if not err.is_terminal:
        yield lambda now_us: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[at]}"), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title, total=max(1, end_us - start_us), at="")
        yield lambda now_us: bar.update(task, completed=now_us - start_us, at=write_duration(now_us - start_us))
