"""Decisions by rule, when everything of an instant has settled: release, then start whatever can start."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.flow.asking import equipment_at, first_asked
from twin.kernels.floor.flow.queues import batch_of, first_that, has_waiting, leave_queue, rank_queue
from twin.kernels.floor.flow.release import release
from twin.kernels.floor.ground.setups import setup_us
from twin.kernels.floor.ground.telling import sort_addresses
from twin.kernels.floor.planning.dispatching import dispatch
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Floats, Ints
from twin.kernels.floor.work.line import start_line
from twin.kernels.floor.work.work_unit import start_work_unit


@kernel
def decide(plant: Ints, plan: Ints, numbers: Floats, log: Ints) -> int:
    """Work centers and then their equipment in declared order. Why it had to stop, or 0; it can be gone on with.

    Only work centers are looked at whose queue has grown, or where equipment has become idle, since they were last: nothing else lets
    anything start. Whatever else comes to forbid a start has to call `look_soon` when it forbids it no longer.
    """
    status = release(plant, plan, numbers, log)
    if status:
        return status
    if plant[at.DECIDES_LEVEL_4]:
        dispatch(plant, plan, numbers)
        return 0
    sort_addresses(plant, plant[at.LOOKS_AT], plant[at.LOOK_COUNT])
    for at_most in range(1 + plan[at.MOST_ALTERNATIVES]):
        for number in range(plant[at.LOOK_COUNT]):
            center = plant[plant[at.LOOKS_AT] + number]
            if has_waiting(plant, plan, center):
                if plant[center + at.LOOKS_FOR_SETUPS]:
                    status = _ask_idle(plant, plan, numbers, log, center, at_most, False)
                    if status:
                        return status
                status = _ask_idle(plant, plan, numbers, log, center, at_most, True)
                if status:
                    return status
    _have_looked(plant, plan)
    return 0


@kernel
def _have_looked(plant: Ints, plan: Ints) -> None:
    """Where a batch waits for its time, or a set-up is kept, every time; elsewhere when something has changed (`look_soon`)."""
    looks, kept = plant[at.LOOKS_AT], 0
    for number in range(plant[at.LOOK_COUNT]):
        center = plant[looks + number]
        if plant[center + at.IS_ALWAYS_LOOKED_AT] and has_waiting(plant, plan, center):
            plant[looks + kept] = center
            kept += 1
        else:
            plant[center + at.IS_LOOKED_AT] = 0
    plant[at.LOOK_COUNT] = kept


@kernel
def _ask_idle(plant: Ints, plan: Ints, numbers: Floats, log: Ints, center: int, at_most: int, takes_setups: bool) -> int:
    """Let idle equipment of a work center start what it can. Why it had to stop, or 0."""
    first = first_asked(plant, center)
    for place in range(first, first + plant[center + at.CENTER_EQUIPMENT_COUNT]):
        unit = equipment_at(plant, plan, center, place)
        if not plant[unit + at.HAS_JOB] and plant[unit + at.STATE] == at.IDLE:
            if plant[at.NAMES_COUNT] + plant[at.NAMES_RESERVE] >= plant[at.NAMES_CAPACITY]:
                return at.NAMES_FULL
            _start(plant, plan, numbers, log, center, unit, at_most, takes_setups)
    return 0


@kernel
def _start(plant: Ints, plan: Ints, numbers: Floats, log: Ints, center: int, unit: int, at_most: int, takes_setups: bool) -> None:
    """Start what the rule puts first among what waits for `unit`; a batch only if the batch rule finds it full enough.

    Lots for which it is a later choice than `at_most` are left to others, which may be free too; and what it would have to be set up for,
    unless it `takes_setups`.
    """
    if plant[unit + at.BATCH_MAXIMUM]:
        first = batch_of(plant, plan, unit, rank_queue(plant, plan, numbers, center, unit, at_most))
    else:
        first = first_that(plant, plan, numbers, center, unit, at_most)
    if first < 0:
        return
    if not takes_setups and setup_us(plant, plan, unit, plan[plant[first + at.STEP] + at.STEP_FAMILY]):
        return
    lot = first
    while lot >= 0:
        leave_queue(plant, plan, lot)
        lot = plant[lot + at.JOB_NEXT]
    if plant[unit + at.KIND] == at.LINE:
        start_line(plant, plan, numbers, log, unit, first, 0, 0)
    else:
        start_work_unit(plant, plan, numbers, log, unit, first, 0, 0)
