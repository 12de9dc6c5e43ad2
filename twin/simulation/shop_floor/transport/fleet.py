"""Who carries what: lots call for vehicles, and in the settle phase free vehicles are sent to them, by the rule of their fleet.

Who calls at one instant comes in the declared order of the equipment that has done it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from twin.model.floor.fleets import Fleet
from twin.model.plant import Plant
from twin.simulation.clock import PlantEnvironment
from twin.simulation.deadlock import StuckLot
from twin.simulation.shop_floor.routing import Step
from twin.simulation.shop_floor.transport.vehicle import Trip, Vehicle
from twin.simulation.shop_floor.waits.lots import Holder, Lot


@dataclass(slots=True, kw_only=True, eq=False)
class Call:
    """A lot that waits for a vehicle since `since_us`, in the storage unit `start` or on equipment beside it."""

    lot: Lot
    since_us: int
    place: int  # of the equipment that has done it
    start: str

    @property
    def end(self) -> str:
        return self.lot.step.storage


class VehicleFleet:
    """The vehicles of one fleet and who calls for them, who has waited longest first."""

    def __init__(self, declared: Fleet, vehicles: list[Vehicle]) -> None:
        self._declared, self.vehicles = declared, vehicles
        self.calls: list[Call] = []

    def settle(self) -> None:
        """Send free vehicles to those who wait; then those that are still free to where they park."""
        self.calls.sort(key=lambda call: (call.since_us, call.place))  # stable: what one piece of equipment has done stays in its order
        while self.calls and (free := [vehicle for vehicle in self.vehicles if vehicle.is_free]):
            self._send(*self._next(free))
        if self._declared.when_idle == "parks":
            for vehicle in self.vehicles:
                if vehicle.is_free and vehicle.where != self._declared.parks_at:
                    vehicle.begin(Trip(start=vehicle.where, end=self._declared.parks_at))

    def _next(self, free: list[Vehicle]) -> tuple[Vehicle, Call]:
        """Who goes to whom: of equal ways to whom has waited longer, and of equally far vehicles the first."""
        calls = self.calls if self._declared.rule == "nearest" else self.calls[:1]
        pairs = ((vehicle, call) for call in calls for vehicle in free)
        return min(pairs, key=lambda pair: pair[0].travel_us(pair[0].where, pair[1].start))  # the first of equals

    def _send(self, vehicle: Vehicle, call: Call) -> None:
        """It fetches the lot, and those that wait for the same way, as long as they fit in."""
        chosen, inside = [call], self._size(call)
        for other in self.calls[self.calls.index(call) + 1 :]:
            if (other.start, other.end) == (call.start, call.end):
                inside += self._size(other)
                if inside > self._declared.capacity:
                    break
                chosen.append(other)
        self.calls = [it for it in self.calls if it not in chosen]
        vehicle.begin(Trip(start=call.start, end=call.end, lots=[it.lot for it in chosen]))

    def _size(self, call: Call) -> int:
        return call.lot.quantity if self._declared.counts == "pieces" else 1


class Fleets:
    """All fleets of a plant, as its lots see them (`storage.Carriers`)."""

    def __init__(self, env: PlantEnvironment, plant: Plant, vehicles: Mapping[str, Vehicle]) -> None:
        layout = plant.layout
        self._env = env
        self.fleets: dict[str, VehicleFleet] = {}
        by_fleet: dict[str, list[Vehicle]] = {name: [] for name in layout.fleets}
        declared = iter(vehicles.values())
        for name, fleet in layout.fleets.items():
            by_fleet[name] = [next(declared) for _ in range(fleet.vehicles)]
            self.fleets[name] = VehicleFleet(fleet, by_fleet[name])
        centers = {
            **{name: it.work_center for name, it in layout.work_units.items()},
            **{name: it.work_center for name, it in layout.production_lines.items()},
        }
        self._leaves_from = {
            name: (layout.work_centers[center].storage, layout.work_centers[center].carried_by) for name, center in centers.items()
        }

    def carries(self, holder: Holder, step: Step) -> bool:
        """Whether a lot that `holder` has done needs a vehicle to get to where `step` is done."""
        storage, fleet = self._leaves_from[holder.name]
        return fleet is not None and storage != step.storage

    def call(self, lot: Lot, holder: Holder) -> None:
        """A lot waits for a vehicle from now on."""
        storage, fleet = self._leaves_from[holder.name]
        assert fleet is not None
        self.fleets[fleet].calls.append(Call(lot=lot, since_us=self._env.now_us, place=holder.place, start=storage))
        self._env.settle_soon()

    def settle(self) -> None:
        """In the settle phase, after places were given away."""
        for fleet in self.fleets.values():
            fleet.settle()

    def stuck(self) -> Iterable[StuckLot]:
        """Lots that hold up their equipment until a vehicle comes."""
        for name, fleet in self.fleets.items():
            able = tuple(vehicle.name for vehicle in fleet.vehicles)
            for call in sorted(fleet.calls, key=lambda it: (it.since_us, it.place)):
                if call.lot.holder:
                    holder = call.lot.holder.name
                    yield StuckLot(lot=call.lot.name, holder=holder, storage="", since_us=call.since_us, able=able, fleet=name)

    def called(self) -> dict[str, tuple[str, ...]]:
        """Every lot that waits for a vehicle, with those that may come."""
        return {call.lot.name: tuple(it.name for it in fleet.vehicles) for fleet in self.fleets.values() for call in fleet.calls}
