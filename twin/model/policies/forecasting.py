"""Weekly forecasts of the ERP itself, from the orders that came: for the material plan that it makes each night."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.model.demand.forecasts import Expected
from twin.model.measures import Table

Weeks = Annotated[int, Field(ge=1, le=104, strict=True)]


class Forecasting(Table):
    """At the first instant that is told of a new week, what is sold is forecast for each of the weeks ahead: the mean of the last.

    A moving average, in whole pieces (halves rounded up), so that it is the same on any machine. `first`: pieces of a week by material, for
    the weeks before anything came; a material that is not named was not ordered then.
    """

    history: Weeks = 8
    ahead: Weeks = 8
    first: dict[str, Expected] = {}
