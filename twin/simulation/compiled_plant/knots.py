"""Whether blocked equipment of a compiled plant waits for each other for ever: the same question as the readable plant asks of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from twin.kernels.floor.rows import fleet_rows as rows
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.model.floor.fleets import vehicles_of
from twin.model.plant import Plant
from twin.simulation.compiled_plant.floor_state import FloorState
from twin.simulation.compiled_plant.layout import Layout
from twin.simulation.compiled_plant.words import Words
from twin.simulation.deadlock import Places, StuckLot, find_deadlock, write_deadlock
from twin.simulation.shop_floor.routing import Step


class Knots:
    """Looks for deadlocks in the rows of a plant."""

    def __init__(self, plant: Plant, layout: Layout, state: FloorState, words: Words) -> None:
        self._state, self._words, self._steps = state, words, layout.steps
        self._equipment = {address: name for name, address in layout.equipment.items()}
        self._vehicles = {name: vehicles_of(name, fleet) for name, fleet in plant.layout.fleets.items()}
        self._capacities = {name: unit.capacity for name, unit in plant.layout.storage_units.items()}

    def deadlock(self, local_time: Callable[[int], str]) -> tuple[str, str]:
        """Equipment and words, if since this was asked last blocked equipment has come to wait for each other for ever; else "" and ""."""
        plant = self._state.plant
        if plant[at.WAITING_FIRST] < 0 or not plant[at.PLACES_HAVE_CHANGED]:
            return "", ""
        plant[at.PLACES_HAVE_CHANGED] = 0
        self._state.read_names()
        stuck = self._stuck()
        storages = {name: self._places(name) for name in dict.fromkeys(it.storage for it in stuck if it.storage)}
        cycle = find_deadlock(stuck, storages)
        return (cycle[0].stuck.holder, write_deadlock(cycle, storages, int(plant[at.NOW]), local_time)) if cycle else ("", "")

    def _stuck(self) -> list[StuckLot]:
        """Finished lots on their equipment, who has waited longest first."""
        plant, found, lot = self._state.plant, [], int(self._state.plant[at.WAITING_FIRST])
        while lot >= 0:
            step = self._steps[int(plant[lot + at.STEP])]
            name, holder = self._words.lot_of(int(plant[lot + at.SERIAL])), self._equipment[int(plant[lot + at.HOLDER])]
            since_us = int(plant[lot + at.WAIT_SINCE])
            found.append(StuckLot(lot=name, holder=holder, storage=step.storage, since_us=since_us, able=self._takers(lot, step)))
            lot = int(plant[lot + at.WAIT_NEXT])
        for fleet, lot in self._calls():
            if plant[lot + at.HOLDER] >= 0:
                name, holder = self._words.lot_of(int(plant[lot + at.SERIAL])), self._equipment[int(plant[lot + at.HOLDER])]
                able, since_us = tuple(self._vehicles[fleet]), int(plant[lot + at.WAIT_SINCE])
                found.append(StuckLot(lot=name, holder=holder, storage="", since_us=since_us, able=able, fleet=fleet))
        return found

    def _calls(self) -> Iterator[tuple[str, int]]:
        """Lots that wait for a vehicle, with its fleet: who has waited longest first."""
        plant = self._state.plant
        for n, name in enumerate(self._vehicles):
            lot = int(plant[int(plant[rows.FLEETS_AT]) + n * rows.FLEET_ROW + rows.CALL_FIRST])
            while lot >= 0:
                yield name, lot
                lot = int(plant[lot + at.WAIT_NEXT])

    def _takers(self, lot: int, step: Step) -> tuple[str, ...]:
        """Equipment that a lot waits for until that does what is next for it: perhaps only the unit that it has to come back to."""
        plant, plan = self._state.plant, self._state.plan
        step_at = int(plant[lot + at.STEP])
        limit = int(plan[more.MORE_STEPS_AT]) + int(plan[step_at + at.STEP_NUMBER]) * more.MORE_STEP_ROW
        if step.limit and step.limit.ends_wait and plant[lot + int(plan[limit + more.WAITS_SINCE])]:
            return ()
        bound_at = int(plan[step_at + at.BOUND_AT])
        return (self._equipment[int(plant[lot + bound_at])],) if bound_at >= 0 and plant[lot + bound_at] else step.equipment

    def _places(self, storage: str) -> Places:
        """The lots in a storage, in the order in which they came."""
        plant, called = self._state.plant, {lot: tuple(self._vehicles[fleet]) for fleet, lot in self._calls()}
        there = []
        for row in self._state.lot_rows:
            if plant[row + at.SERIAL] and not plant[row + at.LOT_IS_GONE] and plant[row + at.STORAGE] >= 0:
                step = self._steps[int(plant[row + at.STEP])]
                if step.storage == storage:
                    able = called.get(row, self._takers(row, step))
                    there.append((int(plant[row + at.STORED_N]), self._words.lot_of(int(plant[row + at.SERIAL])), able))
        return Places(capacity=self._capacities[storage], lots=tuple((lot, able) for _, lot, able in sorted(there)))
