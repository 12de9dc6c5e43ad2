"""The cases of demand, each with its exact number; fences of the master schedule; buffers as their authors size them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.known_answers import CASES
from tests.rooms.erp.material_plan.little_plan import by_day, plant, scenario
from twin.erp.demand_plan.buffers import buffer_rows, zones_of
from twin.erp.demand_plan.expected import consume, spread, with_expected
from twin.erp.demand_plan.master_schedule import master_schedule
from twin.erp.material_plan.messages import action_messages
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import Expected, Wish, declared_position
from twin.model.materials import Buffer

DAY_US = 86_400_000_000
MONTH_US = 30 * DAY_US


def wish(order: str, quantity: int, due_us: int, customer: str = "acme") -> Wish:
    return Wish(order=order, customer=customer, material="x", quantity=quantity, due_us=due_us)


def months(quantities: list[int], customer: str = "") -> list[Expected]:
    return [
        Expected(name=f"F{n}", material="x", quantity=it, from_us=n * MONTH_US, to_us=(n + 1) * MONTH_US, customer=customer)
        for n, it in enumerate(quantities)
    ]


def test_fc_01_whole_units_are_spread_evenly() -> None:
    case = CASES["fc-01-forecast-spread"]
    assert [spread(quantity, count) for count, quantity in case["given"]["buckets_and_qty"]] == case["then"]["spread"]


@given(st.integers(0, 10**6), st.integers(1, 400))
def test_what_is_spread_adds_up_and_no_bucket_has_two_more_than_another(quantity: int, count: int) -> None:
    shares = spread(quantity, count)
    assert sum(shares) == quantity
    assert max(shares) - min(shares) <= 1


@pytest.mark.parametrize(("window", "expected"), [(0, "window0"), (30, "window30")])
def test_aps_07_orders_consume_forecasts_own_bucket_then_earlier_then_later(window: int, expected: str) -> None:
    case = CASES["aps-07-forecast-netting"]
    orders = [wish(f"O{n}", it, n * MONTH_US + MONTH_US // 2) for n, it in enumerate(case["given"]["orders"]) if it]
    left = consume(months(case["given"]["forecast"]), orders, early_us=window * DAY_US, late_us=window * DAY_US)
    assert [it.quantity for it in left] == case["then"][expected]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6), st.lists(st.tuples(st.integers(1, 60), st.integers(0, 5)), max_size=6),
       st.integers(0, 90), st.integers(0, 90))  # fmt: skip
def test_orders_take_no_more_than_was_forecast_and_no_more_than_they_are(
    forecast: list[int], orders: list[tuple[int, int]], early: int, late: int
) -> None:
    wishes = [wish(f"O{n}", quantity, month * MONTH_US + DAY_US) for n, (quantity, month) in enumerate(orders)]
    left = [it.quantity for it in consume(months(forecast), wishes, early_us=early * DAY_US, late_us=late * DAY_US)]
    assert all(0 <= after <= before for before, after in zip(forecast, left, strict=True))
    assert sum(forecast) - sum(left) <= sum(quantity for quantity, _ in orders)


def test_an_order_consumes_its_own_customers_forecast_alone() -> None:
    both = months([10], customer="acme") + [replace(it, name="other") for it in months([10], customer="emca")]
    assert [it.quantity for it in consume(both, [wish("O", 7, DAY_US)])] == [3, 10]


def planned(planning: dict[str, Any], forecast: int, orders: dict[int, int], days: int = 10, stock: int = 0) -> MaterialPlan:
    """A finished material, forecast over ten days."""
    made = plant({"x": {"kind": "finished", "planning": planning, "opening_stock": stock}})
    position = declared_position(made, scenario({"x": orders}))
    now_us = position.now_us
    expected = [Expected(name="F", material="x", quantity=forecast, from_us=now_us, to_us=now_us + days * DAY_US)]
    return MaterialPlan(made, with_expected(made, position, expected))


def test_forecasts_are_demand_where_no_order_has_consumed_them() -> None:
    plan = planned({}, 20, {4: 5})
    assert sum(by_day(plan, "x", "gross").values()) == 20
    assert by_day(plan, "x", "gross")[4] == 5 + 1  # 15 of the forecast are left, one or two a day
    assert {it.demand_kind for it in plan.pegs} == {"forecast", "customer order"}


def test_before_the_demand_fence_only_orders_count() -> None:
    plan = planned({"demand_fence": "3 d"}, 20, {1: 5})
    assert {day: it for day, it in by_day(plan, "x", "gross").items() if day < 3} == {1: 5}
    assert [it.zone for it in master_schedule(plan)][:4] == ["orders alone"] * 3 + ["open"]


def test_before_the_planning_fence_nothing_is_planned_and_the_planner_is_told() -> None:
    plan = planned({"planning_fence": "4 d"}, 0, {1: 5, 6: 2}, stock=3)
    assert by_day(plan, "x", "planned_receipts") == {4: 2, 6: 2}
    rows = master_schedule(plan)
    assert [it.projected for it in rows][:5] == [3, -2, -2, -2, 0]
    assert [it.zone for it in rows][:5] == ["fixed"] * 4 + ["open"]
    (told,) = [it for it in action_messages(plan) if it.action == "inside_fence"]
    assert (told.material, told.quantity, told.from_bucket, told.to_bucket) == ("x", 2, 4, 1)
    lots = planned({"planning_fence": "4 d", "lot_sizing": "period", "period": "3 d", "minimum": 5}, 0, {1: 5, 6: 2}, stock=3)
    assert by_day(lots, "x", "planned_receipts") == {4: 5}


def test_what_may_be_promised_is_what_is_made_less_orders_and_no_forecast() -> None:
    rows = master_schedule(planned({"lot_sizing": "period", "period": "10 d"}, 20, {4: 5}))
    assert [it.atp for it in rows][:2] == [15, 0]
    assert sum(it.forecast for it in rows) == 15


BUFFER = {"lead_time_factor": 0.5, "variability_factor": 0.5, "daily_use": 10, "order_cycle": "7 d"}


def test_zones_of_a_buffer() -> None:
    """Ten a day, twelve days, both factors a half, at least 50 at once, once a week: yellow 120; green max(60, 50, 70); red 60 + 30."""
    zones = zones_of(Buffer.model_validate(BUFFER), Fraction(10), 12, minimum=50)
    assert (zones.red_base, zones.red_safety, zones.yellow, zones.green) == (60, 30, 120, 70)
    assert (zones.top_of_red, zones.top_of_yellow, zones.top_of_green) == (90, 210, 280)


def test_net_flow_says_when_and_how_much_to_order() -> None:
    """80 there, 100 on order, 12 wanted today, a spike of 60 (more than half of red), and 20 that is none: 80 + 100 - 12 - 60 = 108.

    As much again is wanted on the thirteenth day, when an order of today would be there.
    """
    item = {"kind": "finished", "days": 12, "opening_stock": 80, "planning": {"buffer": BUFFER, "minimum": 50}}
    made = plant({"x": item, "raw": {"days": 30, "planning": {"buffer": BUFFER}}})
    supply = [{"order": "MO", "material": "x", "quantity": 100, "day": 5}]
    plan = MaterialPlan(made, declared_position(made, scenario({"x": {0: 12, 3: 60, 4: 20, 13: 60}}, supply)))
    row, other = buffer_rows(made, plan)
    assert (row.lead_days, row.on_hand, row.on_order, row.qualified_demand, row.net_flow) == (12, 80, 100, 72, 108)
    assert (row.zone, row.order) == ("yellow", 280 - 108)
    assert other.lead_days == 30


def test_a_buffer_decouples_the_lead_time_above_it() -> None:
    buffered = {"planning": {"buffer": {**BUFFER, "daily_use": None}}}
    materials = {
        "top": {"bill": {"mid": 1, "bolt": 1}, "days": 2, **buffered}, "mid": {"bill": {"raw": 1}, "days": 3},
        "raw": {"days": 10, **buffered}, "bolt": {"days": 4},
    }  # fmt: skip
    made = plant(materials)
    rows = {it.material: it for it in buffer_rows(made, MaterialPlan(made, declared_position(made, scenario({"top": {9: 50}}))))}
    assert rows["top"].lead_days == 2 + 4  # the bolt; below mid, raw is buffered: 2 + 3
    assert rows["top"].daily_use == 5  # fifty in the ten days of the plan
