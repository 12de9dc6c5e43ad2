"""What falls due when: bills to come, payments, reminders. It is looked at, and changes when what came of it is heard."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator

Matter = tuple[str, ...]
"""What it is, and of what: ("pay", supplier, bill)."""


class Agenda:
    """One instant for each matter, the earliest first."""

    def __init__(self) -> None:
        self._in_order: list[tuple[int, Matter]] = []
        self._at: dict[Matter, int] = {}

    def put(self, at_us: int, *matter: str) -> None:
        self.drop(*matter)
        self._at[matter] = at_us
        insort(self._in_order, (at_us, matter))

    def drop(self, *matter: str) -> None:
        at_us = self._at.pop(matter, None)
        if at_us is not None:
            del self._in_order[bisect_left(self._in_order, (at_us, matter))]

    def has(self, *matter: str) -> bool:
        return matter in self._at

    def due(self, now_us: int) -> Iterator[Matter]:
        """What is due now, the earliest first."""
        for at_us, matter in self._in_order:
            if at_us > now_us:
                return
            yield matter
