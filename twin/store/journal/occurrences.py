"""Counting how often the same thing was said, so that the second of two equal facts gets an id of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable

REMEMBERED = 250_000


class Occurrences:
    """How often each key was counted, with an undo to the last commit.

    Only the last `REMEMBERED` keys are kept, so that a plant may be followed for years: equal facts have the same instant, and
    what follows from one fact follows soon, so that an older key does not come again.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._counts: dict[Hashable, int] = {}
        self._in_order: deque[Hashable] = deque()  # oldest first; a dict is slow to begin with where much of its beginning was taken away
        self._since_commit: list[Hashable] = []
        self._remembered = remembered

    def count(self, key: Hashable) -> int:
        """How often `key` was counted before this."""
        before = self._counts.get(key, 0)
        if not before:
            self._in_order.append(key)
        self._counts[key] = before + 1
        self._since_commit.append(key)
        return before

    def commit(self) -> None:
        self._since_commit.clear()
        while len(self._in_order) > self._remembered:
            del self._counts[self._in_order.popleft()]

    def rollback(self) -> None:
        for key in reversed(self._since_commit):
            self._counts[key] -= 1
            if not self._counts[key]:
                del self._counts[key]
                self._in_order.pop()  # the last that was new
        self._since_commit.clear()
