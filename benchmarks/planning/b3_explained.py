"""B3e: the plan of B3 through `MaterialPlan`, with names and days, and what it takes to explain one of its 4.2 million orders.

An explanation is what a planner sees of an order: the order, what serves it and whom it serves level by level (200 lines each way, as the
page shows), and what to do about its material. A thousand orders are drawn from all; the first explanation also lays out names and rows
that later ones use. The plan must have the orders of the bare arrays. Then a hundred wishes
change, and it becomes the plan for those (net change). CPU seconds of this process.

    python -m benchmarks.planning.b3_explained
"""

from __future__ import annotations

import resource
import time
from dataclasses import replace

import numpy as np

from benchmarks.measuring import pairs
from benchmarks.planning.b3_material_plan import BUCKETS, MATERIALS, requirements, timed
from twin.erp.material_plan.buckets import DAY_US
from twin.erp.material_plan.messages import Messages
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.planning import ArrayPlan, Requirements
from twin.erp.material_plan.position import PURCHASE_ORDER, OnOrder, Position, Wish
from twin.kernels.material_plan import columns as at
from twin.model.materials import Materials
from twin.model.plant import Plant, PlantFile

EXPLAINED, LINES, PAGE, CHANGED = 1_000, 200, 100, 100
START_US = 1_772_409_600_000_000  # a Monday, 2026-03-02
LAYOUT = {
    "plant": "large",
    "storage_units": {"yard": {}},
    "work_centers": {"bench": {"storage": "yard"}},
    "work_units": {"bench_1": {"equipment_class": "bench", "work_center": "bench"}},
    "process_segments": {"work": {"work_center": "bench"}},
    "routings": {},
}


def plant_of(given: Requirements) -> Plant:
    """The same materials and bills as a plant: what has a bill is made, the rest comes of a supplier with the same lead time."""
    bills: dict[int, list[dict[str, object]]] = {}
    for parent, child, quantity, *_ in given.lines.tolist():
        bills.setdefault(parent, []).append({"material": f"M{child}", "quantity": quantity})
    table = {}
    for n, (lead, on_hand) in enumerate(given.materials[:, [at.LEAD, at.ON_HAND]].tolist()):
        bought = {"kind": "purchased", "supplier": f"of_{lead}", "standard_cost": "1 EUR"}
        made = {"kind": "made", "planned_lead_time": f"{lead} d", "bill": bills.get(n)}
        table[f"M{n}"] = {**(made if n in bills else bought), "opening_stock": on_hand}
    suppliers = {f"of_{days}": {"lead_time": f"{days} d" if days else 0} for days in range(3)}
    items = {"materials": table, "suppliers": suppliers, "customers": {"acme": {}}}
    return Plant(layout=PlantFile.model_validate(LAYOUT), materials=Materials.model_validate(items))


def position_of(given: Requirements) -> Position:
    """The same wishes, purchases and stock, by name."""
    return Position(
        now_us=START_US,
        until_us=START_US + BUCKETS * DAY_US - 1,
        on_hand={f"M{n}": quantity for n, quantity in enumerate(given.materials[:, at.ON_HAND].tolist())},
        wishes=tuple(
            Wish(order=f"C{n}", customer="acme", material=f"M{material}", quantity=quantity, due_us=START_US + bucket * DAY_US)
            for n, (material, bucket, quantity) in enumerate(given.demand.tolist())
        ),
        on_order=tuple(
            OnOrder(order=f"PO{n}", kind=PURCHASE_ORDER, material=f"M{material}", quantity=quantity, due_us=START_US + bucket * DAY_US)
            for n, (material, bucket, quantity) in enumerate(given.supply.tolist())
        ),
    )


def main() -> None:
    """Print and keep the figures."""
    draw = np.random.Generator(np.random.Philox(20260302))
    given, _ = requirements(draw)
    arrays = ArrayPlan(given)
    arrays.pegs(arrays.orders(), np.arange(3))  # compiled or read from the cache
    plant, position = plant_of(given), position_of(given)
    plan, plan_s, _ = timed(lambda: MaterialPlan(plant, position))
    assert (plan.arrays.started == arrays.started).all(), "through names the plan is the same"
    del arrays
    wishes = [replace(it, quantity=it.quantity + 1) if n < CHANGED else it for n, it in enumerate(position.wishes)]
    other = replace(position, wishes=tuple(wishes))
    changed, changed_s, _ = timed(lambda: plan.changed_to(other))
    assert changed is not None
    assert (changed.arrays.started == MaterialPlan(plant, other).arrays.started).all(), "net change is the plan anew"
    anew = changed.planned_count
    del changed
    page, page_s, _ = timed(lambda: plan.listed.some(len(plan.listed) // 2, PAGE))
    messages, told_s, _ = timed(lambda: Messages(plan))

    def explain(order: str, material: str) -> int:
        assert plan.listed.get(order) is not None
        return len(plan.served_by(order, LINES)) + len(plan.serves(order, LINES)) + len(messages.about(material))

    _, first_s, _ = timed(lambda: explain(page[0].order, page[0].material))
    drawn = [plan.listed.some(int(n), 1)[0] for n in draw.integers(0, len(plan.listed), EXPLAINED)]
    spent_s, lines = [], 0
    for order in drawn:
        begin_s = time.process_time()
        lines += explain(order.order, order.material)
        spent_s.append(time.process_time() - begin_s)
    all_messages, all_s, _ = timed(messages.all)
    middle_ms, p99_ms, most_ms = (float(it) * 1e3 for it in np.percentile(spent_s, [50, 99, 100]))
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    pairs.keep(
        "B3e explained", orders=len(plan.listed), plan_cpu_s=round(plan_s, 2), changed_cpu_s=round(changed_s, 2),
        first_cpu_s=round(told_s + first_s, 2),
        explain_p50_ms=round(middle_ms, 2), explain_p99_ms=round(p99_ms, 2), explain_most_ms=round(most_ms, 2),
        page_ms=round(page_s * 1e3, 1), messages=len(all_messages), messages_cpu_s=round(all_s, 2), peak_gb=round(peak_gb, 1),
    )  # fmt: skip
    print(
        f"B3e plan through MaterialPlan, {MATERIALS:,} materials, {len(plan.listed):,} orders: {plan_s:.1f} CPU s; "
        f"{CHANGED} wishes changed, "
        f"{anew:,} materials anew: {changed_s:.2f} CPU s; first page of {PAGE} "
        f"orders {page_s:.2f}, first explanation {told_s + first_s:.2f} CPU s; explain one order p50 {middle_ms:.1f}, p99 {p99_ms:.1f}, "
        f"most {most_ms:.1f} CPU ms ({lines / EXPLAINED:.0f} lines); all {len(all_messages):,} messages {all_s:.1f} CPU s; "
        f"peak {peak_gb:.1f} GB"
    )


if __name__ == "__main__":
    main()
