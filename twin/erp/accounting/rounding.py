"""How exact amounts become whole minor units. Rounding is half to even; nothing that is rounded off is ever lost.

An amount that grows (the labour on a request, the energy of a mill) is kept exactly, as a fraction. What is posted is the
step between two rounded totals, so the sum of all steps is the rounded total, whatever the order and the size of the steps.
"""

from __future__ import annotations

from fractions import Fraction

Key = tuple[str, str]


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
    """Exact running totals by key, read and posted in whole minor units."""

    def __init__(self) -> None:
        self.exact: dict[Key, Fraction] = {}
        self._minor: dict[Key, int] = {}  # the same, rounded: it is asked for far more often than it changes

    def step(self, key: Key, amount: Fraction) -> int:
        """Add `amount` (minor units, exact) to the total of `key`; by how much its rounded total has changed."""
        before_minor = self._minor.get(key, 0)
        self.exact[key] = after = self.exact.get(key, _NOTHING) + amount
        self._minor[key] = after_minor = round(after)
        return after_minor - before_minor

    def total_minor(self, key: Key) -> int:
        """The rounded total of `key`: the sum of all its steps."""
        return self._minor.get(key, 0)


_NOTHING = Fraction(0)
