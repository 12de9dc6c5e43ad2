"""Genealogy: which lots went into which, forward and backward, with quantities.

Ten million links have to fit into the memory of one machine, so a link is a row of numbers: 24 bytes, and no object. The links of a lot
in one direction are a chain through the rows, in the order in which they came; a new one is hung on at the end, whatever the size.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

NONE = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """`quantity` of `lot` went into `into` (or went on as it, after a split or a merge; or came of it beside it)."""

    lot: str
    into: str
    quantity: int


class _Chains:
    """The links of each lot in one direction: first and last row of each lot, next row of each row, and who is at the other end."""

    def __init__(self) -> None:
        self.first, self.last = array("i"), array("i")  # by lot
        self.following, self.other = array("i"), array("i")  # by row

    def add_lot(self) -> None:
        self.first.append(NONE)
        self.last.append(NONE)

    def add(self, lot: int, other: int) -> None:
        row, last = len(self.other), self.last[lot]
        self.following.append(NONE)
        self.other.append(other)
        if last == NONE:
            self.first[lot] = row
        else:
            self.following[last] = row
        self.last[lot] = row

    def rows(self, lot: int) -> Iterable[int]:
        row = self.first[lot]
        while row != NONE:
            yield row
            row = self.following[row]

    def reached(self, start: Iterable[int]) -> list[int]:
        """All lots that can be come to from `start`, which is among them; each once, the nearest first."""
        first, following, other = self.first, self.following, self.other
        found = list(dict.fromkeys(start))
        seen = set(found)
        for lot in found:  # it grows while it is walked along
            row = first[lot]
            while row != NONE:
                there = other[row]
                if there not in seen:
                    seen.add(there)
                    found.append(there)
                row = following[row]
        return found


class Genealogy:
    """Links between lots. Told of the same pair several times, it answers once, with the sum of what went."""

    def __init__(self) -> None:
        self._number: dict[str, int] = {}
        self._names: list[str] = []
        self._into, self._out_of = _Chains(), _Chains()
        self._quantity = array("q")  # by row, which is the same in both directions
        self._beside: dict[str, dict[str, int]] = {}  # lot -> of its links, what came of it beside it, by lot: nothing of it has gone

    def __len__(self) -> int:
        return len(self._quantity)

    def link(self, lot: str, into: str, quantity: int, *, is_beside: bool = False) -> None:
        """`quantity` of `lot` went into `into`; with `is_beside` it came of it, and `lot` has no less (a by-product)."""
        if quantity <= 0:
            return
        here, there = self._numbered(lot), self._numbered(into)
        self._into.add(here, there)
        self._out_of.add(there, here)
        self._quantity.append(quantity)
        if is_beside:
            beside = self._beside.setdefault(lot, {})
            beside[into] = beside.get(into, 0) + quantity

    def gone(self, lot: str) -> int:
        """How much of `lot` went into others."""
        return sum(self.went_into(lot).values())

    def went_into(self, lot: str) -> dict[str, int]:
        """How much of `lot` went into each other, by lot: all that it has less of."""
        beside = self._beside.get(lot, {})
        went = ((link.into, link.quantity - beside.get(link.into, 0)) for link in self.next_forward(lot))
        return {into: quantity for into, quantity in went if quantity}

    def next_forward(self, lot: str) -> list[Link]:
        """What `lot` went into directly."""
        return [Link(lot=lot, into=name, quantity=quantity) for name, quantity in self._ends(lot, self._into)]

    def next_backward(self, lot: str) -> list[Link]:
        """What went into `lot` directly."""
        return [Link(lot=name, into=lot, quantity=quantity) for name, quantity in self._ends(lot, self._out_of)]

    def backward(self, lot: str) -> list[Link]:
        """Every lot that went into `lot`, directly or through others, nearest first, with the quantities that went."""
        return [link for name in self.reached([lot], forward=False) for link in self.next_backward(name)]

    def forward(self, lot: str) -> list[Link]:
        """Every lot that `lot` went into, directly or through others, nearest first."""
        return [link for name in self.reached([lot], forward=True) for link in self.next_forward(name)]

    def reached(self, lots: Iterable[str], *, forward: bool) -> list[str]:
        """`lots`, and every lot that they went into (or that went into them), each once, nearest first."""
        known = list(lots)
        numbers = [self._number[name] for name in known if name in self._number]
        chains = self._into if forward else self._out_of
        names = self._names
        found = [names[number] for number in chains.reached(numbers)]
        return found if len(numbers) == len(known) else list(dict.fromkeys([*known, *found]))

    def _numbered(self, lot: str) -> int:
        number = self._number.get(lot)
        if number is None:
            number = self._number[lot] = len(self._names)
            self._names.append(lot)
            self._into.add_lot()
            self._out_of.add_lot()
        return number

    def _ends(self, lot: str, chains: _Chains) -> Iterable[tuple[str, int]]:
        """Who is at the other ends of the links of a lot, and how much went there in all."""
        number = self._number.get(lot)
        sums: dict[int, int] = {}
        for row in chains.rows(number) if number is not None else ():
            other = chains.other[row]
            sums[other] = sums.get(other, 0) + self._quantity[row]
        return ((self._names[other], quantity) for other, quantity in sums.items())
