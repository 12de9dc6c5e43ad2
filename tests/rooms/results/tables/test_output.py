"""What was made beside what was forecast, ordered and planned: pieces by bucket of time, reckoned by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.quality.valve_shop import MIN_US, SCENARIO, Shop
from twin.model.events import CountObserved, Heartbeat, SalesOrderConfirmed
from twin.model.scenario import Scenario
from twin.model.states import WorkUnitState as S
from twin.results.run import Run

HOUR_US = 60 * MIN_US
START_US = SCENARIO.start_us
EXPECTED: dict[str, Any] = {
    "customer": "acme", "until": "2026-03-04", "order_size": 6, "spread": 0, "promise": "3 d",
    "buckets": [{"starts": "2026-03-02", "pieces": {"VALVE": 18}}, {"starts": "2026-03-03", "pieces": {"VALVE": 24}}],
}  # fmt: skip
"""From 06:00 on Monday 18 valves until midnight, one an hour; then 24 on Tuesday, one an hour too."""


class ExpectedShop(Shop):
    """The valve shop, with a forecast of what customers will order; 100 castings lie there."""

    def __init__(self) -> None:
        super().__init__()
        demand = {"forecasts": {"market": EXPECTED}}
        scenario = Scenario.model_validate({"plant": "valve_shop", "start": "2026-03-02T06:00:00Z", "horizon": "30 d", "demand": demand})
        self.run, self.now_us = Run(self.plant, scenario, seed=None), START_US
        self.tell(Heartbeat(effective_us=START_US, reason="start"), *(self._state(name, S.IDLE) for name in self.plant.equipment))
        self.stock(100)

    def wants(self, order: str, quantity: int, due_h: int) -> ExpectedShop:
        about = {"order": order, "customer": "acme", "material": "VALVE", "quantity": quantity, "unit_price_minor": 5000}
        self.tell(SalesOrderConfirmed(effective_us=self.now_us, due_us=START_US + due_h * HOUR_US, **about))  # type: ignore[arg-type]
        return self

    def at(self, hour: int) -> ExpectedShop:
        self.now_us = START_US + hour * HOUR_US
        return self


@pytest.fixture(scope="module")
def shop() -> ExpectedShop:
    """5 valves for A, due at 18:00 and made before; of 5 for B, due on Tuesday at 10:00, 4 are made at midnight and one is lost."""
    shop = ExpectedShop().wants("A", 5, due_h=11).wants("B", 5, due_h=28)
    shop.at(2).does("mill_1", "A-VALVE/10", 5)
    shop.at(4).does("grinder_1", "A-VALVE/20", 5)
    shop.at(6).does("mill_1", "B-VALVE/10", 5)
    shop.at(18).tell(shop._state("grinder_1", S.EXECUTE, "B-VALVE/20"))
    done = CountObserved(effective_us=shop.now_us, equipment="grinder_1", job_order="B-VALVE/20", good=4, scrap=1)
    shop.tell(done, shop._state("grinder_1", S.COMPLETE, "B-VALVE/20"))
    shop.at(36).tell(Heartbeat(effective_us=shop.now_us, reason="clock"))
    return shop


def test_output_is_less_or_more_than_the_forecast_by_so_many_pieces(shop: ExpectedShop) -> None:
    """Monday 06:00 to 18:00, to Tuesday 06:00 (6 of Monday's last hours, 6 of Tuesday's first), to 18:00.

    What was lost of B is planned anew, for the same date.
    """
    valves = shop.run.output("12 h").query("material == 'VALVE'")
    columns = ["forecast", "ordered", "planned", "made", "scrap", "made_less_planned", "made_less_forecast"]
    assert valves[columns].to_numpy().tolist() == [
        [12, 5, 5, 5, 0, 0, -7],
        [12, 0, 0, 4, 1, 4, -8],
        [12, 5, 6, 0, 0, -6, -12],
    ]


def test_a_bucket_has_its_share_of_a_forecast_and_all_buckets_have_all_of_it(shop: ExpectedShop) -> None:
    by_day = shop.run.output("18 h").query("material == 'VALVE'")
    assert by_day["forecast"].tolist() == [18, 18], "Monday, and three quarters of Tuesday"
    assert by_day["made_less_forecast"].tolist() == [5 - 18, 4 - 18]
