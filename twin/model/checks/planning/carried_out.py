"""What can be planned, and is not carried out by any run: said by name before one begins."""

from __future__ import annotations

from collections.abc import Iterable

from twin.model.materials import BillLine, MaterialDefinition
from twin.model.plant import Plant
from twin.model.problems import ToldAgain, listed
from twin.model.scenario import Scenario


class OnlyPlanned(ToldAgain, ValueError):
    """A plant or a scenario has something that only the material plan takes into account; every such thing is named."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("a run would leave this out of account: " + "; ".join(self.problems) + "; allowed: `twin plan`, or to take it out")


def refuse_what_is_only_planned(plant: Plant, scenario: Scenario) -> None:
    """Raise OnlyPlanned if there is such a thing."""
    if problems := only_planned(plant, scenario):
        raise OnlyPlanned(problems)


def only_planned(plant: Plant, scenario: Scenario, *, by_rule: bool = False) -> list[str]:
    """Stock of phantoms, alternatives in bills, orders from before.

    Alternates of a bill line are issued by the MES, one for a whole lot: not `by_rule`, where nobody keeps records, nor where it could
    not be said of which line they are.
    """
    materials = plant.materials.materials
    with_alternates = [name for name, it in materials.items() if any(line.alternates for line in it.bill)]
    found = {
        "opening_stock of a phantom": [name for name, it in materials.items() if it.phantom and it.opening_stock],
        "alternates of a bill line": [name for name in with_alternates if by_rule],
        "alternates that could stand for several lines of the bill, stand in it themselves, or are phantoms": [
            name for name in with_alternates if not by_rule and _is_mixed_up(plant, name)
        ],
        "alternates of what a supplier works on": [
            name for name in with_alternates if not by_rule and any(it.subcontract for it in plant.layout.routings.get(name, {}).values())
        ],
        "alternative_bills": [name for name, it in materials.items() if it.alternative_bills and by_rule],
        "alternative_bills of what a supplier works on": [
            name
            for name, it in materials.items()
            if it.alternative_bills and not by_rule and any(step.subcontract for step in plant.layout.routings.get(name, {}).values())
        ],
        "supply, orders that are open at the start": [it.order for it in scenario.supply if by_rule],
        "supply of what is bought of nobody": [
            it.order for it in scenario.supply if not by_rule and _is_bought_of_nobody(materials[it.material])
        ],
    }
    return [f"{what} ({listed(names)})" for what, names in found.items() if names]


def _is_bought_of_nobody(definition: MaterialDefinition) -> bool:
    return definition.kind == "purchased" and not definition.supplier


def _is_mixed_up(plant: Plant, material: str) -> bool:
    """Whether what is used of a material could be for one line of the bill or for another."""
    definitions = plant.materials.materials
    lines = [line for line in _blown_through(plant, material) if line.alternates]
    names = [line.material for line in _blown_through(plant, material)]
    others = [it.material for line in lines for it in line.alternates]
    return (
        any(names.count(line.material) > 1 for line in lines)
        or bool({*others} & {*names})
        or len({*others}) < len(others)
        or any(definitions[it].phantom for it in others if it in definitions)
    )


def _blown_through(plant: Plant, material: str) -> list[BillLine]:
    found: list[BillLine] = []
    for line in plant.materials.materials[material].bill:
        found += _blown_through(plant, line.material) if plant.materials.materials[line.material].phantom else [line]
    return found


def planned_over_all_orders(scenario: Scenario) -> list[str]:
    """What rules that work order by order cannot decide, by name."""
    planning = scenario.policies.planning
    return [] if planning == "order_by_order" else [f"policies.planning: {planning}"]
