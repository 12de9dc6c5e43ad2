"""Planned orders as rows: a plan has millions, and whoever looks wants a few, so rows are made of the arrays when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from twin.erp.material_plan.alternates.suppliers import sourced
from twin.erp.material_plan.buckets import Buckets
from twin.erp.material_plan.declared import Task
from twin.erp.material_plan.planning import ArrayPlan
from twin.kernels.material_plan import columns as at
from twin.kernels.material_plan.columns import Ints
from twin.model.plant import Plant

PLANNED = "planned order"
MATERIAL, START, STARTED = 0, 2, 3
"""Of the columns of a planned order: its material as it is numbered inside, when it starts, how much."""
_ALL = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedOrder:
    """A proposal: start `started` pieces (or order them) in bucket `start`, so that `good` are there in bucket `due`.

    `late_buckets` : it should have started so long before now. `arrives` : the bucket in which it can really be there.
    `quantities` : the orders that it is, none above the maximum.
    `called` : the bucket in which somebody has to decide on it; None: when it starts. What fills up a buffer by its net flow is decided
    before that, and its components that are not buffered are ordered for it then: tomorrow's net flow asks for it no more.
    """

    order: str
    material: str
    is_bought: bool
    start: int
    due: int
    started: int
    good: int
    late_buckets: int
    arrives: int
    quantities: tuple[int, ...]
    supplier: str = ""  # where a material has alternative suppliers: who of them, and why
    because: str = ""
    called: int | None = None

    @property
    def is_due_now(self) -> bool:
        """Whether it has to be released in the first bucket, or it is not planned again tomorrow as it is today."""
        return (self.start if self.called is None else self.called) == 0


class PlannedOrders:
    """The planned orders of a plan, by material in declared order and due bucket; not those of phantoms, which nobody makes.

    `arrays` : the same as numbers, by material as it is numbered inside.
    """

    def __init__(self, plant: Plant, task: Task, arrays: ArrayPlan, buckets: Buckets, bought: Mapping[str, Mapping[str, int]]) -> None:
        self.arrays = arrays.orders()
        self._plant, self._task, self._buckets, self._bought = plant, task, buckets, bought
        self._number_of = arrays.number_of
        self._material = {name: n for n, name in enumerate(task.names)}
        self._material_at = arrays.material_at
        nobodys = np.array([it.phantom for it in task.definitions], np.bool_)
        self._ends = np.cumsum(np.where(nobodys, 0, np.diff(self.arrays.first)[self._number_of]))
        # Orders of a material start one after the other, so those that start now are its first; where it depends, all have to be asked.
        starting = self.arrays.rows[self.arrays.rows[:, START] == 0, MATERIAL]
        self._starting = np.where(nobodys, 0, np.bincount(starting, minlength=len(task.names))[self._number_of])
        by_net_flow = task.requirements.materials[:, at.RULE] == at.NET_FLOW
        depends = by_net_flow | np.array([bool(it.alternative_suppliers) for it in task.definitions], np.bool_)
        self._starting[depends & ~nobodys] = _ALL
        self._sourced: dict[int, list[PlannedOrder]] = {}

    def __len__(self) -> int:
        return int(self._ends[-1]) if self._ends.size else 0

    def some(self, first: int = 0, most: int | None = None) -> list[PlannedOrder]:
        """Of all orders `most` from the one with number `first` on, for pages and lists; None: all that follow."""
        last = len(self) if most is None else min(len(self), first + most)
        material, found = int(np.searchsorted(self._ends, first, side="right")), list[PlannedOrder]()
        while first < last:
            begin, end = int(self._ends[material - 1]) if material else 0, min(last, int(self._ends[material]))
            if end > first:
                found += self._rows(material, first - begin, end - begin)
            first, material = end, material + 1
        return found

    def of(self, material: str) -> list[PlannedOrder]:
        """All orders of a material, of a phantom too; none of a material that the plan does not know."""
        number = self._material.get(material)
        return [] if number is None else self._rows(number)

    def get(self, order: str) -> PlannedOrder | None:
        """The order of that name, if there is one that somebody makes or buys."""
        place = self.place_of(order)
        if place is None or self._task.definitions[place[0]].phantom:
            return None
        first = place[1] - int(self.arrays.first[self._number_of[place[0]]])
        return self._rows(place[0], first, first + 1)[0]

    def due_now(self, material: str | None = None) -> list[PlannedOrder]:
        """Those that have to be released in the first bucket: all, or of one material."""
        numbers = np.flatnonzero(self._starting).tolist() if material is None else [self._material[material]]
        found: list[PlannedOrder] = []
        for number in numbers:
            starting = int(self._starting[number])
            if starting == _ALL:
                found += [it for it in self._rows(number) if it.is_due_now]
            elif starting:
                found += self._rows(number, 0, starting)
        return found

    def starts(self, numbers: Ints) -> Ints:
        """What is started in each bucket of materials with these numbers inside, a row each."""
        first, counts = self.arrays.first[numbers], self.arrays.first[numbers + 1] - self.arrays.first[numbers]
        places = np.arange(counts.sum()) + np.repeat(first - (np.cumsum(counts) - counts), counts)
        starts = np.zeros((numbers.size, self._buckets.count), np.int64)
        np.add.at(starts, (np.repeat(np.arange(numbers.size), counts), self.arrays.rows[places, START]), self.arrays.rows[places, STARTED])
        return starts

    def place_of(self, order: str) -> tuple[int, int] | None:
        """The material and the row in `arrays` of an order, by its name."""
        stem, _, n = order.rpartition("-")
        material = self._material.get(stem.removeprefix("P-")) if stem.startswith("P-") else None
        if material is None or not n.isdecimal() or str(int(n)) != n:
            return None
        number = int(self._number_of[material])
        place = int(self.arrays.first[number]) + int(n) - 1
        return (material, place) if self.arrays.first[number] <= place < self.arrays.first[number + 1] else None

    def told(self, place: int) -> tuple[str, int, int]:
        """The name of the order in that row of `arrays`, when it is due and when it starts."""
        number, due, start, _ = self.arrays.rows[place].tolist()
        material, n = int(self._material_at[number]), place - int(self.arrays.first[number])
        if self._task.definitions[material].alternative_suppliers:
            start = self._rows(material, n, n + 1)[0].start
        return f"P-{self._task.names[material]}-{n + 1}", due, start

    def _rows(self, material: int, first: int = 0, last: int | None = None) -> list[PlannedOrder]:
        """Orders of a material, by its number in declared order, from `first` to before `last`."""
        if not self._task.definitions[material].alternative_suppliers:
            return self._unsourced(material, first, last)
        if material not in self._sourced:  # of whom one is bought depends on those before it
            name = self._task.names[material]
            own = self._unsourced(material)
            self._sourced[material] = sourced(self._plant, name, own, self._buckets, self._bought.get(name, {}))
        return self._sourced[material][first:last]

    def _unsourced(self, material: int, first: int = 0, last: int | None = None) -> list[PlannedOrder]:
        number = int(self._number_of[material])
        begin, end = int(self.arrays.first[number]), int(self.arrays.first[number + 1])
        rows = self.arrays.rows[begin + first : end if last is None else begin + last].tolist()
        of = self._task.requirements.materials[material].tolist()
        stem = f"P-{self._task.names[material]}-"
        return [self._order(material, of, f"{stem}{n}", row) for n, row in enumerate(rows, first + 1)]

    def _order(self, material: int, of: list[int], order: str, row: list[int]) -> PlannedOrder:
        _, due, start, started = row
        maximum = of[at.MAXIMUM] or started
        rest = started % maximum
        lead, calendar = of[at.LEAD], of[at.CALENDAR]
        late = max(0, -self._buckets.before(due, lead, calendar))
        called = None
        if of[at.RULE] == at.NET_FLOW and of[at.REACH] > lead:
            called = max(0, self._buckets.before(due, of[at.REACH], calendar))
        return PlannedOrder(
            order=order,
            material=self._task.names[material],
            is_bought=self._task.definitions[material].kind == "purchased",
            start=start,
            due=due,
            started=started,
            good=started * of[at.YIELD] // at.MILLION,
            late_buckets=late,
            arrives=self._buckets.after(start, lead, calendar) if late else due,
            quantities=(maximum,) * (started // maximum) + ((rest,) if rest else ()),
            called=called,
        )
