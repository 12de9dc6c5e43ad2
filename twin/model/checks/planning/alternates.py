"""Alternatives in bills and at suppliers: they are others than the first, together no more than all, and need not what they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter

from twin.model.checks.bills import cycles_in_bills
from twin.model.materials import Effective
from twin.model.plant import Plant
from twin.model.problems import Finding, KeyPath, Place


def alternates(plant: Plant) -> Iterator[Finding]:
    """Materials that stand in for that of a bill line."""
    for material, it in plant.materials.materials.items():
        for index, line in enumerate(it.bill):
            path: KeyPath = ("materials", material, "bill", index, "alternates")
            seen = {line.material}
            for place, other in enumerate(line.alternates):
                if other.material in seen:
                    what = f"'{other.material}' stands in this line already"
                    yield _at((*path, place, "material"), what, "another material")
                seen.add(other.material)
                yield from _dates((*path, place), other)
            yield from _shares(path, line.alternates)
        for name, bill in it.alternative_bills.items():
            for index, line in enumerate(bill.bill):
                if line.alternates:
                    where: KeyPath = ("materials", material, "alternative_bills", name, "bill", index, "alternates")
                    yield _at(where, "a line of an alternative bill has no alternates of its own", "one more alternative bill")


def alternative_bills(plant: Plant) -> Iterator[Finding]:
    """Other bills of what is made, and gives nothing off."""
    for material, it in plant.materials.materials.items():
        path: KeyPath = ("materials", material, "alternative_bills")
        if it.alternative_bills and not it.bill:
            yield _at(path, f"'{material}' has no bill to which there could be another", "a bill, or no alternative_bills", at_key=True)
        if it.alternative_bills and it.by_products:
            what = f"'{material}' gives by-products off, by its own bill"
            yield _at(path, what, "no by_products, or no alternative_bills", at_key=True)
        for name, bill in it.alternative_bills.items():
            yield from _dates((*path, name), bill)
        yield from _shares(path, it.alternative_bills.values())


def alternative_suppliers(plant: Plant) -> Iterator[Finding]:
    """Others who deliver what is bought."""
    for material, it in plant.materials.materials.items():
        path: KeyPath = ("materials", material, "alternative_suppliers")
        if it.alternative_suppliers and it.kind != "purchased":
            yield _at(
                path, f"'{material}' is {it.kind}, so nobody delivers it", "kind: purchased, or no alternative_suppliers", at_key=True
            )
        if it.supplier in it.alternative_suppliers:
            yield _at((*path, it.supplier or ""), f"'{it.supplier}' is the first supplier already", "somebody else", at_key=True)
        for name, other in it.alternative_suppliers.items():
            yield from _dates((*path, name), other)
        yield from _shares(path, it.alternative_suppliers.values())


def circles(plant: Plant) -> Iterator[Finding]:
    """An alternative that is made of what it stands in for: nobody knows which to plan first."""
    if any(True for _ in cycles_in_bills(plant)):
        return
    below = {name: [*(line.material for line in it.bill)] for name, it in plant.materials.materials.items()}
    for material, it in plant.materials.materials.items():
        lines: list[tuple[KeyPath, str]] = [(("bill", index, "alternates", place, "material"), other.material)
                 for index, line in enumerate(it.bill) for place, other in enumerate(line.alternates)]  # fmt: skip
        lines += [(("alternative_bills", name, "bill", index, "material"), line.material)
                  for name, bill in it.alternative_bills.items() for index, line in enumerate(bill.bill)]  # fmt: skip
        for key, component in lines:
            below[material].append(component)
            try:
                TopologicalSorter(below).prepare()
            except CycleError as error:
                what = f"with this alternative bills go round in a circle: {' -> '.join(reversed(error.args[1]))}"
                rests_on: tuple[Place, ...] = (
                    ("items", "materials", "*", "bill", "**"),
                    ("items", "materials", "*", "alternative_bills", "**"),
                )
                yield Finding(
                    document="items", path=("materials", material, *key), what=what, allowed="a material that does not need this one",
                    rests_on=rests_on,
                )  # fmt: skip
                below[material].pop()


def _at(path: KeyPath, what: str, allowed: str, *, at_key: bool = False) -> Finding:
    own: Place = ("items", *path[:2])
    return Finding(document="items", path=path, what=what, allowed=allowed, at_key=at_key, rests_on=((*own, "**"),))


def _dates(path: KeyPath, it: Effective) -> Iterator[Finding]:
    if it.valid_from is not None and it.valid_until is not None and it.valid_until < it.valid_from:
        yield _at((*path, "valid_until"), f"it ends before it begins on {it.valid_from}", f"{it.valid_from} or later")


def _shares(path: KeyPath, all_of: Iterable[Effective]) -> Iterator[Finding]:
    """At every instant: those whose dates overlap take no more than all."""
    shared = [it for it in all_of if it.share]
    days = {it.valid_from for it in shared}
    for day in days:
        here = [it for it in shared if it.holds(day)] if day else [it for it in shared if it.valid_from is None]
        if (total := sum(Fraction(str(it.share)) for it in here)) > 1:
            yield _at(
                path, f"the alternatives take {float(total):.0%} of what is needed", "shares that are 1.0 or less together", at_key=True
            )
            return
