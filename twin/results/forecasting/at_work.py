"""Forecasts of the ERP at work by statsmodels, where a scenario asks for them.

What a fit leaves open in its last digits is cut off before pieces are rounded, at a millionth of one; the event says what was said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.util import find_spec

from twin.erp import Erp
from twin.model.events import ForecastIssued, OperationsEvent
from twin.model.plant import Plant
from twin.model.policies.forecasting import Method
from twin.model.scenario import Scenario
from twin.results.forecasting.forecasting import forecast_demand
from twin.results.forecasting.methods import NoForecast, NoLibrary
from twin.store.journal import JournalEntry

DECIMALS = 6
_NAMES = {"exponential_smoothing": "simple"}


def erp_of(plant: Plant, scenario: Scenario) -> Erp:
    """The ERP of a plant, with the library in hand that its policies ask for."""
    erp = Erp(plant, scenario.policies, supply=tuple(scenario.supply))
    if erp.forecasts and asks_for_library(scenario):
        erp.forecasts.library = by_statsmodels
    return erp


def asks_for_library(scenario: Scenario) -> bool:
    """Whether statsmodels forecasts where the scenario is played."""
    declared = scenario.policies.forecasting
    return declared is not None and declared.by == "statsmodels"


def refuse_without_library(scenario: Scenario) -> None:
    """Nothing, if what the scenario asks for can forecast.

    Raises
    ------
    NoLibrary : before a run begins, with what would help
    """
    if asks_for_library(scenario) and find_spec("statsmodels") is None:
        raise NoLibrary(
            "policies.forecasting asks for statsmodels, which is not installed; allowed: pip install plant-twin[forecast], or by: own"
        )


def heed_what_was_forecast(erp: Erp, told: Iterable[JournalEntry | OperationsEvent]) -> None:
    """What a library has forecast stands in the journal: who plays it again, on whichever machine, takes it from there."""
    if erp.forecasts and erp.forecasts.library:
        events = (it.event if isinstance(it, JournalEntry) else it for it in told)
        erp.forecasts.recorded.update({(it.material, it.starts_us[0]): it for it in events if isinstance(it, ForecastIssued)})


def by_statsmodels(history: Sequence[int], ahead: int, *, method: Method, season: int | None) -> tuple[tuple[int, ...], str]:
    """Whole pieces of each week ahead, and by which method; no pieces, and why, where it can say nothing of that history."""
    if find_spec("statsmodels") is None:
        raise NoLibrary(
            "a week has to be forecast that is not in the record, by statsmodels, which is not installed;"
            " allowed: pip install plant-twin[forecast]"
        )
    if not any(history):
        return (0,) * ahead, "nothing came"
    try:
        found = forecast_demand(history, ahead, method=_NAMES.get(method, method), season=season)
    except NoForecast as reason:
        return (), f"mean, since {reason}"
    told = replace(found, values=tuple(round(it, DECIMALS) for it in found.values))
    said = {short: name for name, short in _NAMES.items()}.get(found.method, found.method)
    return tuple(told.pieces), f"{said} of statsmodels" + (", by back-test" if found.tried else "")
