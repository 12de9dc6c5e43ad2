"""How much of a series belongs to its warm-up: MSER-5."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

FEWEST_BATCHES = 10
IGNORED_AT_THE_END = 5
"""Batches at the end that no truncation may leave alone: few of them are alike by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truncation:
    """How many values of a series to leave out at its start; `settled` is false where the series is too short to tell."""

    left_out: int
    settled: bool
    mean: float  # of what is left


def refuse_too_few(count: int, batch: int = 5) -> None:
    """Raise a ValueError if there are fewer than ten batches in so many values."""
    if count // batch < FEWEST_BATCHES:
        raise ValueError(f"{count} values are too few for a warm-up by MSER-{batch}; allowed: {FEWEST_BATCHES * batch} or more")


def mser(values: ArrayLike, batch: int = 5) -> Truncation:
    """The truncation after which the mean of the series is known best: MSER-`batch`.

    Parameters
    ----------
    values : a series at equal steps of time, or of one customer after the other
    batch : values that are averaged before anything else; what is left over at the end is not used

    Notes
    -----
    Of all d, take the one that makes sum((Y[j] - mean(Y[d:]))^2 for j >= d) / (m - d)^2 smallest: the squared half width of the interval
    of the truncated mean, as if the m batch means Y were independent. White (1997), Simulation 69, 323; with batches of five: White,
    Cobb, Spratt (2000), Proc. Winter Simulation Conf., 755. If that d lies in the second half the series is too short (White 1997);
    the last five batches are not considered (Hoad, Robinson, Davies 2010, J. Operational Research Society 61, 1641).

    Raises
    ------
    ValueError : fewer than ten batches
    """
    array = np.asarray(values, dtype=float)
    refuse_too_few(array.size, batch)
    count = array.size // batch
    means = array[: count * batch].reshape(count, batch).mean(axis=1)
    left = count - np.arange(count)  # batches that a truncation at each place leaves
    # Values around their mean, so that sums of squares keep their digits.
    centred = means - means.mean()
    sums, squares = np.cumsum(centred[::-1])[::-1], np.cumsum(centred[::-1] ** 2)[::-1]
    error = np.maximum(squares - sums**2 / left, 0) / left**2
    place = int(np.argmin(error[: count - IGNORED_AT_THE_END]))
    return Truncation(left_out=place * batch, settled=place <= count // 2, mean=float(means[place:].mean()))
