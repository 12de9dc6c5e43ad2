"""A view of SQL, and what SQLite and PostgreSQL say differently in it."""

from __future__ import annotations

from dataclasses import dataclass

_DIALECTS: dict[str, dict[str, str]] = {
    "sqlite": {
        "at": "strftime('%Y-%m-%d %H:%M:%S', {column} / 1000000, 'unixepoch')",
        "day": "strftime('%Y-%m-%d', {column} / 1000000, 'unixepoch')",
        "month": "strftime('%Y-%m', {column} / 1000000, 'unixepoch')",
    },
    "postgresql": {
        "at": "to_char(to_timestamp({column} / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')",
        "day": "to_char(to_timestamp({column} / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
        "month": "to_char(to_timestamp({column} / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM')",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlView:
    """One view: its name, what it shows, its columns with what they mean, and where they come from."""

    name: str
    comment: str
    columns: dict[str, tuple[str, str]]  # name -> (SQL, meaning)
    source: str  # FROM ... and what follows

    def sql(self, dialect: str) -> str:
        """The statement that makes it."""
        listed = ", ".join(f"{self._said(sql, dialect)} AS {name}" for name, (sql, _) in self.columns.items())
        return f"CREATE VIEW {self.name} AS SELECT {listed} FROM {self._said(self.source, dialect)}"

    @staticmethod
    def _said(sql: str, dialect: str) -> str:
        for word, form in _DIALECTS[dialect].items():
            while (start := sql.find(f"{{{word}:")) >= 0:
                end = sql.index("}", start)
                sql = sql[:start] + form.format(column=sql[start + len(word) + 2 : end]) + sql[end + 1 :]
        return sql
