"""Tables and views of what is declared: materials, bills, routings, equipment, customers, suppliers, prices."""

from __future__ import annotations

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """`env.py` makes derived tables anew, once, after the last migration."""
