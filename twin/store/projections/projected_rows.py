"""The rows that projections read and change: in memory, or written through to the tables batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, insert, select, update

Row = dict[str, Any]
Key = tuple[Any, ...]

_ASKED_AT_ONCE = 500  # SQLite takes a few thousand parameters in a statement, older ones 999


def _key_columns(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


class ProjectedRows:
    """Rows by their primary keys. A row that was got may be changed in place; `put` it again to have the change kept.

    Parameters
    ----------
    connection : where the tables are, in a transaction; None: everything stays in memory
    """

    def __init__(self, connection: Connection | None = None) -> None:
        self.connection = connection
        self._rows: dict[str, dict[Key, Row | None]] = {}  # None: known not to be there
        self._stored: set[tuple[str, Key]] = set()
        self._changed: dict[tuple[str, Key], Table] = {}

    def get(self, table: Table, *key: Any) -> Row | None:
        """The row of that key; None if there is none."""
        rows = self._rows.setdefault(table.name, {})
        if key not in rows and self.connection is not None:
            where = and_(*(table.c[name] == value for name, value in zip(_key_columns(table), key, strict=True)))
            self._keep(table, self.connection.execute(select(table).where(where)).mappings())
        return rows.setdefault(key, None)

    def put(self, table: Table, row: Row) -> None:
        """Keep the row, in place of the one with its key."""
        key = tuple(row[name] for name in _key_columns(table))
        self._rows.setdefault(table.name, {})[key] = row
        self._changed[table.name, key] = table

    def of(self, table: Table) -> list[Row]:
        """Every row of the table that is in memory, by key."""
        return [row for _, row in sorted(self._rows.get(table.name, {}).items()) if row is not None]

    def prefetch(self, table: Table, keys: Iterable[Any]) -> None:
        """Fetch many rows of a table with one key column by few statements; `get` then need not ask."""
        if self.connection is None:
            return
        rows = self._rows.setdefault(table.name, {})
        column = table.c[_key_columns(table)[0]]
        wanted = iter(sorted({key for key in keys if (key,) not in rows}))
        while some := list(islice(wanted, _ASKED_AT_ONCE)):
            rows.update(((key,), None) for key in some)
            self._keep(table, self.connection.execute(select(table).where(column.in_(some))).mappings())

    def _keep(self, table: Table, found: Iterable[Any]) -> None:
        names = _key_columns(table)
        for one in found:
            row = dict(one)
            key = tuple(row[name] for name in names)
            self._rows.setdefault(table.name, {})[key] = row
            self._stored.add((table.name, key))

    def flush(self) -> None:
        """Write what was put since the last flush."""
        if self.connection is None:
            return
        by_table: dict[str, tuple[Table, list[Row], list[Row]]] = {}
        for (name, key), table in self._changed.items():
            row = self._rows[name][key]
            assert row is not None
            _, new, changed = by_table.setdefault(name, (table, [], []))
            (changed if (name, key) in self._stored else new).append(row)
            self._stored.add((name, key))
        for table, new, changed in by_table.values():
            if new:
                self.connection.execute(insert(table), new)
            if changed:
                self._update(table, changed)
        self._changed.clear()

    def _update(self, table: Table, changed: Sequence[Row]) -> None:
        assert self.connection is not None
        keys = _key_columns(table)
        where = and_(*(table.c[name] == bindparam(f"key_{name}") for name in keys))
        values: dict[str, Any] = {column.name: bindparam(column.name) for column in table.c if column.name not in keys}
        statement = update(table).where(where).values(values)
        self.connection.execute(statement, [{**row, **{f"key_{name}": row[name] for name in keys}} for row in changed])
