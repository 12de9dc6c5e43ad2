"""A production line: stations in series, finite conveyors between them, blocking after service.

It takes one job order, is fed transfer lot by transfer lot, and is free again when it is empty.
"""

from __future__ import annotations

from twin.kernels.chance.philox import entity_with
from twin.kernels.compiling import kernel
from twin.kernels.floor.flow.lots import finish
from twin.kernels.floor.ground.agenda import urge
from twin.kernels.floor.ground.names import job_entity
from twin.kernels.floor.ground.setups import begin_setup_us
from twin.kernels.floor.ground.telling import note_start, tell
from twin.kernels.floor.planning.news import note
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints
from twin.kernels.floor.work.equipment import look
from twin.kernels.floor.work.station import begin_order, give_transfer, put_on_conveyor, take_from_conveyor, take_transfer
from twin.kernels.floor.work.upkeep import count_upkeep
from twin.kernels.floor.work.work_unit import note_done, take_job


@kernel
def station_at(line: int, n: int) -> int:
    """Address of the n-th station (from 0) of a line."""
    return line + (1 + n) * at.EQUIPMENT_ROW


@kernel
def start_line(plant: Ints, plan: Ints, numbers: Floats, log: Ints, line: int, lot: int, persons: int, calendars: int) -> None:
    """In the settle phase, or in a decision: set the line up for the lot, then begin to feed it."""
    take_job(plant, plan, log, line, lot, persons, calendars)
    note_start(plant, line)
    needed_us = begin_setup_us(plant, plan, line, plant[line + at.JOB_FAMILY])
    plant[line + at.JOB_PHASE] = at.IN_SETUP if needed_us else at.IN_RUN
    if plant[line + at.JOB_FAMILY] >= 0:
        plant[line + at.FAMILY] = plant[line + at.JOB_FAMILY]
    plant[line + at.TO_FEED] = plant[line + at.LEFT_TO_COUNT] = plant[lot + at.LOT_QUANTITY]
    plant[line + at.GOOD] = 0
    entity = job_entity(plant, plan, lot)
    for n in range(plant[line + at.STATION_COUNT]):
        station = station_at(line, n)
        text = plant[station + at.NAME]
        of_station = entity
        for letter in range(plan[text]):
            of_station = entity_with(of_station, plan[text + 1 + letter])
        begin_order(plant, plan, numbers, station, of_station)
    if needed_us:
        plant[line + at.ACTIVITY], plant[line + at.NEED_US] = at.SETTING_UP, needed_us
        urge(plant, due.WORK_STARTS, line)


@kernel
def look_at_line(plant: Ints, plan: Ints, numbers: Floats, log: Ints, line: int) -> None:
    """In the settle phase: stop or let go on, count, move transfer lots, and end the order when the line is empty."""
    has_changed = look(plant, line)
    for n in range(plant[line + at.STATION_COUNT]):
        station = station_at(line, n)
        if plant[station + at.CAUSES] or has_changed:
            look(plant, station)
    if plant[line + at.HAS_JOB] and plant[line + at.JOB_PHASE] == at.IN_RUN:
        _count(plant, plan, log, line)
        _move(plant, line)
        if not plant[line + at.TO_FEED] and _is_empty(plant, line):
            plant[line + at.JOB_PHASE] = at.IS_DONE
            note_done(plant, line)
            count_upkeep(plant, line, at.BY_PIECES, plant[plant[line + at.JOB_LOT] + at.LOT_QUANTITY])
            count_upkeep(plant, line, at.BY_LOTS, 1)
            finish(plant, plan, numbers, log, plant[line + at.JOB_LOT], line, plant[line + at.GOOD], 0, 0)


@kernel
def _count(plant: Ints, plan: Ints, log: Ints, line: int) -> None:
    """Say what left the line, and what was rejected on the way, at this instant."""
    good = scrap = 0
    for n in range(plant[line + at.STATION_COUNT]):
        station = station_at(line, n)
        if plant[station + at.COUNTED_GOOD] >= 0:
            scrap += plant[station + at.COUNTED_SCRAP]
            if plant[station + at.IS_LAST]:
                good = plant[station + at.COUNTED_GOOD]
            plant[station + at.COUNTED_GOOD] = -1
    if good or scrap:
        plant[line + at.GOOD] += good
        tell(plant, log, said.TELLS_COUNT, plant[line + at.PLACE], good, scrap, plant[line + at.JOB_LABEL], 0)
        plant[line + at.LEFT_TO_COUNT] -= good + scrap
        if plant[at.DECIDES_LEVEL_4]:
            lot, is_done = plant[line + at.JOB_LOT], plant[line + at.LEFT_TO_COUNT] == 0
            counted, after = plant[line + at.GOOD] if is_done else -1, plan[plant[lot + at.STEP] + at.STEPS_AFTER]
            note(plant, plant[line + at.PLACE], asked.PIECES_COUNTED, plant[lot + at.REQUEST], counted, scrap, 0, after)


@kernel
def _move(plant: Ints, line: int) -> None:
    """Move transfer lots as far as they get, from the end of the line to its beginning, so that a place that falls free is taken."""
    for n in range(plant[line + at.STATION_COUNT] - 1, -1, -1):
        station = station_at(line, n)
        if plant[station + at.TRANSFER_IS_DONE]:
            pieces = plant[station + at.TRANSFER]
            is_out = plant[station + at.IS_LAST] == 1 or pieces == 0  # without a good piece left it is gone
            if is_out or put_on_conveyor(plant, station, pieces):
                give_transfer(plant, station)
        if plant[station + at.TRANSFER] < 0 and not plant[station + at.STOP_STATE]:
            pieces = _next_transfer(plant, line, n)
            if pieces:
                take_transfer(plant, station, pieces)


@kernel
def _next_transfer(plant: Ints, line: int, n: int) -> int:
    """What station `n` may take now: from the conveyor before it, or straight from the station before it; 0 if nothing."""
    if n == 0:
        pieces = min(plant[line + at.TRANSFER_LOT], plant[line + at.TO_FEED])
        plant[line + at.TO_FEED] -= pieces
        return pieces
    before = station_at(line, n - 1)
    pieces = take_from_conveyor(plant, before)
    if pieces:
        return pieces
    if plant[before + at.TRANSFER_IS_DONE] and plant[before + at.TRANSFER]:
        return give_transfer(plant, before)
    return 0


@kernel
def _is_empty(plant: Ints, line: int) -> bool:
    for n in range(plant[line + at.STATION_COUNT]):
        station = station_at(line, n)
        if plant[station + at.TRANSFER] >= 0 or plant[station + at.CONVEYOR_COUNT]:
            return False
    return True
