"""Weekly forecasts of the ERP itself, from the orders that came: for the material plan that it makes each night."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.model.demand.forecasts import Expected
from twin.model.measures import Table

Weeks = Annotated[int, Field(ge=1, le=104, strict=True)]


Method = Literal["mean", "exponential_smoothing", "holt", "automatic"]


class Forecasting(Table):
    """At the first instant that is told of a new week, what is sold is forecast for each of the weeks ahead, from the last ones.

    In whole numbers (halves rounded up), so that it is the same on any machine: the mean, simple exponential smoothing or Holt's with a
    trend, at the weights that would have missed least; "automatic": the one of these that would have. `first`: pieces of a week by
    material, for the weeks before anything came; a material that is not named was not ordered then.
    """

    history: Weeks = 8
    ahead: Weeks = 8
    method: Method = "mean"
    first: dict[str, Expected] = {}
