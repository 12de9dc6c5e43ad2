"""Ctrl-C in the first seconds of a command, while it imports what it needs, ends it with 130 and no traceback.

The first import of the packages `twin` and `hardware_bridge`: Python imports a package before anything of it can be asked to behave.
Whoever imports them in a program or a notebook of his own keeps what Ctrl-C does there, and so do the processes of a study.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import PurePath

CANCELLED = 128 + signal.SIGINT
"""What a shell says of a program that Ctrl-C has ended (POSIX.1-2024, Shell Command Language, 2.8.2)."""
_COMMANDS = ("twin", "hardware_bridge")


def is_command(typed: Sequence[str]) -> bool:
    """Whether Python was begun for one of our commands: `twin ...`, or `python -m twin ...`."""
    words = iter(typed[1:])
    for word in words:
        if word == "-m":
            return next(words, "") in _COMMANDS
        if word in {"-X", "-W"}:
            next(words, "")
        elif word == "-c" or not word.startswith("-"):
            return PurePath(word).name in _COMMANDS
    return False


def _cancelled(number: int, frame: object) -> None:
    if "--json" in sys.orig_argv:
        os.write(1, b'{"failure": "cancelled"}\n')
    os.write(2, b"cancelled\n")
    os._exit(CANCELLED)  # nothing has begun that would have to be ended, and nothing half imported can be trusted to


def begun() -> None:
    """All is imported: from now on Ctrl-C is an exception, which each command answers."""
    if signal.getsignal(signal.SIGINT) is _cancelled:
        signal.signal(signal.SIGINT, signal.default_int_handler)


if is_command(sys.orig_argv) and signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not where nohup has it ignored
    signal.signal(signal.SIGINT, _cancelled)
