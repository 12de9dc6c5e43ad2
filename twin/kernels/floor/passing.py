"""What happens mostly, at one go, in the lean build: a work unit is done or an order comes while nothing else is due, and work starts.

Both say and leave behind what `happening` and `settling` would, phase by phase, without asking what cannot be. Whatever is not as
expected here is theirs: another timer at this instant, somebody who waits for the place that becomes free, work that takes no time.
"""

from __future__ import annotations

from twin.kernels.compiling import inlined
from twin.kernels.floor.flow.demand import stream_is_due
from twin.kernels.floor.flow.lots import is_gone, store, wait_for_place
from twin.kernels.floor.flow.queues import join_queue
from twin.kernels.floor.ground.agenda import close_heap, next_instant_us, set_timer, take_next, work_timer
from twin.kernels.floor.ground.telling import look_soon
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints


@inlined
def pass_on(plant: Ints, plan: Ints, numbers: Floats, log: Ints) -> bool:
    """At the next instant a work unit is done, or an order comes, and nothing else is due: happen, and settle. False: not (yet)."""
    if plant[at.SETTLE_IS_DUE] or plant[at.PLACES_ARE_SOUGHT]:
        return False
    close_heap(plant)
    first, count = plant[at.HEAP_AT], plant[at.HEAP_COUNT]
    now_us, timer = plant[first + due.HEAP_US], plant[first + due.HEAP_TIMER]
    kind = plant[timer + due.TIMER_KIND]
    if not count or now_us >= plant[at.END] or kind not in (due.WORK_DONE, due.STREAM_DUE):
        return False
    if count > 1 and plant[first + due.HEAP_ROW + due.HEAP_US] == now_us:
        return False
    if count > 2 and plant[first + 2 * due.HEAP_ROW + due.HEAP_US] == now_us:
        return False
    plant[at.NOW] = now_us
    what = plant[take_next(plant) + due.TIMER_WHAT]
    if kind == due.WORK_DONE:
        _finish(plant, plan, numbers, log, what)
    else:
        stream_is_due(plant, plan, numbers, log, what)
        if next_instant_us(plant) <= now_us:  # the next order comes at the same instant: the phases go on from here
            return False
    plant[at.SETTLE_IS_DUE] = 0
    return True


@inlined
def _finish(plant: Ints, plan: Ints, numbers: Floats, log: Ints, unit: int) -> None:
    """The lot is counted and goes where it waits for what is next."""
    plant[unit + at.IS_AT_WORK], plant[unit + at.NEED_US], plant[unit + at.ACTIVITY] = 0, 0, at.NO_WORK
    plant[unit + at.JOB_PHASE], plant[unit + at.DONE_US] = at.IS_DONE, plant[at.NOW]
    lot = plant[unit + at.JOB_LOT]
    _write(plant, log, 0, unit, said.TELLS_COUNT, plant[lot + at.LOT_QUANTITY], 0, plant[unit + at.JOB_LABEL])
    plant[lot + at.LOT_IS_RUNNING] = 0
    following = plan[plant[lot + at.STEP] + at.NEXT_STEP]
    if following < 0:
        is_gone(plant, lot)
    else:
        plant[lot + at.STEP], plant[lot + at.STARTS], plant[lot + at.READY_US] = following, 0, plant[at.NOW]
        _leave(plant, plan, lot, unit)
        join_queue(plant, plan, numbers, lot)
    _show(plant, log, unit)


@inlined
def _leave(plant: Ints, plan: Ints, lot: int, unit: int) -> None:
    """The lot finds a place at once if there is one: whoever waits, waits for a storage that is full."""
    storage = plan[plant[lot + at.STEP] + at.STEP_STORAGE]
    capacity = plant[storage + at.STORAGE_CAPACITY]
    if capacity < 0 or plant[storage + at.STORAGE_LOTS] < capacity:
        plant[lot + at.WAIT_SINCE] = plant[at.NOW]
        store(plant, plan, lot)
    else:
        wait_for_place(plant, lot, unit)
        plant[at.PLACES_ARE_SOUGHT] = 0


