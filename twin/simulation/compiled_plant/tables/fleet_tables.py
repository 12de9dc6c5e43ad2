"""Fleets and their vehicles, laid out: where they park, how long ways take, whose lots they carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.kernels.floor.rows import fleet_rows as fleet
from twin.kernels.floor.rows import plant_rows as at
from twin.model.floor.fleets import LEGS, vehicles_of
from twin.simulation.compiled_plant.tables.cause_tables import Causes

if TYPE_CHECKING:
    from twin.simulation.compiled_plant.laying_out import LayingOut


def lay_fleets(laying: LayingOut, storages: dict[str, int], causes: Causes) -> None:
    """Rows of fleets and vehicles; those of the vehicles as equipment have room."""
    layout = laying.declared.layout
    rows = [_fleet(laying, name, storages) for name in layout.fleets]
    fleets = laying.table(fleet.FLEETS_AT, fleet.FLEET_COUNT, rows, fleet.FLEET_ROW)
    addresses = dict(zip(layout.fleets, fleets, strict=True))
    for name, declared in layout.fleets.items():
        for vehicle in vehicles_of(name, declared):
            own = len(laying.plant)
            laying.plant += [addresses[name], storages[declared.parks_at], 0, 0, fleet.AT_REST, -1]
            laying.put(laying.equipment[vehicle], laying.common(vehicle, fleet.VEHICLE, declared.calendar, "", None))
            laying.put(laying.equipment[vehicle], {fleet.VEHICLE_AT: own})
            causes.lay(vehicle)
    leaves = [
        field
        for center in layout.work_centers.values()
        for field in (addresses[center.carried_by] if center.carried_by else -1, storages[center.storage])
    ]
    laying.plant[fleet.LEAVES_AT] = laying.in_plan(leaves)


def _fleet(laying: LayingOut, name: str, storages: dict[str, int]) -> list[int]:
    declared = laying.declared.layout.fleets[name]
    ways = [declared.travel_us(start, end) for start in storages for end in storages]
    travel_at = laying.in_plan(at.FOREVER if way_us is None else way_us for way_us in ways)  # nobody drives where no time is said
    reasons = [laying.words.reason(leg) for leg in LEGS]
    assert reasons == list(range(reasons[0], reasons[0] + len(LEGS)))
    return [
        laying.equipment[vehicles_of(name, declared)[0]], declared.vehicles, storages[declared.parks_at],
        int(declared.when_idle == "parks"), int(declared.rule == "nearest"), declared.capacity, int(declared.counts == "pieces"),
        declared.load, declared.unload, travel_at, reasons[0], -1, -1,
    ]  # fmt: skip
