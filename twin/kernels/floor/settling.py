"""The settle phase: everything has happened, so what is asked for is granted or not, and everybody says how things stand."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.fleets.sending import settle_fleets
from twin.kernels.floor.fleets.trips import show_vehicle
from twin.kernels.floor.flow.lots import settle_storages
from twin.kernels.floor.flow.steps.sampling import decide_samples
from twin.kernels.floor.ground.telling import look_soon, sort_addresses, tell
from twin.kernels.floor.rows import fleet_rows as fleet
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints
from twin.kernels.floor.work.equipment import down_reason, look, persons_here, report, report_alarms, report_rest
from twin.kernels.floor.work.failures import settle_crews
from twin.kernels.floor.work.line import look_at_line, station_at
from twin.kernels.floor.work.upkeep import begin_what_is_due, upkeep_reason


@kernel
def settle_equipment(plant: Ints, plan: Ints, numbers: Floats, log: Ints) -> None:
    """Look at what was touched in declared order, serve crews, find out which lots are samples. Who has waited too long is judged next."""
    sort_addresses(plant, plant[at.TOUCHED_AT], plant[at.TOUCHED_COUNT])
    for n in range(plant[at.TOUCHED_COUNT]):
        unit = plant[plant[at.TOUCHED_AT] + n]
        if plant[unit + at.KIND] == at.LINE:
            look_at_line(plant, plan, numbers, log, unit)
        else:
            look(plant, unit)
    if plant[at.CLAIM_COUNT]:
        settle_crews(plant)
    if plant[more.UNDECIDED_COUNT]:
        decide_samples(plant, plan, numbers, log)


@kernel
def settle_places(plant: Ints, plan: Ints, log: Ints) -> None:
    """Give away places in storages, then let what was touched say its state."""
    if plant[at.PLACES_ARE_SOUGHT]:
        settle_storages(plant, plan)
    if plant[fleet.FLEET_COUNT]:
        settle_fleets(plant, plan, log)
    sort_addresses(plant, plant[at.TOUCHED_AT], plant[at.TOUCHED_COUNT])
    for n in range(plant[at.TOUCHED_COUNT]):
        unit = plant[plant[at.TOUCHED_AT] + n]
        if plant[unit + at.HAS_UPKEEP]:
            begin_what_is_due(plant, unit)
    for n in range(plant[at.TOUCHED_COUNT]):
        unit = plant[plant[at.TOUCHED_AT] + n]
        plant[unit + at.IS_TOUCHED] = 0
        if plant[unit + at.KIND] == fleet.VEHICLE:
            show_vehicle(plant, log, unit)
        else:
            _show(plant, log, unit)
    plant[at.TOUCHED_COUNT] = 0
    if plant[at.BEATS]:
        _tell_beats(plant, log)


@kernel
def is_settled(plant: Ints, plan: Ints) -> bool:
    """Whether nothing is left to settle and to decide, since nobody asked for it, and all that has begun works and has said so.

    So it is after most starts. Free places are given away here; who gets one has something to say, and asks for the settle phase.
    """
    if plant[at.SETTLE_IS_DUE] & due.TO_SETTLE or plant[fleet.FLEET_COUNT] or plant[more.UNDECIDED_COUNT] or plant[more.LATE_FIRST] >= 0:
        return False
    if plant[at.DECIDES_LEVEL_4] or not plant[at.IS_BY_RULE] or plant[at.BEATS] or plant[at.CLAIM_COUNT] or plant[at.LOOK_COUNT]:
        return False
    if plant[at.BACKLOG_FIRST] >= 0 and plant[at.LOT_LIVE_COUNT] < plant[at.LOT_LIMIT]:
        return False
    count = plant[at.TOUCHED_COUNT]
    for n in range(count):
        if not _works_undisturbed(plant, plant[plant[at.TOUCHED_AT] + n]):
            return False
    if plant[at.PLACES_ARE_SOUGHT]:
        settle_storages(plant, plan)
        if plant[at.SETTLE_IS_DUE] & due.TO_SETTLE:
            return False
    for n in range(count):
        plant[plant[plant[at.TOUCHED_AT] + n] + at.IS_TOUCHED] = 0
    plant[at.TOUCHED_COUNT] = plant[at.SETTLE_IS_DUE] = 0
    return True


@kernel
def _works_undisturbed(plant: Ints, unit: int) -> bool:
    """Whether a work unit has said that it works, and nothing that it has could keep it from working."""
    if plant[unit + at.KIND] != at.WORK_UNIT or plant[unit + at.CAUSES] or plant[unit + at.WATCH] >= 0 or plant[unit + at.ORDERED_STATE]:
        return False
    if plant[unit + at.IS_RUN_STAFFED] or plant[unit + at.STOP_STATE] or not plant[unit + at.IS_AT_WORK]:
        return False
    return plant[unit + at.STATE] == at.EXECUTE and plant[unit + at.TOLD_JOB] == plant[unit + at.JOB_LABEL]


@kernel
def _tell_beats(plant: Ints, log: Ints) -> None:
    """Heartbeats, in the order of their reasons."""
    beats, reason = plant[at.BEATS], 0
    plant[at.BEATS] = 0
    while beats:
        if beats & 1:
            tell(plant, log, said.TELLS_BEAT, -1, reason, 0, 0, 0)
        beats >>= 1
        reason += 1


@kernel
def _show(plant: Ints, log: Ints, unit: int) -> None:
    """A work unit or a line says the state that follows from everything; a line's stations after it."""
    job = plant[unit + at.JOB_LABEL]
    if plant[unit + at.HAS_JOB] and plant[unit + at.JOB_PHASE] == at.IS_DONE and not plant[unit + at.LEAVING]:
        if plant[unit + at.STATE] != at.ABORTED:
            report(plant, log, unit, at.COMPLETE, said.NO_REASON, job, 0)
        plant[unit + at.HAS_JOB] = 0
    if not plant[unit + at.HAS_JOB]:
        report_rest(plant, log, unit)
    elif plant[unit + at.JOB_PHASE] == at.IS_DONE:
        down = down_reason(plant, unit)
        if down:
            report(plant, log, unit, at.ABORTED, down, 0, 0)
        else:
            report(plant, log, unit, at.SUSPENDED, said.BLOCKED, job, 0)
    elif plant[unit + at.STOP_STATE]:
        state = plant[unit + at.STOP_STATE]
        report(plant, log, unit, state, plant[unit + at.STOP_REASON], job, persons_here(plant, unit) if state == at.HELD else 0)
    elif plant[unit + at.JOB_PHASE] == at.IN_SETUP:
        report(plant, log, unit, at.STARTING, said.SET_UP, job, persons_here(plant, unit))
    else:
        report(plant, log, unit, at.EXECUTE, said.NO_REASON, job, persons_here(plant, unit))
    if not plant[unit + at.HAS_JOB] and plant[unit + at.STATE] == at.IDLE:
        look_soon(plant, plant[at.CENTERS_AT] + plant[unit + at.CENTER] * at.CENTER_ROW)
    report_alarms(plant, log, unit)
    for n in range(plant[unit + at.STATION_COUNT]):
        _show_station(plant, log, unit, station_at(unit, n))


@kernel
def _show_station(plant: Ints, log: Ints, line: int, station: int) -> None:
    job = plant[line + at.JOB_LABEL]
    upkeep = upkeep_reason(plant, line)
    if not plant[line + at.HAS_JOB] and upkeep and not down_reason(plant, station):
        report(plant, log, station, at.STOPPED, upkeep, 0, 0)
    elif not plant[line + at.HAS_JOB]:
        report_rest(plant, log, station)
    elif plant[station + at.STOP_STATE]:
        report(plant, log, station, plant[station + at.STOP_STATE], plant[station + at.STOP_REASON], job, 0)
    elif plant[station + at.TRANSFER] < 0:
        report(plant, log, station, at.SUSPENDED, said.STARVED, job, 0)
    elif plant[station + at.TRANSFER_IS_DONE]:
        report(plant, log, station, at.SUSPENDED, said.BLOCKED, job, 0)
    else:
        report(plant, log, station, at.EXECUTE, said.NO_REASON, job, 0)
    report_alarms(plant, log, station)
