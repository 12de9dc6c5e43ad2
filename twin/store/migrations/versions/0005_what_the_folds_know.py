"""Tables of what MES and ERP know, with their views (`twin.store.projections.folded`); the next run that ends here fills them."""

from __future__ import annotations

from alembic import op

from twin.store.projections.folded.tables import make_folded
from twin.store.projections.views import create_views, drop_views

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    granted = drop_views(op.get_bind())
    make_folded(op.get_bind(), anew=True)
    create_views(op.get_bind(), granted)
