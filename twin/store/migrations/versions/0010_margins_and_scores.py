"""A table of how well suppliers serve, and a view of what was earned by customer and order."""

from __future__ import annotations

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """`env.py` makes derived tables anew, once, after the last migration."""
