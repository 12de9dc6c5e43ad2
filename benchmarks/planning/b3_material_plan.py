"""B3 and B4: material requirements planning of 100,000 materials on eight levels, 439,000 bill lines, 52 buckets, and what a change costs.

The floor is the same plan without pegging, lot sizes, yields or calendars in plain NumPy, level by level, in the same process in turn;
both must have the same orders. B4 changes a hundred orders (customers' orders for materials of all levels, and orders on the way) in
that plan; the peer is the whole plan anew, which must come out equal. CPU seconds of this process, medians of five rounds.

    python -m benchmarks.planning.b3_material_plan
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.measuring import pairs
from twin.erp.material_plan.planning import ArrayPlan, Requirements, calendar_row
from twin.kernels.material_plan import columns as at
from twin.kernels.material_plan.columns import Ints

MATERIALS, LEVELS, LINES, BUCKETS = 100_000, 8, 439_000, 52
ROUNDS, CHANGED_ORDERS, LOOKED_AT = 5, 100, 1_000
MOST_OF_FLOOR, LEAST_TIMES = 0.1, 50.0
"""Must: at most ten times as long as the floor; a change fifty times as fast as all of it."""


def bills(draw: np.random.Generator) -> tuple[Ints, Ints]:
    """The level of each material, and lines (parent, child, quantity): every parent has its children one level below."""
    level = np.arange(MATERIALS) * LEVELS // MATERIALS
    size = MATERIALS // LEVELS
    parents = draw.integers(0, size * (LEVELS - 1), 2 * LINES)
    children = (parents // size + 1) * size + draw.integers(0, size, 2 * LINES)
    pairs = np.unique(np.column_stack([parents, children]), axis=0)
    pairs = pairs[np.sort(draw.choice(len(pairs), LINES, replace=False))]
    return level, np.column_stack([pairs, draw.integers(1, 4, LINES)])


def requirements(draw: np.random.Generator) -> tuple[Requirements, Ints]:
    """The task, and the level of each material. Customers want things of the two uppermost levels in every bucket, and spare parts."""
    level, lines = bills(draw)
    materials = np.zeros((MATERIALS, at.MATERIAL_WIDTH), np.int64)
    materials[:, at.ON_HAND] = draw.integers(0, 500, MATERIALS)
    materials[:, at.LEAD] = draw.integers(0, 3, MATERIALS)
    materials[:, at.YIELD], materials[:, at.MULTIPLE] = at.MILLION, 1
    whole = np.zeros((LINES, 1 + at.LINE_WIDTH), np.int64)
    whole[:, 0], whole[:, 1 + at.CHILD], whole[:, 1 + at.NUMERATOR], whole[:, 1 + at.DENOMINATOR] = *lines.T, 1
    sold = np.flatnonzero(level == 0)
    wishes = np.column_stack([np.repeat(sold, BUCKETS), np.tile(np.arange(BUCKETS), sold.size), draw.integers(1, 20, sold.size * BUCKETS)])
    spares = np.column_stack([draw.integers(0, MATERIALS, 50_000), draw.integers(0, BUCKETS, 50_000), draw.integers(1, 20, 50_000)])
    coming = np.column_stack([draw.integers(0, MATERIALS, 50_000), draw.integers(0, 6, 50_000), draw.integers(1, 200, 50_000)])
    calendars = calendar_row(np.ones(BUCKETS, np.bool_))[None]
    given = Requirements(
        materials=materials, costs=np.zeros((MATERIALS, 2)), calendars=calendars, lines=whole, demand=np.concatenate([wishes, spares]),
        supply=coming, bucket_count=BUCKETS,
    )  # fmt: skip
    return given, level


class PlainPlan:
    """The floor: lot for lot, level by level, with NumPy alone; what does not depend on quantities is laid out before."""

    def __init__(self, given: Requirements, level: Ints) -> None:
        self.shape = (MATERIALS, BUCKETS)
        self.given, self.levels = given, [np.flatnonzero(level == it) for it in range(LEVELS)]
        lines = given.lines
        of_level = [lines[level[lines[:, 0]] == it] for it in range(LEVELS)]
        self.lines = [it[np.argsort(it[:, 1], kind="stable")] for it in of_level]

    def plan(self) -> Ints:
        """What has to start for each due bucket."""
        gross, coming, orders = np.zeros(self.shape, np.int64), np.zeros(self.shape, np.int64), np.zeros(self.shape, np.int64)
        np.add.at(gross, tuple(self.given.demand[:, :2].T), self.given.demand[:, 2])
        np.add.at(coming, tuple(self.given.supply[:, :2].T), self.given.supply[:, 2])
        starts = np.zeros(self.shape, np.int64)
        for numbers, lines in zip(self.levels, self.lines, strict=True):
            level = self.given.materials[numbers, at.ON_HAND, None] + np.cumsum(coming[numbers] - gross[numbers], axis=1)
            missing = np.maximum.accumulate(np.maximum(0, -level), axis=1)
            made = np.diff(missing, axis=1, prepend=0)
            orders[numbers] = made
            lead = self.given.materials[numbers, at.LEAD]
            start = np.zeros_like(made)
            for buckets in range(3):
                own = lead == buckets
                start[own, : BUCKETS - buckets] = made[own, buckets:]
                start[own, 0] += made[own, :buckets].sum(axis=1)
            starts[numbers] = start
            if len(lines):
                children, first = np.unique(lines[:, 1], return_index=True)
                gross[children] += np.add.reduceat(starts[lines[:, 0]] * lines[:, 2, None], first, axis=0)
        return orders


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What comes of it, CPU seconds and seconds on the wall."""
    begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
    found = work()
    return found, time.process_time() - begin_cpu_s, time.perf_counter() - begin_s


