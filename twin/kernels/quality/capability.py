"""What a process can do, against what is asked of it: Cp, Cpk, Pp, Ppk, Cm, Cmk (ISO 22400-2, ISO 22514)."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from twin.kernels.quality.constants import normal_share


class Capability(NamedTuple):
    """`spread`: width asked over six sigma (nan with one limit); `least`: distance of the nearer limit over three sigma.

    `beyond_share`: share of a normal process that lies outside the limits.
    """

    spread: float
    least: float
    beyond_share: float


def capability(mean: float, sigma: float, lower: float | None, upper: float | None) -> Capability:
    """Cp and Cpk of a sigma within subgroups, Pp and Ppk of that of all values, Cm and Cmk of that of one machine's short run."""
    above = math.inf if upper is None else upper - mean
    below = math.inf if lower is None else mean - lower
    if sigma <= 0.0:
        inside = min(above, below) >= 0.0
        return Capability(math.inf, math.copysign(math.inf, 1.0 if inside else -1.0), 0.0 if inside else 1.0)
    spread = math.nan if lower is None or upper is None else (upper - lower) / (6.0 * sigma)
    least = min(above, below) / (3.0 * sigma)
    beyond = float(normal_share(-above / sigma)) + float(normal_share(-below / sigma))
    return Capability(spread, least if math.isfinite(least) else math.nan, beyond)


def overall_sigma(values: np.ndarray) -> float:
    """Standard deviation of all values, whenever they were measured: the sigma of Pp and Ppk, and of one short run (Cm, Cmk)."""
    return float(values.std(ddof=1)) if values.size > 1 else math.nan
