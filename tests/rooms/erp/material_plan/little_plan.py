"""Plans of a few materials: days are numbered from 0, a Monday, and every day is a working day unless a test says otherwise."""

from __future__ import annotations

from typing import Any

from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import declared_position
from twin.model.materials import Materials
from twin.model.plant import Plant, PlantFile
from twin.model.scenario import Scenario

START = "2026-03-02T00:00:00Z"
LAYOUT: dict[str, Any] = {
    "plant": "little",
    "storage_units": {"yard": {}},
    "work_centers": {"bench": {"storage": "yard"}},
    "work_units": {"bench_1": {"equipment_class": "bench", "work_center": "bench"}},
    "process_segments": {"work": {"work_center": "bench"}},
    "routings": {},
}


def plant(materials: dict[str, dict[str, Any]], layout: dict[str, Any] | None = None) -> Plant:
    """A plant of these materials. What has a bill is made; what has `days` instead of a planned lead time takes so long to come."""
    suppliers, table = {}, {}
    for name, it in materials.items():
        own = {"kind": "made" if "bill" in it else "purchased", **it}
        days = own.pop("days", 0)
        if isinstance(own.get("bill"), dict):
            own["bill"] = [{"material": component, "quantity": quantity} for component, quantity in own["bill"].items()]
        if own["kind"] == "purchased":
            suppliers[f"of_{name}"] = {"lead_time": f"{days} d" if days else 0}
            own = {"supplier": f"of_{name}", "standard_cost": "1 EUR", **own}
        else:
            own["planned_lead_time"] = f"{days} d"
        table[name] = own
    items = {"materials": table, "suppliers": suppliers, "customers": {"acme": {}}}
    return Plant(layout=PlantFile.model_validate(layout or LAYOUT), materials=Materials.model_validate(items))


def scenario(demand: dict[str, dict[int, int]], supply: list[dict[str, Any]] | None = None, horizon: int = 30) -> Scenario:
    """Customers' orders by material and day, each named after both; what is on order, with its `day`."""
    orders = [
        {"order": f"{material}@{day}", "customer": "acme", "material": material, "quantity": quantity, "due": f"{day} d 1 us"}
        for material, days in demand.items()
        for day, quantity in days.items()
    ]
    on_order = [{**{k: v for k, v in it.items() if k != "day"}, "due": f"{it['day']} d"} for it in supply or []]
    return Scenario.model_validate(
        {"plant": "little", "start": START, "horizon": f"{horizon} d", "demand": {"orders": orders}, "supply": on_order}
    )  # fmt: skip


def planned(
    materials: dict[str, dict[str, Any]], demand: dict[str, dict[int, int]], supply: list[dict[str, Any]] | None = None,
    layout: dict[str, Any] | None = None, bucket_days: int = 1,
) -> MaterialPlan:  # fmt: skip
    """The plan of all of it."""
    made = plant(materials, layout)
    return MaterialPlan(made, declared_position(made, scenario(demand, supply)), bucket_us=bucket_days * 86_400_000_000)


def by_day(plan: MaterialPlan, material: str, column: str) -> dict[int, int]:
    """A column of the record of a material, where it is not 0."""
    return {it.bucket: getattr(it, column) for it in plan.records() if it.material == material and getattr(it, column)}


def receipts(plan: MaterialPlan, material: str) -> list[int]:
    """What planned orders of a material bring, bucket by bucket."""
    return [it.planned_receipts for it in plan.records() if it.material == material]


def days(table: dict[str, int], first: int = 0) -> dict[int, int]:
    """{"d7": 100} of a case as {7: 100}; what is 0 is left out."""
    return {int(day[1:]) - first: quantity for day, quantity in table.items() if quantity}
