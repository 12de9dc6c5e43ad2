"""Forecasts of the ERP at work by statsmodels, where a scenario asks for them.

What a fit leaves open in its last digits is cut off before pieces are rounded, at a millionth of one; the event says what was said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec

from twin.erp import Erp
from twin.erp.demand_plan.weekly_forecasts import Forecaster
from twin.model.plant import Plant
from twin.model.policies.forecasting import Forecasting, Method
from twin.model.scenario import Scenario
from twin.results.forecasting.forecasting import forecast_demand
from twin.results.forecasting.methods import NoForecast

DECIMALS = 6
_NAMES = {"exponential_smoothing": "simple"}


class NoLibrary(ValueError):
    """A scenario asks for forecasts of a library that is not there."""


def erp_of(plant: Plant, scenario: Scenario) -> Erp:
    """The ERP of a plant, with the library in hand that its policies ask for.

    Raises
    ------
    NoLibrary : before a run begins, with what would help
    """
    erp = Erp(plant, scenario.policies, supply=tuple(scenario.supply))
    if erp.forecasts:
        erp.forecasts.library = _forecaster_for(scenario.policies.forecasting)
    return erp


def _forecaster_for(declared: Forecasting | None) -> Forecaster | None:
    """What forecasts in the place of the ERP itself; None: nobody is asked for."""
    if declared is None or declared.by != "statsmodels":
        return None
    if find_spec("statsmodels") is None:
        raise NoLibrary(
            "policies.forecasting asks for statsmodels, which is not installed; allowed: pip install plant-twin[forecast], or by: own"
        )
    return by_statsmodels


def by_statsmodels(history: Sequence[int], ahead: int, *, method: Method, season: int | None) -> tuple[tuple[int, ...], str]:
    """Whole pieces of each week ahead, and by which method; no pieces, and why, where it can say nothing of that history."""
    if not any(history):
        return (0,) * ahead, "nothing came"
    try:
        found = forecast_demand(history, ahead, method=_NAMES.get(method, method), season=season)
    except NoForecast as reason:
        return (), f"mean, since {reason}"
    told = replace(found, values=tuple(round(it, DECIMALS) for it in found.values))
    said = {short: name for name, short in _NAMES.items()}.get(found.method, found.method)
    return tuple(told.pieces), f"{said} of statsmodels" + (", by back-test" if found.tried else "")
