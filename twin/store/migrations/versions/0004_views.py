"""Views for tools that read SQL: words for columns, days for instants (`twin.store.projections.views`)."""

from __future__ import annotations

from alembic import op

from twin.store.projections.folded.tables import make_folded
from twin.store.projections.views import create_views, drop_views

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    granted = drop_views(op.get_bind())
    make_folded(op.get_bind())
    create_views(op.get_bind(), granted)
