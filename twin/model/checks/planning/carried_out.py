"""What can be planned, and is not carried out by any run: said by name before one begins."""

from __future__ import annotations

from collections.abc import Iterable

from twin.model.plant import Plant
from twin.model.problems import listed
from twin.model.scenario import Scenario


class OnlyPlanned(ValueError):
    """A plant or a scenario has something that only the material plan takes into account; every such thing is named."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("a run would leave this out of account: " + "; ".join(self.problems) + "; allowed: `twin plan`, or to take it out")


def refuse_what_is_only_planned(plant: Plant, scenario: Scenario) -> None:
    """Raise OnlyPlanned if there is such a thing."""
    if problems := only_planned(plant, scenario):
        raise OnlyPlanned(problems)


def only_planned(plant: Plant, scenario: Scenario) -> list[str]:
    """Stock of phantoms, by-products that no operation gives off, alternatives in bills, bills for several units, orders from before."""
    materials = plant.materials.materials
    found = {
        "opening_stock of a phantom": [name for name, it in materials.items() if it.phantom and it.opening_stock],
        "by_products": [name for name, it in materials.items() if it.by_products and not _is_taken_apart(plant, name)],
        "alternates of a bill line": [name for name, it in materials.items() if any(line.alternates for line in it.bill)],
        "alternative_bills": [name for name, it in materials.items() if it.alternative_bills],
        "bill_for more than one": [name for name, it in materials.items() if it.bill_for != 1],
        "supply, orders that are open at the start": [it.order for it in scenario.supply],
    }
    return [f"{what} ({listed(names)})" for what, names in found.items() if names]


def _is_taken_apart(plant: Plant, material: str) -> bool:
    return any(operation.takes_apart for operation in plant.layout.routings.get(material, {}).values())


def planned_over_all_orders(scenario: Scenario) -> list[str]:
    """What rules that work order by order cannot decide, by name."""
    planning = scenario.policies.planning
    return [] if planning == "order_by_order" else [f"policies.planning: {planning}"]
