"""Genealogy: which lots went into which, forward and backward, with quantities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """`quantity` of `lot` went into `into` (or went on as it, after a split); or so much of `into` came of `lot`, taken apart."""

    lot: str
    into: str
    quantity: int


class Genealogy:
    """Links between lots; each pair once, with the sum of what went."""

    def __init__(self) -> None:
        self._into: dict[str, dict[str, int]] = {}  # lot -> lots that it went into
        self._out_of: dict[str, dict[str, int]] = {}  # lot -> lots that went into it
        self._given_off: dict[str, int] = {}  # lot -> how much came of it where it was taken apart; it is the quantity of what came

    def link(self, lot: str, into: str, quantity: int) -> None:
        """`quantity` of `lot` went into `into`."""
        if quantity > 0:
            forward, backward = self._into.setdefault(lot, {}), self._out_of.setdefault(into, {})
            forward[into] = forward.get(into, 0) + quantity
            backward[lot] = backward.get(lot, 0) + quantity

    def give_off(self, lot: str, into: str, quantity: int) -> None:
        """`lot` was taken apart, and `quantity` of another material came of it, as lot `into`; nothing of `lot` itself is gone."""
        self.link(lot, into, quantity)
        self._given_off[lot] = self._given_off.get(lot, 0) + max(0, quantity)

    def gone(self, lot: str) -> int:
        """How much of `lot` went into others."""
        return sum(self._into.get(lot, {}).values()) - self._given_off.get(lot, 0)

    def backward(self, lot: str) -> list[Link]:
        """Every lot that went into `lot`, directly or through others, nearest first, with the quantities that went."""
        return _walk(lot, self._out_of, lambda here, other, quantity: Link(lot=other, into=here, quantity=quantity))

    def forward(self, lot: str) -> list[Link]:
        """Every lot that `lot` went into, directly or through others, nearest first."""
        return _walk(lot, self._into, lambda here, other, quantity: Link(lot=here, into=other, quantity=quantity))


def _walk(start: str, edges: dict[str, dict[str, int]], link: Callable[[str, str, int], Link]) -> list[Link]:
    """All links that are reached from `start`, breadth first, each once."""
    found: list[Link] = []
    seen, ahead = {start}, [start]
    while ahead:
        farther = []
        for here in ahead:
            for other, quantity in edges.get(here, {}).items():
                found.append(link(here, other, quantity))
                if other not in seen:
                    seen.add(other)
                    farther.append(other)
        ahead = farther
    return found
