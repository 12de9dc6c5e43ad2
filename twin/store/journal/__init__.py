"""The journal: everything that happened, append-only and hash-chained, in memory or in a database."""

from twin.store.journal.hash_chain import trace_hash, verify
from twin.store.journal.journal_entry import EMPTY_HEAD, PLANT_SOURCES, Journal, JournalEntry, StoreError
from twin.store.journal.memory_journal import MemoryJournal

__all__ = ["EMPTY_HEAD", "PLANT_SOURCES", "Journal", "JournalEntry", "MemoryJournal", "StoreError", "trace_hash", "verify"]
