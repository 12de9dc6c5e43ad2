"""What happens mostly, at one go, in the lean build: a work unit is done or an order comes while nothing else is due.

It says and leaves behind what `happening` and `settling` would, phase by phase, without asking what cannot be. Whatever is not as
expected here is theirs: another timer at this instant, somebody who waits for the place that becomes free.
"""

from __future__ import annotations

from twin.kernels.compiling import inlined
from twin.kernels.floor.flow.demand import stream_is_due
from twin.kernels.floor.flow.lots import is_gone, store, wait_for_place
from twin.kernels.floor.flow.queues import join_queue
from twin.kernels.floor.ground.agenda import next_instant_us, set_timer, take_next
from twin.kernels.floor.ground.telling import look_soon
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints


@inlined
def pass_on(plant: Ints, plan: Ints, numbers: Floats, log: Ints) -> bool:
    """At the next instant a work unit is done, or an order comes, and nothing else is due: happen, and settle. False: not (yet)."""
    if plant[at.URGENT_COUNT] or plant[at.SETTLE_IS_DUE] or plant[at.PLACES_ARE_SOUGHT]:
        return False
    now_us = next_instant_us(plant)
    if now_us >= plant[at.END]:
        return False
    plant[at.NOW] = now_us
    timer = take_next(plant)
    kind, what = plant[timer + due.TIMER_KIND], plant[timer + due.TIMER_WHAT]
    if kind not in (due.WORK_DONE, due.STREAM_DUE) or next_instant_us(plant) == now_us:
        set_timer(plant, timer, 0)
        return False
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
    row = plant[at.LOG_COUNT]
    write_row(
        log, row, plant[at.NOW], plant[unit + at.PLACE], said.TELLS_COUNT, plant[lot + at.LOT_QUANTITY], 0, plant[unit + at.JOB_LABEL]
    )
    plant[lot + at.LOT_IS_RUNNING] = 0
    following = plan[plant[lot + at.STEP] + at.NEXT_STEP]
    if following < 0:
        is_gone(plant, lot)
    else:
        plant[lot + at.STEP], plant[lot + at.STARTS], plant[lot + at.READY_US] = following, 0, plant[at.NOW]
        _leave(plant, plan, lot, unit)
    _show(plant, log, row + 1, unit)
    if following >= 0:
        join_queue(plant, plan, numbers, lot)


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
def write_row(log: Ints, row: int, now_us: int, place: int, kind: int, a: int, b: int, job: int) -> None:
    """What a work unit says, in a row of the log that is counted later."""
    field = row * said.EVENT_ROW
    log[field + said.EVENT_US] = now_us
    log[field + said.EVENT_WHAT] = kind + said.PLACES * (place + 1)
    log[field + said.EVENT_A], log[field + said.EVENT_B], log[field + said.EVENT_C], log[field + said.EVENT_D] = a, b, job, 0


@inlined
def _show(plant: Ints, log: Ints, row: int, unit: int) -> None:
    """The work unit is idle, or blocked; its state is another in any case, and nobody meters its power. It says so from `row` on."""
    if plant[unit + at.LEAVING]:
        job = plant[unit + at.JOB_LABEL]
        write_row(log, row, plant[at.NOW], plant[unit + at.PLACE], said.TELLS_STATE, at.SUSPENDED, said.BLOCKED, job)
        plant[unit + at.STATE], plant[unit + at.TOLD_REASON] = at.SUSPENDED, said.BLOCKED
        plant[at.LOG_COUNT] = row + 1
        return
    rest(plant, log, row, unit)


@inlined
def rest(plant: Ints, log: Ints, row: int, unit: int) -> None:
    """A work unit has got rid of its job: it says so from `row` of the log on, and is looked at in the next decision."""
    now_us, place, job = plant[at.NOW], plant[unit + at.PLACE], plant[unit + at.JOB_LABEL]
    write_row(log, row, now_us, place, said.TELLS_STATE, at.COMPLETE, said.NO_REASON, job)
    write_row(log, row + 1, now_us, place, said.TELLS_STATE, at.IDLE, said.NO_REASON, 0)
    plant[unit + at.STATE], plant[unit + at.TOLD_REASON], plant[unit + at.TOLD_JOB] = at.IDLE, said.NO_REASON, 0
    plant[unit + at.HAS_JOB] = 0
    plant[at.LOG_COUNT] = row + 2
    look_soon(plant, plant[at.CENTERS_AT] + plant[unit + at.CENTER] * at.CENTER_ROW)
