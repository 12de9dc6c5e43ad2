"""What persons, signatures, serial numbers and plans of the last week of November tell of themselves in derived tables."""

from __future__ import annotations

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """`env.py` makes derived tables anew, once, after the last migration."""
