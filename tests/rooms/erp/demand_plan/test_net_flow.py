"""A plan that orders buffers by their net flow: a published example, its days, and what no longer holds of needs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import twin
from tests.rooms.erp.material_plan.little_plan import LAYOUT, by_day, planned, plant, scenario
from twin.erp.demand_plan.buffers import buffer_rows
from twin.erp.material_plan.buckets import DAY_US
from twin.erp.material_plan.messages import action_messages
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import declared_position
from twin.model.checks.plant_checks import check_plant

PILLOW = {"lead_time_factor": 0.5, "variability_factor": 0.8, "daily_use": 23, "spike_horizon": "3 d", "spike_share": 0.24,
          "planned_by": "net_flow"}  # fmt: skip
"""Microsoft, Dynamics 365 Supply Chain Management, "Buffer profile and levels" and "Demand-driven planning": 23 a day, five days, factors
0.5 and 0.8, at least 10; more than 25 are a spike."""


def pillow(**planning: Any) -> dict[str, Any]:
    return {"kind": "purchased", "days": 5, "opening_stock": 220, "planning": {"buffer": PILLOW, "minimum": 10, **planning}}


def test_the_pillow_of_the_documentation_is_ordered_up_to_the_top_of_green() -> None:
    """Zones 104 (58 + 46), 115, 58: top of yellow 219, of green 277. 220 - 18 - spikes of 29 and 26 = 147; so 130, five days from today.

    The 20 of the fourth day are no spike, and count when their day comes.
    """
    plan = planned({"pillow": pillow()}, {"pillow": {0: 18, 1: 29, 2: 26, 3: 20}})
    (row,) = buffer_rows(plan.plant, plan)
    assert (row.zones.top_of_red, row.zones.top_of_yellow, row.zones.top_of_green) == (104, 219, 277)
    assert (row.net_flow, row.qualified_demand) == (147, 73)
    first, *_ = plan.orders
    assert (first.started, first.start, first.due) == (130, 0, 5)
    (told,) = action_messages(plan)
    assert told.why == "net flow 147 is at or below the top of yellow, 219: up to the top of green, 277"


def test_the_days_that_follow_are_planned_in_the_same_way() -> None:
    """The two spikes are behind by day 2, and the net flow stands at 277; on day 3 twenty go: 257. 40 on day 6: 217, and so 60 are due."""
    plan = planned({"pillow": pillow()}, {"pillow": {0: 18, 1: 29, 2: 26, 3: 20, 6: 20, 7: 20}})
    assert [(it.start, it.due, it.started) for it in plan.orders] == [(0, 5, 130), (7, 12, 60)]
    assert by_day(plan, "pillow", "projected")[12] == 220 - 73 - 20 - 20 - 20 + 130 + 60


def test_components_that_are_not_buffered_are_ordered_before_it_starts() -> None:
    """Two days of its own, four of the bolt: ordered today, there in six days, started on day 4, when the bolts are there."""
    buffer = {**PILLOW, "daily_use": 10, "lead_time_factor": 0.5, "variability_factor": 0.0}
    plan = planned({"top": {"bill": {"bolt": 3}, "days": 2, "planning": {"buffer": buffer}}, "bolt": {"days": 4}}, {"top": {0: 1}})
    assert [(it.material, it.start, it.due, it.started) for it in plan.orders] == [("top", 4, 6, 121), ("bolt", 0, 4, 363)]


def test_a_made_buffer_is_kept_filled_in_a_run_with_components_that_are_ordered_for_it() -> None:
    """Ten go a day: each request is called for when its bolts are, never moved out by the plan of the next day, and none too many are."""
    buffer = {"lead_time_factor": 0.5, "variability_factor": 0.0, "daily_use": 10, "spike_horizon": "3 d", "planned_by": "net_flow"}
    top = {"kind": "finished", "price": "9 EUR", "bill": {"bolt": 3}, "days": 2, "opening_stock": 40, "planning": {"buffer": buffer}}
    made = plant({"top": top, "bolt": {"days": 4}}, {**LAYOUT, "routings": {"top": {"10": {"segment": "work", "run": "1 min"}}}})
    wanted = scenario({"top": dict.fromkeys(range(1, 25), 10)}, horizon=25)
    run = twin.simulate(made, wanted.model_copy(update={"policies": wanted.policies.model_copy(update={"planning": "material_plan"})}))
    assert all(it.shipped == it.quantity for it in run.erp.customer_orders.orders.values())
    requests, bolts = run.erp.requests.requests.values(), run.erp.purchasing.orders.values()
    assert sum(it.quantity for it in bolts) == 3 * sum(it.quantity for it in requests) > 0
    assert all(it.due_us - it.released_us == (2 + 4) * DAY_US for it in requests)


def test_an_order_that_is_coming_is_part_of_the_net_flow_and_is_told_nothing() -> None:
    supply = [{"order": "PO", "material": "pillow", "quantity": 130, "day": 5}]
    plan = planned({"pillow": pillow()}, {"pillow": {0: 18, 1: 29, 2: 26}}, supply)
    assert plan.orders == []
    assert action_messages(plan) == []


@given(
    stock=st.integers(0, 300), minimum=st.integers(1, 90), multiple=st.integers(1, 40),
    wanted=st.dictionaries(st.integers(0, 12), st.integers(1, 120), max_size=8),
)  # fmt: skip
def test_the_first_order_is_what_the_equation_says_by_hand(stock: int, minimum: int, multiple: int, wanted: dict[int, int]) -> None:
    item = {**pillow(minimum=minimum, multiple=multiple), "opening_stock": stock}
    made = plant({"pillow": item})
    plan = MaterialPlan(made, declared_position(made, scenario({"pillow": wanted})))
    green = max(58, minimum)
    spikes = sum(wanted.get(day, 0) for day in (1, 2, 3) if wanted.get(day, 0) > 24)
    net_flow = stock - wanted.get(0, 0) - spikes
    today = [it.started for it in plan.orders if it.start == 0]
    if net_flow > 219:
        assert today == []
    else:
        least = max(219 + green - net_flow, minimum)
        assert today == [-(-least // multiple) * multiple]


@pytest.mark.parametrize(
    ("planning", "words"),
    [
        ({"buffer": {**PILLOW, "daily_use": None}}, "depend on the plan"),
        ({"lot_sizing": "fixed", "quantity": 5}, "by its net flow, and by 'fixed'"),
        ({"safety_stock": 5}, "all the stock that it keeps back"),
    ],
)
def test_what_does_not_go_with_net_flow_is_said(planning: dict[str, Any], words: str) -> None:
    assert any(words in it.what for it in check_plant(plant({"pillow": pillow(**planning)})))
