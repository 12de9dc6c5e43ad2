"""Methods of forecasting, all of them statsmodels': each takes a history of demand by bucket and says the mean of the buckets ahead.

Croston (1972), Oper. Res. Q. 23, 289: intermittent demand as the size of a demand over the interval between two, each smoothed by itself;
Syntetos and Boylan (2005), Int. J. Forecast. 21, 303 take its bias away (SBA).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

Values = Sequence[float]

ALPHA = 0.1
"""Smoothing of Croston's method where none is asked for: what its authors recommend for few demands."""


class NoLibrary(ValueError):
    """Somebody asks for forecasts of a library that is not there."""


class NoForecast(ValueError):
    """A method cannot forecast that history; why, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Croston:
    """What Croston's method has learned: the mean size of a demand, and how many buckets lie between two."""

    size: float
    interval: float
    alpha: float

    @property
    def croston(self) -> float:
        """Mean demand of a bucket."""
        return self.size / self.interval

    @property
    def sba(self) -> float:
        """The same without the bias of a ratio of two means."""
        return self.croston * (1 - self.alpha / 2)


def croston_of(history: Values, alpha: float = ALPHA) -> Croston:
    """Sizes and intervals, each smoothed exponentially; the first demand, and the buckets up to it, begin them.

    Raises
    ------
    NoForecast : nothing was ever demanded
    """
    places = [n for n, it in enumerate(history) if it]
    if not places:
        raise NoForecast("nothing was demanded in all of the history")
    sizes = [float(history[n]) for n in places]
    intervals = [float(after - before) for before, after in zip([-1, *places], places, strict=False)]
    return Croston(size=_smoothed(sizes, alpha), interval=_smoothed(intervals, alpha), alpha=alpha)


def _smoothed(values: list[float], alpha: float) -> float:
    """The level after the last value, begun with the first."""
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing

    if len(values) == 1:
        return values[0]
    with _quiet():
        model = SimpleExpSmoothing(values, initialization_method="known", initial_level=values[0])
        return float(model.fit(smoothing_level=alpha, optimized=False).forecast(1)[0])


def naive(history: Values, horizon: int, season: int | None) -> list[float]:
    """As in the last bucket."""
    return [float(history[-1])] * horizon


def simple(history: Values, horizon: int, season: int | None) -> list[float]:
    """Exponential smoothing: a level."""
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing

    _needs(history, 3, "exponential smoothing")
    return _fitted(SimpleExpSmoothing, history, horizon, initialization_method="estimated")


def holt(history: Values, horizon: int, season: int | None) -> list[float]:
    """Holt's linear method with a damped trend: a level that moves."""
    from statsmodels.tsa.holtwinters import Holt

    _needs(history, 6, "a trend")
    return _fitted(Holt, history, horizon, damped_trend=True, initialization_method="estimated")


def holt_winters(history: Values, horizon: int, season: int | None) -> list[float]:
    """Holt and Winters: level, trend and season, added."""
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    if season is None:
        raise NoForecast("nobody said how many buckets a season has")
    _needs(history, 2 * season + 1, f"two seasons of {season} buckets")
    return _fitted(
        ExponentialSmoothing, history, horizon, trend="add", damped_trend=True, seasonal="add", seasonal_periods=season,
        initialization_method="estimated",
    )  # fmt: skip


def croston(history: Values, horizon: int, season: int | None) -> list[float]:
    """Intermittent demand, by Croston."""
    return [croston_of(history).croston] * horizon


def sba(history: Values, horizon: int, season: int | None) -> list[float]:
    """Intermittent demand, by Syntetos and Boylan."""
    return [croston_of(history).sba] * horizon


def mean(history: Values, horizon: int, season: int | None) -> list[float]:
    """The mean of all of it: what the ERP forecasts by itself, for comparison."""
    return [sum(history) / len(history)] * horizon


METHODS: dict[str, Callable[[Values, int, int | None], list[float]]] = {
    "naive": naive, "simple": simple, "holt": holt, "holt_winters": holt_winters, "croston": croston, "sba": sba,
}  # fmt: skip


def _needs(history: Values, least: int, what: str) -> None:
    if len(history) < least:
        raise NoForecast(f"{what} needs {least} buckets of history, and there are {len(history)}")


def _fitted(model: type, history: Values, horizon: int, **options: object) -> list[float]:
    """A model of statsmodels, fitted. Demand below nothing is none."""
    with _quiet():
        told = model([float(it) for it in history], **options).fit().forecast(horizon)
    return [max(0.0, float(it)) for it in told]


@contextmanager
def _quiet() -> Iterator[None]:
    """Without warnings that an optimum lies at a bound, as it does without a trend, or that a fit misses nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
