"""Tables of packages, serial numbers, forecasts, pegs, request costs and standards, with their views; those that are there stay."""

from __future__ import annotations

from alembic import op

from twin.store.projections.tables import recreate

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    recreate(op.get_bind())
