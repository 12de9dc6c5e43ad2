"""A posting names equipment and person, when it became known and what it concerns; tables of accounts, periods, budgets, the clock."""

from __future__ import annotations

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """`env.py` makes derived tables anew, once, after the last migration."""
