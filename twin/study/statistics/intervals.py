"""Means of replications with their intervals, their spread, and how many replications an interval needs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean, and the interval in which the true mean lies with `confidence`; `half` is infinite where `count` is too small for one.

    Attributes
    ----------
    is_share : of values that lie between 0 and 1, whatever happens: so do the ends of its interval

    Notes
    -----
    The interval of a share is symmetric in its log odds, log(m / (1 - m)), whose standard error is that of m by m (1 - m) (delta method);
    Agresti (2013), "Categorical data analysis", 3rd ed., 16.1. Where m is far from 0 and 1 it is that of Student's t. Where every value was
    0, or 1, nothing is known of its spread: it is Wilson's of as many single trials, which is wide; Wilson (1927), JASA 22, 209.
    """

    mean: float
    half: float
    count: int
    confidence: float
    is_share: bool = False

    def __str__(self) -> str:
        return f"{self.mean:.4g} ± {self.half:.2g} ({self.confidence:.0%}, {self.count} replications)"

    @property
    def low(self) -> float:
        return self._end(-1)

    @property
    def high(self) -> float:
        return self._end(1)

    @property
    def excludes_zero(self) -> bool:
        """Whether the mean differs from zero by more than chance explains."""
        return self.count > 1 and (self.low > 0 or self.high < 0)

    def _end(self, side: Literal[-1, 1]) -> float:
        if not self.is_share or math.isnan(self.mean):
            return self.mean + side * self.half
        if not math.isfinite(self.half):
            return float(side > 0)
        if not 0 < self.mean < 1:
            squared = NormalDist().inv_cdf((1 + self.confidence) / 2) ** 2
            inner = squared / (self.count + squared)  # how far the other end is from the edge at which all values were
            return (1 - inner if side < 0 else 1.0) if self.mean >= 1 else (inner if side > 0 else 0.0)
        odds = math.log(self.mean / (1 - self.mean)) + side * self.half / (self.mean * (1 - self.mean))
        return (1 + math.tanh(odds / 2)) / 2  # 1 / (1 + exp(-odds)), which does not overflow


def known(values: ArrayLike) -> np.ndarray:
    """The values without those that nobody knows (NaN)."""
    array = np.asarray(values, dtype=float)
    return np.asarray(array[~np.isnan(array)])


def mean_interval(values: ArrayLike, confidence: float = 0.95, *, is_share: bool = False) -> Interval:
    """The mean of independent replications with Student's t interval; `is_share`: within 0 and 1, as the values are (`Interval`).

    Notes
    -----
    mean +- t(n-1, 1 - alpha/2) s / sqrt(n); Law (2015), "Simulation modeling and analysis", 5th ed., eq. 4.12. It is exact for normal
    values, and close for means over a run, which are nearly normal.
    """
    from scipy import stats

    array = known(values)
    count = int(array.size)
    if count < 2:
        mean = float(array.mean()) if count else math.nan
        return Interval(mean=mean, half=math.inf, count=count, confidence=confidence, is_share=is_share)
    half = float(stats.t.ppf((1 + confidence) / 2, count - 1)) * float(array.std(ddof=1)) / math.sqrt(count)
    return Interval(mean=float(array.mean()), half=half, count=count, confidence=confidence, is_share=is_share)


def paired_interval(values: ArrayLike, against: ArrayLike, confidence: float = 0.95) -> Interval:
    """How much larger `values` are than `against` on the same seeds, on average: the interval of the mean of the differences.

    Notes
    -----
    Common random numbers make both move together, and the difference vary less than either; the pairs stay independent of one another.
    Law (2015), 10.2.1 (paired t) and 11.2 (common random numbers).
    """
    return mean_interval(np.asarray(values, dtype=float) - np.asarray(against, dtype=float), confidence)


def joint_confidence(confidence: float, intervals: int) -> float:
    """The confidence that each of so many intervals needs, for all of them to hold together with `confidence` at least.

    Notes
    -----
    Bonferroni: 1 - alpha / k; Law (2015), eq. 9.12 and 10.3.
    """
    return 1 - (1 - confidence) / max(1, intervals)


def percentiles(values: ArrayLike, percents: Sequence[float] = (10, 50, 90)) -> list[float]:
    """Values that so many percent of the replications stay below; NaN if nothing is known.

    Notes
    -----
    Linear between order statistics: type 7 of Hyndman, Fan (1996), The American Statistician 50, 361.
    """
    array = known(values)
    return [float(one) for one in np.percentile(array, percents)] if array.size else [math.nan] * len(percents)


def is_precise(values: ArrayLike, share: float, confidence: float = 0.95) -> bool:
    """Whether the interval's half width is at most `share` of the true mean, with that confidence.

    Notes
    -----
    The half width is held against share / (1 + share) of the estimated mean, so that the error against the *true* mean is at most
    `share`; Law (2015), 9.4.1, "relative error". Stopping at a random moment costs some coverage: begin with ten replications or more.
    """
    found = mean_interval(values, confidence)
    return found.count > 1 and found.half <= share / (1 + share) * abs(found.mean)


def count_needed(values: ArrayLike, share: float, confidence: float = 0.95) -> int:
    """About how many replications make the mean that precise, as far as the variance of `values` tells. At least as many as there are.

    Raises
    ------
    ValueError : the mean is zero: a share of it says nothing

    Notes
    -----
    The smallest i with t(i-1) sqrt(S^2 / i) / |mean| <= share / (1 + share); Law (2015), eq. 9.3.
    """
    from scipy import stats

    array = known(values)
    mean, deviation = float(array.mean()), float(array.std(ddof=1))
    bound = share / (1 + share) * abs(mean)
    if not bound:
        raise ValueError("the mean is 0, of which no share can be taken; allowed: a number of replications, or another outcome")
    count = int(array.size)
    while stats.t.ppf((1 + confidence) / 2, count - 1) * deviation / math.sqrt(count) > bound:
        # t falls and the root grows: nothing below this count can be enough with the t of this one
        needed = math.ceil((stats.norm.ppf((1 + confidence) / 2) * deviation / bound) ** 2)
        count = max(count + 1, needed)
    return count
