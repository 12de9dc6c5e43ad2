"""An empty database gets the tables of today at once, without Alembic; a test holds them against what the migrations make."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from sqlalchemy import Connection, Dialect, Table, make_url
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement, SetColumnComment, SetTableComment

from twin.store.journal.tables import JOURNAL
from twin.store.projections.folded.tables import FOLDED, FOLDED_AS_OF
from twin.store.projections.tables import PROJECTED, PROJECTIONS
from twin.store.projections.views import statements

_REFUSAL = "the journal is append-only"
_TRIGGERS = {
    "sqlite": [
        f"CREATE TRIGGER journal_keeps_{verb.lower()} BEFORE {verb} ON journal BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        f"""CREATE FUNCTION journal_refuses() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$""",
        "CREATE TRIGGER journal_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION journal_refuses()",
    ],
}


def make_tables(connection: Connection) -> None:
    """The journal, which refuses to be changed, everything that is derived from it, and the views that read it; all empty."""
    for script in _scripts(connection.dialect.name):
        connection.exec_driver_sql(script, execution_options={"no_parameters": True})


@cache
def _scripts(kind: str) -> list[str]:
    """Written out once for a kind of database: to put it into words takes longer than to carry it out."""
    dialect = make_url(f"{kind}://").get_dialect()()
    tables = (JOURNAL, *PROJECTIONS, PROJECTED, *FOLDED, FOLDED_AS_OF)
    said = [str(element.compile(dialect=dialect)) for table in tables for element in _elements(table, dialect)]
    said += [*_TRIGGERS[kind], *statements(kind)]
    return said if kind == "sqlite" else [";\n".join(said)]  # which would be hundreds of ways to the server and back


def _elements(table: Table, dialect: Dialect) -> Iterator[DDLElement]:
    """What `table.create` says."""
    yield CreateTable(table)
    yield from (CreateIndex(index) for index in table.indexes)
    if dialect.supports_comments:
        yield SetTableComment(table)
        yield from (SetColumnComment(column) for column in table.columns if column.comment)
