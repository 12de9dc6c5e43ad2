"""The master schedule: of what customers buy, forecasts and orders against what is made, and what may still be promised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twin.erp.demand_plan.expected import FORECAST
from twin.erp.material_plan.declared import CUSTOMER_ORDER
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.promise import available_to_promise
from twin.kernels.material_plan import columns as at
from twin.model.materials import Planning

Zone = Literal["orders alone", "fixed", "open"]
"""Before the demand fence only orders count; before the planning fence nothing is planned by itself; after both, everything is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterRow:
    """One material in one bucket. `forecast` : what no order has consumed; `made` : what is on order and planned; `atp` : discrete."""

    material: str
    bucket: int
    zone: Zone
    forecast: int
    ordered: int
    made: int
    projected: int
    atp: int


def master_schedule(plan: MaterialPlan) -> list[MasterRow]:
    """Of everything that is sold, in declared order."""
    arrays, count = plan.arrays, plan.buckets.count
    made = (arrays.of(arrays.incoming) + arrays.of(arrays.receipts())).tolist()
    projected = arrays.of(arrays.projected()).tolist()
    found = []
    for number, (name, definition) in enumerate(zip(plan.task.names, plan.task.definitions, strict=True)):
        if definition.kind != "finished":
            continue
        forecast, ordered = [0] * count, [0] * count
        for it in plan.task.demand:
            if it.material == number and it.kind in (FORECAST, CUSTOMER_ORDER):
                (forecast if it.kind == FORECAST else ordered)[it.bucket] += it.quantity
        on_hand = int(plan.task.requirements.materials[number, at.ON_HAND])
        atp = available_to_promise(on_hand, made[number], ordered)
        planning = definition.planning or Planning()
        fences = plan.buckets.lead(planning.demand_fence), plan.buckets.lead(planning.planning_fence)
        found += [
            MasterRow(
                material=name, bucket=bucket, zone="orders alone" if bucket < fences[0] else "fixed" if bucket < fences[1] else "open",
                forecast=forecast[bucket], ordered=ordered[bucket], made=made[number][bucket], projected=projected[number][bucket],
                atp=atp[bucket],
            )
            for bucket in range(count)
        ]  # fmt: skip
    return found
