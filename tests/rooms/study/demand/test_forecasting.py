"""Forecasts of demand: Croston with its exact number, the choice by back-test, and what a run's orders say of those to come."""

from __future__ import annotations

import pytest

from tests.known_answers import CASES
from twin.results.forecasting.forecasting import DemandForecast, forecast_demand
from twin.results.forecasting.methods import NoForecast, croston_of

SEASON = [40, 10, 10, 80]


def test_fc_03_croston_and_what_corrects_its_bias() -> None:
    case = CASES["fc-03-croston"]
    found = croston_of(case["given"]["demand"], alpha=0.2)
    then = case["then"]
    assert (found.size, found.interval) == pytest.approx((then["size"], then["interval"]))
    assert round(found.croston, 4) == then["croston"]
    assert round(found.sba, 4) == then["sba"]


@pytest.mark.slow
def test_the_method_that_would_have_done_best_is_chosen() -> None:
    found = forecast_demand(SEASON * 5, 4, season=4)
    assert found.method == "holt_winters"
    assert found.values == pytest.approx(SEASON, abs=1)
    assert found.pieces == SEASON
    errors = [it.error for it in found.tried if it.error is not None]
    assert errors == sorted(errors)
    assert {it.method for it in found.tried} == {"naive", "simple", "holt", "holt_winters", "croston", "sba"}


def test_of_rare_demand_the_last_bucket_says_little() -> None:
    found = forecast_demand([0, 0, 9, 0, 0, 8, 0, 0, 0, 9, 0, 0, 10, 0, 0, 0, 9, 0], 3)
    assert found.method != "naive"
    assert sum(found.values) == pytest.approx(3 * 9 / 3.5, rel=0.25)


def test_a_method_that_cannot_says_why() -> None:
    with pytest.raises(NoForecast, match="two seasons of 4 buckets needs 9 buckets of history, and there are 5"):
        forecast_demand([1, 2, 3, 4, 5], 2, method="holt_winters", season=4)
    with pytest.raises(NoForecast, match="nothing was demanded"):
        forecast_demand([0, 0, 0], 2, method="croston")
    with pytest.raises(ValueError, match=r"no method is called 'oracle'; allowed: automatic, naive, simple"):
        forecast_demand([1, 2, 3], 2, method="oracle")


def test_whole_pieces_add_up_to_the_forecast() -> None:
    assert DemandForecast(method="simple", values=(0.4, 0.4, 0.4, 0.4), tried=()).pieces == [0, 1, 0, 1]
