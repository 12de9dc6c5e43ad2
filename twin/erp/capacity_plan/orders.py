"""The orders that load equipment: what is planned to be made, and what is open already, as one list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twin.erp.material_plan.declared import Given
from twin.erp.material_plan.listing.orders import PLANNED
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import PURCHASE_ORDER, REQUEST
from twin.kernels.material_plan import columns as at

Left = Mapping[str, Mapping[str, float]]
"""Of an open order and its operations: the share of the work that is left; what is not named is left whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadingOrder:
    """Work for equipment: `pieces` that are started, from `start_us` on, wanted by `due_us`; it loads the buckets from first to last."""

    order: str
    kind: str
    material: str
    pieces: int
    start_us: int
    due_us: int
    first: int
    last: int
    left: Mapping[str, float]


def loading_orders(plan: MaterialPlan, now_us: int, left: Left | None = None) -> list[LoadingOrder]:
    """By due date, then what is open before what is planned. What is due in a bucket has to be there when the bucket begins,
    unless it starts in the same one.
    """
    buckets, found = plan.buckets, list[LoadingOrder]()
    for it in plan.task.supply:
        if it.on_order is not None and it.kind != PURCHASE_ORDER and it.on_order.material == plan.task.names[it.material]:
            found.append(_open(plan, it, now_us, (left or {}).get(it.order, {})))
    for order in plan.orders:
        if not order.is_bought:
            last = max(order.start, order.due - 1)
            start_us, due_us = max(now_us, buckets.start_us(order.start)), buckets.start_us(last + 1)
            found += [
                LoadingOrder(order=order.order, kind=PLANNED, material=order.material, pieces=pieces, start_us=start_us, due_us=due_us,
                             first=order.start, last=last, left={})
                for pieces in order.quantities
            ]  # fmt: skip
    return sorted(found, key=lambda it: (it.due_us, it.kind == PLANNED))


def _open(plan: MaterialPlan, given: Given, now_us: int, left: Mapping[str, float]) -> LoadingOrder:
    of, buckets = given.on_order, plan.buckets
    assert of is not None
    start_us = max(now_us, of.start_us or now_us)
    if of.components is None and of.kind != REQUEST:  # a planner has fixed when it is due; it starts so much before
        row = plan.task.requirements.materials[given.material]
        start_us = max(now_us, buckets.start_us(max(0, buckets.before(given.bucket, int(row[at.LEAD]), int(row[at.CALENDAR])))))
    first = buckets.of(start_us)
    return LoadingOrder(
        order=of.order, kind=of.kind, material=of.material, pieces=of.quantity, start_us=start_us, due_us=of.due_us, first=first,
        last=max(first, given.bucket), left=left,
    )  # fmt: skip
