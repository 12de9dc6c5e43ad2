"""More parts of the variance of a request (`machine_rate`, `energy_price`, `lot_size`); load by week, master schedule, transfers, and
variances by month.
"""

from __future__ import annotations

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """`env.py` makes derived tables anew, once, after the last migration."""
