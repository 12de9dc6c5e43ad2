"""Bringing the tables that other programs read up to date: at the end of a run, or every so often while it goes on."""

from __future__ import annotations

import time
from collections.abc import Callable

from twin.results.database.folded import folded_rows
from twin.results.run import Run
from twin.store.journal import MemoryJournal


def tabled(run: Run, seq: int | None = None) -> Run:
    """In a database, bring the tables that other programs read up to date with the journal, and with what MES and ERP know by it.

    `seq`: the entry of the journal up to which they know it; left out, all of it.
    """
    if not isinstance(run.journal, MemoryJournal):
        from twin.store.journal import DatabaseJournal
        from twin.store.projections import keep_folded, project

        if isinstance(run.journal, DatabaseJournal):
            with run.lock:
                project(run.journal)
                keep_folded(run.journal, folded_rows(run), seq=len(run.journal) if seq is None else seq, known_us=run.now_us)
    return run


def tabled_every(wall_us: int | None, run: Run, applied_seq: Callable[[], int]) -> Callable[[], None]:
    """Something to call after every round: it brings the tables up to date once the last time was so many microseconds ago, by the wall.

    `wall_us`: left out, never. `applied_seq`: how far into its journal the run has come.
    """
    done_s = time.monotonic()

    def after_a_round() -> None:
        nonlocal done_s
        if wall_us is not None and time.monotonic() - done_s >= wall_us / 1_000_000:
            with run.lock:
                tabled(run, applied_seq())
            done_s = time.monotonic()

    return after_a_round
