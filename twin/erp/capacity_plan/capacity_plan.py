"""A material plan with the capacity that it takes: load, what comes late, what can still be promised."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from twin.erp.capacity_plan.load import LoadPart, LoadRow, Resource, capacity_of, load_parts, load_rows, rough_cut
from twin.erp.capacity_plan.loading.coming import Worked, coming_us
from twin.erp.capacity_plan.loading.finite import LoadedOrder, load_finitely
from twin.erp.capacity_plan.offloading import Offload, offloads
from twin.erp.capacity_plan.orders import Left, LoadingOrder, loading_orders
from twin.erp.capacity_plan.promise import Promising, free_of
from twin.erp.capacity_plan.shop import Floor, Hours, floor_of
from twin.erp.capacity_plan.work import steps_of
from twin.erp.material_plan.buckets import DAY_US
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import Position
from twin.kernels.material_plan import columns as at
from twin.kernels.material_plan import promising
from twin.kernels.material_plan.columns import Ints
from twin.kernels.material_plan.promising import Network
from twin.kernels.material_plan.timelines import Busy
from twin.model.plant import Plant

BEYOND_US = 366 * DAY_US
"""So long after the last thing that is planned a promise may lie."""


class CapacityPlan:
    """A plan, and what it takes.

    Parameters
    ----------
    left : of open orders and their operations, the share of the work that is left; left out: all of it
    as_agreed : promises have what is on order come when it is due, whatever is still to be done of it
    """

    def __init__(self, plant: Plant, plan: MaterialPlan, position: Position, left: Left | None = None, *, as_agreed: bool = False) -> None:
        self.plant, self.plan, self.now_us, self._position = plan.plant, plan, position.now_us, position
        self._as_agreed = as_agreed
        self.steps = steps_of(self.plant)
        self.orders: list[LoadingOrder] = loading_orders(plan, position.now_us, left)
        self.lot_size = {name: it.lot_size for name, it in self.plant.materials.materials.items()}

    @cached_property
    def hours(self) -> Hours:
        """When everything works, from now until long after the plan."""
        return Hours(self.plant, self.now_us, self.plan.buckets.start_us(self.plan.buckets.count) + BEYOND_US)

    # Load against capacity

    @cached_property
    def parts(self) -> list[LoadPart]:
        return load_parts(self.orders, self.steps, self.lot_size, self.plan.buckets)

    @cached_property
    def capacity(self) -> dict[Resource, list[int]]:
        return capacity_of(self.plant, self.hours, self.plan.buckets, self.now_us)

    @cached_property
    def rows(self) -> list[LoadRow]:
        """Load of planned and open orders (CRP)."""
        return load_rows(self.parts, self.capacity, self.plan.buckets.count)

    @cached_property
    def offloads(self) -> list[Offload]:
        """What alternatives could take over where there is more load than capacity."""
        pieces: dict[str, int] = {}
        for it in self.orders:
            pieces[it.order] = pieces.get(it.order, 0) + it.pieces
        return offloads(self.rows, self.parts, self.steps, self.lot_size, pieces)

    @cached_property
    def rough(self) -> dict[Resource, list[int]]:
        """Load of what customers want, through all levels, netted against nothing (RCCP)."""
        return rough_cut(self.plan, self.plant, self.steps)

    # One thing at a time

    @cached_property
    def material_at(self) -> list[str]:
        """Materials by low-level code, as arrays number them."""
        return [self.plan.task.names[n] for n in self.plan.arrays.material_at.tolist()]

    @cached_property
    def number_of(self) -> dict[str, int]:
        return {name: n for n, name in enumerate(self.material_at)}

    @cached_property
    def floor(self) -> Floor:
        return floor_of(self.steps, self.material_at, {name: self.hours.spans(name) for name in self.equipment})

    @cached_property
    def equipment(self) -> list[str]:
        return [*self.plant.layout.work_units, *self.plant.layout.production_lines]

    @cached_property
    def _finite(self) -> tuple[list[LoadedOrder], Busy]:
        sizes: Ints = np.array([self.lot_size[name] or 0 for name in self.material_at], np.int64)
        return load_finitely(self.orders, self.steps, sizes, self.number_of, self.floor)

    @property
    def loaded(self) -> list[LoadedOrder]:
        """Every order that loads equipment, by due date, with when it is done."""
        return self._finite[0]

    @cached_property
    def coming_us(self) -> dict[str, int]:
        """By open order, when what it is for is there."""
        if self._as_agreed:
            return {it.order: it.due_us for it in self._position.on_order}
        worked: dict[str, Worked] = {}
        for it in self.loaded:
            if self.steps[it.order.material]:
                worked[it.order.order] = Worked(start_us=it.order.start_us, done_us=it.done_us)
        return coming_us(self._position, worked, self.lead_us, self.material_at, never_us=self.hours.to_us)

    # Promises

    def promising(self, *, orders: bool = True) -> Promising:
        """Whoever answers for what can be promised now; without `orders` nothing is on the floor, and nothing is planned."""
        busy = self._finite[1] if orders else self.floor.busy()
        return Promising(self.material_at, self.network, self.floor, busy, self.now_us, self.flow)

    @cached_property
    def network(self) -> Network:
        """Bills, and what is free: stock and what comes, less all that anybody needs, and the safety stock."""
        materials, line_from, lines = self.plan.arrays.bills
        return Network(
            materials=materials, line_from=line_from, lines=lines, sources=self._sources(materials),
            **free_of(self.flow, len(materials)),
        )  # fmt: skip

    def _sources(self, materials: Ints) -> Ints:
        rows = np.zeros((len(materials), promising.SOURCE_WIDTH), np.int64)
        for n, name in enumerate(self.material_at):
            definition = self.plant.materials.materials[name]
            lead_us = self.lead_us(name)
            rows[n, promising.LIMIT_US] = lead_us
            rows[n, promising.LEAD_US] = 0 if self.steps[name] else lead_us
            rows[n, promising.LOT_SIZE] = definition.lot_size or 0
        return rows

    @cached_property
    def flow(self) -> Ints:
        """(material, instant, what comes then, or goes: < 0).

        What is taken in a bucket goes at its end, what comes in it is there for that; planned orders come when they are done.
        """
        buckets, arrays = self.plan.buckets, self.plan.arrays
        materials, *_ = arrays.bills
        begins = np.array([max(self.now_us, buckets.start_us(n)) for n in range(buckets.count + 1)], np.int64)
        number, bucket = np.nonzero(arrays.gross)
        rows = [np.column_stack([number, begins[bucket + 1] - 1, -arrays.gross[number, bucket]])]
        here = np.arange(len(materials))
        there = materials[:, at.ON_HAND] - materials[:, at.SAFETY_STOCK]
        rows.append(np.column_stack([here, np.full(len(here), self.now_us), there]))
        exact = [
            (self.number_of[self.plan.task.names[it.material]], max(self.now_us, self.coming_us[it.order]), it.quantity)
            for it in self.plan.task.supply
            if it.on_order is not None
        ]  # fmt: skip
        rows.append(np.array(exact, np.int64).reshape(-1, 3))
        given_off = arrays.incoming.copy()  # by planned orders: all that comes anyway, less what is on order
        np.subtract.at(given_off, (arrays.supply[:, 0], arrays.supply[:, 1]), arrays.supply[:, 2])
        number, bucket = np.nonzero(given_off)
        rows.append(np.column_stack([number, begins[bucket], given_off[number, bucket]]))
        rows.append(self._planned_receipts())
        whole = np.concatenate(rows).astype(np.int64)
        moving: Ints = whole[whole[:, 2] != 0]
        return moving

    def _planned_receipts(self) -> Ints:
        done: dict[str, int] = {}
        for it in self.loaded:
            done[it.order.order] = max(done.get(it.order.order, 0), self.hours.to_us if it.done_us is None else it.done_us)
        rows = []
        for order in self.plan.orders:
            at_us = max(self.now_us, self.plan.buckets.start_us(order.due))
            if order.is_bought:
                at_us = max(at_us, self.now_us + self.lead_us(order.material))
            rows.append((self.number_of[order.material], max(at_us, done.get(order.order, 0)), order.good))
        return np.array(rows, np.int64).reshape(-1, 3)

    def lead_us(self, material: str) -> int:
        """How long a material is expected to take: from its supplier, or as planned where it is made."""
        definition = self.plant.materials.materials[material]
        if definition.kind != "purchased":
            return definition.planned_lead_time
        supplier = self.plant.materials.suppliers.get(definition.supplier or "")
        return round(supplier.lead_time.mean_us) if supplier else 0
