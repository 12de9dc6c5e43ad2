"""Tables of packages, serial numbers, forecasts, pegs, request costs and standards, with their views; those that are there stay."""

from __future__ import annotations

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """`env.py` makes derived tables anew, once, after the last migration."""
