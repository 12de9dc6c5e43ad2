"""A work unit and what it does with a job: take the lots, set up, run, count, and keep the lots until they find a place."""

from __future__ import annotations

from twin.kernels.compiling import inlined, kernel
from twin.kernels.floor.flow.lots import finish, pick_up
from twin.kernels.floor.ground.agenda import after, urge
from twin.kernels.floor.ground.ahead import is_drawn_ahead
from twin.kernels.floor.ground.chance import draw_good_ahead, draw_uniform, draw_us, times
from twin.kernels.floor.ground.losses import pieces_lost
from twin.kernels.floor.ground.names import job_entity, job_label
from twin.kernels.floor.ground.setups import begin_setup_us, expected_run_us, left_to_set_up_us, way_on
from twin.kernels.floor.ground.telling import note_start, tell, tell_member, touch
from twin.kernels.floor.planning.news import note
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import loss_rows as loss
from twin.kernels.floor.rows import lot_rows as of_lot
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints
from twin.kernels.floor.work.upkeep import count_upkeep


@kernel
def label_of(plant: Ints, plan: Ints, log: Ints, lot: int) -> int:
    """How a job is told: its job order; or the number of its batch, whose job orders are written down."""
    if plant[lot + at.JOB_NEXT] < 0:
        return job_label(plant, plan, lot)
    plant[at.BATCH_COUNT] += 1
    batch = plant[at.BATCH_COUNT]
    while lot >= 0:
        tell_member(plant, log, batch, job_label(plant, plan, lot))
        lot = plant[lot + at.JOB_NEXT]
    return -batch


@inlined
def take_job(plant: Ints, plan: Ints, log: Ints, unit: int, lot: int, persons: int, calendars: int) -> None:
    """A work unit or a line takes the lots that hang on `lot` by JOB_NEXT, and these persons."""
    plant[unit + at.HAS_JOB] = 1
    plant[unit + at.JOB_LOT] = lot
    plant[unit + at.JOB_LABEL] = label_of(plant, plan, log, lot)
    plant[unit + at.JOB_PERSONS], plant[unit + at.JOB_CALENDARS] = persons, calendars
    plant[unit + at.JOB_FAMILY] = plan[plant[lot + at.STEP] + at.STEP_FAMILY]
    plant[unit + at.IS_SETUP_STAFFED] = plant[unit + at.IS_RUN_STAFFED] = 0
    plant[unit + at.ORDERED_STATE] = plant[unit + at.IS_DESERTED] = plant[unit + at.JOB_IS_KNOWN] = 0
    has_family = plant[unit + at.JOB_FAMILY] >= 0
    if has_family and plant[unit + at.JOB_FAMILY] != plant[unit + at.FAMILY]:
        plant[unit + at.RUN_LOTS], plant[unit + at.RUN_SINCE] = 0, plant[at.NOW]
    while lot >= 0:
        step = plant[lot + at.STEP]
        plant[unit + at.IS_SETUP_STAFFED] |= plan[step + at.STEP_SETUP_STAFFED]
        plant[unit + at.IS_RUN_STAFFED] |= plan[step + at.STEP_RUN_STAFFED]
        plant[unit + at.RUN_LOTS] += 1 if has_family else 0
        pick_up(plant, plan, lot, unit)
        lot = plant[lot + at.JOB_NEXT]


@kernel
def start_work_unit(plant: Ints, plan: Ints, numbers: Floats, log: Ints, unit: int, lot: int, persons: int, calendars: int) -> None:
    """In the settle phase, or in a decision: take the lots and begin."""
    take_job(plant, plan, log, unit, lot, persons, calendars)
    run_us, inside_us = draw_stay_us(plant, plan, numbers, unit, 0)
    needed_us = begin_setup_us(plant, plan, unit, plant[unit + at.JOB_FAMILY])
    await_start(plant, unit, left_to_set_up_us(plant, plan, unit, lot, needed_us), run_us, inside_us)


@kernel
def await_start(plant: Ints, unit: int, needed_us: int, run_us: int, inside_us: int) -> None:
    """A job that was taken is begun with as soon as all was settled or decided: with its set-up, if it needs one."""
    plant[unit + at.JOB_PHASE] = at.IN_SETUP if needed_us else at.IN_RUN
    plant[unit + at.ACTIVITY], plant[unit + at.NEED_US] = at.SETTING_UP, needed_us
    plant[unit + at.RUN_US], plant[unit + at.INSIDE_US] = run_us, inside_us
    note_start(plant, unit)
    urge(plant, due.WORK_STARTS, unit)


