"""Tables of packages, serial numbers, forecasts, pegs, request costs and standards, with their views; those that are there stay."""

from __future__ import annotations

from alembic import op

from twin.store.projections.folded.tables import make_folded
from twin.store.projections.views import create_views, drop_views

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    granted = drop_views(op.get_bind())
    make_folded(op.get_bind())
    create_views(op.get_bind(), granted)
