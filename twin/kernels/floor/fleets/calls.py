"""Lots that wait for a vehicle: a list for each fleet, who has waited longest first, at one instant by place of the equipment."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.ground.telling import settle_soon
from twin.kernels.floor.rows import fleet_rows as fleet
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Ints


@kernel
def carrier(plant: Ints, plan: Ints, unit: int, step: int) -> int:
    """Address of the fleet that carries what `unit` has done to where `step` is done; -1: it goes by itself."""
    if not plant[fleet.FLEET_COUNT]:
        return -1
    leaves = plant[fleet.LEAVES_AT] + 2 * plant[unit + at.CENTER]
    return plan[leaves] if plan[leaves + 1] != plan[step + at.STEP_STORAGE] else -1


@kernel
def call(plant: Ints, of_fleet: int, lot: int, unit: int) -> None:
    """A lot waits for a vehicle from now on, behind all that wait already but those of this instant from later equipment."""
    plant[lot + at.READY_US] = at.FOREVER
    plant[lot + fleet.DONE_ON], plant[lot + at.WAIT_SINCE] = unit, plant[at.NOW]
    before = plant[of_fleet + fleet.CALL_LAST]
    while before >= 0 and _comes_behind(plant, lot, before):
        before = plant[before + at.WAIT_PREVIOUS]
    following = plant[before + at.WAIT_NEXT] if before >= 0 else plant[of_fleet + fleet.CALL_FIRST]
    plant[lot + at.WAIT_PREVIOUS], plant[lot + at.WAIT_NEXT] = before, following
    plant[before + at.WAIT_NEXT if before >= 0 else of_fleet + fleet.CALL_FIRST] = lot
    plant[following + at.WAIT_PREVIOUS if following >= 0 else of_fleet + fleet.CALL_LAST] = lot
    plant[at.PLACES_HAVE_CHANGED] = 1
    settle_soon(plant)


@kernel
def _comes_behind(plant: Ints, lot: int, other: int) -> bool:
    """Whether `other` is served after `lot`; what one piece of equipment has done stays in its order."""
    is_now = plant[other + at.WAIT_SINCE] == plant[at.NOW]
    return is_now and plant[plant[other + fleet.DONE_ON] + at.PLACE] > plant[plant[lot + fleet.DONE_ON] + at.PLACE]


@kernel
def starts_from(plant: Ints, plan: Ints, lot: int) -> int:
    """Address of the storage unit beside which a lot waits for a vehicle."""
    return plan[plant[fleet.LEAVES_AT] + 2 * plant[plant[lot + fleet.DONE_ON] + at.CENTER] + 1]


@kernel
def call_no_longer(plant: Ints, of_fleet: int, lot: int) -> None:
    """A vehicle has been sent for the lot."""
    before, following = plant[lot + at.WAIT_PREVIOUS], plant[lot + at.WAIT_NEXT]
    plant[before + at.WAIT_NEXT if before >= 0 else of_fleet + fleet.CALL_FIRST] = following
    plant[following + at.WAIT_PREVIOUS if following >= 0 else of_fleet + fleet.CALL_LAST] = before
    plant[lot + at.WAIT_PREVIOUS] = plant[lot + at.WAIT_NEXT] = -1
