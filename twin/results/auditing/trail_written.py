"""The audit trail as rows, and as files that can be taken away: CSV, or pages to be read on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from twin.model.problems import listed
from twin.results.auditing.audit_trail import TrailEntry, at, audit_trail, in_words, spoken
from twin.results.exports.paper import paper
from twin.results.exports.sheets import Column, Sheet, SheetRow, book_of
from twin.results.frames import from_rows
from twin.results.settlement.export import csv_text

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run

MEDIA = {".csv": "text/csv", ".pdf": "application/pdf"}
"""What the trail can be taken away as, with its media type."""
LONGEST_ON_PAPER = 5_000
"""Entries of one PDF: it is set within two seconds then, and has some hundred pages; nobody reads more on paper."""
COLUMNS = ("seq", "known", "effective", "person", "terminal", "says", "about", "was", "now", "why", "standing", "signed", "entry", "hash")
_ON_PAPER = {"known": 15, "person": 10, "terminal": 12, "says": 16, "about": 24, "was": 16, "now": 24, "why": 18, "standing": 14}


def row_of(it: TrailEntry, zone: ZoneInfo) -> dict[str, str | int]:
    """One entry in words, instants in the plant's time."""
    return {
        "seq": it.seq, "known": at(it.recorded_us, zone), "effective": at(it.at_us, zone), "person": it.person, "terminal": it.terminal,
        "says": spoken(it.says), "about": in_words(it.about), "was": in_words(it.was), "now": in_words(it.now), "why": it.why,
        "standing": it.standing, "signed": "; ".join(it.signed), "entry": it.entry, "hash": it.entry_hash,
    }  # fmt: skip


def trail_table(run: Run, of: str, person: str, since_us: int | None, until_us: int | None) -> pd.DataFrame:
    """The same as a table."""
    zone = ZoneInfo(run.plant.layout.time_zone)
    found = audit_trail(run, of=of, person=person, since_us=since_us, until_us=until_us)
    return from_rows([row_of(it, zone) for it in found], COLUMNS)


def trail_file(run: Run, found: Sequence[TrailEntry], about: str, kind: str) -> bytes:
    """The entries as the bytes of a file; `about`: what was asked for, in words. The run's lock is not needed.

    Raises
    ------
    ValueError : no such kind of file, more than a PDF takes, or what sets a PDF is not installed
    """
    if kind not in MEDIA:
        raise ValueError(f"an audit trail is no '{kind}'; allowed: {listed(MEDIA)}")
    if kind == ".pdf" and len(found) > LONGEST_ON_PAPER:
        raise ValueError(
            f"{len(found):,} entries are too many for one PDF; allowed: up to {LONGEST_ON_PAPER:,}, as of one thing, one person or a"
            " shorter window, or all of them as CSV"
        )
    rows = [row_of(it, ZoneInfo(run.plant.layout.time_zone)) for it in found]
    if kind == ".csv":
        return (csv_text(rows) if rows else ",".join(COLUMNS) + "\n").encode()
    columns = [Column(title=name.capitalize(), kind="text", width=width) for name, width in _ON_PAPER.items()]
    lines = [SheetRow(cells=[row[name] for name in _ON_PAPER]) for row in rows]
    return paper(book_of(run, "Audit trail", about, [Sheet(title=f"{len(rows)} entries", columns=columns, rows=lines)]))
