"""How long a set-up takes, and how long a run as a rule."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.ground.losses import is_left_out
from twin.kernels.floor.rows import loss_rows as loss
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.kernels.floor.rows.plant_rows import Floats, Ints


@kernel
def setup_us(plant: Ints, plan: Ints, unit: int, family: int) -> int:
    """Time to set it up for `family` from how it stands now; no family (-1) needs no set-up."""
    matrix = plant[unit + at.MATRIX]
    if family < 0 or matrix < 0:
        return 0
    return plan[matrix + (plant[unit + at.FAMILY] + 1) * plan[at.FAMILY_COUNT] + family]


@kernel
def begin_setup_us(plant: Ints, plan: Ints, unit: int, family: int) -> int:
    """How long it is set up for a job of `family` that begins: not at all, where that loss is left out."""
    needed_us = setup_us(plant, plan, unit, family)
    return 0 if needed_us and is_left_out(plant, loss.SETUP, unit, loss.NO_REASON) else needed_us


@kernel
def left_to_set_up_us(plant: Ints, plan: Ints, unit: int, lot: int, needed_us: int) -> int:
    """What is left of a set-up for the lots that hang on `lot`, if the unit is set up while the job before still runs; else all of it.

    Nobody knows what to set up for until the last of the lots is there; what begins here comes when it is started; and who has stood since
    has to be set up as any other. A plant that is so from now on knows no run that began before.
    """
    known_us = plant[unit + at.RAN_FROM_US]
    if not known_us or not plant[unit + at.IS_SET_UP_ALONGSIDE] or plant[unit + at.DONE_US] != plant[at.NOW]:
        return needed_us
    while lot >= 0:
        row = plan[more.MORE_STEPS_AT] + plan[plant[lot + at.STEP] + at.STEP_NUMBER] * more.MORE_STEP_ROW
        known_us = max(known_us, plant[at.NOW] if plan[row + more.BEGINS_HERE] else plant[lot + at.READY_US])
        lot = plant[lot + at.JOB_NEXT]
    return max(0, needed_us - (plant[at.NOW] - known_us))


@kernel
def preference(plant: Ints, plan: Ints, step: int, unit: int) -> int:
    """Which alternative of a step a unit is for, from 1; 0: none, it does the step as declared. Nobody (-1) does so too."""
    if unit >= 0 and plan[step + at.WAY_COUNT]:
        place, size = plant[unit + at.PLACE], more.WAY_ROW + plan[at.STEP_WORDS]
        for n in range(plan[step + at.WAY_COUNT]):
            able = plan[step + at.WAYS_AT] + n * size + more.WAY_EQUIPMENT
            if (plan[able + (place >> 6)] >> (place & 63) & 1) == 1:
                return n + 1
    return 0


@kernel
def way_on(plant: Ints, plan: Ints, step: int, unit: int) -> tuple[int, int]:
    """Distribution of the run time of a step on a unit, and the place in `numbers` of its means."""
    n = preference(plant, plan, step, unit)
    if n == 0:
        return plan[step + at.STEP_DISTRIBUTION], plan[step + at.STEP_NUMBERS]
    way = plan[step + at.WAYS_AT] + (n - 1) * (more.WAY_ROW + plan[at.STEP_WORDS])
    return plan[way + more.WAY_DISTRIBUTION], plan[way + more.WAY_NUMBERS]


@kernel
def expected_run_us(plant: Ints, plan: Ints, numbers: Floats, lot: int, unit: int) -> float:
    """Mean run time of what is next for a lot on a unit; -1: on one that does it as declared."""
    _, first = way_on(plant, plan, plant[lot + at.STEP], unit)
    return numbers[first + at.PIECE_US] * plant[lot + at.LOT_QUANTITY] + numbers[first + at.LOT_US]


@kernel
def remaining_us(plant: Ints, plan: Ints, numbers: Floats, lot: int, unit: int) -> float:
    """Mean run time of what is next for a lot, on a unit, and of all that comes after it."""
    first, quantity = plan[plant[lot + at.STEP] + at.STEP_NUMBERS], plant[lot + at.LOT_QUANTITY]
    later_us = numbers[first + at.LATER_PIECE_US] * quantity
    return expected_run_us(plant, plan, numbers, lot, unit) + later_us + numbers[first + at.LATER_LOT_US]


@kernel
def add_load(plant: Ints, plan: Ints, numbers: Floats, step: int, quantity: int, sign: int) -> None:
    """The work before the work centers of a step and all later ones grows (or shrinks, `sign` -1) by a lot of `quantity`."""
    while step >= 0 and plant[at.LIMITS_WORK]:
        center, first = plant[at.CENTERS_AT] + plan[step + at.STEP_CENTER] * at.CENTER_ROW, plan[step + at.STEP_NUMBERS]
        plant[center + at.LOAD_US] += sign * int(numbers[first + at.PIECE_US] * quantity + numbers[first + at.LOT_US])
        step = plan[step + at.NEXT_STEP]
