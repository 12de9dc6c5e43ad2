"""Fleets: ways that somebody has said the time of, lots that can be carried, reasons that stand once."""

from __future__ import annotations

from collections.abc import Iterator

from twin.model.floor.fleets import LEGS, Fleet
from twin.model.plant import Operation, Plant, WorkCenter
from twin.model.problems import Finding, KeyPath, Place, listed

WHO_IS_CARRIED: tuple[Place, ...] = (("plant", "work_centers", "*", "carried_by"), ("plant", "work_centers", "*", "storage"))


def _finding(path: KeyPath, what: str, allowed: str = "", at_key: bool = False, rests_on: tuple[Place, ...] = ()) -> Finding:
    return Finding(document="plant", path=path, what=what, allowed=allowed, at_key=at_key, rests_on=rests_on)


def ways_of_fleets(plant: Plant) -> Iterator[Finding]:
    """Every way that a vehicle may drive takes a time that somebody has said."""
    for name, fleet in plant.layout.fleets.items():
        path: KeyPath = ("fleets", name)
        if fleet.distances and fleet.speed is None:
            yield _finding((*path, "distances"), "distances without a speed take no time", "speed as well", at_key=True)
            continue
        places = _places(plant, name, fleet)
        missing = [f"{start} to {end}" for start in places for end in places if start < end and fleet.travel_us(start, end) is None]
        if missing:
            what = f"nobody says how long the way is from {listed(missing, 3)}"
            rests_on = (("plant", *path, "**"), ("plant", "routings", "**"), ("plant", "process_segments", "**"), *WHO_IS_CARRIED)
            yield _finding(path, what, "times, distances with a speed, or a default", at_key=True, rests_on=rests_on)


def reasons_of_vehicles(plant: Plant) -> Iterator[Finding]:
    """What a vehicle says of its work is no failure."""
    for name, fleet in plant.layout.fleets.items():
        for index, failure in enumerate(fleet.failures):
            if failure.reason in LEGS:
                path: KeyPath = ("fleets", name, "failures", index, "reason")
                yield _finding(path, f"'{failure.reason}' is what a vehicle says when it works", "another reason")


def carried_lots(plant: Plant) -> Iterator[Finding]:
    """What vehicles carry takes no time of transport besides, and is finished when it calls for one."""
    for material, routing in plant.layout.routings.items():
        for operation, it in routing.items():
            fleet = next((center.carried_by for center in _centers(plant, it) if center.carried_by), None)
            rests_on: tuple[Place, ...] = (("plant", "process_segments", "*", "work_center"), *WHO_IS_CARRIED)
            if fleet and it.transport.mean_us > 0:
                what = f"lots that are done here are carried by fleet '{fleet}', which takes its own time"
                yield _finding(("routings", material, operation, "transport"), what, "0, or no carried_by", rests_on=rests_on)
            if fleet and it.interval is not None:
                what = f"lots of a cascade are not out when the unit is done with them, so fleet '{fleet}' cannot load them"
                yield _finding(("routings", material, operation, "interval"), what, "no interval, or no carried_by", rests_on=rests_on)


def _centers(plant: Plant, operation: Operation) -> list[WorkCenter]:
    """Where an operation may be done, its own work center first; without those that nobody has declared."""
    layout = plant.layout
    segments = [layout.process_segments[way.segment] for way in operation.ways if way.segment in layout.process_segments]
    return [layout.work_centers[it.work_center] for it in segments if it.work_center in layout.work_centers]


def _places(plant: Plant, name: str, fleet: Fleet) -> list[str]:
    """Storage units between which a fleet may drive: where it parks, where lots call for it, where those may have to go."""
    carried = [it.storage for it in plant.layout.work_centers.values() if it.carried_by == name]
    places = {fleet.parks_at: None, **dict.fromkeys(carried)}
    for routing in plant.layout.routings.values():
        operations = list(routing.values())
        for n, it in enumerate(operations):
            if any(center.carried_by == name for center in _centers(plant, it)):
                goes_to = [*operations[n + 1 :], *([routing[it.rework_to]] if it.rework_to in routing else [])]
                places |= {center.storage: None for other in goes_to for center in _centers(plant, other)[:1]}
    return [place for place in places if place in plant.layout.storage_units]
