"""What a scenario expects of its customers: forecasts that can be drawn into orders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from twin.model.demand.orders import OrderLine, OrderStream
from twin.model.plant import Plant
from twin.model.policies.forecasting import OF_STATSMODELS, OWN, Forecasting
from twin.model.problems import Finding, KeyPath, Place, did_you_mean, listed
from twin.model.scenario import Scenario

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_MATERIALS: Place = ("items", "materials")


def lines_as_written(scenario: Scenario) -> Iterator[tuple[KeyPath, OrderLine]]:
    """Every known order with where it stands in the file; what a forecast has become stands where that does."""
    for n, order in enumerate(scenario.demand.orders):
        yield (("demand", "forecasts", order.forecast) if order.forecast else ("demand", "orders", n)), order


def streams_as_written(scenario: Scenario) -> Iterator[tuple[KeyPath, str, OrderStream]]:
    """Every stream in the same way, with its name."""
    for name, stream in scenario.demand.streams.items():
        yield (("demand", "forecasts", stream.forecast) if stream.forecast else ("demand", "streams", name)), name, stream


def forecasts(scenario: Scenario, plant: Plant) -> Iterator[Finding]:
    """Each has an id, buckets that follow one another and do not all lie in the past, and is for what is sold."""
    for name, it in scenario.demand.forecasts.items():
        path: KeyPath = ("demand", "forecasts", name)
        if not _ID.fullmatch(name):
            yield Finding(
                document="scenario", path=path, what=f"'{name}' is no id", allowed="letters, digits, '_', '-' and '.'", at_key=True
            )  # fmt: skip
        for n, (before, bucket) in enumerate(pairwise(it.buckets), 1):
            if bucket.starts <= before.starts:
                what, allowed = f"the bucket starts on {bucket.starts}, and the one before it on {before.starts}", "a later day"
                yield Finding(document="scenario", path=(*path, "buckets", n, "starts"), what=what, allowed=allowed)
        last = it.buckets[-1].starts
        if it.until <= last:
            what, allowed = f"the last bucket starts on {last}, and ends on {it.until}", f"a day after {last}"
            yield Finding(document="scenario", path=(*path, "until"), what=what, allowed=allowed)
        elif it.until <= scenario.start.date():
            what, allowed = "all of it lies before the start", f"a day after {scenario.start.date()}"
            yield Finding(document="scenario", path=(*path, "until"), what=what, allowed=allowed, rests_on=(("scenario", "start"),))
        yield from _materials(path, scenario, plant, name)
        own = re.compile(re.escape(name) + "[0-9]+-.*")
        taken = [stream for stream, made in scenario.demand.streams.items() if not made.forecast and own.fullmatch(stream)]
        if taken:
            what, allowed = f"stream '{taken[0]}' has a name that forecast '{name}' gives its own", "another name"
            yield Finding(document="scenario", path=("demand", "streams", taken[0]), what=what, allowed=allowed, at_key=True)


def _materials(path: KeyPath, scenario: Scenario, plant: Plant, name: str) -> Iterator[Finding]:
    for n, bucket in enumerate(scenario.demand.forecasts[name].buckets):
        yield from _for_sale((*path, "buckets", n, "pieces"), bucket.pieces, plant)


def _for_sale(path: KeyPath, pieces: Iterable[str], plant: Plant) -> Iterator[Finding]:
    """What is forecast is there, and finished."""
    materials = plant.materials.materials
    for_sale = [material for material, it in materials.items() if it.kind == "finished"]
    for material in pieces:
        at = (*path, material)
        if material not in materials:
            yield Finding(
                document="scenario", path=at, what=f"no material is called '{material}'{did_you_mean(material, materials)}",
                allowed=listed(for_sale), rests_on=((*_MATERIALS, material),), at_key=True,
            )  # fmt: skip
        elif material not in for_sale:
            yield Finding(
                document="scenario", path=at, allowed=listed(for_sale), rests_on=((*_MATERIALS, material, "kind"),), at_key=True,
                what=f"'{material}' is {materials[material].kind}, and customers order what is finished",
            )  # fmt: skip


def weekly_forecasts(scenario: Scenario, plant: Plant) -> Iterator[Finding]:
    """Forecasts that the ERP makes are for a plan that it makes, and begin with what is sold."""
    policies = scenario.policies
    if policies.forecasting is None:
        return
    path: KeyPath = ("policies", "forecasting")
    if policies.planning != "material_plan":
        what = f"nobody asks for these forecasts where planning is {policies.planning}"
        allowed = "planning: material_plan, or no forecasting"
        yield Finding(document="scenario", path=path, what=what, allowed=allowed, rests_on=(("scenario", "policies", "planning"),))
    yield from _methods(path, policies.forecasting)
    yield from _for_sale((*path, "first"), policies.forecasting.first, plant)


def _methods(path: KeyPath, declared: Forecasting) -> Iterator[Finding]:
    """A method is of whoever forecasts, and has as many weeks behind it as it needs."""
    methods, method = OWN if declared.by == "own" else OF_STATSMODELS, declared.method
    if method is not None and method not in methods:
        what = f"'{method}' is no method of {'the ERP itself' if declared.by == 'own' else 'statsmodels'}"
        yield Finding(
            document="scenario", path=(*path, "method"), what=what, allowed=listed(methods), rests_on=(("scenario", *path, "by"),)
        )
    if declared.season is not None and declared.by == "own":
        what = "the ERP itself sees no season"
        yield Finding(
            document="scenario", path=(*path, "season"), what=what, allowed="by: statsmodels, or no season",
            rests_on=(("scenario", *path, "by"),),
        )  # fmt: skip
    if method == "holt_winters" and (declared.season is None or declared.history <= 2 * declared.season):
        what = "Holt and Winters see a season once two of them and a week have passed"
        allowed = "season, and a history of more than two of them, as season: 4 with history: 9"
        yield Finding(document="scenario", path=(*path, "method"), what=what, allowed=allowed, rests_on=(("scenario", *path, "**"),))
