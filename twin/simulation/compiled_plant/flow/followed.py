"""Figures of the rows that a plant says, slice by slice: they are added up and forgotten."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.kernels.compiling import address_of
from twin.kernels.floor.figures.following import follow_at, learn_at
from twin.kernels.floor.rows import figure_rows as of
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.model.states import WorkUnitState
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.flow.figures import EquipmentFlow, FlowFigures, figures_of

Ints = NDArray[np.int64]

_ROOM = 64  # for the orders of a stream, at first


def _longer(table: Ints, size: int) -> Ints:
    """`table`, of `size` fields or more, and those -1."""
    more: Ints = np.full(max(size, 2 * table.size), -1, dtype=np.int64)
    more[: table.size] = table
    return more


class Followed:
    """What the rows so far add up to, of a plant that has not begun; `names` and `events` take them as they come."""

    def __init__(self, source: CompiledPlant) -> None:
        plant, plan, layout = source.state.plant, source.state.plan, source.layout
        self._words, self._equipment = source.words, layout.equipment
        storages = plant[plant[at.STORAGES_AT] :][: plant[at.STORAGE_COUNT] * at.STORAGE_ROW].reshape(-1, at.STORAGE_ROW)
        self._may_lock_up = bool((storages[:, at.STORAGE_CAPACITY] >= 0).any())  # then it has to be said which lots wait for each other
        numbers = {step: int(plan[step + at.STEP_NUMBER]) for step in layout.steps}
        origins, equipment, reasons = int(plan[at.LINE_COUNT] + plant[at.STREAM_COUNT]), len(layout.equipment), source.words.reason_count
        sizes = {
            of.STAYS_AT: of.BUCKETS, of.TOLD_AT: equipment * of.TOLD_ROW, of.TIMES_AT: equipment * of.STATES * reasons,
            of.LAST_STEPS_AT: max(numbers.values()) + 1, of.ORIGINS_AT: origins * of.ORIGIN_ROW,
        }  # fmt: skip
        self._found: Ints = np.zeros(of.FOUND_HEADER + sum(sizes.values()), dtype=np.int64)
        self._found[of.REASON_COUNT], first = reasons, of.FOUND_HEADER
        for where, size in sizes.items():
            self._found[where] = first
            first += size
        for step, number in numbers.items():
            self._found[self._found[of.LAST_STEPS_AT] + number] = plan[step + at.NEXT_STEP] < 0
        self._told = self._found[self._found[of.TOLD_AT] :][: equipment * of.TOLD_ROW].reshape(equipment, of.TOLD_ROW)
        self._told[:, of.IS_STATION] = [plant[row + at.KIND] == at.STATION for row in layout.equipment.values()]
        self._told[:, of.SINCE_US] = -1
        self._origins = self._found[self._found[of.ORIGINS_AT] :].reshape(origins, of.ORIGIN_ROW)
        self._came: Ints = np.empty(0, dtype=np.int64)
        self._lots: Ints = np.empty(0, dtype=np.int64)

    def names(self, rows: Ints) -> None:
        """What lots are called: after whose order."""
        most = 2 * (int(rows[:, said.NAME_SERIAL].max()) + 1)
        if most > self._lots.size:
            self._lots = _longer(self._lots, most)
        if self._may_lock_up:
            self._words.learn_later(rows)
        learn_at(address_of(rows.reshape(-1)), len(rows), address_of(self._lots))

    def events(self, rows: Ints) -> None:
        """What was said."""
        log, first = rows.reshape(-1), 0
        while (first := follow_at(*self._addresses(log, first, len(rows)))) < len(rows):
            self._make_room(int(rows[first, said.EVENT_B]), int(rows[first, said.EVENT_C]))

    def _addresses(self, log: Ints, first: int, count: int) -> tuple[int, int, int, int, int, int]:
        return address_of(log), first, count, address_of(self._found), address_of(self._came), address_of(self._lots)

    def _make_room(self, origin: int, n: int) -> None:
        """For order `n` of an origin: its orders move to the end, where there is more room for them; a known order needs little."""
        begin, room = self._origins[origin].tolist()
        more = max(_ROOM, n + 1, 2 * room) if n else 1
        end = self._came.size
        self._came = np.concatenate([self._came, self._came[begin : begin + room], np.full(more - room, -1, dtype=np.int64)])
        self._origins[origin] = end, more

    def figures(self, from_us: int, to_us: int, deadlock: str, why_by_events: str) -> FlowFigures:
        """What it comes to at the end of the run."""
        count, reasons = len(self._equipment), int(self._found[of.REASON_COUNT])
        first = int(self._found[of.TIMES_AT])
        times = self._found[first : first + count * of.STATES * reasons].reshape(count, of.STATES, reasons).copy()
        for place, told in enumerate(self._told.tolist()):
            if told[of.SINCE_US] >= 0:
                times[place, told[of.TOLD_STATE], told[of.TOLD_REASON]] += to_us - told[of.SINCE_US]
        equipment = {}
        for place, (name, told) in enumerate(zip(self._equipment, self._told.tolist(), strict=True)):
            equipment[name] = EquipmentFlow(
                good=told[of.TOLD_GOOD], scrap=told[of.TOLD_SCRAP], rework=told[of.TOLD_REWORK],
                times_us={
                    (WorkUnitState(state).name, self._words.reason_of(reason)): int(times[place, state, reason])
                    for state, reason in np.argwhere(times[place]).tolist()
                },
            )  # fmt: skip
        return figures_of(self._found, from_us, to_us, equipment, deadlock=deadlock, why_by_events=why_by_events)
