"""Vehicles that carry lots from one storage unit to the next: automated ones, forklifts with drivers, a crane."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.model.floor.failures import Failure, Power
from twin.model.floor.lengths import LengthMm, SpeedMmS
from twin.model.floor.words import Id
from twin.model.measures import DurationUs, Table

EMPTY_TRAVEL, LOADING, LOADED_TRAVEL, UNLOADING, TO_PARK = LEGS = ("empty_travel", "loading", "loaded_travel", "unloading", "to_park")
"""Reasons of a vehicle in Execute: what it is doing."""

_US_PER_S = 1_000_000


class Fleet(Table):
    """Vehicles that are alike. A finished lot of a work center that is `carried_by` them calls for one if its way leads to another storage.

    It stays on its equipment until a vehicle has loaded it, and is there when it is unloaded; a vehicle that finds the storage full
    waits with it (blocking after service). Vehicles are called by the fleet and a number, from 1: carts_1.
    """

    title: str = ""
    vehicles: Annotated[int, Field(ge=1, le=1_000, strict=True)]
    parks_at: Id  # a storage unit: where all of them stand at the start
    when_idle: Literal["stays", "parks"] = "stays"  # whether one that nobody calls drives back to where it parks, and can be called there
    rule: Literal["longest_waiting", "nearest"] = "longest_waiting"  # who waits longest gets the nearest; or of all, the shortest way first
    capacity: Annotated[int, Field(ge=1, le=10_000, strict=True)] = 1  # of one trip: lots that wait for the same way
    counts: Literal["lots", "pieces"] = "lots"  # what is counted; a lot that is too large goes by itself
    load: DurationUs = 0  # of one trip
    unload: DurationUs = 0
    times: dict[Id, dict[Id, DurationUs]] = {}  # from a storage unit to another; the way back takes as long, unless it is said too
    distances: dict[Id, dict[Id, LengthMm]] = {}  # in place of times, with a speed
    speed: SpeedMmS | None = None
    default: DurationUs | None = None  # between all others
    calendar: Id | None = None  # left out: around the clock
    power: Power = Power()
    failures: list[Failure] = []

    def travel_us(self, start: str, end: str) -> int | None:
        """How long a way takes; None if nobody says it."""
        if start == end:
            return 0
        for here, there in ((start, end), (end, start)):
            if (time_us := self.times.get(here, {}).get(there)) is not None:
                return time_us
            if self.speed and (length_mm := self.distances.get(here, {}).get(there)) is not None:
                return -(-length_mm * _US_PER_S // self.speed)
        return self.default


def vehicles_of(name: str, fleet: Fleet) -> list[str]:
    """What the vehicles of a fleet are called."""
    return [f"{name}_{n}" for n in range(1, fleet.vehicles + 1)]
