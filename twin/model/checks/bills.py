"""Materials: what is bought has a supplier and a cost, what is made has a routing, what is sold has a price, and bills have no cycle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from twin.model.materials import BillLine, Materials
from twin.model.plant import Plant
from twin.model.problems import Finding, Place

MAX_CYCLES = 20
"""So many are said at once; one at a time is mended anyway."""


def _at(material: str, *key: str | int, what: str, allowed: str, at_key: bool = True, rests_on: tuple[str, ...] = ()) -> Finding:
    """A finding about a material that rests on keys of that material."""
    own: Place = ("items", "materials", material)
    keys = tuple((*own, name) for name in rests_on)
    return Finding(document="items", path=own[1:] + key, what=what, allowed=allowed, at_key=at_key, rests_on=keys)


def cycles_in_bills(plant: Plant) -> Iterator[Finding]:
    """A material that goes into itself, said at the bill line that closes the circle."""
    bills = {m: [line.material for line in it.bill] for m, it in plant.materials.materials.items()}
    open_bills = {m: list(components) for m, components in bills.items()}
    for _ in range(MAX_CYCLES):
        try:
            TopologicalSorter(open_bills).prepare()
        except CycleError as error:
            parents = list(reversed(error.args[1]))[:-1]  # each needs the next, the last needs the first
            first = min(range(len(parents)), key=lambda n: list(bills).index(parents[n]))
            cycle = [*parents[first:], *parents[:first]]
            what = f"the bill goes round in a circle: {' -> '.join([*cycle, cycle[0]])}"
            line = bills[cycle[-1]].index(cycle[0])
            allowed = "a material that does not need this one"
            yield replace(_at(cycle[-1], "bill", line, "material", what=what, allowed=allowed, at_key=False), spoils=True)
            open_bills[cycle[-1]] = [component for component in open_bills[cycle[-1]] if component != cycle[0]]
        else:
            return


def repeated_components(plant: Plant) -> Iterator[Finding]:
    """A bill names each of its materials once, an alternative bill too."""
    for material, it in plant.materials.materials.items():
        bills: list[tuple[tuple[str, ...], list[BillLine]]] = [(("bill",), it.bill)]
        bills += [(("alternative_bills", name, "bill"), other.bill) for name, other in it.alternative_bills.items()]
        for where, bill in bills:
            seen: set[str] = set()
            for index, line in enumerate(bill):
                if line.material in seen:
                    what = f"'{line.material}' stands twice in this bill"
                    yield _at(material, *where, index, "material", what=what, allowed="one line with the sum", at_key=False)
                seen.add(line.material)


def groups_in_bills(plant: Plant) -> Iterator[Finding]:
    """Components of one group can stand in for one another: there are at least two, they are counted alike, and none is a phantom."""
    items = plant.materials.materials
    for material, it in items.items():
        first: dict[str, int] = {}
        grouped = [(n, line, line.group) for n, line in enumerate(it.bill) if line.group is not None and line.material in items]
        for index, line, group in grouped:
            other = items[it.bill[first.setdefault(group, index)].material]
            where = ("bill", index, "group")
            if items[line.material].phantom:
                what = f"'{line.material}' is a phantom, which nobody takes"
                yield _at(material, *where, what=what, allowed="the group at lines of its own bill", at_key=False)
            elif items[line.material].unit != other.unit:
                what = f"'{line.material}' is counted in '{items[line.material].unit}', the others of '{group}' in '{other.unit}'"
                yield _at(material, *where, what=what, allowed="one unit in a group", at_key=False)
            elif sum(name == group for _, _, name in grouped) == 1:
                what = f"'{line.material}' is alone in its group '{group}'"
                yield _at(material, *where, what=what, allowed="two components or more in a group, or none", at_key=False)


def purchased_materials(plant: Plant) -> Iterator[Finding]:
    """What is bought has a supplier and an expected cost, and is not made here."""
    for material, it in plant.materials.materials.items():
        if it.kind != "purchased":
            continue
        if it.supplier is None:
            what = f"'{material}' is purchased but has no supplier"
            yield _at(material, what=what, allowed="supplier: one of suppliers", rests_on=("kind", "supplier"))
        if it.standard_cost is None:
            what = f"'{material}' is purchased but has no standard_cost"
            yield _at(material, what=what, allowed="standard_cost: 3.20 EUR", rests_on=("kind", "standard_cost"))
        if it.bill:
            what = f"'{material}' is purchased and so has no bill"
            yield _at(material, "bill", what=what, allowed="kind: made, or no bill", rests_on=("kind", "bill"))
        if material in plant.layout.routings:
            what = f"'{material}' is purchased and so has no routing"
            told: tuple[Place, ...] = (("items", "materials", material, "kind"),)
            allowed = "kind: made, or no routing"
            yield Finding(document="plant", path=("routings", material), what=what, allowed=allowed, at_key=True, rests_on=told)


def made_materials(plant: Plant) -> Iterator[Finding]:
    """What is made has a routing, and is not ordered from anybody; what is sold has a price."""
    for material, it in plant.materials.materials.items():
        if it.kind in ("purchased", "recovered"):
            continue
        if not plant.layout.routings.get(material) and not it.phantom:
            made = _at(material, what=f"'{material}' is {it.kind} but has no routing", allowed="operations in routings, or kind: purchased")
            yield replace(made, rests_on=(("items", "materials", material, "kind"), ("plant", "routings", material)))
        for key in ("supplier", "reorder"):
            if getattr(it, key) is not None:
                what = f"'{material}' is {it.kind} and so has no {key}"
                yield _at(material, key, what=what, allowed=f"kind: purchased, or no {key}", rests_on=("kind", key))
        if it.kind == "finished" and it.price is None:
            yield _at(material, what=f"'{material}' is sold but has no price", allowed="price: 240 EUR", rests_on=("kind", "price"))


def components_that_never_come(plant: Plant) -> Iterator[Finding]:
    """A purchased component that is not in stock and never ordered holds up everything above it."""
    items = plant.materials
    for material, it in items.materials.items():
        if it.kind == "purchased" and it.reorder is None and it.planning is None and it.opening_stock == 0 and _is_used(items, material):
            what = f"'{material}' is in a bill, but none is in stock and none is ever ordered"
            allowed = "reorder: {point: 20, quantity: 100}, or an opening_stock"
            yield _at(material, what=what, allowed=allowed, rests_on=("kind", "reorder", "planning", "opening_stock"))


def _is_used(items: Materials, material: str) -> bool:
    return any(line.material == material for it in items.materials.values() for line in it.bill)
