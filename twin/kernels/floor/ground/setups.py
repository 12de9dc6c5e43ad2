"""How long a set-up takes, and how long a run as a rule."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Floats, Ints


@kernel
def setup_us(plant: Ints, plan: Ints, unit: int, family: int) -> int:
    """Time to set it up for `family` from how it stands now; no family (-1) needs no set-up."""
    matrix = plant[unit + at.MATRIX]
    if family < 0 or matrix < 0:
        return 0
    return plan[matrix + (plant[unit + at.FAMILY] + 1) * plan[at.FAMILY_COUNT] + family]


@kernel
def expected_run_us(plant: Ints, plan: Ints, numbers: Floats, lot: int) -> float:
    """Mean run time of what is next for a lot."""
    first = plan[plant[lot + at.STEP] + at.STEP_NUMBERS]
    return numbers[first + at.PIECE_US] * plant[lot + at.LOT_QUANTITY] + numbers[first + at.LOT_US]


@kernel
def remaining_us(plant: Ints, plan: Ints, numbers: Floats, lot: int) -> float:
    """Mean run time of what is next for a lot and of all that comes after it."""
    first, quantity = plan[plant[lot + at.STEP] + at.STEP_NUMBERS], plant[lot + at.LOT_QUANTITY]
    later_us = numbers[first + at.LATER_PIECE_US] * quantity
    return expected_run_us(plant, plan, numbers, lot) + later_us + numbers[first + at.LATER_LOT_US]
