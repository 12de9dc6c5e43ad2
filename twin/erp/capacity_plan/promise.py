"""Capable to promise: the earliest date for an order line by material and finite capacity, and the way to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.erp.capacity_plan.shop import Floor, copied, grown
from twin.kernels.material_plan import columns
from twin.kernels.material_plan import promising as at
from twin.kernels.material_plan import timelines as row
from twin.kernels.material_plan.columns import Ints
from twin.kernels.material_plan.promising import Network, Told, free_from_flow, promise, take_places
from twin.kernels.material_plan.timelines import NEVER, Busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What goes on from one instant to the next on the way to a promise; the stretches of one follow one another without a gap.

    `why` : stock (it becomes free then), bought, queue (the equipment does other work, or does not work), work, way (to the next).
    """

    from_us: int
    to_us: int
    why: str
    material: str
    equipment: str = ""

    @property
    def length_us(self) -> int:
        return self.to_us - self.from_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the kernel found: `at_us` None, if the hours that are known do not suffice. Materials are numbered by low-level code."""

    number: int
    now_us: int
    at_us: int | None
    nodes: Ints
    places: Ints

    def node(self, number: int) -> list[int]:
        """What was found out about a material."""
        found: list[int] = self.nodes[np.searchsorted(self.nodes[:, at.NUMBER], number)].tolist()
        return found


class Promising:
    """Answers for one state of stock, orders and load; asking changes nothing, `keep` does.

    Parameters
    ----------
    material_at : names by low-level code
    network, floor, busy : see `twin.kernels.material_plan`
    flow : int64[k, 3], what comes and goes of materials, from which follows what is free; for those who keep promises
    """

    def __init__(
        self, material_at: Sequence[str], network: Network, floor: Floor, busy: Busy, now_us: int, flow: Ints
    ) -> None:  # fmt: skip
        self.material_at, self.network, self.floor, self.busy, self.now_us = material_at, network, floor, busy, now_us
        self.flow = flow
        count = len(network.materials)  # room that every question uses again: to be given new memory takes longer than to answer
        self._need, self._ready_us = np.zeros(count, np.int64), np.zeros(count, np.int64)
        self._told, self._trial = _room(256, 1024), copied(busy)

    def ask(self, number: int, quantity: int) -> Answer:
        """When so many of a material can be there."""
        while True:
            for mine, trial in zip(self.busy[:2], self._trial[:2], strict=True):
                np.copyto(trial, mine)
            self._trial.is_full[0], self._told.counts[:] = 0, 0
            at_us = promise(
                number, quantity, self.now_us, self.network, self.floor.shop, self._trial, self._told, self._need, self._ready_us
            )  # fmt: skip
            nodes, places, _ = self._told.counts.tolist()
            if self._trial.is_full[0]:
                self.busy = grown(self.busy)
                self._trial = copied(self.busy)
            elif nodes > len(self._told.nodes) or places > len(self._told.places):
                self._told = _room(max(nodes, len(self._told.nodes)), max(places, len(self._told.places)))
            else:
                break
        return Answer(
            number=number, now_us=self.now_us, at_us=at_us if at_us < NEVER else None, nodes=self._told.nodes[:nodes].copy(),
            places=self._told.places[:places].copy(),
        )  # fmt: skip

    def keep(self, answer: Answer) -> None:
        """Promise it: what it takes of stock and equipment is free for nobody else, and what lot sizes make beyond it is free."""
        while take_places(busy := copied(self.busy), answer.places):
            self.busy = grown(self.busy)
        self.busy, self._trial = busy, copied(busy)
        rows = []
        for node in answer.nodes.tolist():
            number, taken, made = node[at.NUMBER], node[at.TAKEN], node[at.MADE]
            rows.append((number, node[at.TAKEN_AT], -taken))
            if made:
                good = made * int(self.network.materials[number, columns.YIELD]) // columns.MILLION
                rows.append((number, node[at.READY_AT], good - (node[at.NEED] - taken)))
        self.flow = np.concatenate([self.flow, np.array([it for it in rows if it[2]], np.int64).reshape(-1, 3)])
        self.network = self.network._replace(**free_of(self.flow, len(self.network.materials)))

    def way(self, answer: Answer) -> list[Stretch]:
        """What the promise had to wait for, from now on, one after the other; of several components the one that came last."""
        assert answer.at_us is not None
        found: list[Stretch] = []
        number, end_us = answer.number, answer.at_us
        while True:
            node = answer.node(number)
            name = self.material_at[number]
            if not node[at.MADE] or node[at.TAKEN_AT] >= end_us > answer.now_us:
                found.append(Stretch(from_us=answer.now_us, to_us=end_us, why="stock", material=name))
                break
            begin_us = self._work(answer, number, node[at.READY_FROM], end_us, found)
            if begin_us > node[at.READY_FROM]:
                found.append(Stretch(from_us=node[at.READY_FROM], to_us=begin_us, why="bought", material=name))
            if node[at.LATEST] < 0:
                break
            number, end_us = node[at.LATEST], node[at.READY_FROM]
        return [it for it in reversed(found) if it.length_us]

    def _work(self, answer: Answer, number: int, ready_us: int, end_us: int, found: list[Stretch]) -> int:
        """The lot of a material that is done last, backwards; when it was there."""
        name, shop = self.material_at[number], self.floor.shop
        own = answer.places[answer.places[:, at.NUMBER] == number]
        steps = shop.steps[shop.step_from[number] : shop.step_from[number + 1]]
        last_row = len(steps)
        for first_row in np.flatnonzero(steps[:, row.WAYS])[::-1].tolist():
            of_step = own[(own[:, at.STEP] >= first_row) & (own[:, at.STEP] < last_row)]
            last = of_step[of_step[:, at.ENDS_AT] + steps[of_step[:, at.STEP], row.AFTER] == end_us][-1].tolist()
            after_us, last_row = int(steps[last[at.STEP], row.AFTER]), first_row
            equipment = self.floor.equipment[last[at.EQUIPMENT]]
            if after_us:
                found.append(Stretch(from_us=last[at.ENDS_AT], to_us=end_us, why="way", material=name))
            found.append(
                Stretch(from_us=last[at.STARTS_AT], to_us=last[at.ENDS_AT], why="work", material=name, equipment=equipment)
            )  # fmt: skip
            found.append(
                Stretch(from_us=last[at.ASKED_AT], to_us=last[at.STARTS_AT], why="queue", material=name, equipment=equipment)
            )  # fmt: skip
            end_us = last[at.ASKED_AT]
        return end_us


def _room(nodes: int, places: int) -> Told:
    """Room for so many rows."""
    return Told(np.zeros((nodes, at.NODE_WIDTH), np.int64), np.zeros((places, at.PLACE_WIDTH), np.int64), np.zeros(3, np.int64))


def free_of(rows: Ints, count: int) -> dict[str, Ints]:
    """What is free, as a network has it, of rows of (material, instant, what comes then or, < 0, goes)."""
    ordered = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    first = np.concatenate([[0], np.cumsum(np.bincount(ordered[:, 0], minlength=count))]).astype(np.int64)
    free_from, free = np.empty(count + 1, np.int64), np.empty((len(ordered), 2), np.int64)
    found = free_from_flow(first, np.ascontiguousarray(ordered[:, 1:]), free_from, free)
    return {"free_from": free_from, "free": free[:found].copy()}
