"""A vehicle: it drives to where lots wait for it, loads them, carries them to the next storage, unloads, and keeps what finds no place."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events import LotSetDown, MaterialIdentified
from twin.model.floor.fleets import EMPTY_TRAVEL, LOADED_TRAVEL, LOADING, TO_PARK, UNLOADING, Fleet
from twin.model.states import WorkUnitState
from twin.simulation.clock import Life, PlantEnvironment
from twin.simulation.shop_floor.equipment import Equipment
from twin.simulation.shop_floor.storage import MaterialFlow
from twin.simulation.shop_floor.waits.lots import Lot


@dataclass(slots=True, kw_only=True)
class Trip:
    """A way with the lots that are fetched at its beginning; with none it leads to where the vehicle parks."""

    start: str
    end: str
    lots: list[Lot] = field(default_factory=list)


class Vehicle(Equipment):
    """One vehicle of a fleet, with its place and what it is doing."""

    def __init__(self, env: PlantEnvironment, name: str, place: int, fleet: Fleet, flow: MaterialFlow) -> None:
        super().__init__(env, name, place, fleet.power)
        self._fleet, self._flow = fleet, flow
        self.where = fleet.parks_at  # or where it was last, while it drives
        self.trip: Trip | None = None
        self.leg = EMPTY_TRAVEL
        self.leaving: list[Lot] = []  # carried here, and waiting for a place

    @property
    def is_free(self) -> bool:
        """Whether it can be sent somewhere now."""
        return self.trip is None and not self.leaving and self.why_not() is None

    def travel_us(self, start: str, end: str) -> int:
        """How long a way takes."""
        time_us = self._fleet.travel_us(start, end)
        assert time_us is not None
        return time_us

    def begin(self, trip: Trip) -> None:
        """In the settle phase: it is sent."""
        if self.state in (WorkUnitState.ABORTED, WorkUnitState.STOPPED):
            self.report(*self.resting_state())  # it is ready again, and not only at work
        legs = self._legs(trip)
        self.trip, self.leg = trip, next((leg for leg, need_us in legs if need_us), legs[-1][0])
        self._process = self._env.process(self.life_of(trip, legs))
        self._env.touch(self)

    def _legs(self, trip: Trip) -> list[tuple[str, int]]:
        if not trip.lots:
            return [(TO_PARK, self.travel_us(trip.start, trip.end))]
        return [
            (EMPTY_TRAVEL, self.travel_us(self.where, trip.start)), (LOADING, self._fleet.load),
            (LOADED_TRAVEL, self.travel_us(trip.start, trip.end)), (UNLOADING, self._fleet.unload),
        ]  # fmt: skip

    def life_of(self, trip: Trip, legs: list[tuple[str, int]]) -> Life:
        """The process of one trip."""
        for leg, need_us in legs:
            self.leg = leg
            self._env.touch(self)
            yield from self.spend(need_us, wears=True)
            if leg == LOADING:
                self._load(trip)
        self.where, self.trip = trip.end, None
        for rank, lot in enumerate(trip.lots):
            self._env.record(LotSetDown, equipment=self.name, job_order=lot.job_order, lot=lot.name, place=trip.end)
            self._flow.set_down(lot, self, rank)
        self._env.touch(self)

    def _load(self, trip: Trip) -> None:
        """What it carries now has left the equipment that had done it."""
        for lot in trip.lots:
            self._env.record(MaterialIdentified, equipment=self.name, job_order=lot.job_order, lot=lot.name)
            if lot.holder:
                self._flow.let_go(lot)

    def show(self) -> None:
        if self.trip is None and not self.leaving:
            self.report(*self.resting_state())
        elif self.trip is None:
            down = self.down_reason
            self.report(*(WorkUnitState.ABORTED, down) if down else (WorkUnitState.SUSPENDED, "blocked"))
        elif self.stop:
            self.report(*self.stop)
        else:
            self.report(WorkUnitState.EXECUTE, self.leg)
        self.report_alarms()
