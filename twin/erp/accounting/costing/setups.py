"""What a set-up takes where nobody knows yet what is set up before it."""

from __future__ import annotations

from fractions import Fraction

from twin.model.plant import Operation, Plant


def mean_setup_us(plant: Plant, equipment_class: str, family: str | None) -> Fraction:
    """Set-up time to `family` when the family before is any of those in use on the equipment class, equally likely."""
    setup = plant.layout.setups.get(equipment_class)
    if setup is None or family is None:
        return Fraction(0)
    families = {
        operation.setup_family
        for routing in plant.layout.routings.values()
        for operation in routing.values()
        if operation.setup_family is not None and _uses(plant, operation, equipment_class)
    }
    return Fraction(sum(setup.duration_us(before, family) for before in sorted(families)), len(families))


def _uses(plant: Plant, operation: Operation, equipment_class: str) -> bool:
    units = plant.layout.work_units
    return any(name in units and units[name].equipment_class == equipment_class for name in plant.equipment_of(operation.segment))
