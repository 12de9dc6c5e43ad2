"""Tables and views say what the ERP says of what is cancelled, corrected, taken apart or at suppliers: they are made anew."""

from __future__ import annotations

from alembic import op

from twin.store.projections.tables import recreate

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    recreate(op.get_bind())
