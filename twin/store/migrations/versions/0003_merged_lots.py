"""A lot that is merged into another is two movements of one entry: the tables derived from the journal are made anew."""

from __future__ import annotations

from alembic import op

from twin.store.projections.tables import recreate

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    recreate(op.get_bind())
