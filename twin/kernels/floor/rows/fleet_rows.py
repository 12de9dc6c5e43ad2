"""Fleets and their vehicles, in `plant`: rows as those of `plant_rows`. A vehicle is equipment, and has a row of its own besides.

A lot that waits for a vehicle stands in the list of its fleet by the fields by which it would wait for a place (WAIT_NEXT ...); the lots of
a trip hang on one another by WAIT_NEXT. HOLDER is the equipment that has done it until it is loaded, and -1 if it holds nothing up.
"""

from __future__ import annotations

from twin.kernels.floor.rows import lot_rows as of_lot
from twin.kernels.floor.rows import plant_rows as at

# -- the header goes on here

FLEETS_AT, FLEET_COUNT, LEAVES_AT, HEADER = range(at.HEADER, at.HEADER + 4)
"""LEAVES_AT, in `plan`: of each work center the address of the fleet that its lots are carried by, -1: none, and that of its storage."""

# -- a lot goes on here

DONE_ON, SAVED_UNITS = range(of_lot.SAVED_UNITS, of_lot.SAVED_UNITS + 2)
"""DONE_ON: a lot that waits for a vehicle: the equipment that has done it. Saved units lie behind."""

# -- a fleet

(
    VEHICLE_FIRST,  # address of the equipment row of its first vehicle; the others follow it
    VEHICLE_COUNT,
    PARKS_AT,  # address of a storage unit
    RETURNS,  # whether vehicles that nobody calls drive back there
    IS_NEAREST,  # the shortest way goes first, not who has waited longest
    TRIP_CAPACITY,
    COUNTS_PIECES,
    LOAD_US,
    UNLOAD_US,
    TRAVEL_AT,  # in `plan`: times from each storage unit to each
    REASON_FIRST,  # number of the reason of EMPTY; those of the other legs follow it
    CALL_FIRST,  # the lot that has waited longest for a vehicle
    CALL_LAST,
    FLEET_ROW,
) = range(14)

# -- a vehicle

VEHICLE = at.STATION + 1
"""Its KIND, as equipment."""

VEHICLE_AT = at.LINE_AT
"""Address of its own row: the field of equipment in which a station has its line."""

FLEET, WHERE, TRIP_START, TRIP_END, LEG, TRIP_LOT, VEHICLE_ROW = range(7)
"""WHERE, START, END: addresses of storage units; TRIP_LOT: the first, -1: it drives to where it parks."""

AT_REST, EMPTY, LOADING, LOADED, UNLOADING, PARKING = range(6)
"""Legs of a trip, in their order."""
