"""Copying a whole journal row by row as it stands, with its chain checked, while somebody hears its entries.

What is recorded needs no new canonical text, ids and hashes: a row is copied as bytes, and its hash, which covers all of it and the row
before, is reckoned again over what is stored. From SQLite to SQLite the database copies by itself, its indexes in their order.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from twin.store.journal.database_journal import DatabaseJournal
from twin.store.journal.hash_chain import JournalRow, entry_of, first_broken_link, row_of
from twin.store.journal.journal_entry import EMPTY_HEAD, Journal, JournalEntry, StoreError

Thing = TypeVar("Thing")
_BLOCK = 2_000
"""Rows that are checked together: so few that they are still in the processor's cache when they are read as events."""
_ALL_ROWS = "INSERT INTO main.journal SELECT * FROM recorded.journal"  # said so, SQLite copies pages of rows and sorts no index anew


def copied(recorded: Journal, journal: Journal) -> Generator[JournalEntry]:
    """Copy all of `recorded` into `journal`, which is empty, and give each entry once it was checked: all are kept at the end, or none.

    The memory that it takes does not grow with the journal. Whoever stops in the midst, or fails, leaves `journal` empty.

    Raises
    ------
    StoreError : `journal` is not empty, an entry was changed after it was written, or a database refuses
    """
    with closing(copied_in_blocks(recorded, journal)) as blocks:
        for block in blocks:
            yield from block


def copied_in_blocks(recorded: Journal, journal: Journal) -> Generator[Sequence[JournalEntry]]:
    """`copied`, some thousand entries at a time. Nothing is kept before whoever has the last of them asks for more."""
    if len(journal):
        raise StoreError(f"the journal holds {len(journal)} entries already; allowed: a new file, or an empty database")
    if not isinstance(journal, DatabaseJournal):
        yield from _said_again(recorded, journal)
        return
    file = _file_of(recorded, journal)
    with journal.filling(file) as connection:
        if file:
            connection.exec_driver_sql(_ALL_ROWS)
        previous, seq = EMPTY_HEAD, 0
        for rows in journal.stored_pages(connection, _BLOCK) if file else _blocks(_rows_of(recorded)):
            if (broken := first_broken_link(rows, previous, seq)) is not None:
                raise StoreError(f"entry {broken} was changed after it was written; allowed: a journal as it was kept")
            if not file:
                journal.insert(connection, rows)
            seq, *_, previous = rows[-1]
            yield list(map(entry_of, rows))


def _said_again(recorded: Journal, journal: Journal) -> Iterator[Sequence[JournalEntry]]:
    """Into memory there are no rows to copy: each event gets its id and its hash anew, and they must be the ones that it has."""
    for entries in _blocks(recorded.entries()):
        copies = [journal.append(it.event, source=it.source, cause=it.cause, rule=it.rule) for it in entries]
        for entry, copy in zip(entries, copies, strict=True):
            if (copy.id, copy.hash) != (entry.id, entry.hash):
                raise StoreError(f"entry {entry.seq} was changed after it was written; allowed: a journal as it was kept")
        yield copies
    journal.commit()


def _file_of(recorded: Journal, journal: DatabaseJournal) -> Path | None:
    """The file of the record, if both are files of SQLite."""
    if not isinstance(recorded, DatabaseJournal) or recorded.uncommitted:
        return None
    both_are = recorded.url.drivername == journal.url.drivername == "sqlite"
    file = Path(str(recorded.url.database))
    return file if both_are and file.is_file() else None


def _rows_of(recorded: Journal) -> Iterable[JournalRow]:
    if isinstance(recorded, DatabaseJournal):
        return recorded.rows()
    return map(row_of, recorded.entries())


def _blocks(them: Iterable[Thing]) -> Iterator[Sequence[Thing]]:
    left = iter(them)
    for first in left:
        yield list(chain((first,), islice(left, _BLOCK - 1)))
