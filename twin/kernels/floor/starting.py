"""What is decided begins at one go, in the lean build, where nobody wants to hear each round before the next.

A decision, the work that begins by it, and who finds a place that became free by that: `deciding`, `happening` and `settling` have them
as phases, of which each looks at everything. Here are the same rows in the same order, and the same plant after it, without asking what
cannot be. What is not as expected is left to the phases: work that takes no time, a lot that comes from who could not get rid of it.
"""

from __future__ import annotations

from twin.kernels.compiling import inlined
from twin.kernels.floor.flow.lots import seek_place_no_longer, store
from twin.kernels.floor.flow.queues import first_that, leave_queue
from twin.kernels.floor.flow.release import release
from twin.kernels.floor.ground.agenda import set_timer, work_timer
from twin.kernels.floor.ground.ahead import draw_next_ahead, draw_word_ahead
from twin.kernels.floor.ground.telling import is_in_order, sort_round
from twin.kernels.floor.passing import rest, write_row
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Floats, Ints
from twin.kernels.floor.work.work_unit import await_start, draw_stay_us, take_job


@inlined
def decide_at_one_go(plant: Ints, plan: Ints, numbers: Floats, log: Ints) -> bool:
    """Decide and begin until nothing more can begin at this instant. False: there was no room, and the decision goes on when there is."""
    while True:
        if plant[at.LOG_COUNT] + plant[at.LOG_RESERVE] > plant[at.LOG_CAPACITY]:
            return False
        if plant[at.BACKLOG_FIRST] >= 0 and plant[at.LOT_LIVE_COUNT] < plant[at.LOT_LIMIT]:
            was_due = plant[at.SETTLE_IS_DUE]
            if release(plant, plan, numbers, log):
                return False
            plant[at.SETTLE_IS_DUE] = was_due  # lots that were let in ask for it, and are looked at now
        plant[at.ROUND_BEGIN] = plant[at.LOG_COUNT]
        _begin_what_can(plant, plan, numbers, log)
        if plant[at.SETTLE_IS_DUE] or plant[at.URGENT_COUNT]:
            return True
        if plant[at.PLACES_ARE_SOUGHT]:
            _give_places(plant, plan, log)
        if plant[at.LOG_COUNT] - plant[at.ROUND_BEGIN] > 1 and not is_in_order(plant, log):
            sort_round(plant, plan, log)
        plant[at.ROUND_BEGIN] = plant[at.LOG_COUNT]
        if not plant[at.LOOK_COUNT]:
            return True


@inlined
def _begin_what_can(plant: Ints, plan: Ints, numbers: Floats, log: Ints) -> None:
    """Who is idle takes what waits. No work center takes from another, so it does not matter which comes first."""
    looks, count = plant[at.LOOKS_AT], plant[at.LOOK_COUNT]
    plant[at.LOOK_COUNT] = 0
    for number in range(count):
        center = plant[looks + number]
        plant[center + at.IS_LOOKED_AT] = 0
        for n in range(plant[center + at.CENTER_EQUIPMENT_COUNT] if plant[center + at.QUEUE_COUNT] else 0):
            unit = plan[plant[center + at.CENTER_EQUIPMENT_AT] + n]
            if not plant[unit + at.HAS_JOB] and plant[unit + at.STATE] == at.IDLE:
                _begin(plant, plan, numbers, log, unit, first_that(plant, plan, numbers, center, unit, 0))
                draw_next_ahead(plant, plan, numbers, center)


@inlined
def _begin(plant: Ints, plan: Ints, numbers: Floats, log: Ints, unit: int, lot: int) -> None:
    """A work unit takes a lot, and works; -1: it can do none of those that wait."""
    if lot < 0:
        return
    leave_queue(plant, plan, lot)
    take_job(plant, plan, log, unit, lot, 0, 0)
    run_us, _ = draw_stay_us(plant, plan, numbers, unit, 0)
    if not run_us:
        await_start(plant, unit, 0, 0, 0)
        return
    plant[unit + at.JOB_PHASE], plant[unit + at.ACTIVITY], plant[unit + at.IS_AT_WORK] = at.IN_RUN, at.RUNNING, 1
    plant[unit + at.RUN_US], plant[unit + at.NEED_US], plant[unit + at.BEGUN_US] = run_us, run_us, plant[at.NOW]
    plant[unit + at.INSIDE_US] = 0
    if plant[unit + at.JOB_FAMILY] >= 0:
        plant[unit + at.FAMILY] = plant[unit + at.JOB_FAMILY]
    job = plant[unit + at.JOB_LABEL]
    write_row(log, plant[at.LOG_COUNT], plant[at.NOW], plant[unit + at.PLACE], said.TELLS_STATE, at.EXECUTE, said.NO_REASON, job)
    plant[unit + at.STATE], plant[unit + at.TOLD_REASON], plant[unit + at.TOLD_JOB] = at.EXECUTE, said.NO_REASON, job
    plant[at.LOG_COUNT] += 1
    set_timer(plant, work_timer(plant, unit), run_us)
    following = plan[plant[lot + at.STEP] + at.NEXT_STEP]
    if following >= 0:
        draw_word_ahead(plant, plan, lot, following)


@inlined
def _give_places(plant: Ints, plan: Ints, log: Ints) -> None:
    """Lots find the places that have become free, who has waited longest first; what held them is idle."""
    plant[at.PLACES_ARE_SOUGHT] = 0
    lot = plant[at.WAITING_FIRST]
    while lot >= 0:
        following, storage = plant[lot + at.WAIT_NEXT], plan[plant[lot + at.STEP] + at.STEP_STORAGE]
        if plant[storage + at.STORAGE_CAPACITY] < 0 or plant[storage + at.STORAGE_LOTS] < plant[storage + at.STORAGE_CAPACITY]:
            unit = plant[lot + at.HOLDER]
            store(plant, plan, lot)
            seek_place_no_longer(plant, lot)
            plant[lot + at.HOLDER], plant[unit + at.LEAVING] = -1, 0
            rest(plant, log, plant[at.LOG_COUNT], unit)
        lot = following
