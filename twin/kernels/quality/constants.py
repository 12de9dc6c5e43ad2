"""What ranges and standard deviations of small normal samples are expected to be: d2, d3, c4, reckoned from their definitions."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

LARGEST_SAMPLE = 100
_PHI = np.vectorize(math.erf, otypes=[np.float64])


def normal_share(z: np.ndarray | float) -> np.ndarray:
    """Share of a standard normal below `z`."""
    return np.asarray(0.5 * (1.0 + _PHI(np.asarray(z, np.float64) / math.sqrt(2.0))))


@lru_cache(maxsize=LARGEST_SAMPLE)
def range_moments(n: int) -> tuple[float, float]:
    """(d2, d3): mean and standard deviation of the range of `n` standard normals.

    Raises
    ------
    ValueError : n is not in 2..100

    Notes
    -----
    The range W has P(W <= w) = n ∫ φ(x) (Φ(x + w) - Φ(x))^(n-1) dx; Tippett (1925), Biometrika 17, 364. E[W] = ∫ P(W > w) dw.
    """
    if not 2 <= n <= LARGEST_SAMPLE:
        raise ValueError(f"a sample of {n} has no range constant; allowed: 2 to {LARGEST_SAMPLE}")
    x = np.linspace(-9.0, 9.0, 721)
    w = np.linspace(0.0, 14.0, 1401)
    density = np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
    grid = np.linspace(-9.0, 23.0, 12801)  # Φ once, then read off: w and x lie on it up to rounding
    share = np.interp(x[None, :] + w[:, None], grid, normal_share(grid)) - normal_share(x)[None, :]
    beyond = 1.0 - n * (density * share ** (n - 1)).sum(axis=1) * (x[1] - x[0])
    mean = _simpson(beyond, w[1])
    second = _simpson(2.0 * w * beyond, w[1])
    return mean, math.sqrt(second - mean * mean)


def _simpson(values: np.ndarray, step: float) -> float:
    return float(step / 3.0 * (values[0] + values[-1] + 4.0 * values[1:-1:2].sum() + 2.0 * values[2:-1:2].sum()))


def d2(n: int) -> float:
    """Expected range of `n` standard normals."""
    return range_moments(n)[0]


def d3(n: int) -> float:
    """Standard deviation of the range of `n` standard normals."""
    return range_moments(n)[1]


def d2_star(n: int, group_count: int) -> float:
    """Expected root mean square of the mean range of `group_count` groups of `n`; Duncan (1955), used for measuring systems (AIAG MSA)."""
    mean, deviation = range_moments(n)
    return math.sqrt(mean * mean + deviation * deviation / group_count)


def c4(n: int) -> float:
    """Expected standard deviation of `n` standard normals (with divisor n - 1).

    Raises
    ------
    ValueError : a sample of fewer than two
    """
    if n < 2:
        raise ValueError(f"a sample of {n} has no standard deviation; allowed: 2 or more")
    return math.sqrt(2.0 / (n - 1)) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2))
