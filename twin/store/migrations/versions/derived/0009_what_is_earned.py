"""What of the variances of a request its output bears; a table of how well suppliers serve, a view of what was earned by order."""

from __future__ import annotations

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """`env.py` makes derived tables anew, once, after the last migration."""
