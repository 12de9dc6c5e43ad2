"""The material plan of a plant: what to make and to buy, how much, when, and for whom, with names and days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from twin.erp.bills import BillCycleError
from twin.erp.demand_plan.zones import reaches_us
from twin.erp.material_plan.alternates.choosing import ALTERNATE, Choosing, Substitution
from twin.erp.material_plan.alternates.places import with_places
from twin.erp.material_plan.buckets import DAY_US, Buckets
from twin.erp.material_plan.declared import Given, Task, tables_of, task_of, with_rows
from twin.erp.material_plan.listing.orders import PlannedOrder, PlannedOrders
from twin.erp.material_plan.listing.pegs import PegRow, PlannedPegs, TreeRow
from twin.erp.material_plan.planning import ArrayPlan, CircularBills, TooMuch
from twin.erp.material_plan.position import Position
from twin.kernels.material_plan import columns as at
from twin.kernels.material_plan.columns import Ints
from twin.model.materials import MOST_PIECES
from twin.model.plant import Plant


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """One material in one bucket, as a planner reads it."""

    material: str
    low_level_code: int
    bucket: int
    gross: int
    scheduled: int
    net: int  # missing of the safety stock, before this bucket's planned orders
    planned_receipts: int
    planned_starts: int
    projected: int  # at the end of the bucket


class MaterialPlan:
    """A plan from a position on.

    Parameters
    ----------
    bucket_us : length of a bucket, whole days
    until_us : how far to look at least; left out: to the last thing that is wanted or on order

    Raises
    ------
    BillCycleError : a material needs itself
    ValueError : too many buckets, not of whole days, or more than can be counted
    """

    def __init__(self, plant: Plant, position: Position, *, bucket_us: int = DAY_US, until_us: int | None = None) -> None:
        self._until_us = until_us
        self.plant, self.levels = with_places(plant)  # with a phantom for each choice that bills leave; itself, where they leave none
        self._bucket_us, self._bought, self.by_point = bucket_us, position.bought, position.by_point
        self.buckets = Buckets(plant, position.now_us, self._reach_us(position), bucket_us)
        self._tables = tables_of(self.plant, self.buckets, self.levels)
        self.task: Task = task_of(position, self.buckets, self._tables)
        self.substitutions: tuple[Substitution, ...] = ()
        try:
            self.arrays = ArrayPlan(self.task.requirements)
        except TooMuch as much:
            raise ValueError(
                f"the orders of '{self.task.names[much.material]}' need more of a component than can be counted; allowed: {MOST_PIECES:,}"
                " of anything at once"
            ) from None
        except CircularBills as circle:
            names = ", ".join(self.task.names[n] for n in circle.materials)
            raise BillCycleError(f"bill of material contains itself: among {names}") from None
        self.number = {name: n for n, name in enumerate(self.task.names)}
        self.planned_count = self.arrays.planned_count
        self._choose()

    def _reach_us(self, position: Position) -> int:
        """How far to look for a position."""
        return max(position.until_us, self._until_us or 0, reaches_us(self.plant, position.now_us))

    def changed_to(self, position: Position) -> MaterialPlan | None:
        """Net change: the plan for another position, where only what that touches is planned anew (`planned_count`); this one stays.

        None where there is none: the position is of another day, looks further or less far, or needs more than can be counted; or who
        works here works on other days by now.
        """
        if not self.buckets.are(Buckets(self.plant, position.now_us, self._reach_us(position), self._bucket_us)):
            return None
        changed = copy(self)
        for name in ("orders", "listed", "pegs", "pegged", "expedited"):
            changed.__dict__.pop(name, None)
        changed.arrays, changed.task = self.arrays.copied(), task_of(position, self.buckets, self._tables)
        changed.substitutions, changed._bought, changed.by_point = (), position.bought, position.by_point
        try:
            changed.planned_count = changed.arrays.take(changed.task.requirements)
            changed._choose()
        except TooMuch:
            return None
        return changed

    def _choose(self) -> None:
        """What alternatives take over, where bills leave a choice."""
        if self.levels:
            self._own_task = self.task
            self.substitutions = tuple(Choosing(self).choose())

    def substitute(self, found: Sequence[Substitution]) -> None:
        """Plan with alternatives that take over so much: supply of the places where they stand, and a demand for what they take."""
        supply = [
            Given(order=it.order, kind=ALTERNATE, material=self.number[it.place.name], bucket=it.bucket, quantity=it.pieces) for it in found
        ]
        demand = [
            Given(order=it.order, kind=ALTERNATE, material=self.number[component], bucket=it.bucket, quantity=quantity)
            for it in found
            for component, quantity in it.takes
        ]
        self.task = with_rows(self._own_task, demand, supply)
        self.planned_count += self.arrays.take(self.task.requirements)

    # What is planned

    @cached_property
    def expedited(self) -> frozenset[str]:
        """What is on order, comes too late, and is taken as if it were expedited, by name: nothing is planned for what it serves."""
        return frozenset(self.task.supply[row].order for row in self.arrays.pulled_in()[:, 0].tolist())

    @cached_property
    def orders(self) -> list[PlannedOrder]:
        """Planned orders by material, in declared order, and due bucket; not those of phantoms, which nobody makes for themselves.

        Of a large plan these are millions: `listed` has their number, some of them, those of a material, and those that are due now.
        """
        return self.listed.some()

    @cached_property
    def listed(self) -> PlannedOrders:
        """Planned orders, made of the arrays as they are asked for."""
        return PlannedOrders(self.plant, self.task, self.arrays, self.buckets, self._bought)

    def records(self) -> list[RecordRow]:
        """Every material in every bucket."""
        return self._records(self.task.names)

    def records_of(self, material: str) -> list[RecordRow]:
        """One material in every bucket; none of a material that the plan does not know."""
        return self._records([material] if material in self.number else [])

    def record_tables(self, materials: Sequence[str]) -> dict[str, Ints]:
        """The quantities of records, by their names in `RecordRow`: a row for each of these materials, a column for each bucket."""
        own = np.array([self.number[name] for name in materials], np.int64)
        numbers = self.arrays.number_of[own]
        rows, safety = self.arrays.rows_of(numbers), self.task.requirements.materials[own, at.SAFETY_STOCK, None]
        return {
            "gross": rows.gross,
            "scheduled": rows.incoming,
            "net": np.maximum(0, safety - (rows.projected - rows.receipts)),
            "planned_receipts": rows.receipts,
            "planned_starts": self.listed.starts(numbers),
            "projected": rows.projected,
        }

    def _records(self, materials: Sequence[str]) -> list[RecordRow]:
        tables = np.stack([*self.record_tables(materials).values()], axis=2).tolist()
        return [
            RecordRow(
                material=name, low_level_code=int(self.arrays.low_level_code[self.number[name]]), bucket=bucket, gross=row[0],
                scheduled=row[1], net=row[2], planned_receipts=row[3], planned_starts=row[4], projected=row[5],
            )
            for name, rows in zip(materials, tables, strict=True)
            for bucket, row in enumerate(rows)
        ]  # fmt: skip

    # Who is served by what

    @cached_property
    def pegs(self) -> list[PegRow]:
        """Which supply serves which demand, material by material in declared order, first in, first out; of a large plan many millions."""
        return [peg for material in self.task.names for peg in self.pegged.of(material)]

    @cached_property
    def pegged(self) -> PlannedPegs:
        """Pegs, made of the arrays as they are asked for: of a material, or next to an order."""
        return PlannedPegs(self.task, self.arrays, self.listed)

    def serves(self, order: str, most: int | None = None) -> list[TreeRow]:
        """For whom an order is: the demands that it serves, what those serve, and so on up to the customers; at most so many rows.

        Raises
        ------
        ValueError : no such order
        """
        return self._tree(order, most, self.pegged.of_supply, "demand")

    def served_by(self, order: str, most: int | None = None) -> list[TreeRow]:
        """What serves a customer's order, or the needs of an order, level by level down to stock and purchases; at most so many rows.

        Raises
        ------
        ValueError : no such order
        """
        return self._tree(order, most, self.pegged.of_demand, "supply")

    def _tree(self, order: str, most: int | None, next_to: Callable[[str], Sequence[PegRow]], far: str) -> list[TreeRow]:
        if not self.pegged.of_supply(order) and not self.pegged.of_demand(order):
            raise ValueError(f"the plan has no order '{order}'")
        found: list[TreeRow] = []
        left = [(0, order)]
        while left and (most is None or len(found) < most):
            depth, party = left.pop()
            for peg in next_to(party):
                found.append(TreeRow(depth=depth, peg=peg))
                left.append((depth + 1, getattr(peg, far)))
        return found[:most]

    def start_of(self, material: str, due_us: int) -> int:
        """The bucket in which what is due then has to start; below 0: so many buckets ago."""
        row = self.task.requirements.materials[self.number[material]]
        return self.buckets.before(self.buckets.of(due_us), int(row[at.LEAD]), int(row[at.CALENDAR]))

    def late(self, order: PlannedOrder) -> str:
        """By how much an order should have started before now, in words."""
        calendar = self.task.requirements.materials[self.number[order.material], at.CALENDAR]
        return self.buckets.spoken(order.late_buckets, int(calendar))

    def day_of(self, bucket: int | None) -> date | None:
        """The first local day of a bucket."""
        return None if bucket is None else self.buckets.day_of(bucket)
