"""The tables derived from the journal.

They are made as `twin.store.projections.tables` declares them today, whatever that is: they hold nothing of their own, so a
change to them is a new migration like this one, after which `project` fills them again.
"""

from __future__ import annotations

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """`env.py` makes derived tables anew, once, after the last migration."""
