"""What every command has in common: exit codes, errors in words and as JSON, Ctrl-C, progress that vanishes, or is told when piped."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
import time
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

TOLD_EVERY_S = 20.0
"""Where there is no terminal for a bar, so often somebody reads how far it is; what takes less says nothing."""

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


def told_now_and_then(every_s: float = TOLD_EVERY_S) -> Callable[[str, float, float], None]:
    """Says a line ("120 of 600 replications, about 2 min left") where so much time has passed since the last one, or since the beginning.

    It is called with the words, the share that is done, 0 to 1, and the share of it that nobody had to work for.
    """
    began_s = told_s = time.monotonic()

    def tell(words: str, done: float, found: float) -> None:
        nonlocal told_s
        now_s = time.monotonic()
        if now_s - told_s < every_s or done >= 1:
            return
        told_s = now_s
        left_s = (now_s - began_s) * (1 - done) / (done - found) if done > found else None
        say(words if left_s is None else f"{words}, about {_roughly(left_s)} left")

    return tell


def _roughly(span_s: float) -> str:
    """As exact as a guess is: "40 s", "2 min", "1.5 h"."""
    if span_s < 55:
        return f"{max(1, round(span_s / 10)) * 10} s"
    return f"{round(span_s / 60)} min" if span_s < 90 * 60 else f"{round(span_s / 1_800) / 2:g} h"


@contextmanager
def progress(title: str, start_us: int, end_us: int, *, is_told: bool = True) -> Iterator[Callable[[int], None]]:
    """A bar on standard error that moves with the plant's time and vanishes at the end; piped and `is_told`, a line now and then."""
    length_us = max(1, end_us - start_us)
    if not err.is_terminal:
        tell, whole = told_now_and_then(), write_duration(length_us)
        yield (
            lambda now_us: (
                tell(f"{title}: {write_duration(now_us - start_us)} of {whole}", (now_us - start_us) / length_us, 0.0) if is_told else None
            )
        )
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[at]}"), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title, total=length_us, at="")
        yield lambda now_us: bar.update(task, completed=now_us - start_us, at=write_duration(now_us - start_us))
