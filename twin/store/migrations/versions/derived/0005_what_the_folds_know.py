"""Tables of what MES and ERP know, with their views (`twin.store.projections.folded`); the next run that ends here fills them."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """`env.py` makes derived tables anew, once, after the last migration."""
