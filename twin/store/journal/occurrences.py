"""Counting how often the same thing was said, so that the second of two equal facts gets an id of its own."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import islice

REMEMBERED = 250_000


class Occurrences:
    """How often each key was counted, with an undo to the last commit.

    Only the last `REMEMBERED` keys are kept, so that a plant may be followed for years: equal facts have the same instant, and
    what follows from one fact follows soon, so that an older key does not come again.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._counts: dict[Hashable, int] = {}  # oldest first
        self._since_commit: list[Hashable] = []
        self._remembered = remembered

    def count(self, key: Hashable) -> int:
        """How often `key` was counted before this."""
        before = self._counts.get(key, 0)
        self._counts[key] = before + 1
        self._since_commit.append(key)
        return before

    def commit(self) -> None:
        self._since_commit.clear()
        too_many = len(self._counts) - self._remembered
        for key in list(islice(self._counts, max(0, too_many))):
            del self._counts[key]

    def rollback(self) -> None:
        for key in reversed(self._since_commit):
            self._counts[key] -= 1
            if not self._counts[key]:
                del self._counts[key]
        self._since_commit.clear()
