"""What keeps a job order from its start, in the order in which it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Why = Literal[
    "observed",
    "lot",
    "held",
    "material",
    "off shift",
    "unit",
    "requirement",
    "nobody on shift",
    "nobody free",
    "minimum run",
    "batch",
    "person",
    "refused",
    "sent",
]
NEARNESS: dict[Why, int] = {why: place for place, why in enumerate(get_args(Why))}
"""What keeps a job order from its start, in the order in which it is asked for: the further down, the nearer to a start."""
SEEN_TO: frozenset[Why] = frozenset({"held", "material", "requirement"})
"""What somebody has to see to: it does not pass by itself, as a busy unit does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why a job order that waits is not started now."""

    job_order: str
    why: Why
    detail: str = ""  # the component that is missing, the personnel class that is wanted, how full the batch is
    absent: str = ""  # who of that class is away, until when and why, in words
    until_us: int = -1  # when that ends by itself; -1 where it depends on others
    others: tuple[Obstacle, ...] = ()  # what else it lacks, that somebody has to see to
