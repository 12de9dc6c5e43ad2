"""The reorder policy against published numbers: economic order quantity, and fill rate and backorders of the (Q, r) policy."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from tests.rooms.erp.small_shop import DAY_US, LAYOUT, START_US, Carried, order, plant
from twin.erp import Erp
from twin.erp.procurement.purchasing import economic_order_quantity
from twin.model.events import GoodsReceived, GoodsShipped, OperationsEvent, PurchaseOrderPlaced
from twin.model.scenario import Policies

QUANTITY, POINT, DAILY, LEAD_DAYS = 10, 7, 2, 3
FILL_RATE, BACKORDERS, ON_HAND = 0.9430040045, 0.0611015431, 6.5611015431
BATCHES, DEMANDS_A_BATCH = 30, 1_000


def test_the_economic_order_quantity_costs_least() -> None:
    """D = 1000, K = 50, h = 2: Q = 223.607, cost 447.214; Harris (1913), Factory 10, 135; Hopp and Spearman, Factory Physics, 2.2."""
    best = economic_order_quantity(1000, 50, 2)
    assert best == pytest.approx(223.6067977, abs=1e-7)

    def cost(quantity: float) -> float:
        return 50 * 1000 / quantity + 2 * quantity / 2

    assert cost(best) == pytest.approx(447.2135955, abs=1e-7)
    assert cost(best) < min(cost(best - 0.01), cost(best + 0.01))


def steady_state() -> tuple[float, float, float]:
    """Fill rate, mean backorders, mean on hand of the policy: the position is uniform on r+1..r+Q; Zheng (1992), Mgmt Sci 38, 87."""
    demand = stats.poisson(DAILY * LEAD_DAYS)
    positions = range(POINT + 1, POINT + QUANTITY + 1)
    on_hand = np.mean([sum((y - d) * demand.pmf(d) for d in range(y)) for y in positions])
    backorders = on_hand - (np.mean(positions) - DAILY * LEAD_DAYS)
    # A demand is met at once if the lead-time demand before it left something of the position that it found.
    fill_rate = np.mean([demand.cdf(y - 1) for y in positions])
    return float(fill_rate), float(backorders), float(on_hand)


def test_the_published_numbers_follow_from_the_steady_state() -> None:
    assert steady_state() == pytest.approx((FILL_RATE, BACKORDERS, ON_HAND), abs=1e-9)


@dataclass(slots=True)
class Counter:
    """What is measured of one batch of demands; areas in units * days."""

    filled: int = 0
    backorder_area: float = 0.0
    on_hand_area: float = 0.0
    days: float = 0.0


class Shop:
    """A shop that sells one bought part, one piece a customer; the supplier needs exactly three days."""

    def __init__(self, seed: int) -> None:
        items = {
            "materials": {
                "part": {
                    "kind": "purchased",
                    "standard_cost": "1 EUR",
                    "supplier": "mill",
                    "reorder": {"point": POINT, "quantity": QUANTITY},
                }
            },
            "suppliers": {"mill": {"lead_time": f"{LEAD_DAYS} d"}},
        }
        self.erp = Erp(plant({**LAYOUT, "routings": {}}, items), Policies())
        Carried(self.erp).start(part=POINT + QUANTITY)
        self.draw = np.random.Generator(np.random.Philox(seed))
        self.now_us, self.demand_count = START_US, 0
        self.on_the_way: deque[PurchaseOrderPlaced] = deque()

    def batch(self) -> Counter:
        """`DEMANDS_A_BATCH` customers."""
        measured = Counter()
        for gap in self.draw.exponential(DAY_US / DAILY, DEMANDS_A_BATCH):
            arrives_us = self.now_us + round(gap)
            while self.on_the_way and self.on_the_way[0].due_us <= arrives_us:
                placed = self.on_the_way.popleft()
                self._wait_until(placed.due_us, measured)
                self._carry(
                    GoodsReceived(
                        effective_us=self.now_us,
                        order=placed.order,
                        supplier="mill",
                        material="part",
                        quantity=placed.quantity,
                        unit_price_minor=100,
                    )
                )
            self._wait_until(arrives_us, measured)
            self.demand_count += 1
            name = f"C{self.demand_count:06d}"
            shipped = self._carry(order(self.now_us, name, 1, material="part", due_us=self.now_us - START_US, price=200))
            measured.filled += name in shipped
        return measured

    def _wait_until(self, at_us: int, measured: Counter) -> None:
        days = (at_us - self.now_us) / DAY_US
        measured.days += days
        measured.on_hand_area += self.erp.stock.on_hand["part"] * days
        measured.backorder_area += len(self.erp.customer_orders.waiting["part"]) * days
        self.now_us = at_us

    def _carry(self, fact: OperationsEvent) -> set[str]:
        """The customers that were served in the round of `fact`."""
        served, queue = set(), deque([fact])
        while queue:
            event = queue.popleft()
            queue.extend(self.erp.apply(event))
            if isinstance(event, GoodsShipped):
                served.add(event.order)
            if isinstance(event, PurchaseOrderPlaced):
                self.on_the_way.append(event)
            if not queue:
                queue.extend(self.erp.decide(self.now_us))
        return served


@pytest.mark.slow
def test_the_reorder_policy_gives_the_published_fill_rate_backorders_and_stock() -> None:
    """(Q=10, r=7), Poisson 2 a day, lead time 3 days, by batch means: the 99 % interval holds the published number and is narrow."""
    shop = Shop(seed=20260302)
    shop.batch()
    batches = [shop.batch() for _ in range(BATCHES)]
    measured = {
        "fill rate": ([b.filled / DEMANDS_A_BATCH for b in batches], FILL_RATE, 0.01),
        "backorders": ([b.backorder_area / b.days for b in batches], BACKORDERS, 0.02),
        "on hand": ([b.on_hand_area / b.days for b in batches], ON_HAND, 0.15),
    }
    for what, (means, published, narrow) in measured.items():
        half_width = stats.t.ppf(0.995, BATCHES - 1) * np.std(means, ddof=1) / math.sqrt(BATCHES)
        assert half_width < narrow, what
        assert abs(np.mean(means) - published) < half_width, what
    assert shop.erp.violations() == []
