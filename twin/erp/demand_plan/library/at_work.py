"""Forecasts of the ERP at work by statsmodels, where a scenario asks for them.

What a fit leaves open in its last digits is cut off before pieces are rounded, at a millionth of one; the event says what was said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec

from twin.erp.demand_plan.library.forecasting import forecast_demand
from twin.erp.demand_plan.library.methods import NoForecast
from twin.model.policies.forecasting import Method

DECIMALS = 6
_NAMES = {"exponential_smoothing": "simple"}


class NoLibrary(ValueError):
    """A scenario asks for forecasts of a library that is not there."""


def refuse_without_statsmodels() -> None:
    """Raise NoLibrary, with what would help, before a run begins."""
    if find_spec("statsmodels") is None:
        raise NoLibrary(
            "policies.forecasting asks for statsmodels, which is not installed; allowed: pip install plant-twin[forecast], or by: own"
        )


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
