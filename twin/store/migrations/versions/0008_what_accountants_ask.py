"""A posting names equipment and person, when it became known and what it concerns; tables of accounts, periods, budgets, the clock."""

from __future__ import annotations

from alembic import op

from twin.store.projections.tables import recreate

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    recreate(op.get_bind())
