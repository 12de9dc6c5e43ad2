"""What a command changes, in the settle phase: called from Python, one command at a time, after it was found to be allowed."""

from __future__ import annotations

from twin.kernels.compiling import entry, float64_at, int64_at
from twin.kernels.floor.flow.lots import is_gone, leave_place, new_lot, put_back, stand, take_off_rework
from twin.kernels.floor.flow.queues import rank_anew
from twin.kernels.floor.flow.steps.watching import end_wait, wait_as_long, watch_wait
from twin.kernels.floor.ground.agenda import after
from twin.kernels.floor.ground.setups import add_load, setup_us
from twin.kernels.floor.ground.telling import tell_name, touch
from twin.kernels.floor.rows import lot_rows as of_lot
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.work.equipment import needs_persons, report
from twin.kernels.floor.work.line import start_line
from twin.kernels.floor.work.work_unit import start_work_unit
from twin.kernels.floor.work.working import break_off


@entry
def begin_lot(plant_address: int, log_address: int, name: int, entity: int, quantity: int, step: int, material: int) -> int:
    """A lot that a command names comes into being; its address. `name` is the number of its text, `entity` that of its name."""
    plant = int64_at(plant_address)
    lot = new_lot(plant)
    plant[lot + at.ORIGIN], plant[lot + at.ORIGIN_N], plant[lot + at.LOT_ENTITY] = at.BY_HOST, name, entity
    plant[lot + at.LOT_MATERIAL], plant[lot + at.LOT_QUANTITY], plant[lot + at.STEP] = material, quantity, step
    plant[lot + at.READY_US] = plant[at.NOW]
    tell_name(plant, int64_at(log_address), lot)
    return lot


@entry
def start_job(
    plant_address: int, plan_address: int, numbers_address: int, log_address: int, unit: int, lot: int, persons: int, calendars: int
) -> None:
    """Start: the lots that hang on `lot` by JOB_NEXT."""
    plant, plan, numbers = int64_at(plant_address), int64_at(plan_address), float64_at(numbers_address)
    if plant[unit + at.KIND] == at.LINE:
        start_line(plant, plan, numbers, int64_at(log_address), unit, lot, persons, calendars)
    else:
        start_work_unit(plant, plan, numbers, int64_at(log_address), unit, lot, persons, calendars)


@entry
def order_stop(plant_address: int, unit: int, state: int, reason: int) -> None:
    """Hold or Pause; whoever was needed is free after a pause."""
    plant = int64_at(plant_address)
    plant[unit + at.ORDERED_STATE], plant[unit + at.ORDERED_REASON] = state, reason
    if state == at.SUSPENDED and needs_persons(plant, unit):
        plant[unit + at.IS_DESERTED] = 1
    touch(plant, unit)


@entry
def take_up_again(plant_address: int, unit: int, persons: int, calendars: int) -> None:
    """Restart or Resume, with the persons that the work needs."""
    plant = int64_at(plant_address)
    plant[unit + at.ORDERED_STATE] = plant[unit + at.IS_DESERTED] = 0
    plant[unit + at.JOB_PERSONS], plant[unit + at.JOB_CALENDARS] = persons, calendars
    touch(plant, unit)


@entry
def end_job(plant_address: int, plan_address: int, numbers_address: int, log_address: int, unit: int, state: int, reason: int) -> None:
    """Stop or Abort: the work ends here and now, and the lots wait for the same step again."""
    plant, plan, numbers, log = int64_at(plant_address), int64_at(plan_address), float64_at(numbers_address), int64_at(log_address)
    report(plant, log, unit, state, reason, plant[unit + at.JOB_LABEL], 0)
    break_off(plant, unit)
    lot = plant[unit + at.JOB_LOT]
    while lot >= 0:
        put_back(plant, plan, numbers, lot)
        lot = plant[lot + at.JOB_NEXT]
    plant[unit + at.HAS_JOB], plant[unit + at.JOB_PHASE] = 0, at.IS_DONE
    plant[unit + at.ORDERED_STATE] = plant[unit + at.IS_DESERTED] = 0
    touch(plant, unit)


@entry
def take_out(plant_address: int, plan_address: int, numbers_address: int, log_address: int, lot: int, pieces: int, to_step: int) -> None:
    """Of a lot that waits, pieces are lost, or (`to_step` >= 0) go back there as a lot of their own; without pieces it is gone."""
    plant, plan, numbers, log = int64_at(plant_address), int64_at(plan_address), float64_at(numbers_address), int64_at(log_address)
    is_all = pieces == plant[lot + at.LOT_QUANTITY]
    add_load(plant, plan, numbers, plant[lot + at.STEP], pieces, -1)
    if is_all:
        end_wait(plant, plan, lot)
        leave_place(plant, lot)
    else:
        plant[lot + at.LOT_QUANTITY] -= pieces
    if to_step >= 0:
        watch_wait(plant, plan, take_off_rework(plant, plan, numbers, log, lot, to_step, pieces, 0))
    if is_all:
        is_gone(plant, lot)


@entry
def go_on_as(plant_address: int, plan_address: int, numbers_address: int, lot: int, into: int, pieces: int, is_new: int) -> None:
    """Pieces of a lot that waits go on as another, which has just come into being (`is_new`) or waits for the same; take them out, too."""
    plant, plan, numbers = int64_at(plant_address), int64_at(plan_address), float64_at(numbers_address)
    add_load(plant, plan, numbers, plant[lot + at.STEP], pieces, 1)
    if is_new:
        for field in range(of_lot.AWAY_AT, plant[at.LOT_SIZE]):
            plant[into + field] = plant[lot + field]
        plant[into + more.LATE_NEXT] = plant[into + more.LEAVES_STEP] = 0
        plant[into + at.READY_US] = plant[lot + at.READY_US]
        plant[into + at.DUE_US], plant[into + at.LOT_PRIORITY] = plant[lot + at.DUE_US], plant[lot + at.LOT_PRIORITY]
        stand(plant, plan, numbers, into)
        watch_wait(plant, plan, into)
    else:
        plant[into + at.LOT_QUANTITY] += pieces
        wait_as_long(plant, plan, into, lot)


@entry
def await_delivery(plant_address: int, delay_us: int, number: int) -> None:
    """A supplier will deliver; told by its number."""
    after(int64_at(plant_address), delay_us, due.DELIVERY_DUE, number)


@entry
def needed_setup_us(plant_address: int, plan_address: int, unit: int, family: int) -> int:
    """Set-up time of a unit for a family, from how it stands now."""
    return setup_us(int64_at(plant_address), int64_at(plan_address), unit, family)


@entry
def change_rule(plant_address: int, plan_address: int, numbers_address: int, center: int, rule: int) -> None:
    """From now on a work center goes by another dispatch rule."""
    plant = int64_at(plant_address)
    plant[center + at.RULE] = rule
    rank_anew(plant, int64_at(plan_address), float64_at(numbers_address), center)
