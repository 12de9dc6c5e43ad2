"""Demand driven MRP: decoupling buffers with their zones, and the net flow equation that says when and how much to order.

Ptak and Smith (2019), Demand Driven Material Requirements Planning, ch. 7 to 9: yellow = use over the decoupled lead time; green = the
largest of lead time factor x yellow, minimum order, use over the order cycle; red = lead time factor x yellow, and of that the variability
factor besides. Net flow = on hand + on order - qualified demand (overdue, today, and spikes within the horizon); at or below the top of
yellow an order up to the top of green is due.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from twin.erp.demand_plan.zones import Zones, buffer_of, decoupled_days, spike_days, spike_threshold, zones_of
from twin.erp.material_plan.plan import MaterialPlan
from twin.kernels.material_plan import columns as at
from twin.model.plant import Plant

BufferZone = Literal["red", "yellow", "green", "above green"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BufferRow:
    """A buffer today. `daily_use` : declared, or the mean demand of the plan; `order` : so much is due to be ordered, 0: nothing."""

    material: str
    daily_use: Fraction
    lead_days: int
    zones: Zones
    on_hand: int
    on_order: int
    qualified_demand: int
    spikes: int
    is_planned_by_it: bool = False

    @property
    def net_flow(self) -> int:
        return self.on_hand + self.on_order - self.qualified_demand

    @property
    def order(self) -> int:
        return self.zones.top_of_green - self.net_flow if self.net_flow <= self.zones.top_of_yellow else 0

    @property
    def zone(self) -> BufferZone:
        """Where the net flow position stands."""
        tops: tuple[tuple[BufferZone, int], ...] = (
            ("red", self.zones.top_of_red), ("yellow", self.zones.top_of_yellow), ("green", self.zones.top_of_green),
        )  # fmt: skip
        return next((name for name, top in tops if self.net_flow <= top), "above green")


def buffer_rows(plant: Plant, plan: MaterialPlan) -> list[BufferRow]:
    """Every declared buffer against stock, orders and demand of a plan, in declared order."""
    arrays, buckets = plan.arrays, plan.buckets
    gross, incoming = arrays.of(arrays.gross), arrays.of(arrays.incoming)
    found = []
    for number, (name, definition) in enumerate(plant.materials.materials.items()):
        if (buffer := buffer_of(definition)) is None:
            continue
        assert definition.planning is not None
        demand, days = gross[number].tolist(), buckets.days
        daily = Fraction(buffer.daily_use) if buffer.daily_use else Fraction(sum(demand), len(demand) * days)
        lead = decoupled_days(plant, name)
        zones = zones_of(buffer, daily, lead, definition.planning.minimum or 0)
        horizon, threshold = -(-spike_days(buffer, lead) // days), spike_threshold(buffer, zones)
        spikes = sum(it for it in demand[1 : horizon + 1] if it > threshold)
        found.append(
            BufferRow(
                material=name, daily_use=daily, lead_days=lead, zones=zones,
                on_hand=int(plan.task.requirements.materials[number, at.ON_HAND]), on_order=int(incoming[number].sum()),
                qualified_demand=demand[0] + spikes, spikes=spikes,
                is_planned_by_it=buffer.planned_by == "net_flow",
            )
        )  # fmt: skip
    return found
