"""What a scenario says is on order at its start."""

from __future__ import annotations

from collections.abc import Iterator

from twin.model.exchange.bounds import FARTHEST_DUE_US
from twin.model.measures import write_duration
from twin.model.plant import Plant
from twin.model.problems import Finding, KeyPath, Place, did_you_mean, listed
from twin.model.scenario import Scenario

_MATERIALS: Place = ("items", "materials")


def open_orders(scenario: Scenario, plant: Plant) -> Iterator[Finding]:
    """Each has an id of its own, and is for a material that is bought or made, in a unit that it has."""
    materials = plant.materials.materials
    seen = {order.order for order in scenario.demand.orders}
    for index, it in enumerate(scenario.supply):
        path: KeyPath = ("supply", index)
        if it.order in seen:
            what = f"order '{it.order}' stands twice"
            yield Finding(document="scenario", path=(*path, "order"), what=what, allowed="each order once")
        seen.add(it.order)
        if it.due > FARTHEST_DUE_US:
            what = f"it is due {write_duration(it.due)} after the start, and no plan by days reaches that"
            yield Finding(document="scenario", path=(*path, "due"), what=what, allowed=f"{write_duration(FARTHEST_DUE_US)} or less")
        definition = materials.get(it.material)
        if definition is None:
            what = f"no material is called '{it.material}'{did_you_mean(it.material, materials)}"
            yield Finding(
                document="scenario", path=(*path, "material"), what=what, allowed=listed(materials), rests_on=((*_MATERIALS, it.material),),
                spoils=True,
            )  # fmt: skip
            continue
        if definition.phantom:
            what = f"'{it.material}' is a phantom, so nobody orders it"
            told: Place = (*_MATERIALS, it.material, "phantom")
            yield Finding(document="scenario", path=(*path, "material"), what=what, allowed="what it is a part of", rests_on=(told,))
        if it.unit is not None and it.unit not in definition.units:
            what = f"'{it.material}' has no unit '{it.unit}'{did_you_mean(it.unit, definition.units)}"
            allowed = f"{listed([*definition.units, 'no unit'])}, which is '{definition.unit}'"
            told = (*_MATERIALS, it.material, "units")
            yield Finding(document="scenario", path=(*path, "unit"), what=what, allowed=allowed, rests_on=(told,))


def planning_decides(scenario: Scenario, plant: Plant) -> Iterator[Finding]:
    """Who only follows what a plant did plans nothing."""
    policies = scenario.policies
    if policies.planning == "material_plan" and policies.decisions == "observed":
        what = "a plan decides nothing where decisions are only observed"
        told: tuple[Place, ...] = (("scenario", "policies", "decisions"),)
        yield Finding(document="scenario", path=("policies", "planning"), what=what, allowed="planning: order_by_order", rests_on=told)
