"""How much to order, and when, where it is known what one costs that is missing: of what is ordered again and again, or sold once.

Demand is normal. What is short waits; each piece that has to wait costs once, however long.

    (Q, R): 1 - F(R) = Q h / (p D)          Q = sqrt(2 D (K + p n(R)) / h)          n(R) = E max(0, X - R)

Hadley, Whitin (1963), Analysis of Inventory Systems, ch. 4; Nahmias, Production and Operations Analysis, ch. 5.

    newsvendor: F(Q) = short / (short + left)

Arrow, Harris, Marschak (1951), Econometrica 19, 250.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from statistics import NormalDist

_NORMAL = NormalDist()
_CLOSE, _MOST_ROUNDS = 1e-10, 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """D, K, h and p of the equations: demand of a year, minor units of one order, of a unit held for a year, of a unit that is short."""

    yearly: float
    order: float
    holding: float
    shortage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPolicy:
    """Order `lot` as soon as stock, and what is on order, less what waits, has fallen to `point`."""

    lot: float
    point: float


def expected_short(level: float, mean: float, sd: float) -> float:
    """n(level): how much of a normal demand is expected beyond `level`, units."""
    if not sd:
        return max(0.0, mean - level)
    z = (level - mean) / sd
    return sd * (_NORMAL.pdf(z) - z * _NORMAL.cdf(-z))


def _short_beyond(level: float, mean: float, sd: float) -> float:
    """n(y) added up over all y from `level` on."""
    if not sd:
        return max(0.0, mean - level) ** 2 / 2
    z = (level - mean) / sd
    return sd * sd / 2 * ((z * z + 1) * _NORMAL.cdf(-z) - z * _NORMAL.pdf(z))


def order_policy(costs: Costs, mean: float, sd: float) -> OrderPolicy | None:
    """Both equations solved, one after the other from the economic order quantity on, until nothing moves.

    None: to let customers wait is always cheaper than to hold stock for them.

    Parameters
    ----------
    mean, sd : demand during a lead time
    """
    lot, point = math.sqrt(2 * costs.yearly * costs.order / costs.holding), mean
    for _ in range(_MOST_ROUNDS):
        out = lot * costs.holding / (costs.shortage * costs.yearly)
        if out >= 1:
            return None
        before = lot, point
        point = mean - sd * _NORMAL.inv_cdf(out)
        lot = math.sqrt(2 * costs.yearly * (costs.order + costs.shortage * expected_short(point, mean, sd)) / costs.holding)
        if max(abs(lot - before[0]), abs(point - before[1])) <= _CLOSE * max(1.0, lot, abs(point)):
            break
    return OrderPolicy(lot=lot, point=point)


def cost_of_year(costs: Costs, policy: OrderPolicy, mean: float, sd: float) -> float:
    """Orders, stock and shortages of a year, minor units, exact for a normal demand.

    What is there and on order, less what waits, is anything from the point to the point and a lot above, each as likely: short is the mean
    of n over that, and what waits for a delivery adds to what is held. Hadley, Whitin (1963), ch. 4.
    """
    top, waiting = policy.point + policy.lot, _short_beyond(policy.point, mean, sd)
    waiting = (waiting - _short_beyond(top, mean, sd)) / policy.lot
    short = (expected_short(policy.point, mean, sd) - expected_short(top, mean, sd)) / policy.lot
    held = policy.lot / 2 + policy.point - mean + waiting
    return costs.order * costs.yearly / policy.lot + costs.holding * held + costs.shortage * costs.yearly * short


def cost_in_equations(costs: Costs, policy: OrderPolicy, mean: float, sd: float) -> float:
    """The same as the equations have it, which are its least: what waits adds nothing to stock, and is over before the next order."""
    short = expected_short(policy.point, mean, sd)
    held = policy.lot / 2 + policy.point - mean
    return (costs.order + costs.shortage * short) * costs.yearly / policy.lot + costs.holding * held


def whole_policy(costs: Costs, policy: OrderPolicy, mean: float, sd: float, multiple: int = 1) -> OrderPolicy:
    """In whole units, and lots of whole multiples: of those around it the one that costs least by the equations; of equals the smallest."""
    below = math.floor(policy.lot / multiple) * multiple
    lots = [it for it in (below, below + multiple) if it > 0]
    points = (math.floor(policy.point), math.ceil(policy.point))
    around = [OrderPolicy(lot=lot, point=point) for lot, point in product(lots, points)]
    return min(around, key=lambda it: cost_in_equations(costs, it, mean, sd))


def newsvendor(short: float, left: float, mean: float, sd: float) -> float:
    """How much to have where it is sold once: one that is missing costs `short`, one that is left over `left`; > 0 both."""
    return mean + sd * _NORMAL.inv_cdf(short / (short + left))


def newsvendor_cost(quantity: float, short: float, left: float, mean: float, sd: float) -> float:
    """What is expected to be missing and left over, at its cost."""
    missing = expected_short(quantity, mean, sd)
    return short * missing + left * (quantity - mean + missing)


def whole_newsvendor(short: float, left: float, mean: float, sd: float) -> int:
    """In whole units: of the two around it the cheaper one, and never below nothing."""
    best = newsvendor(short, left, mean, sd)
    return min((max(0, math.floor(best)), max(0, math.ceil(best))), key=lambda it: newsvendor_cost(it, short, left, mean, sd))
