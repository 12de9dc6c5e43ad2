"""Bringing the tables that other programs read up to date: at the end of a run, or every so often while it goes on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from twin.model.events import OperationsEvent
from twin.model.source import EventSource
from twin.model.states import Source
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


class TablesKept:
    """An event source around another: between two rounds the tables of its run are brought up to date, so often as is asked by the wall.

    What else the source offers is there as if nothing stood around it. `write` brings them up to date once more, when it is over.
    """

    origin: Source

    def __init__(self, every_us: int | None) -> None:
        self._every_us, self._done_s = every_us, time.monotonic()

    def around(self, source: EventSource, run: Run) -> TablesKept:
        """Stand around this source of that run."""
        self._source, self._run, self.origin = source, run, source.origin
        return self

    def advance(self) -> Sequence[OperationsEvent] | None:
        """The facts of the next round; all of the rounds before is carried and committed."""
        if self._every_us is not None and (time.monotonic() - self._done_s) * 1_000_000 >= self._every_us:
            self.write()
        return self._source.advance()

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """They are the source's."""
        self._source.send(commands)

    def write(self) -> None:
        """Bring the tables up to date with what was carried."""
        applied = getattr(self._source, "applied_seq", None)
        with self._run.lock:
            tabled(self._run, applied() if applied else None)
        self._done_s = time.monotonic()

    def __getattr__(self, name: str) -> Any:
        if name == "_source":
            raise AttributeError(name)
        return getattr(self._source, name)
