"""How exact amounts become whole minor units. Rounding is half to even; nothing that is rounded off is ever lost.

An amount that grows (the labour on a request, the energy of a mill) is kept exactly, as a fraction. What is posted is the
step between two rounded totals, so the sum of all steps is the rounded total, whatever the order and the size of the steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import lcm

Key = tuple[str, str]
Ratio = tuple[int, int]
"""Numerator and denominator (> 0) of an exact amount, which need not be reduced: cheaper to make than a fraction."""


def round_half_even(numerator: int, denominator: int) -> int:
    """The integer nearest to numerator / denominator (> 0); halves go to the even neighbour."""
    quotient, rest = divmod(numerator, denominator)
    if 2 * rest > denominator or (2 * rest == denominator and quotient % 2):
        return quotient + 1
    return quotient


def amount(minor: int) -> str:
    """Minor units as people write money: 65000 is "650.00"."""
    units, cents = divmod(abs(minor), 100)
    return f"{'-' if minor < 0 else ''}{units}.{cents:02d}"


class Accruals:
    """Exact running totals by key, read and posted in whole minor units.

    A total is kept as a numerator over a common denominator, and not reduced: what comes mostly has the denominator that is there
    already, so that a step is an addition of integers.
    """

    def __init__(self) -> None:
        self._totals: dict[Key, tuple[int, int]] = {}
        self._minor: dict[Key, int] = {}  # the same, rounded: it is asked for far more often than it changes

    def __contains__(self, key: Key) -> bool:
        return key in self._totals

    def __len__(self) -> int:
        return len(self._totals)

    def items(self) -> Iterator[tuple[Key, Fraction]]:
        """Every key with its total, not rounded."""
        return ((key, Fraction(*total)) for key, total in self._totals.items())

    def exact(self, key: Key) -> Fraction | None:
        """The total of `key`, not rounded; None if nothing was ever added."""
        total = self._totals.get(key)
        return Fraction(*total) if total else None

    def step(self, key: Key, amount: Fraction) -> int:
        """Add `amount` (minor units, exact) to the total of `key`; by how much its rounded total has changed."""
        return self.step_of(key, amount.numerator, amount.denominator)

    def step_of(self, key: Key, numerator: int, denominator: int) -> int:
        """`step` of a `Ratio`."""
        before, of = self._totals.get(key, (0, denominator))
        if of != denominator:
            common = lcm(of, denominator)
            before, numerator, denominator = before * (common // of), numerator * (common // denominator), common
        after = before + numerator
        self._totals[key] = after, denominator
        before_minor = self._minor.get(key, 0)
        self._minor[key] = after_minor = round_half_even(after, denominator)
        return after_minor - before_minor

    def total_minor(self, key: Key) -> int:
        """The rounded total of `key`: the sum of all its steps."""
        return self._minor.get(key, 0)
