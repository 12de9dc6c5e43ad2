"""A user's script around a command with --json: it waits for a line, reads what it needs of it, and ends the command."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


class Script:
    """A command that is running, and every JSON object that it has told."""

    def __init__(self, process: subprocess.Popen[str], said: IO[str]) -> None:
        self.process = process
        self.told: list[dict[str, Any]] = []
        self._said = said

    def wait_for(self, event: str) -> dict[str, Any]:
        """The next line of this event. Every line on the way must be a JSON object."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.told.append(json.loads(line))
            if self.told[-1].get("event") == event:
                return self.told[-1]
        raise AssertionError(f"it has ended without '{event}': {self.told}\n{self.said()}")

    def end(self, number: int = signal.SIGINT, within_s: float = 60) -> int:
        """Send it a signal, read the rest of what it tells, and return its exit code."""
        self.process.send_signal(number)
        output, _ = self.process.communicate(timeout=within_s)
        self.told += map(json.loads, output.splitlines())
        return self.process.returncode

    def said(self) -> str:
        """What it has said to people."""
        self._said.seek(0)
        return self._said.read()


@contextmanager
def script(module: str, *arguments: object, cwd: Path, log: Path) -> Iterator[Script]:
    """`python -m module arguments --json`, which does not outlive the test."""
    with log.open("w+") as said:
        command = [sys.executable, "-m", module, *map(str, arguments), "--json"]
        process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=said, text=True)
        try:
            yield Script(process, said)
        finally:
            process.kill()
            process.communicate()
