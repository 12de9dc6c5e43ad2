"""The processes behind what a command shows: started together, waited for until each stands, ended with the command."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.command.manners import Failed, say

PATIENCE_S = 240.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a process is for, and the module and arguments that do it. `ready`: it says on a line of JSON when it stands."""

    what: str
    arguments: Sequence[str]
    ready: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A process behind the pages, what it says to people (`log`) and, a JSON object a line, to programs (`told`)."""

    step: Step
    process: subprocess.Popen[bytes]
    log: Path
    told: Path

    def check(self) -> None:
        """Raises `Failed` if it has ended with a fault, in its own words."""
        if self.process.poll() not in (None, 0):
            said = self.log.read_text(errors="replace").strip()
            raise Failed(f"not so that {self.step.what}: it ended with {self.process.returncode}" + (f"\n{said}" if said else ""))

    def ready(self) -> dict[str, Any] | None:
        """What it told when it stood; None: not yet."""
        with self.told.open() as lines:
            return next((told for line in lines if line.endswith("\n") and (told := json.loads(line)).get("event") == "ready"), None)


@contextmanager
def running(steps: Sequence[Step], folder: Path, stop: threading.Event) -> Iterator[Mapping[str, Child]]:
    """Each step as `python -m ...` in a process of its own, from when all stand; ended in the reverse order, by their ids alone."""
    children: list[Child] = []
    try:
        for number, step in enumerate(steps):
            log, told = folder / f"{number}.log", folder / f"{number}.jsonl"
            with log.open("wb") as words, told.open("wb") as lines:
                process = subprocess.Popen([sys.executable, "-m", *step.arguments], stdout=lines, stderr=words, start_new_session=True)
            children.append(Child(step=step, process=process, log=log, told=told))
        for child in children:
            _wait_until_it_stands(child, children, stop)
        yield {child.step.what: child for child in children}
    finally:
        for child in reversed(children):
            child.process.send_signal(signal.SIGINT)
        for child in reversed(children):
            try:
                child.process.wait(10)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()


def _wait_until_it_stands(child: Child, children: Sequence[Child], stop: threading.Event) -> None:
    """Until it says so; of one that does not say it, a look at whether it has ended at once is what we ask here."""
    deadline_s = time.monotonic() + PATIENCE_S
    while True:
        if stop.is_set():
            raise Failed("cancelled")
        for one in children:
            one.check()
        if not child.step.ready or child.ready() is not None:
            say(f"  {child.step.what}")
            return
        if time.monotonic() > deadline_s:
            raise Failed(f"not so within {PATIENCE_S:.0f} s that {child.step.what}\n{child.log.read_text(errors='replace').strip()}")
        stop.wait(0.1)
