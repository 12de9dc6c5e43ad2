"""Views for tools that read SQL: words for columns, days for instants (`twin.store.projections.views`).

Tables that they read are made anew with them: views are declared as of today, and older tables lack columns of theirs.
"""

from __future__ import annotations

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """`env.py` makes derived tables anew, once, after the last migration."""
