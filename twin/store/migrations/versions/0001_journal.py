"""The table `journal`, append-only in both databases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INT64 = sa.BigInteger().with_variant(sa.Integer, "sqlite")
REFUSAL = "the journal is append-only"

SQLITE_TRIGGERS = [
    f"CREATE TRIGGER journal_keeps_{verb.lower()} BEFORE {verb} ON journal BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL_TRIGGERS = [
    f"""CREATE FUNCTION journal_refuses() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$""",
    "CREATE TRIGGER journal_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION journal_refuses()",
]


def upgrade() -> None:
    op.create_table(
        "journal",
        sa.Column("seq", INT64, primary_key=True, autoincrement=False, comment="place in the journal, from 1 without gaps"),
        sa.Column(
            "id", sa.String(32), nullable=False, unique=True, comment="made from content: the same event has the same id in every journal"
        ),
        sa.Column("effective_us", INT64, nullable=False, comment="when it happened, microseconds since 1970-01-01 UTC"),
        sa.Column("recorded_us", INT64, nullable=False, comment="when it became known, microseconds since 1970-01-01 UTC"),
        sa.Column("source", sa.String(16), nullable=False, comment="simulated, live, replayed, user or rule"),
        sa.Column("type", sa.String(64), nullable=False, comment="event class, in ISA-95 terms"),
        sa.Column("equipment", sa.Text, nullable=False, comment="work unit, line or work center; empty where none"),
        sa.Column("request", sa.Text, nullable=False, comment="operations request; empty where none"),
        sa.Column("job_order", sa.Text, nullable=False, comment="job order, several of a batch joined by +; empty where none"),
        sa.Column("lot", sa.Text, nullable=False, comment="material lot; empty where none"),
        sa.Column("person", sa.Text, nullable=False, comment="person, several joined by +; empty where none"),
        sa.Column("cause", sa.Text, nullable=False, comment="id of the entry that this one follows from; empty for a fact"),
        sa.Column("rule", sa.Text, nullable=False, comment="rule that concluded it; empty for a fact"),
        sa.Column("body", sa.Text, nullable=False, comment="the fields of its class as canonical JSON"),
        sa.Column("previous_hash", sa.String(64), nullable=False, comment="hash of the entry before; 64 zeros for the first"),
        sa.Column("hash", sa.String(64), nullable=False, comment="BLAKE2b over previous_hash and everything else in this row"),
        comment="Append-only, hash-chained: everything that happened. All other tables are derived from it.",
    )
    op.create_index("journal_by_time", "journal", ["effective_us"])
    for trigger in POSTGRESQL_TRIGGERS if op.get_bind().dialect.name == "postgresql" else SQLITE_TRIGGERS:
        op.execute(trigger)
