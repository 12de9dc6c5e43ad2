"""What to declare of a material: safety stock, reorder point and lot size, by how demand missed its forecast and lead times spread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, pstdev

from twin.erp.procurement.purchasing import economic_order_quantity, reorder_point, safety_stock
from twin.model.materials import MaterialDefinition, Planning

FEWEST_DAYS, WINDOW = 5, 8
"""So many days of demand are needed; each is forecast by the mean of so many before it, or of those that there are."""
FEWEST_RECEIPTS = 3
_DAYS_OF_YEAR = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTime:
    """Mean and spread, days, and where they are from."""

    mean_d: float
    sd_d: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Of one material, in its unit, whole and rounded up. `lot`: None where no costs are declared that could be weighed.

    `safety` and `point` are what the whole numbers were rounded up from.
    """

    material: str
    daily: float
    missed: float
    lead: LeadTime
    service: float
    safety: float
    point: float
    lot: int | None
    declared_safety: int
    declared_lot: int
    why: str

    @property
    def safety_quantity(self) -> int:
        return math.ceil(round(self.safety, 6))

    @property
    def point_quantity(self) -> int:
        return math.ceil(round(self.point, 6))


def missed_by(history: Sequence[int]) -> float:
    """Root mean square of what the mean of the days before missed of each day, pieces.

    Raises
    ------
    ValueError : fewer than two days
    """
    if len(history) < 2:
        raise ValueError(f"{len(history)} days of demand say nothing of how it varies; allowed: two or more")
    squares = [(history[n] - fmean(history[max(0, n - WINDOW) : n])) ** 2 for n in range(1, len(history))]
    return math.sqrt(fmean(squares))


def lead_of(receipts_d: Sequence[float], declared_d: float) -> LeadTime:
    """By what came, where that is enough to say how it spreads; else as declared, without a spread."""
    if len(receipts_d) < FEWEST_RECEIPTS:
        return LeadTime(mean_d=declared_d, sd_d=0.0, source="as declared")
    return LeadTime(mean_d=fmean(receipts_d), sd_d=pstdev(receipts_d), source=f"of {len(receipts_d)} deliveries")


def advise(material: str, definition: MaterialDefinition, daily: float, missed: float, lead: LeadTime) -> Advice:
    """Stock against demand that misses its forecast during a lead time that varies itself.

    Parameters
    ----------
    daily, missed : pieces a day, and how far a day's demand is from its forecast (root mean square)

    Notes
    -----
    z sqrt(L s^2 + d^2 sL^2), with z of the service level (share of order cycles in which nothing runs out); Silver, Pyke, Thomas (2017),
    Inventory and Production Management in Supply Chains, ch. 6. The lot is the economic order quantity (Harris 1913).
    """
    planning = definition.planning or Planning()
    z = NormalDist().inv_cdf(planning.service_level)
    spread = math.hypot(missed * math.sqrt(lead.mean_d), daily * lead.sd_d)
    safety = max(0.0, safety_stock(z, spread, 1))
    lot = _lot(definition, planning, daily)
    why = (
        f"{planning.service_level:.0%} of its orders shall come before it runs out: {z:.2f} times {spread:,.1f}, since"
        f" {daily:,.1f} a day are missed by {missed:,.1f} and it takes {lead.mean_d:,.1f} d, give or take {lead.sd_d:,.1f} ({lead.source})"
    )
    if lot is None:
        why += "; no lot is advised without an order_cost and a holding_cost"
    return Advice(
        material=material, daily=daily, missed=missed, lead=lead, service=planning.service_level, safety=safety,
        point=reorder_point(daily, lead.mean_d, safety), lot=lot, declared_safety=planning.safety_stock,
        declared_lot=planning.quantity or planning.minimum or (definition.reorder.quantity if definition.reorder else 0), why=why,
    )  # fmt: skip


def _lot(definition: MaterialDefinition, planning: Planning, daily: float) -> int | None:
    if not planning.order_cost or not planning.holding_cost:
        return None
    best = economic_order_quantity(daily * _DAYS_OF_YEAR, planning.order_cost, planning.holding_cost / definition.price_per)
    multiple = planning.multiple or 1
    return max(multiple, math.ceil(round(best, 6) / multiple) * multiple)
