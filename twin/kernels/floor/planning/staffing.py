"""Who is free for which job, and what is ready to start: material, and somebody who can do it."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor import asked_rows as asked
from twin.kernels.floor import rows as at
from twin.kernels.floor.ground.setups import setup_us
from twin.kernels.floor.planning.stock import suffices
from twin.kernels.floor.rows import Ints


@kernel
def see_who_is_taken(plant: Ints, plan: Ints) -> None:
    """Whoever was told to be at a unit that works, or that has failed in the middle of its work, is taken."""
    taken = plant[at.PERSONS_AT]
    for n in range(plan[at.PERSON_COUNT] + 1):
        plant[taken + n] = 0
    if not plan[at.PERSON_COUNT]:
        return
    for n in range(plant[at.EQUIPMENT_COUNT]):
        unit = plant[at.EQUIPMENT_AT] + n * at.EQUIPMENT_ROW
        if plant[unit + at.TOLD_PERSONS] and plant[unit + at.STATE] in (at.STARTING, at.EXECUTE, at.HELD):
            plant[taken + plant[unit + at.TOLD_PERSONS]] = 1


@kernel
def _is_free(plant: Ints, plan: Ints, person: int) -> bool:
    """Whether a person (number from 1) is on shift and not taken."""
    watch = plan[plan[at.STAFF_AT] + (person - 1) * asked.STAFF_ROW + asked.STAFF_WATCH]
    return plant[plant[at.PERSONS_AT] + person] == 0 and plant[watch + at.IS_OPEN] == 1


@kernel
def first_free(plant: Ints, plan: Ints, personnel_class: int, preferred: int) -> int:
    """The first free person who has the qualification, in declared order (`preferred` before all others); 0 if nobody is free."""
    row = plan[at.CLASSES_AT] + 2 * personnel_class
    qualified, count = plan[row], plan[row + 1]
    for n in range(count if preferred else 0):
        if plan[qualified + n] == preferred and _is_free(plant, plan, preferred):
            return preferred
    for n in range(count):
        if _is_free(plant, plan, plan[qualified + n]):
            return plan[qualified + n]
    return 0


@kernel
def needs_person(plant: Ints, plan: Ints, unit: int, lot: int) -> bool:
    """Whether somebody must be there to start what is next for a lot: always, or only while there is something to set up."""
    step = plant[lot + at.STEP]
    if plan[step + at.STEP_CLASS] < 0:
        return False
    return plan[step + at.STEP_RUN_STAFFED] == 1 or setup_us(plant, plan, unit, plan[step + at.STEP_FAMILY]) > 0


@kernel
def class_of(plant: Ints, plan: Ints, lot: int) -> int:
    """Who is needed for what is next for a lot."""
    return plan[plant[lot + at.STEP] + at.STEP_CLASS]


@kernel
def is_supplied(plant: Ints, plan: Ints, lot: int) -> bool:
    """Whether what a lot consumes, if it does, is there."""
    return plant[lot + at.CONSUMES] == 0 or suffices(plant, plan, plant[lot + at.LOT_MATERIAL], plant[lot + at.LOT_QUANTITY])


@kernel
def may_start(plant: Ints, plan: Ints, unit: int, lot: int) -> bool:
    """Whether material and, if need be, somebody is there."""
    if not is_supplied(plant, plan, lot):
        return False
    return not needs_person(plant, plan, unit, lot) or first_free(plant, plan, class_of(plant, plan, lot), 0) > 0
