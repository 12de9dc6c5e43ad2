"""When a chart gives a signal: the rules of Western Electric and of Nelson, on distances from the center in sigma.

Each rule gives True at the point that completes its pattern. Western Electric (1956), Statistical Quality Control Handbook;
Nelson (1984), Journal of Quality Technology 16, 237.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Distances = NDArray[np.float64]
Signals = NDArray[np.bool_]
"""bool, one entry a point."""


def beyond_3_sigma(z: Distances) -> Signals:
    """One point more than three sigma from the center."""
    return np.asarray(np.abs(z) > 3.0)


def two_of_three_beyond_2_sigma(z: Distances) -> Signals:
    """A point beyond two sigma, as is at least one of the two before it, on the same side."""
    return _some_of(z, 2.0, 2, 3)


def four_of_five_beyond_1_sigma(z: Distances) -> Signals:
    """A point beyond one sigma, as are at least three of the four before it, on the same side."""
    return _some_of(z, 1.0, 4, 5)


def eight_on_one_side(z: Distances) -> Signals:
    """Eight points in a row on one side of the center (Western Electric)."""
    return np.asarray(_run(z > 0.0, 8) | _run(z < 0.0, 8))


def nine_on_one_side(z: Distances) -> Signals:
    """Nine points in a row on one side of the center (Nelson)."""
    return np.asarray(_run(z > 0.0, 9) | _run(z < 0.0, 9))


def six_in_a_trend(z: Distances) -> Signals:
    """Six points in a row, each above the one before it, or each below."""
    step = np.diff(z, prepend=np.nan)
    return np.asarray(_run(step > 0.0, 5) | _run(step < 0.0, 5))


def fourteen_alternating(z: Distances) -> Signals:
    """Fourteen points in a row, up and down in turn."""
    step = np.sign(np.diff(z, prepend=np.nan))
    turned = np.concatenate(([False], step[1:] * step[:-1] < 0.0)) if z.size else np.zeros(0, bool)
    return _run(turned, 12)


def fifteen_within_1_sigma(z: Distances) -> Signals:
    """Fifteen points in a row within one sigma of the center."""
    return _run(np.abs(z) < 1.0, 15)


def eight_beyond_1_sigma(z: Distances) -> Signals:
    """Eight points in a row, on both sides, none within one sigma of the center."""
    all_out = _run(np.abs(z) > 1.0, 8)
    return np.asarray(all_out & ~_run(z > 0.0, 8) & ~_run(z < 0.0, 8))


RULES: dict[str, Callable[[Distances], Signals]] = {
    rule.__name__: rule
    for rule in (
        beyond_3_sigma, two_of_three_beyond_2_sigma, four_of_five_beyond_1_sigma, eight_on_one_side, nine_on_one_side, six_in_a_trend,
        fourteen_alternating, fifteen_within_1_sigma, eight_beyond_1_sigma,
    )
}  # fmt: skip


def signals(z: Distances, names: tuple[str, ...]) -> dict[str, Signals]:
    """Of each rule by name, at which points it gives a signal; a point that has no distance (nan) completes no pattern."""
    return {name: RULES[name](z) for name in names}


def _run(holds: Signals, length: int) -> Signals:
    """Where `holds` has held for `length` points in a row."""
    count, found = 0, np.zeros(holds.size, bool)
    for i, does in enumerate(holds):
        count = count + 1 if does else 0
        found[i] = count >= length
    return found


def _some_of(z: Distances, distance: float, wanted: int, window: int) -> Signals:
    found = np.zeros(z.size, bool)
    for beyond in (z > distance, z < -distance):
        for i in np.flatnonzero(beyond):
            found[i] |= int(beyond[max(0, i - window + 1) : i + 1].sum()) >= wanted
    return found
