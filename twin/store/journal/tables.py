"""The table `journal`, as SQL knows it. Its history is in `twin/store/migrations`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text

METADATA = MetaData()
"""The journal and every projection; a test compares it with what the migrations make."""

Int64 = BigInteger().with_variant(Integer, "sqlite")  # SQLite stores any INTEGER in up to 64 bits, and only INTEGER can be its row id

JOURNAL = Table(
    "journal",
    METADATA,
    Column("seq", Int64, primary_key=True, autoincrement=False, comment="place in the journal, from 1 without gaps"),
    Column("id", String(32), nullable=False, unique=True, comment="made from content: the same event has the same id in every journal"),
    Column("effective_us", Int64, nullable=False, comment="when it happened, microseconds since 1970-01-01 UTC"),
    Column("recorded_us", Int64, nullable=False, comment="when it became known, microseconds since 1970-01-01 UTC"),
    Column("source", String(16), nullable=False, comment="simulated, live, replayed, user or rule"),
    Column("type", String(64), nullable=False, comment="event class, in ISA-95 terms"),
    Column("equipment", Text, nullable=False, comment="work unit, line or work center; empty where none"),
    Column("request", Text, nullable=False, comment="operations request; empty where none"),
    Column("job_order", Text, nullable=False, comment="job order, several of a batch joined by +; empty where none"),
    Column("lot", Text, nullable=False, comment="material lot; empty where none"),
    Column("person", Text, nullable=False, comment="person, several joined by +; empty where none"),
    Column("cause", Text, nullable=False, comment="id of the entry that this one follows from; empty for a fact"),
    Column("rule", Text, nullable=False, comment="rule that concluded it; empty for a fact"),
    Column("body", Text, nullable=False, comment="the fields of its class as canonical JSON"),
    Column("previous_hash", String(64), nullable=False, comment="hash of the entry before; 64 zeros for the first"),
    Column("hash", String(64), nullable=False, comment="BLAKE2b over previous_hash and everything else in this row"),
    Index("journal_by_time", "effective_us"),
    comment="Append-only, hash-chained: everything that happened. All other tables are derived from it.",
)
