"""How long a set-up takes, and how long a run as a rule."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor import rows as at
from twin.kernels.floor.rows import Floats, Ints


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
    step = plant[lot + at.STEP]
    mean_us = numbers[plan[step + at.STEP_NUMBERS] + at.MEAN_RUN]
    return mean_us * plant[lot + at.LOT_QUANTITY] if plan[step + at.IS_PER_PIECE] else mean_us
