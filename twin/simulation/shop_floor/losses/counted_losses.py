"""Counts losses as they come, and says of each whether the scenario leaves it out.

What is left out has been drawn all the same, so that every other draw is what it would have been (common random numbers), and up to the
instant of the first loss that is left out the facts are those of the run with all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from twin.model.losses.left_out import LeftOut, LossKind
from twin.model.problems import listed


class NoSuchLossError(ValueError):
    """What should be left out of a run has not come in it."""


def refuse_what_has_not_come(still: Iterable[tuple[LeftOut, int]]) -> None:
    """At the end of the run: what was to be left out and has not come, and how many of its kind have.

    Raises
    ------
    NoSuchLossError : with all of that, if there is any
    """
    if said := [f"{it} ({came} came)" for it, came in still]:
        raise NoSuchLossError(f"no such loss in this run up to its end: {listed(said, 20)}; allowed: what `twin losses` lists")


class CountedLosses:
    """How many losses of each kind have come on each piece of equipment; nothing is counted where nothing is left out."""

    def __init__(self, without: Sequence[LeftOut]) -> None:
        self._still = list(without)
        self._came: dict[tuple[LossKind, str, str], int] = {}

    def is_left_out(self, loss: LossKind, equipment: str, reason: str = "") -> bool:
        """A loss is about to come: whether it is left out. Each is asked about once."""
        if not self._still:
            return False
        key = loss, equipment, reason
        self._came[key] = count = self._came.get(key, 0) + 1
        found = [it for it in self._still if (it.loss, it.equipment, it.reason, it.occurrence) == (*key, count)]
        self._still = [it for it in self._still if it not in found]
        return bool(found)

    def still_to_come(self) -> list[tuple[LeftOut, int]]:
        """Those that have not come yet, and how many of their kind have."""
        return [(it, self._came.get((it.loss, it.equipment, it.reason), 0)) for it in self._still]
