"""Timers of a kept plant, set from outside. Entries in the order of their instants are a heap, so it is simply written anew."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.simulation.compiled_plant.layout import Ints

Entry = tuple[int, int]
"""An instant and the address of a timer."""


def entries(plant: Ints) -> list[Entry]:
    """All timers that are set."""
    first, count = int(plant[at.HEAP_AT]), int(plant[at.HEAP_COUNT])
    return [(int(us), int(timer)) for us, timer in plant[first : first + count * due.HEAP_ROW].reshape(-1, due.HEAP_ROW)]


def lay_heap(plant: Ints, wanted: Iterable[Entry]) -> None:
    """Set these timers and no others; the heap has a place for every timer that there is."""
    in_order = sorted(wanted)
    for _, timer in entries(plant):
        plant[timer + due.TIMER_PLACE] = -1
    first = int(plant[at.HEAP_AT])
    plant[first : first + len(in_order) * due.HEAP_ROW] = np.array(in_order, dtype=np.int64).reshape(-1)
    plant[at.HEAP_COUNT] = len(in_order)
    for place, (_, timer) in enumerate(in_order):
        plant[timer + due.TIMER_PLACE] = place
