"""Control charts: what is plotted, what is estimated in phase I, and the limits that follow from it.

Two steps, so that limits can be frozen: an `estimate` makes (mean, sigma) of the process from the values of phase I; `limits` makes
center and limits of what is plotted from (mean, sigma) alone, for points that come later as well. Sources of the formulas:
Montgomery, Introduction to Statistical Quality Control, chapters 6, 7, 9; NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.kernels.quality.constants import c4, d2, d3

Values = np.ndarray
"""float64; subgroups are rows."""


class Process(NamedTuple):
    """What phase I found out. `sigma` is that of single values; of counts and shares it follows from the mean and is nan.

    It is 0 where all values were equal: then the limits lie on the center, and whatever is off it is beyond them.
    """

    mean: float
    sigma: float


class Limits(NamedTuple):
    """One entry a point: center line, limits, and the standard deviation of what is plotted."""

    center: Values
    lower: Values
    upper: Values
    sigma: Values


# Phase I


def mean_of(values: Values) -> float:
    """Mean of all values. Rounding puts it nowhere outside of them, so the mean of equal values is that value."""
    return float(np.clip(values.mean(), values.min(), values.max()))


def deviations(subgroups: Values) -> Values:
    """Standard deviation of each subgroup [k, n], n >= 2; of equal values exactly 0."""
    return np.where(np.ptp(subgroups, axis=1) == 0.0, 0.0, subgroups.std(axis=1, ddof=1))


def estimate_by_range(subgroups: Values) -> Process:
    """Mean, and sigma from the mean range of subgroups [k, n], n >= 2: R̄ / d2."""
    return Process(mean_of(subgroups), float(np.ptp(subgroups, axis=1).mean()) / d2(subgroups.shape[1]))


def estimate_by_deviation(subgroups: Values) -> Process:
    """Mean, and sigma from the mean standard deviation of subgroups [k, n], n >= 2: s̄ / c4."""
    return Process(mean_of(subgroups), float(deviations(subgroups).mean()) / c4(subgroups.shape[1]))


def estimate_by_moving_range(values: Values) -> Process:
    """Mean of single values [k], k >= 2, and sigma from their mean moving range: MR̄ / d2(2)."""
    return Process(mean_of(values), float(moving_range(values)[1:].mean()) / d2(2))


def estimate_share(found: Values, inspected: Values) -> Process:
    """Share of what was found in what was inspected: p̄, or ū for defects a unit."""
    return Process(float(found.sum() / inspected.sum()), float("nan"))


# What is plotted


def moving_range(values: Values) -> Values:
    """Distance of each value from the one before it; the first has none (nan)."""
    return np.concatenate(([np.nan], np.abs(np.diff(values)))) if values.size else values


def ewma(values: Values, weight: float, start: float) -> Values:
    """Weighted moving average z[i] = z[i-1] + weight * (x[i] - z[i-1]), z[-1] = start; equal values leave it as it is, nan too."""
    smoothed, last = np.empty(values.size), start
    for i, value in enumerate(values):
        if not np.isnan(value):
            last += weight * (value - last)
        smoothed[i] = last
    return smoothed


def cusum(values: Values, mean: float, slack: float, high: float = 0.0, low: float = 0.0) -> tuple[Values, Values]:
    """Tabular cumulative sums above and below `mean`, each value less `slack` (in their units); both >= 0, from `high` and `low` on.

    A value of nan leaves both as they are.
    """
    above, below = np.empty(values.size), np.empty(values.size)
    for i, value in enumerate(values):
        if not np.isnan(value):
            high = max(0.0, high + value - mean - slack)
            low = max(0.0, low + mean - slack - value)
        above[i], below[i] = high, low
    return above, below


# Limits, from frozen figures alone


def mean_limits(process: Process, sizes: Values, width: float = 3.0) -> Limits:
    """Limits of means of `sizes` values each (1: single values)."""
    sigma = process.sigma / np.sqrt(sizes)
    return _around(np.full(sizes.size, process.mean), sigma, width)


def range_limits(process: Process, size: int, count: int, width: float = 3.0) -> Limits:
    """Limits of `count` ranges of `size` values each."""
    center, sigma = d2(size) * process.sigma, d3(size) * process.sigma
    return _around(np.full(count, center), np.full(count, sigma), width, least=0.0)


def deviation_limits(process: Process, size: int, count: int, width: float = 3.0) -> Limits:
    """Limits of `count` standard deviations of `size` values each."""
    expected = c4(size)
    center, sigma = expected * process.sigma, np.sqrt(1.0 - expected * expected) * process.sigma
    return _around(np.full(count, center), np.full(count, sigma), width, least=0.0)


def share_limits(process: Process, sizes: Values, width: float = 3.0) -> Limits:
    """p chart: limits of the share of `sizes` pieces that are nonconforming."""
    sigma = np.sqrt(process.mean * (1.0 - process.mean) / sizes)
    return _around(np.full(sizes.size, process.mean), sigma, width, least=0.0, most=1.0)


def count_limits(process: Process, sizes: Values, width: float = 3.0) -> Limits:
    """np chart: limits of how many of `sizes` pieces are nonconforming."""
    share = share_limits(process, sizes, width)
    return Limits(*(part * sizes for part in share))


def rate_limits(process: Process, sizes: Values, width: float = 3.0) -> Limits:
    """u chart: limits of defects for each of `sizes` units; the c chart is that of one unit."""
    sigma = np.sqrt(process.mean / sizes)
    return _around(np.full(sizes.size, process.mean), sigma, width, least=0.0)


def ewma_limits(process: Process, weight: float, count: int, width: float = 3.0, *, steady: bool = False, before: int = 0) -> Limits:
    """Limits of an EWMA of single values, or of means whose sigma is `process.sigma`; `steady`: those that they tend to.

    `before`: how many points there were before these.
    """
    grown = 1.0 if steady else 1.0 - (1.0 - weight) ** (2.0 * np.arange(before + 1, before + count + 1))
    sigma = process.sigma * np.sqrt(weight / (2.0 - weight) * grown) * np.ones(count)
    return _around(np.full(count, process.mean), sigma, width)


def _around(center: Values, sigma: Values, width: float, least: float = -np.inf, most: float = np.inf) -> Limits:
    return Limits(center, np.maximum(center - width * sigma, least), np.minimum(center + width * sigma, most), sigma)
