"""What starts and what goes on, with an eye on rank, material and persons: what `twin.mes.dispatching` decides, in numbers."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.flow.asking import equipment_at, first_asked
from twin.kernels.floor.flow.queues import batch_of, first_that, has_waiting, leave_queue, rank_queue
from twin.kernels.floor.ground.setups import setup_us
from twin.kernels.floor.planning.customer_orders import send
from twin.kernels.floor.planning.staffing import class_of, first_free, may_start, needs_person, see_who_is_taken
from twin.kernels.floor.planning.stock import forget_promises, promise
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Floats, Ints
from twin.kernels.floor.work.equipment import is_open


@kernel
def dispatch(plant: Ints, plan: Ints, numbers: Floats) -> None:
    """First who goes on, then what starts; work centers and their equipment in declared order. Carried out in the next settle phase."""
    forget_promises(plant)
    see_who_is_taken(plant, plan)
    for number in range(plant[at.CENTER_COUNT]):
        center = plant[at.CENTERS_AT] + number * at.CENTER_ROW
        for n in range(plant[center + at.CENTER_EQUIPMENT_COUNT]):
            unit = plan[plant[center + at.CENTER_EQUIPMENT_AT] + n]
            if plant[unit + at.STATE] == at.SUSPENDED and not plant[unit + at.IS_RESUMED] and is_open(plant, unit):
                _resume(plant, plan, unit)
    before = plant[at.SENT_COUNT]
    for at_most in range(1 + plan[at.MOST_ALTERNATIVES]):
        for number in range(plant[at.CENTER_COUNT]):
            center = plant[at.CENTERS_AT] + number * at.CENTER_ROW
            if has_waiting(plant, plan, center):
                if plant[center + at.LOOKS_FOR_SETUPS]:
                    _ask_idle(plant, plan, numbers, center, before, at_most, False)
                _ask_idle(plant, plan, numbers, center, before, at_most, True)


@kernel
def _ask_idle(plant: Ints, plan: Ints, numbers: Floats, center: int, before: int, at_most: int, takes_setups: bool) -> None:
    """Let idle equipment of a work center start what it can, unless it was sent something in this decision, whose first row is `before`."""
    first = first_asked(plant, center)
    for place in range(first, first + plant[center + at.CENTER_EQUIPMENT_COUNT]):
        unit = equipment_at(plant, plan, center, place)
        is_free = plant[unit + at.STATE] == at.IDLE and not plant[unit + at.HAS_JOB] and is_open(plant, unit)
        if is_free and not _was_sent(plant, unit, before):
            _start(plant, plan, numbers, center, unit, at_most, takes_setups)


@kernel
def _was_sent(plant: Ints, unit: int, before: int) -> bool:
    """Whether a unit was sent something in this decision, whose first row is `before`."""
    for n in range(before, plant[at.SENT_COUNT]):  # noqa: SIM110  a generator is an object, which a kernel has no place for
        if plant[plant[at.SENT_AT] + n * asked.SENT_ROW + asked.SENT_TO] == unit:
            return True
    return False


@kernel
def _resume(plant: Ints, plan: Ints, unit: int) -> None:
    """Let a suspended job that needs somebody go on with the person who had it, or the first who is free."""
    if plant[unit + at.TOLD_REASON] not in (said.NO_OPERATOR, said.OFF_SHIFT):
        return
    step = plant[plant[unit + at.JOB_LOT] + at.STEP]
    if plan[step + at.STEP_CLASS] < 0 or (plan[step + at.STEP_RUN_STAFFED] == 0 and plant[unit + at.JOB_PHASE] != at.IN_SETUP):
        return  # nobody is needed: the plant goes on by itself
    person = first_free(plant, plan, plan[step + at.STEP_CLASS], plant[unit + at.JOB_PERSONS])
    if person:
        plant[plant[at.PERSONS_AT] + person] = 1
        plant[unit + at.IS_RESUMED] = 1
        send(plant, asked.RESUME_JOB, unit, -1, person)


@kernel
def _start(plant: Ints, plan: Ints, numbers: Floats, center: int, unit: int, at_most: int, takes_setups: bool) -> None:
    """Start what the rule puts first among what is able, supplied and staffed; a batch only if it is full enough.

    What the unit would have to be set up for is left, unless it `takes_setups`.
    """
    is_batch = plant[unit + at.BATCH_MAXIMUM] > 0
    first = _batch(plant, plan, numbers, center, unit, at_most) if is_batch else first_that(plant, plan, numbers, center, unit, at_most)
    if first < 0 or (not takes_setups and setup_us(plant, plan, unit, plan[plant[first + at.STEP] + at.STEP_FAMILY])):
        return
    person, lot = 0, first
    while lot >= 0:
        if not person and needs_person(plant, plan, unit, lot):
            person = first_free(plant, plan, class_of(plant, plan, lot), 0)
        if plant[lot + at.CONSUMES]:
            promise(plant, plan, plant[lot + at.LOT_MATERIAL], plant[lot + at.LOT_QUANTITY])
        leave_queue(plant, plan, lot)
        lot = plant[lot + at.JOB_NEXT]
    if person:
        plant[plant[at.PERSONS_AT] + person] = 1
    send(plant, asked.START_JOB, unit, first, person)


@kernel
def _batch(plant: Ints, plan: Ints, numbers: Floats, center: int, unit: int, at_most: int) -> int:
    """The lots of one family that start together; those for which there is material together."""
    ranked = plant[at.SCRATCH_AT] + at.SCRATCH_SIZE
    count = rank_queue(plant, plan, numbers, center, unit, at_most)
    kept = 0
    for n in range(count):  # able is not enough: ready, and staffed
        lot = plant[ranked + n]
        if may_start(plant, plan, unit, lot):
            plant[ranked + kept] = lot
            kept += 1
    return batch_of(plant, plan, unit, kept)
