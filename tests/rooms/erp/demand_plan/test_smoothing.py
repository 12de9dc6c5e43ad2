"""Exponential smoothing in whole numbers: what statsmodels says at the same weights; the weights that missed least, by trying all."""

from __future__ import annotations

import warnings
from itertools import product

import pytest
from statsmodels.tsa import holtwinters as models

from twin.erp.demand_plan.smoothing import MILLIONTHS, forecast, holt, mean, simple, smoothed
from twin.erp.demand_plan.weekly_forecasts import WeeklyForecasts
from twin.erp.erp import Erp
from twin.model import events as e
from twin.model.policies.forecasting import Forecasting
from twin.model.scenario import Policies
from twin.results.forecasting.at_work import by_statsmodels
from twin.results.forecasting.forecasting import forecast_demand

HISTORY = [446, 485, 506, 554, 600, 601, 580, 620]


def test_by_hand() -> None:
    """10, then 20 and 30 at a half: levels 10, 15, 22.5; whole pieces of three weeks are 23, 22, 23: 67.5 in all, halves up."""
    found = smoothed([10, 20, 30], 5)
    assert (found.level, found.trend, found.squares) == (22_500_000, 0, (100 + 225) * MILLIONTHS**2)
    assert found.pieces(3) == (23, 22, 23)
    assert holt([3, 5, 7, 9]).pieces(3) == (11, 13, 15), "a line goes on"
    assert holt([9, 6, 3, 0]).pieces(2) == (0, 0), "and not below nothing"
    assert simple([7]).pieces(2) == mean([7]).pieces(2) == (7, 7)


@pytest.mark.parametrize("tenths", [(2, None), (8, None), (3, 1), (8, 2)])
def test_statsmodels_says_the_same(tenths: tuple[int, int | None]) -> None:
    level, trend = tenths
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if trend is None:
            theirs = models.SimpleExpSmoothing(HISTORY, initialization_method="known", initial_level=HISTORY[0])
            told = theirs.fit(smoothing_level=level / 10, optimized=False).forecast(3)
        else:
            # it counts from before the first week: a level one step back, and the same trend, tell that week exactly
            begin = HISTORY[1] - HISTORY[0]
            theirs = models.Holt(HISTORY, initialization_method="known", initial_level=HISTORY[0] - begin, initial_trend=begin)
            told = theirs.fit(smoothing_level=level / 10, smoothing_trend=trend / 10, optimized=False).forecast(3)
    ours = smoothed(HISTORY, level, trend)
    assert [(ours.level + n * ours.trend) / MILLIONTHS for n in (1, 2, 3)] == pytest.approx(list(told), abs=1e-4)


def test_the_weights_that_missed_least_are_taken() -> None:
    tried = {(a, b): smoothed(HISTORY, a, b).squares for a, b in product(range(1, 10), [None, *range(1, 10)])}
    least = min(tried, key=lambda it: (tried[it], it[1] is not None))
    found = min((simple(HISTORY), holt(HISTORY)), key=lambda it: it.squares)
    assert found.squares == tried[least]
    assert found.said == f"level 0.{least[0]}" + (f", trend 0.{least[1]}" if least[1] else "")
    assert forecast(HISTORY, "automatic") in (mean(HISTORY), simple(HISTORY), holt(HISTORY))
    assert forecast([5, 5, 5, 5], "automatic").said == "mean", "of equals the simplest"
    assert forecast([10, 20, 30, 40], "automatic").pieces(1) == (50,)


def test_the_erp_says_by_which_method() -> None:
    from tests.rooms.erp.small_shop import START_US, plant

    erp = Erp(plant(), Policies())
    sold = next(name for name, it in erp.materials.items() if it.kind == "finished")
    weekly = WeeklyForecasts(erp, Forecasting(history=4, ahead=2, first={sold: 10}, method="automatic"))
    weekly.rules[e.Heartbeat](e.Heartbeat(effective_us=START_US, reason="start"))
    (said, *_) = weekly.decide(START_US)
    assert isinstance(said, e.ForecastIssued)
    assert (said.week_pieces, said.method) == ((10, 10), "mean")
    by_library = Forecasting(history=4, ahead=2, first={sold: 10}, by="statsmodels", method="croston")
    library = WeeklyForecasts(erp, by_library)
    library.library = by_statsmodels
    library.rules[e.Heartbeat](e.Heartbeat(effective_us=START_US, reason="start"))
    (said, *_) = library.decide(START_US)
    assert isinstance(said, e.ForecastIssued)
    assert (said.week_pieces, said.method) == ((10, 10), "croston of statsmodels")
    plain = WeeklyForecasts(erp, Forecasting(history=4, ahead=2, first={sold: 10}))
    plain.rules[e.Heartbeat](e.Heartbeat(effective_us=START_US, reason="start"))
    (said, *_) = plain.decide(START_US)
    assert isinstance(said, e.ForecastIssued)
    assert said.method == ""


def test_at_work_the_library_says_what_it_says_in_a_study_in_whole_pieces() -> None:
    history = [0, 0, 4, 0, 0, 0, 3, 0, 5, 0, 0, 4]
    assert by_statsmodels(history, 4, method="sba", season=None)[0] == tuple(forecast_demand(history, 4, method="sba").pieces)
    assert by_statsmodels([0, 0, 0], 2, method="automatic", season=None) == ((0, 0), "nothing came")
    none, why = by_statsmodels([3, 4], 2, method="holt", season=None)
    assert (none, why) == ((), "mean, since a trend needs 6 buckets of history, and there are 2")
