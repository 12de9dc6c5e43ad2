"""How much of what is measured is the measuring itself (gauge R&R), by ranges and by analysis of variance.

Measurements [parts, persons, trials]: every person measures every part several times.
AIAG, Measurement Systems Analysis, 4th ed., chapter III B.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from twin.kernels.quality.constants import d2_star

CATEGORIES = 1.41
"""AIAG's factor of the number of distinct categories: 1.41 PV / GRR, cut to a whole number."""


class GaugeStudy(NamedTuple):
    """Standard deviations: of repeating (EV), between persons (AV), of both together (GRR), between parts (PV), of all (TV)."""

    repeatability: float
    reproducibility: float
    gauge: float
    parts: float
    total: float

    @property
    def gauge_share(self) -> float:
        """%GRR as a share of the total variation: under 0.1 good, over 0.3 not to be used (AIAG)."""
        return self.gauge / self.total

    @property
    def category_count(self) -> int:
        """How many kinds of part it can tell apart; 5 or more are wanted."""
        return int(CATEGORIES * self.parts / self.gauge)


class AnovaRow(NamedTuple):
    """One source of variation; F against the error that it is tested with."""

    square_sum: float
    freedom: int
    mean_square: float
    f: float


def gauge_by_ranges(measured: np.ndarray) -> GaugeStudy:
    """Average and range method: from mean ranges, without the interaction of persons and parts."""
    part_count, person_count, trial_count = measured.shape
    repeatability = float(np.ptp(measured, axis=2).mean()) / d2_star(trial_count, 10**6)
    between = float(np.ptp(measured.mean(axis=(0, 2)))) / d2_star(person_count, 1) if person_count > 1 else 0.0
    reproducibility = math.sqrt(max(0.0, between**2 - repeatability**2 / (part_count * trial_count)))
    parts = float(np.ptp(measured.mean(axis=(1, 2)))) / d2_star(part_count, 1)
    return _together(repeatability, reproducibility, parts)


def anova(measured: np.ndarray) -> dict[str, AnovaRow]:
    """Two-way crossed analysis of variance: "part", "person", "interaction", "repeat"."""
    part_count, person_count, trial_count = measured.shape
    mean = measured.mean()
    part_means, person_means, cells = measured.mean(axis=(1, 2)), measured.mean(axis=(0, 2)), measured.mean(axis=2)
    sums = {
        "part": person_count * trial_count * float(((part_means - mean) ** 2).sum()),
        "person": part_count * trial_count * float(((person_means - mean) ** 2).sum()),
        "interaction": trial_count * float(((cells - part_means[:, None] - person_means[None, :] + mean) ** 2).sum()),
        "repeat": float(((measured - cells[:, :, None]) ** 2).sum()),
    }
    freedom = {
        "part": part_count - 1, "person": person_count - 1, "interaction": (part_count - 1) * (person_count - 1),
        "repeat": part_count * person_count * (trial_count - 1),
    }  # fmt: skip
    mean_squares = {name: sums[name] / freedom[name] if freedom[name] else 0.0 for name in sums}
    errors = {"part": "interaction", "person": "interaction", "interaction": "repeat", "repeat": "repeat"}
    return {
        name: AnovaRow(sums[name], freedom[name], mean_squares[name], _ratio(mean_squares[name], mean_squares[errors[name]]))
        for name in sums
    }


def gauge_by_anova(measured: np.ndarray, *, keep_interaction: bool = False) -> GaugeStudy:
    """From the components of variance. An interaction with F below 1 is what repeating explains, and is taken into it (pooled)."""
    part_count, person_count, trial_count = measured.shape
    rows = anova(measured)
    pools = not keep_interaction and rows["interaction"].f < 1.0
    if pools:
        free = rows["interaction"].freedom + rows["repeat"].freedom
        error = (rows["interaction"].square_sum + rows["repeat"].square_sum) / free
        crossed, repeat, interaction = error, error, 0.0
    else:
        crossed, repeat = rows["interaction"].mean_square, rows["repeat"].mean_square
        interaction = max(0.0, (crossed - repeat) / trial_count)
    person = max(0.0, (rows["person"].mean_square - crossed) / (part_count * trial_count))
    part = max(0.0, (rows["part"].mean_square - crossed) / (person_count * trial_count))
    return _together(math.sqrt(repeat), math.sqrt(person + interaction), math.sqrt(part))


def _together(repeatability: float, reproducibility: float, parts: float) -> GaugeStudy:
    gauge = math.hypot(repeatability, reproducibility)
    return GaugeStudy(repeatability, reproducibility, gauge, parts, math.hypot(gauge, parts))


def _ratio(upper: float, lower: float) -> float:
    return upper / lower if lower else math.inf
