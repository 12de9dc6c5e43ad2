"""What every command has in common: exit codes, errors in words and as JSON, Ctrl-C, progress that vanishes, quiet when piped."""

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
import typer.core
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from twin.model.measures import write_duration
from twin.model.problems import PlantFileError, problems_document
from twin.store.journal import StoreError

OK, FAILED, BAD_INPUT = 0, 1, 2

PIPED_WIDTH = 240
"""Nobody's window cuts what is piped: a table is as wide as it is."""

out = Console(soft_wrap=True, width=None if sys.stdout.isatty() else PIPED_WIDTH)
err = Console(stderr=True, soft_wrap=True)


def say(text: str = "") -> None:
    """A line for people, on standard error, so that standard output stays a result."""
    err.print(text, highlight=False, markup=False)


def print_json(result: dict[str, Any]) -> None:
    """The result for programs: one JSON document on standard output."""
    typer.echo(json.dumps(result, indent=2, ensure_ascii=False))


def print_line(**told: Any) -> None:
    """One JSON object on a line of standard output: what happens to a command that stays, and what was wrong with any."""
    typer.echo(json.dumps(told, ensure_ascii=False))


class Failed(Exception):
    """What was asked cannot be done, though it was asked rightly; why, in words."""


class Commands(typer.core.TyperGroup):
    """Commands whose errors come out as words, and with --json as a JSON document too: what was mistyped like what was badly written."""

    def parse_args(self, context: Any, args: list[str]) -> list[str]:
        context.meta["json"] = "--json" in args
        return super().parse_args(context, args)

    def invoke(self, context: Any) -> Any:
        with words_for_errors(as_json=context.meta["json"]):
            return super().invoke(context)


@contextmanager
def words_for_errors(*, as_json: bool = False) -> Iterator[None]:
    """Bad input ends with 2 and its problems, what failed with 1 and the reason; nobody sees a bare traceback.

    With `as_json` the last line of standard output is then {"problems": [...]} or {"failure": "..."}.
    """
    tell = print_line if as_json else _tell_nobody
    try:
        yield
    except (PlantFileError, StoreError, ValueError) as error:
        tell(**problems_document(error))
        if isinstance(error, PlantFileError):
            say(f"{error}\n{len(error.problems)} problem{'s' if len(error.problems) != 1 else ''} found; nothing was run.")
        else:
            say(f"twin: {error}")
        raise typer.Exit(BAD_INPUT) from None
    except typer.TyperException as error:  # said in words by Typer itself
        tell(**problems_document(ValueError(error.format_message())))
        raise
    except Failed as error:
        tell(failure=str(error))
        say(str(error))
        raise typer.Exit(FAILED) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read us has gone; nothing more to tell
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt:
        tell(failure="cancelled")
        say("cancelled")
        raise typer.Exit(FAILED) from None
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        with tempfile.NamedTemporaryFile("w", prefix="twin-fault-", suffix=".txt", delete=False) as report:
            traceback.print_exc(file=report)
        tell(failure=f"a fault in the twin itself: {type(error).__name__}: {error}", report=report.name)
        say(f"twin: a fault in the twin itself, not in your input: {type(error).__name__}: {error}")
        say(f"The details are in {report.name}; please send them with the command that you gave.")
        raise typer.Exit(FAILED) from None


def _tell_nobody(**told: Any) -> None:
    """Without --json standard output is for people, who read the words."""


@contextmanager
def stopped_by_ctrl_c() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets (or SIGTERM, or a terminal that is closed).

    The round in progress is finished and kept, then the run ends.
    """
    stop = threading.Event()
    terminals = [stream for stream in (1, 2) if os.isatty(stream)]

    def ask_to_stop(number: int, frame: object) -> None:
        if stop.is_set():  # asked twice: the person means it
            raise KeyboardInterrupt
        stop.set()

    def hang_up(number: int, frame: object) -> None:
        nothing = os.open(os.devnull, os.O_WRONLY)  # a terminal that has gone refuses what is said on the way out
        for terminal in terminals:
            os.dup2(nothing, terminal)
        stop.set()

    before = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as nohup leaves it
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, hang_up)
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
