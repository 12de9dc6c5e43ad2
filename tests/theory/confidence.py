"""Means with an honest interval, from independent replications.

Each replication is one run with a seed of its own; its beginning is left out, since it starts empty. The means of the replications are
independent and nearly normal, so Student's t gives the interval (Law, Kelton 2000, "Simulation modeling and analysis", 9.4.1). The interval
holds the truth in 99.9 % of cases: a false alarm in a thousand for each comparison, and as seeds are fixed, none twice. A comparison also
says how narrow its interval has to be; otherwise it could be passed by knowing nothing.

Control variates make an interval narrower: a run with more arrivals than expected waits longer, and how many were expected is known. What
the means follow from their controls is taken off by linear regression (Lavenberg, Welch 1981, Management Science 27, 322).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

ALARM = 0.001


def replicated(run: Callable[[int], Any], count: int) -> np.ndarray:
    """One row for each seed from 1: what `run` returns for it."""
    return np.array([run(seed) for seed in range(1, count + 1)], dtype=float)


def interval(values: np.ndarray, controls: np.ndarray | None = None) -> tuple[float, float]:
    """The estimated mean and half the width of its interval; `controls`: one row for each value, each column with a true mean of 0."""
    columns = [np.ones(values.size)] if controls is None else [np.ones(values.size), *controls.T]
    design = np.column_stack(columns)
    fitted, *_ = np.linalg.lstsq(design, values, rcond=None)
    degrees = values.size - design.shape[1]
    variance = float(np.sum((values - design @ fitted) ** 2)) / degrees
    spread = variance * np.linalg.inv(design.T @ design)[0, 0]
    return float(fitted[0]), float(stats.t.ppf(1 - ALARM / 2, degrees)) * math.sqrt(spread)


def assert_mean(values: np.ndarray, truth: float, *, within: float, controls: np.ndarray | None = None, known_to: float = 0.0) -> None:
    """The interval holds the truth, and reaches at most `within` (a share of the truth) to either side.

    `known_to`: half the width of the interval in which the truth itself is known, where it is an estimate too.
    """
    mean, half = interval(np.asarray(values, dtype=float), controls)
    told = f"{mean:.5g} +- {half:.2g} ({half / abs(truth):.1%}) for {truth:.6g}"
    print(told)
    assert abs(mean - truth) <= half + known_to, told
    assert half <= within * abs(truth), f"the interval is too wide to tell anything: {told}"
