"""Failures and lines in progress as somebody has seen them: how old what is, and where the pieces of a line must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.kernels.chance.variates import good_ahead
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.model.floor.failures import Failure
from twin.model.floor.maintenance import Maintenance
from twin.model.plant import Station
from twin.model.scenario import Disturbance
from twin.simulation.compiled_plant.begun.floor import Floor
from twin.simulation.compiled_plant.begun.ground import Ground, entity
from twin.simulation.streams import drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFailure:
    """A failure mode: how often it has been repaired, and since when it is good or down."""

    repairs: int
    age_us: int  # of the good time (in work done, if work wears it), or of the repair
    down_since_us: int  # -1: it is good
    has_hand: bool  # somebody is repairing it, or nobody is needed


def tell_failure(ground: Ground, equipment: str, mode: int, failure: Failure, seen: SeenFailure) -> None:
    """One failure mode, by its number among those of its equipment."""
    rows, row = ground.rows, _cause_at(ground, equipment, mode)
    number = (row - int(rows[at.CAUSES_AT])) // at.CAUSE_ROW
    timer = ground.fixed_timer(due.CAUSE_DUE, number)
    name = f"{equipment}/{failure.reason}"
    ground.put(row, {at.GOOD_DRAWS: seen.repairs + 1, at.REPAIR_DRAWS: seen.repairs, at.STAGE: at.GOOD_TIME})
    if seen.down_since_us < 0:
        total_us = max(1, drawing(failure.time_to_failure)(ground.stream("failure", name, seen.repairs)))
        if rows[row + at.WEARS]:
            rows[row + at.LEFT_US] = total_us - seen.age_us
        else:
            ground.set_timer(timer, ground.now_us + total_us - seen.age_us)
        return
    ground.put(row, {at.IS_DOWN: 1, at.IS_ALARMED: 1, at.DOWN_SINCE: seen.down_since_us, at.LEFT_US: 0})
    if not _has_hand(ground, row, seen.down_since_us, has_hand=seen.has_hand):
        return
    ground.put(row, {at.STAGE: at.REPAIRING, at.REPAIR_DRAWS: seen.repairs + 1})
    total_us = drawing(failure.repair)(ground.stream("repair", name, seen.repairs))
    ground.set_timer(timer, ground.now_us + total_us - seen.age_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenUpkeep:
    """Planned maintenance: how often it was begun before, since when it counts, and what was done since."""

    begun: int
    since_us: int  # the end of the last, or the start
    done: int  # pieces, lots or work since then, what is going on now included
    is_due: bool  # by that; dates say it themselves
    down_since_us: int  # -1: it is not going on
    age_us: int  # of the work on it
    has_hand: bool
    took_no_time: bool  # the last


def tell_upkeep(ground: Ground, equipment: str, n: int, upkeep: Maintenance, seen: SeenUpkeep) -> None:
    """The n-th cause of a piece of equipment is planned maintenance."""
    rows, row = ground.rows, _cause_at(ground, equipment, n)
    timer = ground.fixed_timer(due.CAUSE_DUE, (row - int(rows[at.CAUSES_AT])) // at.CAUSE_ROW)
    is_due, done = seen.is_due, seen.done
    if rows[row + at.UPKEEP_BY] == at.BY_DATES:
        first, count = int(rows[row + at.UPKEEP_DATES]), int(rows[row + at.UPKEEP_LIMIT])
        dates = ground.layout.plan[first : first + count]
        following = int(np.searchsorted(dates, seen.since_us, side="right" if seen.took_no_time else "left"))
        done = min(count, following + 1)
        is_due = following < count and int(dates[following]) <= ground.now_us
        if following < count and not is_due:
            ground.set_timer(timer, int(dates[following]))
    ground.put(row, {at.UPKEEP_DONE: done, at.REPAIR_DRAWS: seen.begun, at.STAGE: at.IS_DUE if is_due else at.GOOD_TIME})
    if seen.down_since_us < 0:
        return
    ground.put(row, {at.IS_DOWN: 1, at.DOWN_SINCE: seen.down_since_us})
    if _has_hand(ground, row, seen.down_since_us, has_hand=seen.has_hand):
        ground.put(row, {at.STAGE: at.REPAIRING, at.REPAIR_DRAWS: seen.begun + 1})
        total_us = drawing(upkeep.lasts)(ground.stream("maintenance", f"{equipment}/{upkeep.reason}", seen.begun))
        ground.set_timer(timer, ground.now_us + total_us - seen.age_us)


def _has_hand(ground: Ground, row: int, since_us: int, *, has_hand: bool) -> bool:
    """Whether a crew is at it; else it waits for one since then. Where nobody is needed any more, nobody is waited for."""
    rows, crew = ground.rows, int(ground.rows[row + at.CREW])
    if crew < 0:
        return True
    if not has_hand:
        ground.put(row, {at.STAGE: at.CLAIMING, at.CLAIM_SINCE: since_us})
        rows[crew + at.CREW_CLAIMS] += 1
        rows[at.CLAIM_COUNT] += 1
    else:
        rows[crew + at.CREW_FREE] -= 1
    return has_hand


def tell_planned_stop(ground: Ground, equipment: str, n: int, stop: Disturbance) -> None:
    """The n-th cause of a piece of equipment is a stop that the scenario has planned."""
    row = _cause_at(ground, equipment, n)
    timer = ground.fixed_timer(due.CAUSE_DUE, (row - int(ground.rows[at.CAUSES_AT])) // at.CAUSE_ROW)
    begin_us = ground.scenario.start_us + stop.at
    if begin_us > ground.now_us:
        ground.set_timer(timer, begin_us)
    elif begin_us + stop.lasts > ground.now_us:
        ground.put(row, {at.IS_DOWN: 1, at.IS_ALARMED: 1, at.DOWN_SINCE: begin_us})
        ground.set_timer(timer, begin_us + stop.lasts)


def _cause_at(ground: Ground, equipment: str, n: int) -> int:
    first = int(ground.rows[ground.layout.equipment[equipment] + at.CAUSE_FIRST])
    return int(ground.rows[at.CAUSES_AT]) + (first + n) * at.CAUSE_ROW


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenStation:
    """A station of a line that is running an order: good and bad pieces of each transfer lot that it has done, and what it does now."""

    done: Sequence[tuple[int, int]]
    has_transfer: bool  # it is working on another, or would if nothing kept it from it
    worked_us: int
    is_at_work: bool
    cycles: int  # that it ever began


def tell_line(floor: Floor, ground: Ground, line: str, job_order: str, quantity: int, seen: Sequence[SeenStation]) -> int:
    """Where the pieces of a running order must be, from what each station has counted; how many transfer lots do not add up."""
    declared = ground.begun.layout.production_lines[line]
    row, left, misfits = ground.layout.equipment[line], quantity, 0
    waiting: list[int] = []  # sizes of transfer lots between this station and the one before
    for n, ((name, station), it) in enumerate(zip(declared.stations.items(), seen, strict=True)):
        at_row = ground.layout.equipment[name]
        if n == 0:
            left -= sum(good + bad for good, bad in it.done)
            taken = min(declared.transfer_lot, left) if it.has_transfer else 0
            left -= taken
        else:
            misfits += max(0, len(it.done) - len(waiting))
            waiting = waiting[len(it.done) :]
            taken = waiting.pop(0) if it.has_transfer and waiting else 0
            misfits += _tell_waiting(ground, ground.layout.equipment[list(declared.stations)[n - 1]], waiting)
        ground.rows[at_row + at.CYCLE_DRAWS] = it.cycles
        _tell_rejects(ground, at_row, f"{job_order}/{name}", station, it)
        if taken:
            total_us = drawing(station.cycle)(ground.stream("cycle", name, it.cycles - 1))
            ground.put(at_row, {at.TRANSFER: taken, at.ACTIVITY: at.RUNNING, at.NEED_US: total_us - it.worked_us})
            floor.let_work(at_row, it.is_at_work)
        waiting = [good for good, _ in it.done if good]
    good = sum(good for good, _ in seen[-1].done)
    scrap = sum(bad for it in seen for _, bad in it.done)
    ground.put(row, {at.TO_FEED: left, at.GOOD: good, at.LEFT_TO_COUNT: quantity - good - scrap})
    return misfits


def _tell_waiting(ground: Ground, before: int, waiting: Sequence[int]) -> int:
    """Transfer lots on the conveyor behind a station, and if that is full, the next on the station; how many find no place there."""
    places = int(ground.rows[before + at.CONVEYOR_PLACES])
    on_conveyor, blocked = waiting[:places], waiting[places:]
    first = int(ground.rows[before + at.CONVEYOR_AT])
    ground.rows[first : first + len(on_conveyor)] = on_conveyor
    ground.put(before, {at.CONVEYOR_FIRST: 0, at.CONVEYOR_COUNT: len(on_conveyor)})
    if blocked and ground.rows[before + at.TRANSFER] < 0:
        ground.put(before, {at.TRANSFER: blocked[0], at.TRANSFER_IS_DONE: 1})
        return len(blocked) - 1
    return len(blocked)


def _tell_rejects(ground: Ground, row: int, name: str, station: Station, it: SeenStation) -> None:
    """How many good pieces come before the next bad one, under the plant's seed; has no memory, if that does not fit what was counted."""
    share, bad, pieces = station.scrap, sum(bad for _, bad in it.done), sum(good + bad for good, bad in it.done)
    is_drawn, ahead = 0.0 < share < 1.0, 0
    for n in range(bad + 1):
        ahead = good_ahead(share, ground.stream("scrap", name, 2 * n).uniform() if is_drawn else 0.5)
        pieces -= ahead + (n < bad)
    if pieces <= 0:
        ahead = -pieces  # of which so many have come already
    draws = 1 + 2 * bad if is_drawn else bad
    ground.put(row, {at.REJECT_ENTITY: entity(name), at.REJECT_DRAWS: draws, at.REJECT_AHEAD: ahead})
