"""Processes of their own that need not read this program in again: each is a fork of one that has."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

FORKED = multiprocessing.get_context("forkserver")
"""What they are forked from is one process for all tests, and reads in what is named here when the first of them starts."""
FORKED.set_forkserver_preload([
    "tests.faults.ingest", "twin.__main__", "hardware_bridge.__main__", "twin.exchange", "twin.run", "twin.library", "twin.study",
    "twin.command.runs", "twin.command.report", "twin.store.journal.database_journal", "twin.simulation.engines", "alembic.command",
    "psycopg", "pandas",
])  # fmt: skip


def command(arguments: Sequence[str], said: Path, *, module: str = "twin", cwd: Path | None = None) -> None:
    """Be the command `twin` with these arguments; what it prints goes to the files `said`.out and `said`.err."""
    for stream, suffix in ((1, ".out"), (2, ".err")):
        os.dup2(os.open(said.with_suffix(suffix), os.O_WRONLY | os.O_CREAT, 0o600), stream)
    os.chdir(cwd or ".")
    sys.argv = [module, *arguments]
    importlib.import_module(f"{module}.__main__").app()


def ran(*arguments: object, cwd: Path | None = None, module: str = "twin", timeout_s: float = 240) -> subprocess.CompletedProcess[str]:
    """What `python -m twin arguments` prints and ends with, without the second that Python takes to read the program in.

    Raises
    ------
    subprocess.TimeoutExpired : it has not ended by then; it has been killed
    """
    words = [*map(str, arguments)]
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder, "said")
        process = FORKED.Process(target=command, args=(words, said), kwargs={"module": module, "cwd": cwd})
        process.start()
        process.join(timeout_s)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired([module, *words], timeout_s)
        out, err = (said.with_suffix(suffix).read_text() for suffix in (".out", ".err"))
    return subprocess.CompletedProcess([module, *words], process.exitcode, out, err)
