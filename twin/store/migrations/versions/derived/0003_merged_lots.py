"""A lot that is merged into another is two movements of one entry: the tables derived from the journal are made anew."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """`env.py` makes derived tables anew, once, after the last migration."""
