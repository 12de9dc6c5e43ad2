"""Free vehicles are sent to lots that wait for them, by the rule of their fleet; and back to where they park."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.fleets.calls import call_no_longer, starts_from
from twin.kernels.floor.fleets.trips import begin_trip, travel_us
from twin.kernels.floor.rows import fleet_rows as fleet
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Ints
from twin.kernels.floor.work.equipment import down_reason, is_open


@kernel
def settle_fleets(plant: Ints, plan: Ints, log: Ints) -> None:
    """In the settle phase, after places were given away."""
    for n in range(plant[fleet.FLEET_COUNT]):
        one = plant[fleet.FLEETS_AT] + n * fleet.FLEET_ROW
        while plant[one + fleet.CALL_FIRST] >= 0:
            vehicle, lot = _next(plant, plan, one)
            if vehicle < 0:
                break
            _send(plant, plan, log, one, vehicle, lot)
        for place in range(plant[one + fleet.VEHICLE_COUNT] if plant[one + fleet.RETURNS] else 0):
            unit = plant[one + fleet.VEHICLE_FIRST] + place * at.EQUIPMENT_ROW
            vehicle = plant[unit + fleet.VEHICLE_AT]
            if plant[vehicle + fleet.WHERE] != plant[one + fleet.PARKS_AT] and _is_free(plant, unit):
                begin_trip(plant, log, unit, plant[vehicle + fleet.WHERE], plant[one + fleet.PARKS_AT], -1, plan)


@kernel
def _is_free(plant: Ints, unit: int) -> bool:
    """Whether a vehicle can be sent somewhere now."""
    is_at_rest = plant[plant[unit + fleet.VEHICLE_AT] + fleet.LEG] == fleet.AT_REST
    return is_at_rest and not plant[unit + at.LEAVING] and down_reason(plant, unit) == said.NO_REASON and is_open(plant, unit)


@kernel
def _next(plant: Ints, plan: Ints, one: int) -> tuple[int, int]:
    """Who goes to whom: of equal ways to whom has waited longer, and of equally far vehicles the first; (-1, -1): none is free."""
    lot, shortest_us, chosen, chosen_lot = plant[one + fleet.CALL_FIRST], at.FOREVER, -1, -1
    while lot >= 0:
        start = starts_from(plant, plan, lot)
        for n in range(plant[one + fleet.VEHICLE_COUNT]):
            unit = plant[one + fleet.VEHICLE_FIRST] + n * at.EQUIPMENT_ROW
            if _is_free(plant, unit):
                way_us = travel_us(plant, plan, one, plant[plant[unit + fleet.VEHICLE_AT] + fleet.WHERE], start)
                if way_us < shortest_us:
                    shortest_us, chosen, chosen_lot = way_us, unit, lot
        lot = plant[lot + at.WAIT_NEXT] if plant[one + fleet.IS_NEAREST] and chosen >= 0 else -1
    return chosen, chosen_lot


@kernel
def _send(plant: Ints, plan: Ints, log: Ints, one: int, unit: int, lot: int) -> None:
    """A vehicle fetches a lot, and those that wait for the same way, as long as they fit in."""
    start, end = starts_from(plant, plan, lot), plan[plant[lot + at.STEP] + at.STEP_STORAGE]
    following, inside = plant[lot + at.WAIT_NEXT], _size(plant, one, lot)
    call_no_longer(plant, one, lot)
    last = lot
    while following >= 0:
        other, following = following, plant[following + at.WAIT_NEXT]
        if starts_from(plant, plan, other) == start and plan[plant[other + at.STEP] + at.STEP_STORAGE] == end:
            inside += _size(plant, one, other)
            if inside > plant[one + fleet.TRIP_CAPACITY]:
                break
            call_no_longer(plant, one, other)
            plant[last + at.WAIT_NEXT] = other
            last = other
    begin_trip(plant, log, unit, start, end, lot, plan)


@kernel
def _size(plant: Ints, one: int, lot: int) -> int:
    return plant[lot + at.LOT_QUANTITY] if plant[one + fleet.COUNTS_PIECES] else 1
