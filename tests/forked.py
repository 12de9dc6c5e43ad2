"""Processes of their own that need not read this program in again: each is a fork of one that has."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Sequence
from pathlib import Path

FORKED = multiprocessing.get_context("forkserver")
"""What they are forked from is one process for all tests, and reads in what is named here when the first of them starts."""
FORKED.set_forkserver_preload([
    "tests.faults.ingest", "twin.__main__", "twin.run", "twin.library", "twin.store.journal.database_journal", "alembic.command", "psycopg",
])  # fmt: skip


def command(arguments: Sequence[str], said: Path) -> None:
    """Be the command `twin` with these arguments; what it prints goes to the files `said`.out and `said`.err."""
    for stream, suffix in ((1, ".out"), (2, ".err")):
        os.dup2(os.open(said.with_suffix(suffix), os.O_WRONLY | os.O_CREAT, 0o600), stream)
    from twin.__main__ import main

    sys.argv = ["twin", *arguments]
    main()
