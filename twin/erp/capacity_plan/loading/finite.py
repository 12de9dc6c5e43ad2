"""The finite load check: every order on the equipment that has it done first, over nights and never over other work; which come late."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from twin.erp.capacity_plan.orders import LoadingOrder
from twin.erp.capacity_plan.shop import Floor, copied, grown
from twin.erp.capacity_plan.work import Step, rows_of
from twin.kernels.material_plan import promising as at
from twin.kernels.material_plan.columns import Ints
from twin.kernels.material_plan.promising import Told, load_orders
from twin.kernels.material_plan.timelines import NEVER, Busy


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedOrder:
    """When an order is done if equipment does one thing at a time; None: not within the hours that are known.

    `waits_us` : the longest that one of its lots waits before an operation, and for which equipment.
    """

    order: LoadingOrder
    done_us: int | None
    waits_us: int
    waits_for: str
    operation: str

    @property
    def late_us(self) -> int | None:
        """So much later than it has to be there; None: nobody knows how much."""
        return None if self.done_us is None else max(0, self.done_us - self.order.due_us)


def load_finitely(
    orders: list[LoadingOrder], steps: dict[str, tuple[Step, ...]], lot_size: Ints, number_of: dict[str, int], floor: Floor
) -> tuple[list[LoadedOrder], Busy]:  # fmt: skip
    """Load orders in their sequence; also what is taken of the equipment then. Operations that are done are left out."""
    rows = np.array([_row(it, steps[it.material], number_of) for it in orders], np.int64).reshape(-1, 4)
    done_us = np.zeros(len(orders), np.int64)
    empty, most = floor.busy(), 1024
    while True:
        told = Told(np.zeros((0, at.NODE_WIDTH), np.int64), np.zeros((most, at.PLACE_WIDTH), np.int64), np.zeros(3, np.int64))
        busy = copied(empty)
        if load_orders(rows, lot_size, floor.shop, busy, done_us, told):
            empty = grown(empty)
        elif (most := int(told.counts[1])) <= len(told.places):
            break
    waits: dict[int, list[int]] = {}
    for place in told.places[:most].tolist():
        longest = waits.setdefault(place[at.ORDER], place)
        if place[at.STARTS_AT] - place[at.ASKED_AT] > longest[at.STARTS_AT] - longest[at.ASKED_AT]:
            waits[place[at.ORDER]] = place
    found = []
    for n, order in enumerate(orders):
        ended_us, wait = int(done_us[n]), waits.get(n)
        found.append(
            LoadedOrder(
                order=order, done_us=ended_us if ended_us < NEVER else None,
                waits_us=wait[at.STARTS_AT] - wait[at.ASKED_AT] if wait else 0,
                waits_for=floor.equipment[wait[at.EQUIPMENT]] if wait else "",
                operation=rows_of(steps[order.material])[wait[at.STEP]][1].operation if wait else "",
            )
        )  # fmt: skip
    return found, busy


def _row(order: LoadingOrder, steps: tuple[Step, ...], number_of: dict[str, int]) -> tuple[int, int, int, int]:
    """An order for the kernel: what its least advanced operation has left of its pieces, from the first that is not done."""
    left = [order.left.get(step.operation, 1.0) for step in steps]
    first = next((n for n, share in enumerate(left) if share > 0), len(left))
    pieces = math.ceil(order.pieces * max(left[first:], default=0.0))
    return number_of[order.material], pieces, order.start_us, sum(len(it.ways) for it in steps[:first])
