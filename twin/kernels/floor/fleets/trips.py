"""What a vehicle does on a trip, leg after leg: it drives to where lots wait, loads them, carries them, unloads.

A leg is work as any other (`working`): it is done in stretches, and stands while the vehicle does.
"""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.flow.arrivals import become_ready
from twin.kernels.floor.flow.lots import wait_for_place, wait_no_longer_on
from twin.kernels.floor.flow.steps.watching import watch_wait
from twin.kernels.floor.ground.agenda import urge
from twin.kernels.floor.ground.names import job_label
from twin.kernels.floor.ground.telling import tell, touch
from twin.kernels.floor.rows import fleet_rows as fleet
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints
from twin.kernels.floor.work.equipment import down_reason, report, report_alarms, report_rest


@kernel
def _storage_number(plant: Ints, storage: int) -> int:
    return (storage - plant[at.STORAGES_AT]) // at.STORAGE_ROW


@kernel
def travel_us(plant: Ints, plan: Ints, one: int, start: int, end: int) -> int:
    """How long a way takes between two storage units, given by their addresses."""
    row = _storage_number(plant, start) * plant[at.STORAGE_COUNT]
    return plan[plant[one + fleet.TRAVEL_AT] + row + _storage_number(plant, end)]


@kernel
def _need_us(plant: Ints, plan: Ints, vehicle: int, leg: int) -> int:
    """How long a leg of the trip takes that a vehicle is on."""
    one, start, end = plant[vehicle + fleet.FLEET], plant[vehicle + fleet.TRIP_START], plant[vehicle + fleet.TRIP_END]
    if leg == fleet.EMPTY:
        return travel_us(plant, plan, one, plant[vehicle + fleet.WHERE], start)
    if leg == fleet.LOADING:
        return plant[one + fleet.LOAD_US]
    if leg == fleet.UNLOADING:
        return plant[one + fleet.UNLOAD_US]
    return travel_us(plant, plan, one, start, end)


@kernel
def begin_trip(plant: Ints, log: Ints, unit: int, start: int, end: int, lot: int, plan: Ints) -> None:
    """In the settle phase: a vehicle is sent. It says at once what it will be doing: the first leg that takes time."""
    if plant[unit + at.STATE] in (at.ABORTED, at.STOPPED):
        report_rest(plant, log, unit)  # it is ready again, and not only at work
    vehicle = plant[unit + fleet.VEHICLE_AT]
    plant[vehicle + fleet.TRIP_START], plant[vehicle + fleet.TRIP_END], plant[vehicle + fleet.TRIP_LOT] = start, end, lot
    leg = fleet.PARKING if lot < 0 else fleet.EMPTY
    plant[unit + at.NEED_US] = _need_us(plant, plan, vehicle, leg)
    plant[unit + at.ACTIVITY] = at.RUNNING
    while leg < fleet.UNLOADING and _need_us(plant, plan, vehicle, leg) == 0:
        leg += 1
    plant[vehicle + fleet.LEG] = leg
    touch(plant, unit)
    urge(plant, due.WORK_STARTS, unit)


@kernel
def trip_starts(plant: Ints, unit: int) -> None:
    """The first leg of a trip, however short."""
    vehicle = plant[unit + fleet.VEHICLE_AT]
    plant[vehicle + fleet.LEG] = fleet.PARKING if plant[vehicle + fleet.TRIP_LOT] < 0 else fleet.EMPTY
    touch(plant, unit)


@kernel
def leg_is_done(plant: Ints, plan: Ints, numbers: Floats, log: Ints, unit: int) -> bool:
    """What follows when a leg is over: whether another one begins."""
    vehicle = plant[unit + fleet.VEHICLE_AT]
    leg = plant[vehicle + fleet.LEG]
    if leg == fleet.LOADING:
        _load(plant, plan, log, unit, plant[vehicle + fleet.TRIP_LOT])
    touch(plant, unit)
    if leg < fleet.UNLOADING:
        plant[vehicle + fleet.LEG] = leg + 1
        plant[unit + at.NEED_US], plant[unit + at.ACTIVITY] = _need_us(plant, plan, vehicle, leg + 1), at.RUNNING
        return True
    plant[vehicle + fleet.WHERE], plant[vehicle + fleet.LEG] = plant[vehicle + fleet.TRIP_END], fleet.AT_REST
    _set_down(plant, plan, numbers, log, unit, plant[vehicle + fleet.TRIP_LOT])
    return False


@kernel
def _load(plant: Ints, plan: Ints, log: Ints, unit: int, lot: int) -> None:
    """What it carries now has left the equipment that had done it."""
    while lot >= 0:
        tell(plant, log, said.TELLS_LOADED, plant[unit + at.PLACE], 0, 0, job_label(plant, plan, lot), 0)
        if plant[lot + at.HOLDER] >= 0:
            wait_no_longer_on(plant, lot)
        lot = plant[lot + at.WAIT_NEXT]


@kernel
def _set_down(plant: Ints, plan: Ints, numbers: Floats, log: Ints, unit: int, lot: int) -> None:
    """The lots are there; those that have no place yet wait for one on the vehicle."""
    end, rank = _storage_number(plant, plant[plant[unit + fleet.VEHICLE_AT] + fleet.TRIP_END]), 0
    while lot >= 0:
        following = plant[lot + at.WAIT_NEXT]
        tell(plant, log, said.TELLS_SET_DOWN, plant[unit + at.PLACE], end, 0, job_label(plant, plan, lot), 0)
        plant[lot + at.READY_US], plant[lot + at.WAIT_NEXT] = plant[at.NOW], -1
        if plant[lot + at.STORAGE] < 0:
            plant[lot + at.WAIT_RANK] = rank
            wait_for_place(plant, lot, unit)
        watch_wait(plant, plan, lot)
        become_ready(plant, plan, numbers, lot)
        lot, rank = following, rank + 1


@kernel
def show_vehicle(plant: Ints, log: Ints, unit: int) -> None:
    """A vehicle says the state that follows from everything."""
    vehicle = plant[unit + fleet.VEHICLE_AT]
    leg = plant[vehicle + fleet.LEG]
    if leg == fleet.AT_REST and not plant[unit + at.LEAVING]:
        report_rest(plant, log, unit)
    elif leg == fleet.AT_REST:
        down = down_reason(plant, unit)
        report(plant, log, unit, at.ABORTED if down else at.SUSPENDED, down if down else said.BLOCKED, 0, 0)
    elif plant[unit + at.STOP_STATE]:
        report(plant, log, unit, plant[unit + at.STOP_STATE], plant[unit + at.STOP_REASON], 0, 0)
    else:
        reason = plant[plant[vehicle + fleet.FLEET] + fleet.REASON_FIRST] + leg - fleet.EMPTY
        report(plant, log, unit, at.EXECUTE, reason, 0, 0)
    report_alarms(plant, log, unit)
