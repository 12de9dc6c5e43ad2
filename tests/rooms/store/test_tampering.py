from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from twin.model.events import CountObserved, JobOrderStarted
from twin.model.states import Source
from twin.store.journal import DatabaseJournal, MemoryJournal, StoreError, verify
from twin.store.journal.hash_chain import JournalRow, entry_of, first_broken_link, row_of

AGAIN = f"journal SELECT seq, 'x', {', '.join(JournalRow._fields[2:])} FROM journal WHERE seq = 3"
STATEMENTS = {
    "both": ["UPDATE journal SET lot = 'another' WHERE seq = 3", "DELETE FROM journal WHERE seq = 3", "DELETE FROM journal"],
    "sqlite": [f"INSERT OR REPLACE INTO {AGAIN}"],
    "postgresql": ["TRUNCATE journal", f"INSERT INTO {AGAIN} ON CONFLICT (seq) DO UPDATE SET lot = 'another'"],
}


def filled(url: str, pairs: int = 6) -> DatabaseJournal:
    journal = DatabaseJournal(url)
    for n in range(pairs):
        fact = journal.append(CountObserved(effective_us=n, equipment="mill_1", good=n, lot="Größe"), source=Source.LIVE)
        journal.append(JobOrderStarted(effective_us=n, job_order=f"SO-{n}"), source=Source.RULE, cause=fact.id, rule="mes.tracking")
    journal.commit()
    return journal


def forge(journal: DatabaseJournal, *statements: str) -> None:
    """Change the table as somebody would who may drop triggers."""
    triggers = ["DROP TRIGGER journal_keeps_update", "DROP TRIGGER journal_keeps_delete"]
    if journal.engine.dialect.name == "postgresql":
        triggers = ["DROP TRIGGER journal_keeps ON journal"]
    with journal.engine.begin() as connection:
        for statement in (*triggers, *statements):
            connection.execute(text(statement))


def test_the_database_refuses_to_change_the_journal(database_url):
    journal = filled(database_url)
    before = list(journal.entries())
    for statement in STATEMENTS["both"] + STATEMENTS[journal.engine.dialect.name]:
        with pytest.raises(DBAPIError, match="the journal is append-only"), journal.engine.begin() as connection:
            connection.execute(text(statement))
    assert list(journal.entries()) == before
    journal.close()


CHANGES = {name: f"{name} = {name} + 1" for name in ("effective_us", "recorded_us")} | {
    name: f"{name} = {name} || 'x'" for name in ("equipment", "request", "job_order", "lot", "person", "cause", "rule", "type")
}
CHANGES |= {
    "body": "body = replace(body, '3', '4')",
    "space in body": "body = replace(body, ':', ': ')",
    "id": "id = '00000000000000000000000000000000'",
    "source": "source = 'replayed'",
    "hash": "hash = previous_hash",
    "previous_hash": "previous_hash = hash",
}


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_record_is_found_by_its_seq(database_url, change):
    journal = filled(database_url)
    assert verify(journal) is None
    forge(journal, f"UPDATE journal SET {CHANGES[change]} WHERE seq = 7")
    assert verify(journal) == 7
    journal.close()


@pytest.mark.parametrize(
    ("forgery", "found_at"),
    [
        (["DELETE FROM journal WHERE seq = 4"], 4),
        (["DELETE FROM journal WHERE seq = 1"], 1),
        (["DELETE FROM journal WHERE seq = 4", "UPDATE journal SET seq = seq - 1 WHERE seq > 4"], 4),
        (
            [
                "UPDATE journal SET seq = 99 WHERE seq = 5",
                "UPDATE journal SET seq = 5 WHERE seq = 6",
                "UPDATE journal SET seq = 6 WHERE seq = 99",
            ],
            5,
        ),
    ],
    ids=["one taken out", "the first taken out", "one taken out and the gap closed", "two exchanged"],
)
def test_what_is_missing_or_moved_is_found(fresh_database, forgery, found_at):
    url = fresh_database()
    journal = filled(url)
    if journal.engine.dialect.name == "postgresql" and "seq - 1" in forgery[-1]:
        forgery = [forgery[0], "UPDATE journal SET seq = -seq", "UPDATE journal SET seq = CASE WHEN seq < -4 THEN -seq - 1 ELSE -seq END"]
    forge(journal, *forgery)
    assert verify(journal) == found_at
    journal.close()


def test_a_byte_flipped_in_the_file_is_found_at_its_record(tmp_path: Path):
    """Case part11-01-chain (b): of a thousand records the one that was changed."""
    path = tmp_path / "plant.db"
    filled(f"sqlite:///{path}", 500).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    whole = path.read_bytes()
    place = whole.index('{"good":4,'.encode())  # noqa: UP012
    for offset, bit in ((1, 0x01), (8, 0x01), (8, 0x80), (3, 0xFF)):  # 0x80: no longer UTF-8
        damaged = bytearray(whole)
        damaged[place + offset] ^= bit
        path.write_bytes(damaged)
        journal = DatabaseJournal(path)
        assert verify(journal) == 9
        journal.close()


def test_every_single_bit_of_a_row_counts():
    memory = MemoryJournal()
    memory.append(CountObserved(effective_us=7, equipment="mill_1", lot="A", job_order="A/mill", good=3), source=Source.LIVE)
    row = row_of(next(memory.entries()))
    assert first_broken_link([row]) is None
    for name, value in zip(JournalRow._fields, row, strict=True):
        forged = [value ^ (1 << bit) for bit in range(63)] if isinstance(value, int) else list(_one_bit_off(value))
        assert forged or value == ""
        assert all(first_broken_link([row._replace(**{name: other})]) == 1 for other in forged), name


def _one_bit_off(value: str) -> list[str]:
    raw = value.encode()
    flipped = (bytes([*raw[:at], raw[at] ^ (1 << bit), *raw[at + 1 :]]) for at in range(len(raw)) for bit in range(8))
    return [one.decode(errors="surrogateescape") for one in flipped]


def test_a_row_whose_fields_are_not_those_of_its_class_says_so_and_one_of_before_a_field_had_come_is_read() -> None:
    row = row_of(MemoryJournal().append(CountObserved(effective_us=5, equipment="mill_1", good=2, scrap=1), source=Source.LIVE))
    assert row_of(entry_of(row)) == row
    for body, why in (
        (row.body.replace('"good":2', '"god":2'), "god"),
        (row.body.replace("{", '{"more":1,'), "more"),
        ("[]", "allowed: a whole copy"),
    ):
        with pytest.raises(StoreError, match=f"entry 1 of the journal cannot be read.*{why}"):
            entry_of(row._replace(body=body))
    older = entry_of(row._replace(body='{"good":2}', recorded_us=-1)).event
    assert older == CountObserved(effective_us=5, equipment="mill_1", good=2)
    with pytest.raises(StoreError, match="no event class is called 'Counted'"):
        entry_of(row._replace(type="Counted"))
