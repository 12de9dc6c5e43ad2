"""Who is served by what, as rows: made of the arrays for the material or the order that somebody asks about, and for no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from twin.erp.material_plan.declared import BELOW_ZERO, STOCK, Given, Task
from twin.erp.material_plan.listing.orders import PLANNED, PlannedOrders
from twin.erp.material_plan.planning import ArrayPlan, Pegs
from twin.kernels.material_plan import columns as at
from twin.kernels.material_plan.columns import Ints
from twin.kernels.material_plan.pegging import NOTHING

MISSING, NOBODY = "missing", "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class PegRow:
    """So much of a supply serves a demand."""

    material: str
    supply: str
    supply_kind: str
    supply_bucket: int | None
    demand: str
    demand_kind: str
    demand_bucket: int | None
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRow:
    """A peg of a tree over the levels of bills; `depth` 0 is next to what was asked about."""

    depth: int
    peg: PegRow


class PlannedPegs:
    """The pegs of a plan, first in, first out. What is asked about an order reads the materials that it gives and takes alone."""

    def __init__(self, task: Task, arrays: ArrayPlan, orders: PlannedOrders) -> None:
        self._task, self._arrays, self._orders = task, arrays, orders
        self._pegging = arrays.pegging(orders.arrays)
        self._material = {name: n for n, name in enumerate(task.names)}
        self._read: dict[int, Pegs] = {}
        self._next_to: dict[tuple[str, bool], list[PegRow]] = {}

    def of(self, material: str) -> list[PegRow]:
        """All pegs of a material; none of a material that the plan does not know."""
        number = self._material.get(material)
        if number is None:
            return []
        pegs = self._pegs(number)
        return self._rows(number, pegs, np.arange(pegs.quantity.size))

    def of_supply(self, order: str) -> Sequence[PegRow]:
        """What an order serves: pegs of which it is the supply, by material in declared order. Stock and what is missing have no name."""
        return self._pegs_next_to(order, is_supply=True)

    def of_demand(self, order: str) -> Sequence[PegRow]:
        """What serves the needs of an order: pegs of which it is the demand, by material in declared order."""
        return self._pegs_next_to(order, is_supply=False)

    def _pegs_next_to(self, order: str, *, is_supply: bool) -> list[PegRow]:
        if (order, is_supply) not in self._next_to:
            found: list[PegRow] = []
            for material, parties in sorted(self._parties(order, is_supply=is_supply).items()):
                if material not in self._read:
                    self._read[material] = self._pegs(material)
                pegs = self._read[material]
                column = pegs.supply if is_supply else pegs.demand
                found += self._rows(material, pegs, np.flatnonzero(np.isin(column, parties)))
            self._next_to[order, is_supply] = found
        return self._next_to[order, is_supply]

    def _parties(self, order: str, *, is_supply: bool) -> dict[int, list[int]]:
        """What has that name, as numbers of parties, by material: what is given, what it makes and gives off, or what it takes."""
        found: dict[int, list[int]] = {}
        rows, given = (self._task.supply, self._supply) if is_supply else (self._task.demand, self._demand)
        for row in given.get(order, ()) if order else ():
            found.setdefault(rows[row].material, []).append(-1 - row)
        if (planned := self._orders.place_of(order)) is None:
            return found
        material, place = planned
        number = self._arrays.number_of[material]
        _, line_from, lines = self._arrays.bills
        if is_supply:
            found.setdefault(material, []).append(place)
        for line in lines[line_from[number] : line_from[number + 1]]:
            if bool(line[at.IS_BY_PRODUCT]) == is_supply:
                found.setdefault(int(self._arrays.material_at[line[at.CHILD]]), []).append(place)
        return found

    @cached_property
    def _supply(self) -> dict[str, list[int]]:
        return _by_name(self._task.supply)

    @cached_property
    def _demand(self) -> dict[str, list[int]]:
        return _by_name(self._task.demand)

    def _pegs(self, material: int) -> Pegs:
        return self._pegging.of(self._arrays.number_of[material : material + 1])

    def _rows(self, material: int, pegs: Pegs, places: Ints) -> list[PegRow]:
        name = self._task.names[material]
        columns = (pegs.supply[places].tolist(), pegs.demand[places].tolist(), pegs.quantity[places].tolist())
        found = []
        for of_supply, of_demand, quantity in zip(*columns, strict=True):
            supply, supply_kind, supply_bucket = self._party(of_supply, is_supply=True)
            demand, demand_kind, demand_bucket = self._party(of_demand, is_supply=False)
            found.append(
                PegRow(
                    material=name, supply=supply, supply_kind=supply_kind, supply_bucket=supply_bucket, demand=demand,
                    demand_kind=demand_kind, demand_bucket=demand_bucket, quantity=quantity,
                )
            )  # fmt: skip
        return found

    def _party(self, party: int, *, is_supply: bool) -> tuple[str, str, int | None]:
        if party == NOTHING:
            return "", MISSING if is_supply else NOBODY, None
        if party >= 0:
            order, due, start = self._orders.told(party)
            return order, PLANNED, due if is_supply else start
        rows = self._task.supply if is_supply else self._task.demand
        if -1 - party >= len(rows):
            return "", STOCK if is_supply else BELOW_ZERO, 0
        given = rows[-1 - party]
        return given.order, given.kind, given.bucket


def _by_name(given: Sequence[Given]) -> dict[str, list[int]]:
    """The numbers of the rows of each order."""
    found: dict[str, list[int]] = {}
    for row, it in enumerate(given):
        found.setdefault(it.order, []).append(row)
    return found
