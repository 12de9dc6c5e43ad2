"""Forecasts of the exponential smoothing family in whole numbers, so that they are the same on any machine.

    simple: level' = level + a missed                  missed = demand - (level + trend)
    Holt:   level' = level + trend + a missed          trend' = trend + b (level' - level - trend)

Brown (1959), Statistical Forecasting for Inventory Control; Holt (1957), Int. J. Forecast. 20 (2004), 5. Weights are tenths: those that
would have missed least before, week by week (least squares), of equals the smallest. Levels are millionths of a piece, rounded down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

from twin.model.policies.forecasting import Own

MILLIONTHS = 10**6
TENTHS = range(1, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Smoothed:
    """Where demand stands and goes, millionths of a piece (a week); `said`: by which method. `squares`: of what it missed before."""

    level: int
    trend: int
    squares: int
    said: str

    def pieces(self, ahead: int) -> tuple[int, ...]:
        """Whole pieces of each week ahead, never below nothing; what has come by the end of each week is the forecast's, halves up."""
        found, total, told = list[int](), 0, 0
        for week in range(1, ahead + 1):
            total += max(0, self.level + week * self.trend)
            found.append((2 * total + MILLIONTHS) // (2 * MILLIONTHS) - told)
            told += found[-1]
        return tuple(found)


def smoothed(history: Sequence[int], level_tenths: int, trend_tenths: int | None = None) -> Smoothed:
    """From the first week on, which is where the level begins; a trend begins with what the second week has more."""
    level, squares = history[0] * MILLIONTHS, 0
    trend = 0 if trend_tenths is None or len(history) < 2 else (history[1] - history[0]) * MILLIONTHS
    for demand in history[1:]:
        told = level + trend
        missed = demand * MILLIONTHS - told
        squares += missed * missed
        new = told + level_tenths * missed // 10
        trend += 0 if trend_tenths is None else trend_tenths * (new - level - trend) // 10
        level = new
    words = f"level 0.{level_tenths}" if trend_tenths is None else f"level 0.{level_tenths}, trend 0.{trend_tenths}"
    return Smoothed(level=level, trend=trend, squares=squares, said=words)


def mean(history: Sequence[int]) -> Smoothed:
    """Of all weeks; what it missed of each is held against the mean of those before."""
    sums, squares = history[0], 0
    for n, demand in enumerate(history[1:], start=1):
        missed = demand * MILLIONTHS - sums * MILLIONTHS // n
        squares, sums = squares + missed * missed, sums + demand
    return Smoothed(level=sums * MILLIONTHS // len(history), trend=0, squares=squares, said="mean")


def simple(history: Sequence[int]) -> Smoothed:
    """Simple exponential smoothing, at the weight that missed least."""
    return min((smoothed(history, a) for a in TENTHS), key=lambda it: it.squares)


def holt(history: Sequence[int]) -> Smoothed:
    """With a trend, where there are three weeks or more to see one."""
    if len(history) < 3:
        return simple(history)
    return min((smoothed(history, a, b) for a, b in product(TENTHS, TENTHS)), key=lambda it: it.squares)


METHODS: dict[Own, Callable[[Sequence[int]], Smoothed]] = {"mean": mean, "exponential_smoothing": simple, "holt": holt}


def forecast(history: Sequence[int], method: Own) -> Smoothed:
    """By a method; "automatic": by the one that missed least before, of equals the simplest."""
    if method != "automatic":
        return METHODS[method](history)
    return min((it(history) for it in METHODS.values()), key=lambda it: it.squares)
