"""Writing what the folds know: the tables are compared with it, and what differs is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, delete, insert, select

from twin.store.journal import StoreError
from twin.store.journal.database import in_words, writing
from twin.store.journal.database_journal import DatabaseJournal
from twin.store.projections.folded.tables import FOLDED, FOLDED_AS_OF
from twin.store.projections.projected_rows import Key, Row


def keep_folded(journal: DatabaseJournal, rows: Mapping[str, Sequence[Row]], *, seq: int, known_us: int) -> int:
    """Make the tables say what the folds say, in one transaction; how many rows were written or taken away.

    Who reads a journal again from its beginning knows less, at first, than the tables tell already: until then nothing is written.

    Parameters
    ----------
    rows : of every table by its name, with a value for every column
    seq : the last entry that the folds have applied
    known_us : plant time then

    Raises
    ------
    StoreError : the journal has entries that are not committed, or the database refuses
    """
    if journal.uncommitted:
        raise StoreError(f"{journal.uncommitted} entries of the journal are not committed; commit them before the tables can tell of them")
    with in_words(journal.url), writing(journal.engine) as connection:
        told = connection.execute(select(FOLDED_AS_OF.c.known_us, FOLDED_AS_OF.c.seq)).first()
        if told is not None and (known_us, seq) < tuple(told):
            return 0
        changed = sum(_bring(connection, table, rows[table.name]) for table in FOLDED)
        _bring(connection, FOLDED_AS_OF, [{"name": "journal", "seq": seq, "known_us": known_us}])
    return changed


def _bring(connection: Connection, table: Table, wanted: Sequence[Row]) -> int:
    keys = [column.name for column in table.primary_key]
    columns = {column.name for column in table.columns}
    assert all(row.keys() == columns for row in wanted), f"rows of {table.name} have other columns"

    def key_of(row: Mapping[str, Any]) -> Key:
        return tuple(row[name] for name in keys)

    there = {key_of(row): row for row in map(dict, connection.execute(select(table)).mappings())}
    anew = {key_of(row): row for row in ({name: _fitting(value) for name, value in row.items()} for row in wanted)}
    gone = [key for key, row in there.items() if anew.get(key) != row]
    new = [row for key, row in anew.items() if there.get(key) != row]
    if gone:
        where = and_(*(table.c[name] == bindparam(f"key_{name}") for name in keys))
        connection.execute(delete(table).where(where), [{f"key_{n}": it for n, it in zip(keys, key, strict=True)} for key in gone])
    if new:
        connection.execute(insert(table), new)
    return len({*gone, *map(key_of, new)})


def _fitting(value: Any) -> Any:
    """A text without what no database takes: halves of characters, NUL."""
    return value.encode(errors="replace").decode().replace("\0", "?") if isinstance(value, str) and not value.isprintable() else value
