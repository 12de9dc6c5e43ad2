"""What to declare of a material: safety stock, reorder point and lot size, by how demand missed its forecast and lead times spread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, pstdev

from twin.erp.demand_plan.order_policies import Costs, OrderPolicy, cost_of_year, order_policy, whole_newsvendor, whole_policy
from twin.erp.procurement.purchasing import economic_order_quantity, reorder_point, safety_stock
from twin.model.materials import MaterialDefinition, Planning

FEWEST_DAYS, WINDOW = 5, 8
"""So many days of demand are needed; each is forecast by the mean of so many before it, or of those that there are."""
FEWEST_RECEIPTS = 3
_DAYS_OF_YEAR, _DAY_US = 365, 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTime:
    """Mean and spread, days, and where they are from."""

    mean_d: float
    sd_d: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeastCost:
    """The (Q, R) policy that costs least: order `lot` once `point` is reached. `safety` may be below nothing: then some always wait."""

    lot: int
    point: int
    safety: int
    year_minor: int  # what orders, stock and shortages are expected to cost in a year
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForOnce:
    """What to have of something that is sold once in `period_us`: `over` more than is expected, or less."""

    quantity: int
    over: int
    period_us: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Of one material, in its unit, whole and rounded up. `lot`: None where no costs are declared that could be weighed.

    `safety` and `point` are what the whole numbers were rounded up from; `least_cost` and `for_once` are there where it is declared what a
    shortage costs, and what is left when it was sold once.
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
    least_cost: LeastCost | None = None
    for_once: ForOnce | None = None

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


def advise(material: str, definition: MaterialDefinition, daily: float, missed: float, lead: LeadTime, unit_cost: float = 0.0) -> Advice:
    """Stock against demand that misses its forecast during a lead time that varies itself.

    Parameters
    ----------
    daily, missed : pieces a day, and how far a day's demand is from its forecast (root mean square)
    unit_cost : minor units of a piece, at standard

    Notes
    -----
    z sqrt(L s^2 + d^2 sL^2), with z of the service level (share of order cycles in which nothing runs out); Silver, Pyke, Thomas (2017),
    Inventory and Production Management in Supply Chains, ch. 6. The lot is the economic order quantity (Harris 1913). What costs least
    where shortages have their price: `order_policies`.
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
        least_cost=_least_cost(definition, planning, daily, daily * lead.mean_d, spread),
        for_once=_for_once(definition, planning, daily, missed, unit_cost),
    )  # fmt: skip


def _lot(definition: MaterialDefinition, planning: Planning, daily: float) -> int | None:
    if not planning.order_cost or not planning.holding_cost:
        return None
    best = economic_order_quantity(daily * _DAYS_OF_YEAR, planning.order_cost, planning.holding_cost / definition.price_per)
    multiple = planning.multiple or 1
    return max(multiple, math.ceil(round(best, 6) / multiple) * multiple)


def _least_cost(definition: MaterialDefinition, planning: Planning, daily: float, mean: float, spread: float) -> LeastCost | None:
    """What (Q, R) costs least; None where a cost is not declared, or where it is never worth it to hold stock for who waits."""
    if not planning.order_cost or not planning.holding_cost or not planning.shortage_cost or not daily:
        return None
    per, multiple = definition.price_per, planning.multiple or 1
    costs = Costs(
        yearly=daily * _DAYS_OF_YEAR, order=planning.order_cost, holding=planning.holding_cost / per, shortage=planning.shortage_cost / per
    )  # fmt: skip
    found = order_policy(costs, mean, spread)
    if found is None:
        return None
    best = whole_policy(costs, found, mean, spread, multiple)
    year = cost_of_year(costs, best, mean, spread)
    service = NormalDist(mean, spread).cdf(best.point) if spread else 1.0
    why = (
        f"{_money(year)} a year: {_money(costs.order)} an order, {_money(costs.holding)} for one that is held for a year,"
        f" {_money(costs.shortage)} for one that is missing; {service:.1%} of its orders come before it runs out"
    )
    declared = _declared(definition, planning, mean)
    if declared is not None:
        why += f"; as declared it is {_money(cost_of_year(costs, declared, mean, spread))}"
    return LeastCost(lot=int(best.lot), point=int(best.point), safety=math.ceil(best.point - mean), year_minor=round(year), why=why)


def _declared(definition: MaterialDefinition, planning: Planning, mean: float) -> OrderPolicy | None:
    """What is ordered by now, and when; None: in no lots, so it costs what the plan finds."""
    if definition.reorder is not None:
        return OrderPolicy(lot=definition.reorder.quantity, point=definition.reorder.point)
    lot = planning.quantity or planning.minimum
    return OrderPolicy(lot=lot, point=mean + planning.safety_stock) if lot else None


def _for_once(definition: MaterialDefinition, planning: Planning, daily: float, missed: float, unit_cost: float) -> ForOnce | None:
    """How much of what is sold once; None where it is not, or where one that is left over costs nothing, or one that is missing."""
    if (once := planning.sold_once) is None:
        return None
    per, days = definition.price_per, once.period / _DAY_US
    margin = (definition.price or 0) / per - unit_cost
    short = margin if planning.shortage_cost is None else planning.shortage_cost / per
    left = unit_cost - once.salvage / per
    if short <= 0 or left <= 0:
        return None
    mean, sd = daily * days, missed * math.sqrt(days)
    quantity = whole_newsvendor(short, left, mean, sd)
    why = (
        f"it is sold once in {days:,.3g} d, {mean:,.1f} give or take {sd:,.1f}: one that is missing costs {_money(short)}, one that is left"
        f" {_money(left)}, so {short / (short + left):.0%} of the times it shall suffice"
    )
    return ForOnce(quantity=quantity, over=quantity - round(mean), period_us=once.period, why=why)


def _money(minor: float) -> str:
    return f"{minor / 100:,.2f}"
