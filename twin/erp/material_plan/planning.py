"""The plan on arrays: regenerated, or brought up to date for what has changed; and which supply serves which demand.

Materials are numbered as they come; inside they are numbered by low-level code, which is what makes one pass enough.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twin.kernels.material_plan import columns as at
from twin.kernels.material_plan.columns import Coming, Floats, GivenRows, Ints, Network
from twin.kernels.material_plan.exploding import list_pulled_in, plan_changed
from twin.kernels.material_plan.levels import low_level_codes
from twin.kernels.material_plan.pegging import list_orders, most_pegs, peg

MATERIAL, BUCKET, QUANTITY = range(3)
"""Columns of a row of what is given: so much of a material is wanted, or comes, in a bucket."""

DUE = 1
"""Column of a row of orders: the bucket in which it is due."""

PARENT = 0
"""Column of a bill line, before those of `columns`."""


class CircularBills(ValueError):
    """Materials that need themselves; their numbers are in `materials`."""

    def __init__(self, materials: Ints) -> None:
        self.materials = materials
        super().__init__(f"{materials.size} materials lie on a circle of bills, or below one")


class TooMuch(ValueError):
    """The orders of a material need more than can be counted; its number is `material`."""

    def __init__(self, material: int) -> None:
        self.material = material
        super().__init__(f"the orders of material {material} need more of a component than 64 bits count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """What a plan is made of, as arrays; the columns stand in `twin.kernels.material_plan.columns`.

    materials : int64[n, MATERIAL_WIDTH]; costs : float64[n, 2]; calendars : int64[c, 2 * buckets + 1]
    lines : int64[m, 1 + LINE_WIDTH], the parent and the line, numbered as the materials come
    demand, supply : int64[k, 3], rows of (material, bucket, quantity); stock on hand is a column of `materials`
    movable : bool[k], which rows of supply are orders that may be expedited; empty: none
    """

    materials: Ints
    costs: Floats
    calendars: Ints
    lines: Ints
    demand: Ints
    supply: Ints
    bucket_count: int
    below: Ints = field(
        default_factory=lambda: np.zeros((0, 2), np.int64)
    )  # (parent, child): besides bills, who has to have its number first
    movable: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Some materials, a row each, by bucket: what is needed, what comes anyway, what planned orders bring, what is there at the end."""

    gross: Ints
    incoming: Ints
    receipts: Ints
    projected: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Planned orders by material and due bucket: `rows` int64[m, 4] are (material, due, start, started), a material's from `first` on."""

    first: Ints
    rows: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Pegs:
    """Pegs by material: of `materials[i]` those from `first[i]` on. A negative party is row -1 - party of what is given, or NOTHING."""

    materials: Ints
    first: Ints
    supply: NDArray[np.int32]
    demand: NDArray[np.int32]
    quantity: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Pegging:
    """Supply and demand by material and bucket, of which the pegs of any material follow; `*_rows` are the numbers that rows had before."""

    network: Network
    demand: GivenRows
    demand_rows: Ints
    supply: GivenRows
    supply_rows: Ints
    bucket_count: int

    def of(self, materials: Ints) -> Pegs:
        """The pegs of materials with these numbers inside; no row of another material is read but the orders of its parents."""
        most = most_pegs(materials, self.network, self.demand, self.supply)
        first, pairs, quantities = np.empty(materials.size + 1, np.int64), np.empty((most, 2), np.int32), np.empty(most, np.int64)
        count = peg(materials, self.network, self.demand, self.supply, self.bucket_count, first, pairs, quantities)
        pairs = pairs[:count]
        for column, rows in ((0, self.supply_rows), (1, self.demand_rows)):
            own = pairs[:, column]
            is_row = (own < 0) & (own > -(2**31))
            own[is_row] = -1 - rows[-1 - own[is_row]]
        return Pegs(materials=materials, first=first, supply=pairs[:, 0], demand=pairs[:, 1], quantity=quantities[:count])