@kernel
def draw_stay_us(plant: Ints, plan: Ints, numbers: Floats, unit: int, redraw: int) -> tuple[int, int]:
    """How long the job of a work unit keeps it busy, and how long the lots stay on after that: as the lot which takes longest as a rule.

    In a cascade the unit takes the next lot as soon as the last piece has gone in.
    `redraw` is 0, or which other number is wanted in place of the first (`rows.FIRST_REDRAW` ...).
    """
    lot = plant[unit + at.JOB_LOT]
    longest, other = lot, plant[lot + at.JOB_NEXT]
    while other >= 0:
        if expected_run_us(plant, plan, numbers, other, unit) > expected_run_us(plant, plan, numbers, longest, unit):
            longest = other
        other = plant[other + at.JOB_NEXT]
    step = plant[longest + at.STEP]
    draw = plant[longest + at.STARTS] - 1 + redraw
    distribution, _ = way_on(plant, plan, step, unit)
    if draw == 0 and is_drawn_ahead(plant, plan, longest):
        run_us = plant[longest + of_lot.AHEAD_US]
    else:
        run_us = draw_us(plan, numbers, distribution, at.RUN, job_entity(plant, plan, longest), draw)
    pieces = plant[longest + at.LOT_QUANTITY] if plan[step + at.IS_PER_PIECE] else 1
    interval_us, handling_us = plan[step + at.INTERVAL_US], plant[unit + at.HANDLING_US]
    if not interval_us:
        return times(run_us, pieces) + handling_us, 0
    busy_us = times(interval_us, pieces)
    return busy_us, max(0, run_us + handling_us - interval_us)


@kernel
def note_done(plant: Ints, unit: int) -> None:
    """The job is done. Where rules decide, they look again when its set-up need not be kept any more; the MES looks when it hears."""
    plant[unit + at.DONE_US] = plant[at.NOW]
    if not (plant[unit + at.LEAST_LOTS] or plant[unit + at.LEAST_US]) or plant[at.DECIDES_LEVEL_4] or not plant[at.IS_BY_RULE]:
        return
    if plant[unit + at.PATIENCE_US] > 0:
        after(plant, plant[unit + at.PATIENCE_US], due.BATCH_DUE, 0)
    left_us = plant[unit + at.RUN_SINCE] + plant[unit + at.LEAST_US] - plant[at.NOW]
    if left_us > 0:
        after(plant, left_us, due.BATCH_DUE, 0)


@kernel
def job_is_done(plant: Ints, plan: Ints, numbers: Floats, log: Ints, unit: int) -> None:
    """The run is over: every lot is counted, and sent on."""
    plant[unit + at.JOB_PHASE] = at.IS_DONE
    note_done(plant, unit)
    lot = plant[unit + at.JOB_LOT]
    while lot >= 0:
        following = plant[lot + at.JOB_NEXT]
        _count(plant, plan, numbers, log, unit, lot)
        lot = following
    touch(plant, unit)


@kernel
def _count(plant: Ints, plan: Ints, numbers: Floats, log: Ints, unit: int, lot: int) -> None:
    """Find out which pieces are good, say it, and send the lot on."""
    first = plan[plant[lot + at.STEP] + at.STEP_NUMBERS]
    scrap_share, rework_share = numbers[first + at.SCRAP_SHARE], numbers[first + at.REWORK_SHARE]
    scrap = rework = 0
    quantity = plant[lot + at.LOT_QUANTITY]
    if scrap_share > 0.0 or rework_share > 0.0:
        by_lot = plan[plant[lot + at.STEP] + at.REJECTS_BY_LOT]
        share, entity, draw, left = scrap_share + rework_share, job_entity(plant, plan, lot), 0, 1 if by_lot else quantity
        while True:
            ahead = draw_good_ahead(plan, share, entity, draw)
            draw += 1 if share < 1.0 else 0
            if ahead >= left:
                break
            left -= ahead + 1
            if draw_uniform(plan, at.SCRAP, entity, draw) * share < scrap_share:
                scrap += 1
            else:
                rework += 1
            draw += 1
        if by_lot:
            scrap, rework = scrap * quantity, rework * quantity
        scrap = pieces_lost(plant, loss.SCRAP, unit, scrap)
        rework = pieces_lost(plant, loss.REWORK, unit, rework)
    good = quantity - scrap - rework
    tell(plant, log, said.TELLS_COUNT, plant[unit + at.PLACE], good, scrap, job_label(plant, plan, lot), rework)
    if plant[at.DECIDES_LEVEL_4]:
        left = plan[plant[lot + at.STEP] + at.STEPS_AFTER]
        note(plant, plant[unit + at.PLACE], asked.PIECES_COUNTED, plant[lot + at.REQUEST], good, scrap, rework, left)
    count_upkeep(plant, unit, at.BY_PIECES, quantity)
    count_upkeep(plant, unit, at.BY_LOTS, 1)
    finish(plant, plan, numbers, log, lot, unit, good, rework, plant[unit + at.INSIDE_US])
