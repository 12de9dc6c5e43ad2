"""Weekly forecasts of the ERP itself, from the orders that came: for the material plan that it makes each night."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.model.demand.forecasts import Expected
from twin.model.measures import Table

Weeks = Annotated[int, Field(ge=1, le=104, strict=True)]


Own = Literal["mean", "exponential_smoothing", "holt", "automatic"]
Method = Own | Literal["naive", "holt_winters", "croston", "sba"]
OWN: tuple[Own, ...] = ("mean", "exponential_smoothing", "holt", "automatic")
OF_STATSMODELS: tuple[Method, ...] = ("automatic", "naive", "exponential_smoothing", "holt", "holt_winters", "croston", "sba")


class Forecasting(Table):
    """At the first instant that is told of a new week, what is sold is forecast for each of the weeks ahead, from the last ones.

    In whole numbers (halves rounded up), so that it is the same on any machine: the mean, simple exponential smoothing or Holt's with a
    trend, at the weights that would have missed least; "automatic": the one of these that would have. `first`: pieces of a week by
    material, for the weeks before anything came; a material that is not named was not ordered then.

    `by` statsmodels: its methods, fitted, "automatic" (the default) by a back-test; `season`: weeks of a season, if there is one.
    """

    history: Weeks = 8
    ahead: Weeks = 8
    by: Literal["own", "statsmodels"] = "own"
    method: Method | None = None  # left out: the mean, or of statsmodels the one that would have done best
    season: Annotated[int, Field(ge=2, le=52, strict=True)] | None = None
    first: dict[str, Expected] = {}