@inlined
def _write(plant: Ints, log: Ints, n: int, unit: int, kind: int, a: int, b: int, job: int) -> None:
    """The n-th row (from 0) behind those that are counted."""
    row = (plant[at.LOG_COUNT] + n) * said.EVENT_ROW
    log[row + said.EVENT_US] = plant[at.NOW]
    log[row + said.EVENT_WHAT] = kind + said.PLACES * (plant[unit + at.PLACE] + 1)
    log[row + said.EVENT_A], log[row + said.EVENT_B], log[row + said.EVENT_C], log[row + said.EVENT_D] = a, b, job, 0


@inlined
def _show(plant: Ints, log: Ints, unit: int) -> None:
    """The work unit is idle, or blocked; its state is another in any case, and nobody meters its power."""
    job = plant[unit + at.JOB_LABEL]
    if plant[unit + at.LEAVING]:
        _write(plant, log, 1, unit, said.TELLS_STATE, at.SUSPENDED, said.BLOCKED, job)
        plant[unit + at.STATE], plant[unit + at.TOLD_REASON] = at.SUSPENDED, said.BLOCKED
        plant[at.LOG_COUNT] += 2
        return
    _write(plant, log, 1, unit, said.TELLS_STATE, at.COMPLETE, said.NO_REASON, job)
    _write(plant, log, 2, unit, said.TELLS_STATE, at.IDLE, said.NO_REASON, 0)
    plant[unit + at.STATE], plant[unit + at.TOLD_REASON], plant[unit + at.TOLD_JOB] = at.IDLE, said.NO_REASON, 0
    plant[unit + at.HAS_JOB] = 0
    plant[at.LOG_COUNT] += 3
    look_soon(plant, plant[at.CENTERS_AT] + plant[unit + at.CENTER] * at.CENTER_ROW)


@inlined
def start_alone(plant: Ints, log: Ints) -> bool:
    """All that is urgent is work that starts, and nothing is to be settled or decided after it. False: it is not so, nothing was done."""
    if plant[at.SETTLE_IS_DUE] != due.TO_END_ROUND or plant[at.PLACES_ARE_SOUGHT] or plant[at.BEATS] or plant[at.LOOK_COUNT]:
        return False
    if plant[at.BACKLOG_FIRST] >= 0 and plant[at.LOT_LIVE_COUNT] < plant[at.LOT_LIMIT]:
        return False
    first, count = plant[at.URGENT_AT] + 2 * plant[at.URGENT_FIRST], plant[at.URGENT_COUNT]
    if next_instant_us(plant) <= plant[at.NOW] or count != plant[at.TOUCHED_COUNT]:
        return False
    if plant[at.LOG_COUNT] + count > plant[at.LOG_CAPACITY]:
        return False
    for n in range(count):
        unit = plant[first + 2 * n + 1]
        if plant[first + 2 * n] != due.WORK_STARTS or plant[unit + at.NEED_US] or not plant[unit + at.RUN_US]:
            return False
    for n in range(count):
        unit = plant[first + 2 * n + 1]
        job, run_us = plant[unit + at.JOB_LABEL], plant[unit + at.RUN_US]
        plant[unit + at.IS_TOUCHED], plant[unit + at.IS_AT_WORK], plant[unit + at.BEGUN_US] = 0, 1, plant[at.NOW]
        plant[unit + at.JOB_PHASE], plant[unit + at.ACTIVITY], plant[unit + at.NEED_US] = at.IN_RUN, at.RUNNING, run_us
        if plant[unit + at.JOB_FAMILY] >= 0:
            plant[unit + at.FAMILY] = plant[unit + at.JOB_FAMILY]
        _write(plant, log, n, unit, said.TELLS_STATE, at.EXECUTE, said.NO_REASON, job)
        plant[unit + at.STATE], plant[unit + at.TOLD_REASON], plant[unit + at.TOLD_JOB] = at.EXECUTE, said.NO_REASON, job
        set_timer(plant, work_timer(plant, unit), run_us)
    plant[at.LOG_COUNT] += count
    plant[at.URGENT_COUNT] = plant[at.URGENT_FIRST] = plant[at.TOUCHED_COUNT] = plant[at.SETTLE_IS_DUE] = 0
    return True
