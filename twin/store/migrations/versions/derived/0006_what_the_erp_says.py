"""Tables and views say what the ERP says of what is cancelled, corrected, taken apart or at suppliers: they are made anew."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """`env.py` makes derived tables anew, once, after the last migration."""
