"""How well stock serves, reckoned by hand: inventory turns and days of stock."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.rooms.quality.valve_shop import SCENARIO
from tests.rooms.upkeep.kept_shop import HOUR_US, KeptShop
from twin.model.events import Heartbeat, StockCounted

WAREHOUSE: dict[str, Any] = {"receiving": "dock", "shipping": "gate", "bins": {"dock": {}, "gate": {}, "shelf": {"capacity": 100}}}
DAY_US = 24 * HOUR_US


def test_turns_are_what_a_year_would_use_over_what_lay_there_on_average() -> None:
    """20 castings for five days, 15 for five more: 17.5 on average; 5 used in ten days are 182.5 in a year of 365: 10.43 turns."""
    shop = KeptShop(warehouse=WAREHOUSE)
    shop.tell(StockCounted(effective_us=SCENARIO.start_us, material="CASTING", lot="C0", quantity=20))
    shop.order("A", 5)
    shop.now_us = SCENARIO.start_us + 5 * DAY_US
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.now_us = SCENARIO.start_us + 10 * DAY_US
    shop.tell(Heartbeat(effective_us=shop.now_us, reason="clock"))
    stock = shop.run.stock().set_index("material")
    casting = stock.loc["CASTING"]
    assert casting[["on_hand", "used", "value_eur"]].tolist() == [15, 5, 150.0]
    assert casting["turns"] == pytest.approx(5 / 10 * 365 / 17.5)
    assert casting["days_of_stock"] == pytest.approx(15 / (5 / 10))
    assert casting["idle_days"] == pytest.approx(5)
    assert stock.loc["VALVE", "used"] == 0
    assert math.isnan(stock.loc["VALVE", "turns"]), "of what never lay there nothing turns"
