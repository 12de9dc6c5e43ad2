"""Customer and supplier that an entry by hand names."""

from __future__ import annotations

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """`env.py` makes derived tables anew, once, after the last migration."""
