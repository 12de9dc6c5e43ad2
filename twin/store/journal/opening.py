"""Opening a journal by name, and copying one home to the other."""

from __future__ import annotations

from collections.abc import Iterable, Set
from pathlib import Path

from twin.model.states import Source
from twin.store.journal.journal_entry import Journal, JournalEntry, StoreError


def open_journal(url: str | Path, *, create: bool = True, excludes: Set[Source] = frozenset()) -> Journal:
    """The journal in that database.

    Parameters
    ----------
    url : a path (SQLite), "sqlite:///path" or "postgresql+psycopg://user@host/database"
    create : make or migrate its tables; else it must be there
    excludes : sources of which nobody else may have entries here, or `append` refuses

    Raises
    ------
    NoJournal : there is none, and none shall be made
    StoreError : it cannot be used as a journal, with the reason and what is allowed
    """
    from twin.store.journal.database_journal import DatabaseJournal

    return DatabaseJournal(url, create=create, excludes=excludes)


def transcribe(entries: Iterable[JournalEntry], journal: Journal) -> None:
    """Append entries of another journal, and commit: to keep a run in memory, or to take one out of a file.

    Into an empty journal the whole of another gives the same head. Entries that are there already stay as they are.

    Raises
    ------
    StoreError : an entry would not get the id that it has, so it was changed or something before it is missing
    """
    for entry in entries:
        copy = journal.append(entry.event, source=entry.source, cause=entry.cause, rule=entry.rule)
        if copy.id != entry.id:
            journal.rollback()
            raise StoreError(
                f"entry {entry.seq} would get another id ({copy.id}, not {entry.id}); allowed: a whole journal that nobody changed"
            )
    journal.commit()
