"""Lot-sizing rules against textbooks, and against each other by law: nothing is cheaper than Wagner and Whitin's plan."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from tests.known_answers import CASES
from tests.rooms.erp.material_plan.little_plan import planned, receipts
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.planning import ArrayPlan, Requirements, calendar_row
from twin.erp.procurement.purchasing import economic_order_quantity
from twin.kernels.material_plan import columns as at

NAMES = {"SilverMeal": "silver_meal", "LeastUnitCost": "least_unit_cost", "PartPeriodBalancing": "part_period", "L4L": "lot_for_lot",
         "WagnerWhitin": "wagner_whitin"}  # fmt: skip


def of_rule(rule: str, setup: float, hold: float, **more: Any) -> dict[str, Any]:
    """Planning by a rule; `hold` is for a bucket, so 365 times that for a year of days."""
    by_cost = {"order_cost": f"{setup} EUR", "holding_cost": f"{round(hold * 365, 2)} EUR"}
    return {"lot_sizing": rule, **more, **(by_cost if rule in at_cost() else {})}


def at_cost() -> set[str]:
    return {"economic_order_quantity", "silver_meal", "part_period", "least_unit_cost", "wagner_whitin"}


def cost(plan: MaterialPlan, setup: float, hold: float) -> float:
    """Orders, and what is left at the end of each bucket."""
    rows = [it for it in plan.records() if it.material == "x"]
    return setup * sum(it.planned_receipts > 0 for it in rows) + hold * sum(it.projected for it in rows)


@pytest.mark.parametrize(
    ("name", "rule", "more"),
    [
        ("L4L", "lot_for_lot", {}),
        ("FOQ73", "fixed", {"quantity": 73}),
        ("POQ3", "period", {"period": "3 d"}),
        ("WagnerWhitin", "wagner_whitin", {}),
    ],
)
def test_lot_01_ten_periods_of_heizer(name: str, rule: str, more: dict[str, Any]) -> None:
    case = CASES["lot-01-heizer"]
    setup, hold = case["given"]["setup"], case["given"]["hold_per_period_end"]
    item = {"opening_stock": case["given"]["on_hand"], "planning": of_rule(rule, setup, hold, **more)}
    plan = planned({"x": item}, {"x": {day: wanted for day, wanted in enumerate([35, 30, 40, 0, 10, 40, 30, 0, 30, 55]) if wanted}})
    then = case["then"][name]
    assert cost(plan, setup, hold) == then["cost"]
    if "receipts" in then:
        assert receipts(plan, "x") == then["receipts"]


@pytest.mark.parametrize("name", NAMES)
def test_lot_03_twelve_periods_of_silver_and_peterson(name: str) -> None:
    case = CASES["lot-03-silver-peterson"]
    given = case["given"]
    plan = planned({"x": {"planning": of_rule(NAMES[name], given["setup"], given["hold"])}}, {"x": dict(enumerate(given["demand"]))})
    assert cost(plan, given["setup"], given["hold"]) == pytest.approx(case["then"][name], abs=1e-9)
    if name in ("WagnerWhitin", "SilverMeal"):
        assert receipts(plan, "x") == case["then"]["plan"]


def test_lot_03_the_economic_quantity_is_the_least_that_is_ordered() -> None:
    case = CASES["lot-03-silver-peterson"]
    given = case["given"]
    item = {"planning": of_rule("economic_order_quantity", given["setup"], given["hold"])}
    plan = planned({"x": item}, {"x": dict(enumerate(given["demand"]))})
    assert min(order.good for order in plan.orders) == round(case["then"]["EOQ"])
    mean = sum(given["demand"]) / len(given["demand"])
    assert round(economic_order_quantity(mean, given["setup"], given["hold"]), 2) == case["then"]["EOQ"]


def test_lot_05_nothing_is_paid_for_a_period_without_demand() -> None:
    case = CASES["lot-05-zero-demand-period"]
    setup, hold = case["given"]["setup"], case["given"]["hold"]
    wanted = {day: quantity for day, quantity in enumerate(case["given"]["demand"]) if quantity}
    plan = planned({"x": {"planning": of_rule("wagner_whitin", setup, hold)}}, {"x": wanted})
    assert cost(plan, setup, hold) == case["then"]["cost"]


RULES = (at.LOT_FOR_LOT, at.PERIOD, at.ECONOMIC, at.SILVER_MEAL, at.PART_PERIOD, at.LEAST_UNIT_COST, at.WAGNER_WHITIN)
demands = st.lists(st.integers(0, 40), min_size=1, max_size=12)


def single(demand: list[int], rule: int, setup: int, hold: int, *, on_hand: int = 0, **columns: int) -> ArrayPlan:
    material = np.zeros((1, at.MATERIAL_WIDTH), np.int64)
    material[0, at.ON_HAND], material[0, at.RULE], material[0, at.YIELD], material[0, at.MULTIPLE] = on_hand, rule, at.MILLION, 1
    material[0, at.PERIODS] = 3
    for name, value in columns.items():
        material[0, getattr(at, name)] = value
    count = len(demand)
    return ArrayPlan(
        Requirements(
            materials=material, costs=np.array([[setup, hold]], np.float64), calendars=calendar_row(np.ones(count, np.bool_))[None],
            lines=np.zeros((0, 1 + at.LINE_WIDTH), np.int64), demand=np.array([(0, t, q) for t, q in enumerate(demand)], np.int64),
            supply=np.zeros((0, 3), np.int64), bucket_count=count,
        )
    )  # fmt: skip


def cost_of(plan: ArrayPlan, setup: int, hold: int) -> int:
    return setup * int(np.count_nonzero(plan.receipts())) + hold * int(plan.projected().sum())


@drawn(demands, st.integers(0, 100), st.integers(1, 9), st.integers(0, 60))
def test_no_rule_is_cheaper_than_wagner_and_whitin(demand: list[int], setup: int, hold: int, on_hand: int) -> None:
    costs = {rule: cost_of(single(demand, rule, setup, hold, on_hand=on_hand), setup, hold) for rule in RULES}
    assert min(costs.values()) == costs[at.WAGNER_WHITIN]


@drawn(st.lists(st.integers(0, 9), min_size=1, max_size=7), st.integers(0, 30), st.integers(1, 5))
def test_wagner_and_whitin_find_the_cheapest_of_all_plans(demand: list[int], setup: int, hold: int) -> None:
    """Every choice of buckets to order in, each order covering all until the next."""
    cheapest = min(
        setup * sum(chosen) + hold * _carried(demand, chosen)
        for chosen in product((0, 1), repeat=len(demand))
        if _carried(demand, chosen) is not None
    )
    assert cost_of(single(demand, at.WAGNER_WHITIN, setup, hold), setup, hold) == cheapest


def _carried(demand: list[int], chosen: tuple[int, ...]) -> int | None:
    """Units times buckets that lie in stock; None if something is needed before the first order."""
    carried, last = 0, None
    for bucket, quantity in enumerate(demand):
        last = bucket if chosen[bucket] else last
        if quantity and last is None:
            return None
        carried += quantity * (bucket - (last if last is not None else bucket))
    return carried


@drawn(
    demands, st.sampled_from(RULES), st.integers(0, 30), st.integers(0, 20), st.integers(1, 7), st.integers(0, 3),
    st.sampled_from([1_000_000, 950_000, 333_333]), st.integers(0, 15), st.integers(0, 2),
)  # fmt: skip
def test_what_is_planned_covers_every_bucket_within_the_limits(
    demand: list[int], rule: int, on_hand: int, minimum: int, multiple: int, times: int, per_million: int, safety: int, early: int
) -> None:
    limits = {"MINIMUM": minimum, "MULTIPLE": multiple, "MAXIMUM": -(-max(minimum, 1) // multiple) * multiple * times}
    plan = single(demand, rule, 20, 1, on_hand=on_hand, YIELD=per_million, SAFETY_STOCK=safety, SAFETY_TIME=early, **limits)
    assert (plan.projected() >= safety).all()
    started = plan.started[plan.started > 0]
    assert (started % multiple == 0).all()
    assert (started >= minimum).all()
