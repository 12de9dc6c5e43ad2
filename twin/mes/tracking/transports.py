"""Lots that vehicles carry: who called when, who came, when the lot was set down. A lot has its turn when it is there, and not before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.model.events import LotSetDown, MaterialIdentified
from twin.model.plant import Plant

if TYPE_CHECKING:
    from twin.mes.collection.arrivals import Arrivals
    from twin.mes.execution import JobOrder


@dataclass(slots=True, kw_only=True)
class Ride:
    """A lot on its way to where `job_order` is done, or waiting for a vehicle that takes it there."""

    job_order: str
    lot: str
    fleet: str
    equipment: str  # that had done it
    start: str  # storage units
    end: str
    called_us: int
    vehicle: str = ""
    loaded_us: int = -1
    set_down_us: int = -1

    @property
    def whereabouts(self) -> str:
        """Why it is not there yet."""
        return f"its lot is on {self.vehicle}" if self.vehicle else f"its lot waits for a vehicle of {self.fleet}"


class Transports:
    """Rides by the job order that they lead to. Changed by the floor's reports, and by job orders that are done."""

    def __init__(self, plant: Plant) -> None:
        layout = plant.layout
        self._centers = {**{name: it.work_center for name, it in layout.work_units.items()}}
        self._centers |= {name: it.work_center for name, it in layout.production_lines.items()}
        self._storage = {center: it.storage for center, it in layout.work_centers.items()}
        self._fleet = {center: it.carried_by for center, it in layout.work_centers.items() if it.carried_by}
        self._fleets, self._vehicles = layout.fleets, plant.vehicles
        self.rides: dict[str, Ride] = {}
        self._early: dict[str, LotSetDown] = {}  # set down before it was known that the lot had to be carried

    def carrier(self, equipment: str, center: str) -> str:
        """The fleet that carries what `equipment` has done to a work center; "": it goes by itself."""
        here = self._centers.get(equipment, "")
        return self._fleet[here] if here in self._fleet and self._storage[here] != self._storage[center] else ""

    def expected_us(self, equipment: str, center: str) -> int:
        """How long a lot is on its way as a rule, if a vehicle comes at once."""
        fleet = self._fleets.get(self.carrier(equipment, center))
        if fleet is None:
            return 0
        way_us = fleet.travel_us(self._storage[self._centers[equipment]], self._storage[center])
        return fleet.load + fleet.unload + (way_us or 0)

    def turn_us(self, done: JobOrder, after: JobOrder, at_us: int, arrivals: Arrivals, *, was_skipped: bool) -> int:
        """When the lot of a job order that is done has its turn at the next one; -1: nobody knows, for a vehicle has to bring it."""
        last = done
        while was_skipped and last.before and last.started_us < 0:  # where the lot is
            last = last.before
        was_called = was_skipped and self.rides.pop(done.job_order, None) is not None  # for what it is passed over
        if self.carrier(last.equipment, after.work_center):
            return self.call(last.equipment, after, at_us)
        if was_called:
            return at_us
        return arrivals.passed_on(done, after.job_order) if was_skipped else arrivals.turn_us(done, after.job_order, at_us)

    def call(self, equipment: str, job: JobOrder, at_us: int) -> int:
        """The lot of `job` waits for a vehicle on `equipment`; when it was set down, if that is known already, else -1."""
        here = self._centers[equipment]
        self.rides[job.job_order] = ride = Ride(
            job_order=job.job_order, lot=job.lot, fleet=self._fleet[here], equipment=equipment, start=self._storage[here],
            end=self._storage[job.work_center], called_us=at_us,
        )  # fmt: skip
        early = self._early.pop(job.job_order, None)
        if early:
            ride.vehicle, ride.loaded_us, ride.set_down_us = early.equipment, at_us, early.effective_us
        return ride.set_down_us

    def load(self, event: MaterialIdentified) -> bool:
        """Whether a lot was scanned at a vehicle; then it is on its way."""
        ride = self.rides.get(event.job_order)
        if ride and event.equipment in self._vehicles:
            ride.vehicle, ride.loaded_us = event.equipment, event.effective_us
        return event.equipment in self._vehicles

    def set_down(self, event: LotSetDown) -> bool:
        """A lot is there; whether it was known to be on its way."""
        ride = self.rides.get(event.job_order)
        if ride is None:
            self._early[event.job_order] = event
            return False
        ride.vehicle, ride.set_down_us = event.equipment, event.effective_us
        ride.loaded_us = event.effective_us if ride.loaded_us < 0 else ride.loaded_us
        return True

    def whereabouts(self, job_order: str) -> str:
        """Why the lot of a job order is not there yet; "" if it need not be carried."""
        ride = self.rides.get(job_order)
        return ride.whereabouts if ride and ride.set_down_us < 0 else ""
