"""An empty database gets the tables of today at once, without Alembic; a test holds them against what the migrations make."""

from __future__ import annotations

from sqlalchemy import Connection

from twin.store.journal.tables import JOURNAL
from twin.store.projections.tables import create

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
    """The journal, which refuses to be changed, and everything that is derived from it; all empty."""
    JOURNAL.create(connection)
    for trigger in _TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(trigger)
    create(connection)
