"""In which order the equipment of a work center is asked whether it starts something."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.dispatch import asked_first
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Ints

_asked_first = kernel(asked_first)


@kernel
def first_asked(plant: Ints, center: int) -> int:
    """The place of the first that is asked at this instant, from 0; the others follow as declared, and after the last the first of all."""
    return _asked_first(plant[at.NOW], plant[center + at.CENTER_EQUIPMENT_COUNT]) if plant[center + at.FIRST_IS_DRAWN] else 0


@kernel
def equipment_at(plant: Ints, plan: Ints, center: int, place: int) -> int:
    """Address of the equipment at a place, which may go beyond the last by one round."""
    count = plant[center + at.CENTER_EQUIPMENT_COUNT]
    return plan[plant[center + at.CENTER_EQUIPMENT_AT] + (place if place < count else place - count)]