def calendar_row(working: NDArray[np.bool_]) -> Ints:
    """A row of `calendars`: how many working buckets lie before each, then the numbers of the working ones (the rest: the last)."""
    numbers = np.flatnonzero(working)
    row = np.zeros(2 * working.size + 1, np.int64)
    np.cumsum(working, out=row[1 : working.size + 1])
    row[working.size + 1 :][: numbers.size] = numbers
    return row


class ArrayPlan:
    """A material plan, all materials.

    Raises
    ------
    CircularBills, TooMuch : there is no plan
    """

    def __init__(self, given: Requirements) -> None:
        self.bucket_count = given.bucket_count
        self.low_level_code, self.number_of, self.material_at = _numbered(given)
        self._materials = given.materials[self.material_at]
        self._costs, self._calendars = given.costs[self.material_at], given.calendars
        self._lines_by_parent(given.lines)
        self._lines_by_child()
        self.demand, self.supply = _inside(given.demand, self.number_of), _inside(given.supply, self.number_of)
        self._movable_rows = np.flatnonzero(given.movable)
        self._movable = self._by_material(self.supply[self._movable_rows])[0]
        shape = (self._materials.shape[0], given.bucket_count)
        self.incoming, self.started = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        self._changed = np.ones(shape[0], np.int64)
        _add(self.incoming, self.supply, 1)
        self._flow = self.incoming.copy()  # what comes anyway, less what is needed: what netting goes by, in one table
        _add(self._flow, self.demand, -1)
        self.planned_count = self._plan()

    def _lines_by_parent(self, lines: Ints) -> None:
        inside = lines.copy()
        inside[:, PARENT], inside[:, 1 + at.CHILD] = self.number_of[lines[:, PARENT]], self.number_of[lines[:, 1 + at.CHILD]]
        order = np.argsort(inside[:, PARENT], kind="stable")
        self._parents_and_lines = np.ascontiguousarray(inside[order])
        self._lines = np.ascontiguousarray(self._parents_and_lines[:, 1:])
        self._line_from = _first(self._parents_and_lines[:, PARENT], self._materials.shape[0])

    def _lines_by_child(self) -> None:
        children = self._lines[:, at.CHILD]
        order = np.argsort(children, kind="stable")
        self._parent_lines = np.ascontiguousarray(self._parents_and_lines[order])
        self._parent_from = _first(children[order], self._materials.shape[0])

    def _plan(self) -> int:
        count = plan_changed(
            self._materials, self._costs, self._calendars, self._line_from, self._lines, self._flow,
            self._coming, self.started, self._changed,
        )  # fmt: skip
        if count < 0:
            raise TooMuch(int(self.material_at[-1 - count]))
        return count

    def change(self, *, demand: dict[int, tuple[int, int, int]] | None = None, supply: dict[int, tuple[int, int, int]] | None = None,
               on_hand: dict[int, int] | None = None) -> int:  # fmt: skip
        """Take other rows for numbered rows of what is given, and other stock, and plan what that changes; how many materials that is."""
        for rows, there, sign in ((demand, self.demand, -1), (supply, self.supply, 1)):
            if rows:
                places = np.fromiter(rows, np.int64, len(rows))
                new = _inside(np.array(list(rows.values()), np.int64).reshape(-1, 3), self.number_of)
                for table in (self._flow,) if sign < 0 else (self._flow, self.incoming):
                    _add(table, there[places], -sign)
                    _add(table, new, sign)
                self._changed[there[places, MATERIAL]] = self._changed[new[:, MATERIAL]] = 1
                there[places] = new
        if supply and self._movable_rows.size:
            self._movable = self._by_material(self.supply[self._movable_rows])[0]
        for material, quantity in (on_hand or {}).items():
            number = self.number_of[material]
            self._materials[number, at.ON_HAND] = quantity
            self._changed[number] = 1
        return self._plan()

    def take(self, given: Requirements) -> int:
        """Net change: become the plan for `given`, which has the same bills, buckets and calendars; how many materials that plans."""
        materials = given.materials[self.material_at]
        demand, supply = _inside(given.demand, self.number_of), _inside(given.supply, self.number_of)
        changed = (materials != self._materials).any(axis=1) | (given.costs[self.material_at] != self._costs).any(axis=1)
        movable_rows = np.flatnonzero(given.movable)
        movable = self._by_material(supply[movable_rows])[0]
        if movable.rows.size or self._movable.rows.size:
            changed |= self._difference(movable.rows, self._movable.rows).any(axis=1)
        for rows, before, sign in ((demand, self.demand, -1), (supply, self.supply, 1)):
            difference = sign * self._difference(rows, before)
            changed |= difference.any(axis=1)
            for table in (self._flow,) if sign < 0 else (self._flow, self.incoming):
                np.add(table, difference, out=table)
        # the size of an order decides how its needs are rounded, so what was told of the orders of another size is told anew
        assert not (materials[:, at.MAXIMUM] != self._materials[:, at.MAXIMUM]).any(), "another maximum: a new plan"
        self._materials, self._costs, self.demand, self.supply = materials, given.costs[self.material_at], demand, supply
        self._movable_rows, self._movable = movable_rows, movable
        self._changed[changed] = 1
        return self._plan()

    def copied(self) -> ArrayPlan:
        """The same plan, which may take another position while this one stays."""
        new = copy(self)
        for name in ("incoming", "started", "_flow", "_changed"):
            setattr(new, name, getattr(self, name).copy())
        return new

    def _difference(self, rows: Ints, before: Ints) -> Ints:
        table = np.zeros_like(self._flow)
        _add(table, rows, 1)
        _add(table, before, -1)
        return table

    @property
    def bills(self) -> tuple[Ints, Ints, Ints]:
        """Materials by low-level code, where the lines of each begin, and the lines."""
        return self._materials, self._line_from, self._lines

    @property
    def gross(self) -> Ints:
        """What is needed of each material in each bucket."""
        return self.incoming - self._flow

    def of(self, table: Ints) -> Ints:
        """A table by material as the materials came."""
        return table[self.number_of]

    def receipts(self) -> Ints:
        """Good pieces that planned orders bring, by bucket."""
        per_million = self._materials[:, at.YIELD]
        if (per_million == at.MILLION).all():
            return self.started
        return self.started * per_million[:, None] // at.MILLION

    def projected(self) -> Ints:
        """What is there at the end of each bucket."""
        return self._materials[:, at.ON_HAND, None] + np.cumsum(self._flow + self.receipts(), axis=1)

    def without_orders(self, number: int) -> Ints:
        """What is there of a material at the end of each bucket if nothing is planned; its number is that inside."""
        level: Ints = self._materials[number, at.ON_HAND] + np.cumsum(self._flow[number])
        return level

    def rows_of(self, numbers: Ints) -> Rows:
        """Materials with these numbers inside in all buckets; no others are read."""
        incoming, flow, own = self.incoming[numbers], self._flow[numbers], self._materials[numbers]
        receipts = self.started[numbers] * own[:, at.YIELD, None] // at.MILLION
        projected = own[:, at.ON_HAND, None] + np.cumsum(flow + receipts, axis=1)
        return Rows(gross=incoming - flow, incoming=incoming, receipts=receipts, projected=projected)

    def orders(self) -> Orders:
        """Planned orders; material numbers are those inside."""
        first = np.empty(self._materials.shape[0] + 1, np.int64)
        rows = np.empty((int(np.count_nonzero(self.started)), 4), np.int64)
        list_orders(self._materials, self._calendars, self.started, first, rows)
        return Orders(first=first, rows=rows)

    def pegs(self, orders: Orders, materials: Ints | None = None) -> Pegs:
        """Which supply serves which demand: of all materials, or of those with these numbers inside."""
        return self.pegging(orders).of(np.arange(self._materials.shape[0]) if materials is None else materials)

    def pegging(self, orders: Orders) -> Pegging:
        """What pegs follow from, laid out so that those of a material are read without all others."""
        stock = np.flatnonzero(self._materials[:, at.ON_HAND] > 0)
        on_hand = np.column_stack([stock, np.zeros_like(stock), self._materials[stock, at.ON_HAND]])
        short = np.flatnonzero(self._materials[:, at.ON_HAND] < 0)
        owed = np.column_stack([short, np.zeros_like(short), -self._materials[short, at.ON_HAND]])
        demand, demand_rows = self._by_material(np.concatenate([self.demand, owed]))
        # what is expedited serves what it is expedited for, and so comes twice: then, and what is left of it when it is due
        there, sooner = self.supply.copy(), self.pulled_in()
        np.subtract.at(there[:, QUANTITY], sooner[:, 0], sooner[:, 2])
        early = np.column_stack([there[sooner[:, 0], MATERIAL], sooner[:, 1:]])
        supply, places = self._by_material(np.concatenate([there, early, on_hand]), last_first=stock.size)
        supply_rows = np.concatenate([np.arange(len(there)), sooner[:, 0], len(there) + np.arange(stock.size)])[places]
        return Pegging(
            network=Network(self._materials, self._parent_from, self._parent_lines, orders.first, orders.rows),
            demand=demand, demand_rows=demand_rows, supply=supply, supply_rows=supply_rows, bucket_count=self.bucket_count,
        )  # fmt: skip

    @property
    def _coming(self) -> Coming:
        return Coming(self.incoming, *self._movable)

    def pulled_in(self) -> Ints:
        """What is on order, comes too late and is taken as if it were expedited: int64[m, 3], row of supply, needed in bucket, how much."""
        arguments = self._materials, self._calendars, self._flow, self._coming
        told = np.empty((list_pulled_in(*arguments, np.empty((0, 3), np.int64)) if self._movable.rows.size else 0, 3), np.int64)
        if told.size:
            list_pulled_in(*arguments, told)
            # rows by material and bucket are the movable ones in another order
            told[:, 0] = self._movable_rows[self._by_material(self.supply[self._movable_rows])[1][told[:, 0]]]
        return told

    def _by_material(self, rows: Ints, last_first: int = 0) -> tuple[GivenRows, Ints]:
        """Rows by material and bucket, and what numbers they had; of one bucket the last so many go first."""
        later = np.ones(len(rows), np.int64)
        later[len(rows) - last_first :] = 0
        order = np.lexsort((np.arange(len(rows)), later, rows[:, BUCKET], rows[:, MATERIAL]))
        return GivenRows(_first(rows[order, MATERIAL], self._materials.shape[0]), rows[order]), order


