"""A forecast of demand: by a method that is named, or by the one that would have done best before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from twin.results.forecasting.methods import METHODS, NoForecast, NoLibrary, Values, mean

AUTOMATIC, MEAN = "automatic", "mean"
FEWEST_ORIGINS, MOST_ORIGINS = 3, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """How a method would have done: root mean square of what it missed, over all origins and buckets ahead; None with why not."""

    method: str
    error: float | None
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandForecast:
    """The mean demand of each bucket ahead. `tried` : every method with its back-test, the best first."""

    method: str
    values: tuple[float, ...]
    tried: tuple[Tried, ...]

    @property
    def pieces(self) -> list[int]:
        """Whole units, so that what has come by the end of each bucket is the forecast's, rounded."""
        found, sums, told = [], 0.0, 0
        for value in self.values:
            sums += value
            found.append(math.floor(sums + 0.5) - told)
            told += found[-1]
        return found


def forecast_demand(history: Sequence[int], horizon: int, *, method: str = AUTOMATIC, season: int | None = None) -> DemandForecast:
    """What will be demanded in each of `horizon` buckets after the history.

    Parameters
    ----------
    history : demand by bucket, the oldest first
    method : one of `methods.METHODS`; "automatic": the one with the least error in a back-test
    season : buckets of a season, if there is one

    Raises
    ------
    NoForecast : no method, or not that one, can forecast that history
    ValueError : there is no such method, or nothing to forecast
    ModuleNotFoundError : statsmodels is not installed

    Notes
    -----
    Back-test by rolling origin (Tashman 2000, Int. J. Forecast. 16, 437): the last third of the history is forecast from each bucket in it.
    Squares count, since a mean is what is wanted: the absolute error of intermittent demand is least for nothing at all.
    """
    if method != AUTOMATIC and method not in METHODS:
        raise ValueError(f"no method is called '{method}'; allowed: {AUTOMATIC}, {', '.join(METHODS)}")
    if horizon < 1:
        raise ValueError(f"{horizon} buckets ahead are no forecast; allowed: 1 or more")
    if method != AUTOMATIC:
        return DemandForecast(method=method, values=tuple(METHODS[method](history, horizon, season)), tried=())
    tried = sorted((_back_test(name, history, horizon, season) for name in METHODS), key=lambda it: (it.error is None, it.error or 0.0))
    if tried[0].error is None:
        raise NoForecast(f"there is no forecast of {len(history)} buckets: {tried[0].why_not}")
    best = tried[0].method
    return DemandForecast(method=best, values=tuple(METHODS[best](history, horizon, season)), tried=tuple(tried))


def back_tests(history: Sequence[int], horizon: int, season: int | None = None) -> list[Tried]:
    """How each method would have done, the best first, and beside them the mean, by which the ERP forecasts where nothing else is said.

    Raises
    ------
    NoLibrary : statsmodels is not installed
    """
    if find_spec("statsmodels") is None:
        raise NoLibrary("statsmodels is not installed, whose methods these are; allowed: pip install plant-twin[forecast]")
    found = [_back_test(name, history, horizon, season) for name in (*METHODS, MEAN)]
    return sorted(found, key=lambda it: (it.error is None, it.error or 0.0))


def _back_test(name: str, history: Values, horizon: int, season: int | None) -> Tried:
    method = mean if name == MEAN else METHODS[name]
    first = max(2, len(history) - max(FEWEST_ORIGINS, min(MOST_ORIGINS, len(history) // 3)))
    squares: list[float] = []
    try:
        for origin in range(first, len(history)):
            ahead = history[origin : origin + horizon]
            told = method(history[:origin], len(ahead), season)
            squares += [(is_so - said) ** 2 for is_so, said in zip(ahead, told, strict=True)]
    except NoForecast as reason:
        return Tried(method=name, error=None, why_not=str(reason))
    if not squares:
        return Tried(method=name, error=None, why_not=f"{len(history)} buckets leave nothing to try it on")
    return Tried(method=name, error=math.sqrt(sum(squares) / len(squares)))
