"""Tables of what MES and ERP know, with their views (`twin.store.projections.folded`); the next run that ends here fills them."""

from __future__ import annotations

from alembic import op

from twin.store.projections.tables import recreate

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    recreate(op.get_bind())
