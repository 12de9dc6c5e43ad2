"""Commands on their way from virtual controllers to the simulated plant behind them, in a process of its own: a JSON line each, in a file.

hand_on(file, "mill_1", "Hold", 0)              # by whoever serves the controllers
with heard(file, hear): ...                     # hear("mill_1", "Hold", 0, "") is called in a thread, once for each
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

LOOK_S = 0.02
"""Seconds between two looks whether something was commanded."""
Hear = Callable[[str, str, int, str], object]
"""Equipment, command, mode (0 if the command is none), and the phase that it is for ("": the unit itself)."""


def hand_on(file: Path, equipment: str, command: str, mode: int, phase: str = "") -> None:
    """Write one command down, behind all others."""
    line = json.dumps({"equipment": equipment, "command": command, "mode": mode, **({"phase": phase} if phase else {})}) + "\n"
    with file.open("ab", buffering=0) as commands:
        commands.write(line.encode())


@contextmanager
def heard(file: Path, hear: Hear) -> Iterator[None]:
    """Have every command heard that is written from now on; what stands in the file already was for an earlier plant."""
    over, begin = threading.Event(), file.stat().st_size if file.exists() else 0

    def listen() -> None:
        place = begin
        while not over.wait(LOOK_S):
            if not file.exists() or file.stat().st_size == place:
                continue
            with file.open("rb") as commands:
                commands.seek(place)
                for line in commands:
                    if not line.endswith(b"\n"):
                        break  # its rest is being written
                    place += len(line)
                    told = json.loads(line)
                    hear(str(told["equipment"]), str(told["command"]), int(told["mode"]), str(told.get("phase", "")))

    thread = threading.Thread(target=listen, name="commands", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
