"""What of the variances of a request is in the worth of what it made at what it has cost."""

from __future__ import annotations

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """`env.py` makes derived tables anew, once, after the last migration."""
