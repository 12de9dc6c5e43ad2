"""Items and bills: what one unit of a material takes, over all levels."""

from __future__ import annotations

from fractions import Fraction
from graphlib import CycleError, TopologicalSorter

from twin.model.materials import Materials, alternates_of, groups_of, needed, other_bills, unit_bill


class BillCycleError(ValueError):
    """A material contains itself."""


class Bills:
    """The bills of material of a plant, merged by component and blown through phantoms, with low-level codes.

    The low-level code of a material is the deepest level at which any bill uses it (0: in no bill). Whatever works through
    materials by rising code has seen every demand for a material before it nets that material.

    Raises
    ------
    BillCycleError : a bill contains its own material, at any depth
    """

    def __init__(self, materials: Materials) -> None:
        self.know(materials)

    def know(self, materials: Materials) -> None:
        """All of them as they are declared now: a material may have come."""
        written = {material: [line.material for line in it.bill] for material, it in materials.materials.items()}
        try:
            deepest_first = list(TopologicalSorter(written).static_order())
        except CycleError as cycle:
            raise BillCycleError(f"bill of material contains itself: {' <- '.join(cycle.args[1])}") from None
        self.components = {material: unit_bill(materials.materials, material) for material in materials.materials}
        self.groups = {
            material: [*found.values()] for material in materials.materials if (found := groups_of(materials.materials, material))
        }
        others = {name: other_bills(materials.materials, name) for name in materials.materials}
        self._others = {name: it for name, it in others.items() if it}
        alternates = {material: alternates_of(materials.materials, material) for material in materials.materials}
        self._alternates = {material: others for material, others in alternates.items() if others}
        self.low_level_code: dict[str, int] = dict.fromkeys(deepest_first, 0)
        for material in reversed(deepest_first):
            for component in self.components.get(material, {}):
                self.low_level_code[component] = max(self.low_level_code[component], self.low_level_code[material] + 1)
        self.deepest_first = sorted(self.components, key=lambda m: -self.low_level_code[m])

    def stands_for(self, material: str, component: str, alternate: str) -> Fraction:
        """How much of a component of `material` one unit of an alternate stands for; 0: it may not stand for it."""
        others = self._alternates.get(material, {}).get(component, ())
        each = next((each for it, each in others if it.material == alternate), 0)
        return Fraction(self.components[material][component]) / each if each else Fraction(0)

    def pieces_by(self, material: str, bill: str, component: str) -> Fraction:
        """How many pieces one unit stands for of a component that an alternative bill asks for: of its first; the others stand for none."""
        each_of = self._others.get(material, {}).get(bill, {})
        return 1 / Fraction(each_of[component]) if component == next(iter(each_of), None) else Fraction(0)

    def explode(self, material: str, quantity: int) -> dict[str, int]:
        """Gross quantity of every component, of all levels, that `quantity` of `material` takes when nothing is in stock."""
        gross = {material: quantity}
        for parent in sorted(self.components, key=self.low_level_code.__getitem__):
            for component, per_unit in self.components[parent].items() if parent in gross else ():
                gross[component] = gross.get(component, 0) + needed(per_unit, gross[parent])
        del gross[material]
        return gross
