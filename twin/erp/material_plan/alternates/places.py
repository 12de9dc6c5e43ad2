"""Where a bill leaves a choice, a phantom stands in it: what it is made of is what is preferred, and alternatives come beside it.

So a plan with a choice is a plan like any other: what an alternative takes over is supply of the phantom, and a demand for the alternative.
Components of a group stand in for one another where one is short, unit for unit. A plant that leaves no choice is planned as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from itertools import groupby
from typing import Literal

from twin.erp.bills import BillCycleError
from twin.model.materials import Alternate, BillLine, Effective, MaterialDefinition
from twin.model.plant import Plant


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What may be taken instead; `components` is what of which materials for one piece of the place."""

    name: str
    when: Effective
    components: tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A choice in the bill of `parent`. `about`: the material that is preferred there, or the parent, of whose bills one is chosen."""

    name: str
    kind: Literal["material", "bill"]
    parent: str
    about: str
    alternatives: tuple[Alternative, ...]


Levels = tuple[tuple[Place, ...], ...]
"""Places from the products down: those of one level do not decide what others of it need."""


def with_places(plant: Plant) -> tuple[Plant, Levels]:
    """The plant with a phantom for each choice that its bills leave, and the places of these; itself, where there is none.

    Raises
    ------
    BillCycleError : an alternative needs what it stands for
    """
    definitions = plant.materials.materials
    if not any(it.alternative_bills or any(line.alternates or line.group for line in it.bill) for it in definitions.values()):
        return plant, ()
    table, places, phantoms = dict(definitions), list[Place](), dict[str, MaterialDefinition]()

    def phantom(name: str, bill: list[BillLine], bill_for: int) -> str:
        while name in table or name in phantoms:
            name += "'"
        phantoms[name] = MaterialDefinition(kind="made", phantom=True, bill=bill, bill_for=bill_for)
        return name

    for material, it in definitions.items():
        lines = []
        for line in it.bill:
            if others := _stand_ins(it, line):
                slot = phantom(f"{line.material} in {material}", [BillLine(material=line.material, quantity=1)], 1)
                places.append(
                    Place(name=slot, kind="material", parent=material, about=line.material, alternatives=_materials(line, others))
                )
                lines.append(line.model_copy(update={"material": slot, "alternates": []}))
            else:
                lines.append(line)
        bill_for = it.bill_for
        if it.alternative_bills:
            slot = phantom(f"bill of {material}", lines, bill_for)
            places.append(Place(name=slot, kind="bill", parent=material, about=material, alternatives=_bills(it)))
            lines, bill_for = [BillLine(material=slot, quantity=1)], 1
        table[material] = it.model_copy(update={"bill": lines, "bill_for": bill_for})
    table |= phantoms
    materials = plant.materials.model_copy(update={"materials": table})
    return plant.model_copy(update={"materials": materials}), _levels(table, places)


def _stand_ins(definition: MaterialDefinition, line: BillLine) -> list[Alternate]:
    """Declared alternates, then the other components of its group, unit for unit."""
    known = {line.material, *(it.material for it in line.alternates)}
    group = [it.material for it in definition.bill if line.group is not None and it.group == line.group and it.material not in known]
    return [*line.alternates, *(Alternate(material=name, quantity=line.quantity) for name in group)]


def _materials(line: BillLine, others: list[Alternate]) -> tuple[Alternative, ...]:
    return tuple(Alternative(name=it.material, when=it, components=((it.material, Fraction(it.quantity, line.quantity)),)) for it in others)


def _bills(definition: MaterialDefinition) -> tuple[Alternative, ...]:
    found = []
    for name, it in definition.alternative_bills.items():
        components: dict[str, Fraction] = {}
        for line in it.bill:
            each = Fraction(line.quantity, it.bill_for) / (1 - Fraction(str(line.scrap)))
            components[line.material] = components.get(line.material, Fraction(0)) + each
        found.append(Alternative(name=name, when=it, components=tuple(components.items())))
    return tuple(found)


def _levels(table: dict[str, MaterialDefinition], places: list[Place]) -> Levels:
    """Places by how deep what they choose among lies below whatever may need it."""
    below = {name: {line.material for line in it.bill} for name, it in table.items()}
    for place in places:
        below[place.name] |= {component for it in place.alternatives for component, _ in it.components}
    try:
        deepest_first = list(TopologicalSorter(below).static_order())
    except CycleError as cycle:
        raise BillCycleError(f"bill of material contains itself: {' <- '.join(cycle.args[1])}") from None
    depth = dict.fromkeys(deepest_first, 0)
    for name in reversed(deepest_first):
        for component in below.get(name, ()):
            depth[component] = max(depth[component], depth[name] + 1)
    ordered = sorted(places, key=lambda it: depth[it.name])
    return tuple(tuple(own) for _, own in groupby(ordered, key=lambda it: depth[it.name]))
