"""Stops that are planned while the plant runs already: more causes of standing still, in the midst of those that there are.

Causes of one piece of equipment are neighbours, and their timers lie in the order of causes. So the tables move to the end of the array,
with the new rows where they would have been from the beginning, and whoever refers to a row is told where it lies now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.model.scenario import Disturbance
from twin.simulation.compiled_plant.kept.agenda import entries, lay_heap
from twin.simulation.compiled_plant.layout import Ints, Layout
from twin.simulation.compiled_plant.words import Words

_URGENT_ABOUT_CAUSES = (due.WORN_OUT, due.CREW_GRANTED, due.UPKEEP_BEGINS)


def plan_stops(layout: Layout, words: Words, stops: Sequence[Disturbance], start_us: int) -> Layout:
    """The layout with these stops added, each at the end of the causes of its equipment."""
    tables = _Tables(layout)
    tables.add_causes(words, stops)
    tables.move_urgent()
    tables.move_timers(stops, start_us)
    return replace(layout, plant=tables.plant, fixed_timers=layout.fixed_timers + len(stops))


class _Tables:
    """`plant` while its tables move; addresses before, by what they are now."""

    def __init__(self, layout: Layout) -> None:
        self.plant = layout.plant.copy()
        self._layout = layout
        self._old_count = int(self.plant[at.CAUSE_COUNT])
        self._now_at: dict[int, int] = {}  # causes
        self._places: list[int] = []  # of the new causes among all, in the order of the stops
        self._order: list[int] = []  # which old cause stands in each place, -1: a new one

    def _append(self, where: int, rows: Ints) -> None:
        """A table at the end of the array; the header says so."""
        self.plant[where] = self.plant.size
        self.plant = np.concatenate([self.plant, rows.reshape(-1)])

    def add_causes(self, words: Words, stops: Sequence[Disturbance]) -> None:
        plant, first = self.plant, int(self.plant[at.CAUSES_AT])
        old = plant[first : first + self._old_count * at.CAUSE_ROW].reshape(-1, at.CAUSE_ROW)
        rows: list[Ints] = []
        by_stop: dict[int, int] = {}
        for name, equipment in self._layout.equipment.items():
            begin, count = int(plant[equipment + at.CAUSE_FIRST]), int(plant[equipment + at.CAUSES])
            own = [(n, stop) for n, stop in enumerate(stops) if stop.equipment == name]
            plant[equipment + at.CAUSE_FIRST], plant[equipment + at.CAUSES] = len(rows), count + len(own)
            self._order += [*range(begin, begin + count), *([-1] * len(own))]
            rows += list(old[begin : begin + count])
            for n, stop in own:
                by_stop[n] = len(rows)
                rows.append(_row(equipment, stop, words))
        self._places = [by_stop[n] for n in range(len(stops))]
        self._append(at.CAUSES_AT, np.array(rows, dtype=np.int64))
        self.plant[at.CAUSE_COUNT] = len(rows)
        self.plant[at.LOG_RESERVE] += 2 * len(stops)
        for place, was in enumerate(self._order):
            if was >= 0:
                self._now_at[first + was * at.CAUSE_ROW] = self._cause_at(place)

    def _cause_at(self, place: int) -> int:
        return int(self.plant[at.CAUSES_AT]) + place * at.CAUSE_ROW

    def move_urgent(self) -> None:
        """More causes may be urgent at an instant."""
        plant, count = self.plant, int(self.plant[at.URGENT_COUNT])
        begin = int(plant[at.URGENT_AT]) + 2 * int(plant[at.URGENT_FIRST])
        rows = np.zeros((2 * int(plant[at.EQUIPMENT_COUNT]) + 3 * int(plant[at.CAUSE_COUNT]) + 16, 2), dtype=np.int64)
        rows[:count] = plant[begin : begin + 2 * count].reshape(-1, 2)
        for n in range(count):
            if rows[n, 0] in _URGENT_ABOUT_CAUSES:
                rows[n, 1] = self._now_at[int(rows[n, 1])]
        plant[at.URGENT_FIRST] = 0
        self._append(at.URGENT_AT, rows)

    def move_timers(self, stops: Sequence[Disturbance], start_us: int) -> None:
        """The fixed timers with those of the new causes among them, and the heap that points to them."""
        plant, first, equipment = self.plant, int(self.plant[at.TIMERS_AT]), int(self.plant[at.EQUIPMENT_COUNT])
        old = plant[first : first + self._layout.fixed_timers * due.TIMER_ROW].reshape(-1, due.TIMER_ROW)
        behind = equipment + self._old_count
        order = [*range(equipment), *(equipment + n if n >= 0 else -1 for n in self._order), *range(behind, len(old))]
        rows = np.array([old[n] if n >= 0 else (-1, due.CAUSE_DUE, 0) for n in order], dtype=np.int64)
        for place in range(len(self._order)):
            rows[equipment + place, due.TIMER_WHAT] = self._cause_at(place)
        was_set = entries(plant)
        self._append(at.TIMERS_AT, rows)
        now_first = int(self.plant[at.TIMERS_AT])
        now_at = {first + n * due.TIMER_ROW: now_first + place * due.TIMER_ROW for place, n in enumerate(order) if n >= 0}
        wanted = [(us, now_at.get(timer, timer)) for us, timer in was_set]
        for place, stop in zip(self._places, stops, strict=True):
            wanted.append((start_us + stop.at, now_first + (equipment + place) * due.TIMER_ROW))
        self.plant[at.TIMER_COUNT] += len(stops)
        self._append(at.HEAP_AT, np.zeros((int(self.plant[at.TIMER_COUNT]), due.HEAP_ROW), dtype=np.int64))
        self.plant[at.HEAP_COUNT] = 0
        lay_heap(self.plant, wanted)


def _row(equipment: int, stop: Disturbance, words: Words) -> Ints:
    row = np.zeros(at.CAUSE_ROW, dtype=np.int64)
    row[at.EQUIPMENT], row[at.IS_PLANNED], row[at.CAUSE_REASON], row[at.CREW] = equipment, 1, words.reason(stop.reason), -1
    row[at.GOOD_DISTRIBUTION], row[at.REPAIR_DISTRIBUTION] = stop.at, stop.lasts
    return row