def _numbered(given: Requirements) -> tuple[Ints, Ints, Ints]:
    """Low-level code of each material, its number by rising code, and the material of each number."""
    count = given.materials.shape[0]
    edges = np.concatenate([given.lines[:, [PARENT, 1 + at.CHILD]], given.below])
    by_parent = edges[np.argsort(edges[:, PARENT], kind="stable")]
    codes = np.empty(count, np.int64)
    children = np.ascontiguousarray(by_parent[:, 1])
    if low_level_codes(_first(by_parent[:, PARENT], count), children, codes) < count:
        raise CircularBills(np.flatnonzero(codes < 0))
    material_at = np.argsort(codes, kind="stable")
    number_of = np.empty(count, np.int64)
    number_of[material_at] = np.arange(count)
    return codes, number_of, material_at


def _first(sorted_numbers: Ints, count: int) -> Ints:
    """Where the rows of each number from 0 to `count` begin."""
    return np.concatenate([[0], np.cumsum(np.bincount(sorted_numbers, minlength=count))]).astype(np.int64)


def _inside(rows: Ints, number_of: Ints) -> Ints:
    inside = rows.copy()
    inside[:, MATERIAL] = number_of[rows[:, MATERIAL]]
    return inside


def _add(table: Ints, rows: Ints, sign: int) -> None:
    np.add.at(table, (rows[:, MATERIAL], rows[:, BUCKET]), sign * rows[:, QUANTITY])
