"""Demand driven MRP: decoupling buffers with their zones, and the net flow equation that says when and how much to order.

Ptak and Smith (2019), Demand Driven Material Requirements Planning, ch. 7 to 9: yellow = use over the decoupled lead time; green = the
largest of lead time factor x yellow, minimum order, use over the order cycle; red = lead time factor x yellow, and of that the variability
factor besides. Net flow = on hand + on order - qualified demand (overdue, today, and spikes within the horizon); at or below the top of
yellow an order up to the top of green is due.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from twin.erp.material_plan.buckets import DAY_US
from twin.erp.material_plan.plan import MaterialPlan
from twin.kernels.material_plan import columns as at
from twin.model.materials import Buffer, MaterialDefinition
from twin.model.plant import Plant


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """Of one buffer, in whole units: the tops of the zones are sums from below."""

    red_base: int
    red_safety: int
    yellow: int
    green: int

    @property
    def top_of_red(self) -> int:
        return self.red_base + self.red_safety

    @property
    def top_of_yellow(self) -> int:
        return self.top_of_red + self.yellow

    @property
    def top_of_green(self) -> int:
        return self.top_of_yellow + self.green


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

    @property
    def net_flow(self) -> int:
        return self.on_hand + self.on_order - self.qualified_demand

    @property
    def order(self) -> int:
        return self.zones.top_of_green - self.net_flow if self.net_flow <= self.zones.top_of_yellow else 0

    @property
    def zone(self) -> str:
        """Where the net flow position stands."""
        tops = (("red", self.zones.top_of_red), ("yellow", self.zones.top_of_yellow), ("green", self.zones.top_of_green))
        return next((name for name, top in tops if self.net_flow <= top), "above green")


def zones_of(buffer: Buffer, daily_use: Fraction, lead_days: int, minimum: int = 0) -> Zones:
    """Sizes of the zones; halves of a unit count whole."""
    yellow = daily_use * lead_days
    base = yellow * Fraction(str(buffer.lead_time_factor))
    cycle = daily_use * Fraction(buffer.order_cycle, DAY_US)
    return Zones(
        red_base=ceil(base), red_safety=ceil(base * Fraction(str(buffer.variability_factor))), yellow=ceil(yellow),
        green=max(ceil(base), minimum, ceil(cycle)),
    )  # fmt: skip


def decoupled_days(plant: Plant, material: str) -> int:
    """The longest way down the bill to what is bought or buffered, days: its own lead time and theirs that no buffer decouples."""
    definitions = plant.materials.materials
    memory: dict[str, int] = {}

    def days(name: str, *, is_top: bool) -> int:
        if not is_top and _buffer(definitions[name]) is not None:
            return 0
        if name not in memory:
            below = max((days(line.material, is_top=False) for line in definitions[name].bill), default=0)
            memory[name] = -(-_lead_us(plant, definitions[name]) // DAY_US) + below
        return memory[name]

    return days(material, is_top=True)


def _lead_us(plant: Plant, definition: MaterialDefinition) -> int:
    if definition.kind != "purchased":
        return definition.planned_lead_time
    supplier = plant.materials.suppliers.get(definition.supplier or "")
    return round(supplier.lead_time.mean_us) if supplier else 0


def _buffer(definition: MaterialDefinition) -> Buffer | None:
    return definition.planning.buffer if definition.planning else None


def buffer_rows(plant: Plant, plan: MaterialPlan) -> list[BufferRow]:
    """Every declared buffer against stock, orders and demand of a plan, in declared order."""
    arrays, buckets = plan.arrays, plan.buckets
    gross, incoming = arrays.of(arrays.gross), arrays.of(arrays.incoming)
    found = []
    for number, (name, definition) in enumerate(plant.materials.materials.items()):
        if (buffer := _buffer(definition)) is None:
            continue
        assert definition.planning is not None
        demand, days = gross[number].tolist(), buckets.days
        daily = Fraction(buffer.daily_use) if buffer.daily_use else Fraction(sum(demand), len(demand) * days)
        lead = decoupled_days(plant, name)
        zones = zones_of(buffer, daily, lead, definition.planning.minimum or 0)
        horizon = -(-(buffer.spike_horizon or lead * DAY_US) // (DAY_US * days))
        threshold = zones.top_of_red * Fraction(str(buffer.spike_share))
        spikes = sum(it for it in demand[1 : horizon + 1] if it > threshold)
        found.append(
            BufferRow(
                material=name, daily_use=daily, lead_days=lead, zones=zones,
                on_hand=int(plan.task.requirements.materials[number, at.ON_HAND]), on_order=int(incoming[number].sum()),
                qualified_demand=demand[0] + spikes, spikes=spikes,
            )
        )  # fmt: skip
    return found
