"""What all equipment shares: the state that it tells with its energy, its alarms, and what keeps it from working."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.ground.agenda import cancel, urge, work_timer
from twin.kernels.floor.ground.telling import tell
from twin.kernels.floor.planning.news import note_job_is_here
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Ints
from twin.kernels.floor.work.upkeep import upkeep_reason


@kernel
def _power_w(plant: Ints, unit: int) -> int:
    """What it draws from the mains in its state: set-up, work and breakdown as declared; stopped is switched off; else it idles."""
    state = plant[unit + at.STATE]
    if state == at.EXECUTE:
        return plant[unit + at.EXECUTE_W]
    if state == at.STARTING:
        return plant[unit + at.SETUP_W]
    if state in (at.HELD, at.ABORTED):
        return plant[unit + at.DOWN_W]
    return 0 if state == at.STOPPED else plant[unit + at.IDLE_W]


@kernel
def _read_meter(plant: Ints, unit: int) -> int:
    """Whole Wh since the last reading, all the time in this state; the rest is kept for the next. Exact up to 2 GW."""
    power_w, passed_us = _power_w(plant, unit), plant[at.NOW] - plant[unit + at.METERED_US]
    plant[unit + at.METERED_US] = plant[at.NOW]
    rest = plant[unit + at.UNREAD] + power_w * (passed_us % at.W_US_PER_WH)
    plant[unit + at.UNREAD] = rest % at.W_US_PER_WH
    return power_w * (passed_us // at.W_US_PER_WH) + rest // at.W_US_PER_WH


@kernel
def report(plant: Ints, log: Ints, unit: int, state: int, reason: int, job: int, persons: int) -> None:
    """Say the state if it is new, and before it the energy of the interval that closes."""
    if (
        plant[unit + at.STATE] == state
        and plant[unit + at.TOLD_REASON] == reason
        and plant[unit + at.TOLD_JOB] == job
        and plant[unit + at.TOLD_PERSONS] == persons
    ):
        return
    place = plant[unit + at.PLACE]
    if plant[unit + at.DRAWS_POWER]:
        energy_wh = _read_meter(plant, unit)
        if energy_wh:
            tell(plant, log, said.TELLS_ENERGY, place, energy_wh, 0, plant[unit + at.TOLD_JOB], 0)
    plant[unit + at.STATE], plant[unit + at.TOLD_REASON] = state, reason
    plant[unit + at.TOLD_JOB], plant[unit + at.TOLD_PERSONS] = job, persons
    plant[unit + at.IS_RESUMED] = 0
    tell(plant, log, said.TELLS_STATE, place, state, reason, job, persons)
    is_here = job != 0 and state in (at.STARTING, at.EXECUTE, at.HELD, at.SUSPENDED) and plant[unit + at.KIND] != at.STATION
    if is_here and plant[at.DECIDES_LEVEL_4] and not plant[unit + at.JOB_IS_KNOWN]:
        note_job_is_here(plant, unit)


@kernel
def report_alarms(plant: Ints, log: Ints, unit: int) -> None:
    """Say which causes of standing still are new, and which are over."""
    for n in range(plant[unit + at.CAUSES]):
        cause = plant[at.CAUSES_AT] + (plant[unit + at.CAUSE_FIRST] + n) * at.CAUSE_ROW
        if plant[cause + at.IS_DOWN] != plant[cause + at.IS_ALARMED] and not plant[cause + at.UPKEEP_BY]:
            plant[cause + at.IS_ALARMED] = plant[cause + at.IS_DOWN]
            kind = said.TELLS_ALARM if plant[cause + at.IS_DOWN] else said.TELLS_ALL_CLEAR
            tell(plant, log, kind, plant[unit + at.PLACE], 0, plant[cause + at.CAUSE_REASON], 0, 0)


@kernel
def down_reason(plant: Ints, unit: int) -> int:
    """Why it is down: the cause that came first; NO_REASON if it is not."""
    reason, since_us = said.NO_REASON, at.FOREVER
    for n in range(plant[unit + at.CAUSES]):
        cause = plant[at.CAUSES_AT] + (plant[unit + at.CAUSE_FIRST] + n) * at.CAUSE_ROW
        if plant[cause + at.IS_DOWN] and plant[cause + at.DOWN_SINCE] < since_us and not plant[cause + at.UPKEEP_BY]:
            reason, since_us = plant[cause + at.CAUSE_REASON], plant[cause + at.DOWN_SINCE]
    return reason


@kernel
def is_open(plant: Ints, unit: int) -> bool:
    """Whether its calendar lets it work now."""
    watch = plant[unit + at.WATCH]
    return watch < 0 or plant[watch + at.IS_OPEN] == 1


@kernel
def report_rest(plant: Ints, log: Ints, unit: int) -> None:
    """Say its state with nothing to do."""
    down = down_reason(plant, unit)
    if down:
        report(plant, log, unit, at.ABORTED, down, 0, 0)
    elif upkeep_reason(plant, unit):
        report(plant, log, unit, at.STOPPED, upkeep_reason(plant, unit), 0, 0)
    elif is_open(plant, unit):
        report(plant, log, unit, at.IDLE, said.NO_REASON, 0, 0)
    else:
        report(plant, log, unit, at.STOPPED, said.OFF_SHIFT, 0, 0)


@kernel
def needs_persons(plant: Ints, unit: int) -> bool:
    """Whether what a work unit or a line does now needs somebody."""
    if not plant[unit + at.HAS_JOB] or plant[unit + at.JOB_PHASE] == at.IS_DONE:
        return False
    if plant[unit + at.JOB_PHASE] == at.IN_SETUP:
        return plant[unit + at.IS_SETUP_STAFFED] == 1
    return plant[unit + at.IS_RUN_STAFFED] == 1


@kernel
def persons_here(plant: Ints, unit: int) -> int:
    """Who works here now; 0 if nobody is needed, or whoever was has left: he may be at other equipment by now."""
    return plant[unit + at.JOB_PERSONS] if needs_persons(plant, unit) and not plant[unit + at.IS_DESERTED] else 0


@kernel
def are_at_work(plant: Ints, calendars: int) -> bool:
    """Whether all of these calendars are in working time now."""
    for n in range(plant[calendars] if calendars else 0):  # noqa: SIM110  a generator is an object, which a kernel has no place for
        if not plant[plant[calendars + 1 + n] + at.IS_OPEN]:
            return False
    return True


@kernel
def _why_not(plant: Ints, unit: int) -> tuple[int, int]:
    """What keeps it from working now: state and reason; (0, NO_REASON) if nothing does."""
    down = down_reason(plant, unit)
    if down:
        return at.HELD, down
    is_station = plant[unit + at.KIND] == at.STATION
    if not is_station and plant[unit + at.ORDERED_STATE] == at.HELD:
        return at.HELD, plant[unit + at.ORDERED_REASON]
    if not is_open(plant, unit):
        return at.SUSPENDED, said.OFF_SHIFT
    if is_station:
        line = plant[unit + at.LINE_AT]
        return plant[line + at.STOP_STATE], plant[line + at.STOP_REASON]
    if plant[unit + at.ORDERED_STATE]:
        return plant[unit + at.ORDERED_STATE], plant[unit + at.ORDERED_REASON]
    return (at.SUSPENDED, said.NO_OPERATOR) if plant[unit + at.IS_DESERTED] else (0, said.NO_REASON)


@kernel
def look(plant: Ints, unit: int) -> bool:
    """In the settle phase: stop work that must not go on, let work go on that may. Whether what keeps it from working has changed."""
    if (
        plant[unit + at.KIND] != at.STATION
        and needs_persons(plant, unit)
        and not (is_open(plant, unit) and are_at_work(plant, plant[unit + at.JOB_CALENDARS]))
    ):
        plant[unit + at.IS_DESERTED] = 1  # until somebody is named by Resume
    state, reason = _why_not(plant, unit)
    has_changed = state != plant[unit + at.STOP_STATE] or reason != plant[unit + at.STOP_REASON]
    plant[unit + at.STOP_STATE], plant[unit + at.STOP_REASON] = state, reason
    if state:
        if plant[unit + at.IS_AT_WORK]:
            plant[unit + at.IS_AT_WORK] = 0
            cancel(plant, work_timer(plant, unit))
            urge(plant, due.WORK_INTERRUPTED, unit)
    elif plant[unit + at.IS_STANDING]:
        plant[unit + at.IS_STANDING] = 0
        urge(plant, due.WORK_GOES_ON, unit)
    return has_changed
