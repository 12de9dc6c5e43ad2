"""The journal: everything that happened, append-only and hash-chained, in memory or in a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twin.store.journal.hash_chain import trace_hash, verify
from twin.store.journal.journal_entry import EMPTY_HEAD, PLANT_SOURCES, Journal, JournalEntry, NoJournal, StoreError
from twin.store.journal.memory_journal import MemoryJournal, UnchainedJournal
from twin.store.journal.opening import open_journal, transcribe

if TYPE_CHECKING:
    from twin.store.journal.database_journal import DatabaseJournal

__all__ = [
    "EMPTY_HEAD",
    "PLANT_SOURCES",
    "DatabaseJournal",
    "Journal",
    "JournalEntry",
    "MemoryJournal",
    "NoJournal",
    "StoreError",
    "UnchainedJournal",
    "open_journal",
    "trace_hash",
    "transcribe",
    "verify",
]


def __getattr__(name: str) -> Any:
    """`DatabaseJournal` brings SQLAlchemy along, so it is loaded when somebody asks for it."""
    if name == "DatabaseJournal":
        from twin.store.journal.database_journal import DatabaseJournal

        return DatabaseJournal
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
