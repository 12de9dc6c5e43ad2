"""Zones of a buffer: how large they are, how long it decouples, and what is a spike."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from twin.model.materials import Buffer, MaterialDefinition
from twin.model.plant import Plant

DAY_US = 86_400_000_000


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
        if not is_top and buffer_of(definitions[name]) is not None:
            return 0
        if name not in memory:
            below = max((days(line.material, is_top=False) for line in definitions[name].bill), default=0)
            memory[name] = -(-lead_us(plant, definitions[name]) // DAY_US) + below
        return memory[name]

    return days(material, is_top=True)


def lead_us(plant: Plant, definition: MaterialDefinition) -> int:
    """How long it takes by itself to have a material: planned, or as its supplier delivers."""
    if definition.kind != "purchased":
        return definition.planned_lead_time
    supplier = plant.materials.suppliers.get(definition.supplier or "")
    return round(supplier.lead_time.mean_us) if supplier else 0


def buffer_of(definition: MaterialDefinition) -> Buffer | None:
    """The buffer that a material is declared to be."""
    return definition.planning.buffer if definition.planning else None


def spike_days(buffer: Buffer, lead_days: int) -> int:
    """So many days ahead large demands count today."""
    return -(-(buffer.spike_horizon or lead_days * DAY_US) // DAY_US)


def spike_threshold(buffer: Buffer, zones: Zones) -> Fraction:
    """More than that in one bucket is a spike."""
    return zones.top_of_red * Fraction(str(buffer.spike_share))


@dataclass(frozen=True, slots=True, kw_only=True)
class NetFlowLevels:
    """By what a plan orders a buffer: at or below `point` up to `target`; more than `spike` within `spike_days` counts today."""

    point: int
    target: int
    spike: int
    spike_days: int
    lead_days: int


def net_flow_levels(plant: Plant, material: str) -> NetFlowLevels | None:
    """Those of a material whose plan goes by its net flow; None: it does not."""
    definition = plant.materials.materials[material]
    buffer = buffer_of(definition)
    if buffer is None or buffer.planned_by != "net_flow" or buffer.daily_use is None:
        return None
    assert definition.planning is not None
    lead_days = decoupled_days(plant, material)
    zones = zones_of(buffer, Fraction(buffer.daily_use), lead_days, definition.planning.minimum or 0)
    return NetFlowLevels(
        point=zones.top_of_yellow, target=zones.top_of_green, spike=int(spike_threshold(buffer, zones)),
        spike_days=spike_days(buffer, lead_days), lead_days=lead_days,
    )  # fmt: skip


def reaches_us(plant: Plant, now_us: int) -> int:
    """How far a plan has to look, that an order of today for any buffer is in it; closed days included: twice as long, and a week."""
    leads = [it.lead_days for it in (net_flow_levels(plant, name) for name in plant.materials.materials) if it is not None]
    return now_us + (2 * max(leads) + 8) * DAY_US if leads else now_us
