"""Work that takes time: begun, interrupted, gone on with, done. The one place that knows what follows when an activity is over.

An activity needs NEED_US of work in all. It is done in stretches, each up to the next failure by wear at most; while there is a stop the
work stands. What an interruption finds is noted after the settle phase, as everything that happens.
"""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.fleets.trips import leg_is_done, trip_starts
from twin.kernels.floor.ground.agenda import cancel, set_timer, urge, work_timer
from twin.kernels.floor.ground.chance import draw_us
from twin.kernels.floor.ground.telling import touch
from twin.kernels.floor.rows import fleet_rows as fleet
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints
from twin.kernels.floor.work.equipment import persons_here, report
from twin.kernels.floor.work.failures import wear, work_until_failure_us
from twin.kernels.floor.work.station import transfer_is_done
from twin.kernels.floor.work.upkeep import count_upkeep
from twin.kernels.floor.work.work_unit import job_is_done


@kernel
def go_on(plant: Ints, plan: Ints, numbers: Floats, log: Ints, unit: int) -> None:
    """Work on, or stand, or see to what follows when the activity is over."""
    while True:
        need_us = plant[unit + at.NEED_US]
        if need_us > 0:
            stretch_us = work_until_failure_us(plant, unit, need_us) if plant[unit + at.ACTIVITY] == at.RUNNING else need_us
            if plant[unit + at.STOP_STATE] or stretch_us == 0:
                plant[unit + at.IS_STANDING] = 1
            else:
                plant[unit + at.IS_AT_WORK], plant[unit + at.BEGUN_US] = 1, plant[at.NOW]
                set_timer(plant, work_timer(plant, unit), stretch_us)
            return
        activity, kind = plant[unit + at.ACTIVITY], plant[unit + at.KIND]
        plant[unit + at.ACTIVITY] = at.NO_WORK
        if kind == at.STATION:
            transfer_is_done(plant, plan, numbers, log, unit)
        elif kind == fleet.VEHICLE:
            if leg_is_done(plant, plan, numbers, log, unit):
                continue
        elif kind == at.LINE:
            plant[unit + at.JOB_PHASE] = at.IN_RUN
            touch(plant, unit)
        elif activity == at.SETTING_UP:
            _begin_run(plant, log, unit)
            continue
        else:
            job_is_done(plant, plan, numbers, log, unit)
        return


@kernel
def _begin_run(plant: Ints, log: Ints, unit: int) -> None:
    """A work unit is set up, or needed no set-up."""
    plant[unit + at.JOB_PHASE] = at.IN_RUN
    if plant[unit + at.IS_SET_UP_ALONGSIDE]:
        plant[unit + at.RAN_FROM_US] = plant[at.NOW]
    if plant[unit + at.JOB_FAMILY] >= 0:
        plant[unit + at.FAMILY] = plant[unit + at.JOB_FAMILY]
    report(plant, log, unit, at.EXECUTE, said.NO_REASON, plant[unit + at.JOB_LABEL], persons_here(plant, unit))
    plant[unit + at.ACTIVITY], plant[unit + at.NEED_US] = at.RUNNING, plant[unit + at.RUN_US]


@kernel
def work_starts(plant: Ints, plan: Ints, numbers: Floats, log: Ints, unit: int) -> None:
    """The activity that was decided on in the settle phase begins; a station draws how long its transfer lot takes."""
    if plant[unit + at.KIND] == at.STATION:
        n = plant[unit + at.CYCLE_DRAWS]
        plant[unit + at.CYCLE_DRAWS] = n + 1
        plant[unit + at.NEED_US] = draw_us(plan, numbers, plant[unit + at.CYCLE_DISTRIBUTION], at.CYCLE, plant[unit + at.CYCLE_ENTITY], n)
        plant[unit + at.ACTIVITY] = at.RUNNING
    elif plant[unit + at.KIND] == fleet.VEHICLE:
        trip_starts(plant, unit)
    go_on(plant, plan, numbers, log, unit)


@kernel
def _note_work(plant: Ints, unit: int) -> None:
    """A stretch of work has ended now."""
    worked_us = plant[at.NOW] - plant[unit + at.BEGUN_US]
    if plant[unit + at.ACTIVITY] == at.RUNNING:
        wear(plant, unit, worked_us)
        count_upkeep(plant, unit, at.BY_WORK, worked_us)
    plant[unit + at.NEED_US] -= worked_us


@kernel
def stretch_is_done(plant: Ints, plan: Ints, numbers: Floats, log: Ints, unit: int) -> None:
    """The timer of a stretch of work."""
    plant[unit + at.IS_AT_WORK] = 0
    _note_work(plant, unit)
    go_on(plant, plan, numbers, log, unit)


@kernel
def work_is_interrupted(plant: Ints, plan: Ints, numbers: Floats, log: Ints, unit: int) -> None:
    """What the settle phase has stopped: it stands until a settle phase lets it go on."""
    _note_work(plant, unit)
    go_on(plant, plan, numbers, log, unit)


@kernel
def break_off(plant: Ints, unit: int) -> None:
    """In the settle phase: end the work that is going on, or waiting to go on."""
    if plant[unit + at.IS_AT_WORK]:
        plant[unit + at.IS_AT_WORK] = 0
        cancel(plant, work_timer(plant, unit))
        urge(plant, due.WORK_BROKEN_OFF, unit)
    else:
        plant[unit + at.ACTIVITY] = at.NO_WORK
    plant[unit + at.IS_STANDING] = 0


@kernel
def work_is_broken_off(plant: Ints, unit: int) -> None:
    """What was worked up to now has still worn the equipment."""
    _note_work(plant, unit)
    plant[unit + at.ACTIVITY] = at.NO_WORK