def change(plan: ArrayPlan, draw: np.random.Generator) -> int:
    """Other quantities and buckets for a hundred orders: half of them customers' orders for any material, half orders on the way."""
    wishes = len(plan.demand) - 50_000 + draw.choice(50_000, CHANGED_ORDERS // 2, replace=False)
    coming = draw.choice(len(plan.supply), CHANGED_ORDERS // 2, replace=False)

    def moved(rows: Ints, table: Ints) -> dict[int, tuple[int, int, int]]:
        return {
            int(row): (int(plan.material_at[table[row, 0]]), int(draw.integers(0, BUCKETS)), int(table[row, 2] + draw.integers(-5, 6)))
            for row in rows
        }

    demand, supply = moved(wishes, plan.demand), moved(coming, plan.supply)
    begin_s = time.process_time()
    touched = plan.change(demand=demand, supply=supply)
    change.cpu_s.append(time.process_time() - begin_s)  # type: ignore[attr-defined]
    return touched


change.cpu_s = []  # type: ignore[attr-defined]


def main() -> None:
    """Print B3 and B4."""
    draw = np.random.Generator(np.random.Philox(20260302))
    given, level = requirements(draw)
    plain = PlainPlan(given, level)
    compile_s = timed(lambda: ArrayPlan(given).pegs(ArrayPlan(given).orders()))[1]
    floors, without, pegged, touched = [], [], [], []
    for _ in range(ROUNDS):
        orders, floor_s, _ = timed(plain.plan)
        plan, plan_s, _ = timed(lambda: ArrayPlan(given))
        assert (plan.of(plan.started) == orders).all(), "both plans are the same"
        pegs, peg_s, _ = timed(lambda plan=plan: plan.pegs(plan.orders()))
        counts = len(pegs.quantity), int(np.count_nonzero(plan.started))
        del pegs
        floors.append(floor_s)
        without.append(plan_s)
        pegged.append(plan_s + peg_s)
        touched.append(change(plan, draw))
        materials = given.materials.copy()
        demand, supply = plan.demand.copy(), plan.supply.copy()
        demand[:, 0], supply[:, 0] = plan.material_at[demand[:, 0]], plan.material_at[supply[:, 0]]
        anew = ArrayPlan(Requirements(materials=materials, costs=given.costs, calendars=given.calendars, lines=given.lines, demand=demand,
                                      supply=supply, bucket_count=BUCKETS))  # fmt: skip
        assert (anew.started == plan.started).all(), "net change is the whole plan"
        assert (anew.gross == plan.gross).all(), "net change is the whole plan"
    orders = plan.orders()
    of = draw.choice(MATERIALS, LOOKED_AT, replace=False)
    _, look_s, _ = timed(lambda: plan.pegs(orders, of))
    report(floors, without, pegged, touched, compile_s, counts, look_s)


def report(
    floors: list[float], without: list[float], pegged: list[float], touched: list[int], compile_s: float, counts: tuple[int, int],
    look_s: float,
) -> None:  # fmt: skip
    """The lines that are kept."""
    us = 1e6
    keep = [
        pairs.row(
            "plain NumPy, with pegging", [(ours * us, floor * us) for ours, floor in zip(pegged, floors, strict=True)], MOST_OF_FLOOR
        ),
        pairs.row("plain NumPy, without", [(ours * us, floor * us) for ours, floor in zip(without, floors, strict=True)], None),
    ]
    pairs.keep("B3 material plan", orders=counts[1], pegs=counts[0], pairs=keep)
    changed = [(ours * us, whole * us) for ours, whole in zip(change.cpu_s, pegged, strict=True)]  # type: ignore[attr-defined]
    pairs.keep("B4 net change", pairs=[pairs.row("B3 anew, with pegging", changed, LEAST_TIMES)])
    floor_s, plan_s, peg_s, change_s = (statistics.median(it) for it in (floors, without, pegged, change.cpu_s))  # type: ignore[attr-defined]
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"B3 {MATERIALS:,} materials, {LEVELS} levels, {LINES:,} lines, {BUCKETS} buckets: {counts[1]:,} orders, {counts[0]:,} pegs: "
        f"{peg_s:.2f} CPU s with pegging, {plan_s:.2f} without; plain NumPy without {floor_s:.2f} CPU s; ratio {peg_s / floor_s:.2f} with, "
        f"{plan_s / floor_s:.2f} without (must 10, goal 5); peak {peak_gb:.1f} GB; compiled or read in {compile_s:.1f} CPU s"
    )
    print(
        f"B4 {CHANGED_ORDERS} changed orders in B3, {statistics.median(touched):,.0f} materials touched: {change_s * 1e3:.0f} CPU ms; "
        f"ratio 1/{peg_s / change_s:.0f} of B3 with pegging, 1/{plan_s / change_s:.0f} without (must 1/50, goal 1/100); "
        f"pegs of a material when asked: {look_s / LOOKED_AT * 1e6:.0f} CPU us"
    )


if __name__ == "__main__":
    main()
