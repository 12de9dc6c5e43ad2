"""A view of SQL, and what SQLite and PostgreSQL say differently in it."""

from __future__ import annotations

from dataclasses import dataclass

_LOCAL = "({column} + COALESCE((SELECT c.ahead_us FROM plant_clock c WHERE c.from_us <= {column} ORDER BY c.from_us DESC LIMIT 1), 0))"
"""Days and months are those of the plant's clock, as the books count them; of UTC, until a run has told what the plant's is."""

_DIALECTS: dict[str, dict[str, str]] = {
    "sqlite": {
        "at": "strftime('%Y-%m-%d %H:%M:%S', {column} / 1000000, 'unixepoch')",
        "day": f"strftime('%Y-%m-%d', {_LOCAL} / 1000000, 'unixepoch')",
        "month": f"strftime('%Y-%m', {_LOCAL} / 1000000, 'unixepoch')",
    },
    "postgresql": {
        "at": "to_char(to_timestamp({column} / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')",
        "day": f"to_char(to_timestamp({_LOCAL} / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
        "month": f"to_char(to_timestamp({_LOCAL} / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM')",
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
