"""The planning cases of `tests/cases.yaml`, each with its exact number: gross to net over levels, stock, units of measure, order points."""

from __future__ import annotations

from typing import Any

import pytest

from tests.known_answers import CASES
from tests.rooms.erp.material_plan.little_plan import by_day, days, planned, receipts
from twin.erp.bills import BillCycleError
from twin.erp.material_plan.promise import available_to_promise
from twin.erp.procurement.purchasing import economic_order_quantity, reorder_point, safety_stock


def given_and_then(case: str) -> tuple[Any, Any]:
    return CASES[case]["given"], CASES[case]["then"]


def test_mrp_01_several_levels_are_netted_once_each() -> None:
    given, then = given_and_then("mrp-01-multilevel-net")
    materials = {name: {"days": lead, "opening_stock": given["on_hand"].get(name, 0)} for name, lead in given["lead_days"].items()}
    for name, bill in given["bom"].items():
        materials[name]["bill"] = bill
    made, bought = given["open_mo"]["FP2"], given["open_po"]["PP2"]
    supply = [
        {"order": "MO", "material": "FP2", "quantity": made["qty"], "day": int(made["due"][1:])},
        {"order": "PO", "material": "PP2", "quantity": bought["qty"], "day": int(bought["due"][1:])},
    ]
    plan = planned(materials, {name: days(wanted) for name, wanted in given["demand"].items()}, supply)
    assert {it.material: it.low_level_code for it in plan.records()} == then["low_level_code"]
    for name, expected in then["gross"].items():
        assert by_day(plan, name, "gross") == days(expected), name
    for name, expected in then["net"].items():
        assert by_day(plan, name, "net") == days(expected), name
        assert by_day(plan, name, "planned_receipts") == days(expected), name


def test_mrp_03_a_period_groups_what_is_needed_within_it() -> None:
    given, then = given_and_then("mrp-03-group-days")
    plan = planned({"x": {"planning": {"lot_sizing": "period", "period": f"{given['group_days']} d"}}}, {"x": days(given["demand"])})
    assert [order.good for order in plan.orders] == then["planned_orders"]


def test_mrp_05_the_safety_stock_is_filled_first() -> None:
    given, then = given_and_then("mrp-05-safety-stock-first")
    supply = [{"order": "PO", "material": "x", "quantity": 10, "day": 7}]
    item = {"opening_stock": given["on_hand"], "planning": {"safety_stock": given["safety_stock"]}}
    plan = planned({"x": item}, {"x": days(given["demand"])}, supply)
    assert by_day(plan, "x", "planned_receipts") == days(then["orders"])
    left = by_day(plan, "x", "projected")
    assert {day: left[day] for day in days(then["available_after"])} == days(then["available_after"])


def test_mrp_07_a_receipt_within_the_period_fills_the_safety_stock() -> None:
    given, then = given_and_then("mrp-07-safety-stock-covered")
    planning = {"lot_sizing": "period", "period": f"{given['group_days']} d", "safety_stock": given["safety_stock"]}
    supply = [{"order": "PO", "material": "x", "quantity": 30, "day": 3}]
    plan = planned({"x": {"opening_stock": given["on_hand"], "planning": planning}}, {"x": days(given["demand"])}, supply)
    assert plan.orders == [] == [*then["orders"]]
    left = by_day(plan, "x", "projected")
    assert {day: left[day] for day in days(then["available_after"])} == days(then["available_after"])


def test_mrp_09_a_dozen_on_order_is_twelve() -> None:
    given, then = given_and_then("mrp-09-purchase-uom")
    supply = [{"order": "PO", "material": "x", "quantity": given["po"]["qty"], "unit": given["po"]["uom"], "day": 2}]
    plan = planned({"x": {"unit": given["stock_uom"], "units": {"dozen": 12}}}, {"x": {5: 20}}, supply)
    assert by_day(plan, "x", "scheduled") == {2: then["supply_qty"]}
    assert receipts(plan, "x")[5] == 20 - then["supply_qty"]


def test_mrp_11_stock_counts_at_each_level() -> None:
    _, then = given_and_then("mrp-11-stock-at-each-level")
    materials = {
        "assembly": {"bill": {"painted": 1}}, "painted": {"bill": {"manufactured": 1}, "opening_stock": 20},
        "manufactured": {"bill": {"raw": 1}, "opening_stock": 20}, "raw": {},
    }  # fmt: skip
    plan = planned(materials, {"assembly": {3: 100}})
    assert {it.material: it.good for it in plan.orders if not it.is_bought} == then["make"]


def test_mrp_13_a_component_of_several_parents_is_needed_by_all() -> None:
    given, then = given_and_then("mrp-13-shared-component-sum")
    plan = planned({**{name: {"bill": bill} for name, bill in given["bom"].items()}, "X": {}}, {"A": {4: given["demand"]["A"]}})
    assert sum(by_day(plan, "X", "gross").values()) == then["X"]


@pytest.mark.parametrize(
    ("planning", "place"),
    [
        ({"lot_sizing": "period", "period": "30 d"}, 0),
        ({"lot_sizing": "order_point", "period": "30 d", "point": -2, "target": 10}, 1),
        ({"lot_sizing": "order_point", "period": "30 d", "point": 5, "target": 10}, 2),
        ({"lot_sizing": "order_point", "period": "30 d", "point": 0, "target": 10}, 3),
    ],
)
def test_mrp_15_order_points_look_a_period_ahead(planning: dict[str, Any], place: int) -> None:
    given, then = given_and_then("mrp-15-order-point")
    plan = planned({"x": {"planning": planning}}, {"x": days(given["needs"])})
    assert [order.good for order in plan.orders] == then["requests"][place]


def test_mrp_17_what_comes_in_boxes_is_planned_in_whole_boxes() -> None:
    given, then = given_and_then("mrp-17-bom-batch-uom")
    item = {"units": {"box": 10}, "bill": {"raw": 1}, "bill_for": 10, "planning": {"order_unit": "box"}}
    plan = planned({"x": item, "raw": {}}, {"x": {3: given["need_units"]}})
    made = next(order for order in plan.orders if order.material == "x")
    assert made.started == 10 * then["production"]["qty"]
    assert by_day(plan, "raw", "gross") == {3: then["production"]["qty"]}


def test_wip_21_of_what_is_started_a_quarter_is_lost() -> None:
    """Of an order for four three are good and one is lost; what three need is started as four."""
    given, then = given_and_then("wip-21-process-loss")
    item = {"bill": {"raw": 1}, "planning": {"expected_yield": 1 - given["loss_fraction"]}}
    plan = planned({"x": item, "raw": {}}, {"x": {3: then["good"]}})
    (made,) = [order for order in plan.orders if not order.is_bought]
    assert (made.started, made.good, made.started - made.good) == (given["order"], then["good"], then["loss"])
    assert by_day(plan, "raw", "gross") == {3: given["order"]}


def test_mrp_19_lead_times_add_up_down_the_bill() -> None:
    given, then = given_and_then("mrp-19-textbook-Z")
    materials = {
        name: {"days": lead, **({"bill": given["bom"][name]} if name in given["bom"] else {})} for name, lead in given["lead"].items()
    }
    plan = planned(materials, {"Z": days(given["demand"]["Z"], first=1)})
    for name, expected in then["release"].items():
        assert by_day(plan, name, "planned_starts") == days(expected, first=1), name


def test_mrp_21_stock_is_used_up_then_lot_for_lot() -> None:
    given, then = given_and_then("mrp-21-on-hand-L4L")
    plan = planned({"x": {"days": given["lead"], "opening_stock": given["on_hand"]}}, {"x": dict(enumerate(given["demand"]))})
    assert [it.projected for it in plan.records()] == then["projected"]
    assert [it.planned_starts for it in plan.records()] == then["release"]


def test_inv_01_order_quantity_and_reorder_point() -> None:
    given, then = given_and_then("inv-01-eoq-rop")
    assert economic_order_quantity(given["annual"], given["order_cost"], given["hold"]) == pytest.approx(then["EOQ"])
    safety = safety_stock(given["z"], given["sd_daily"], given["lead_days"])
    assert safety == pytest.approx(then["safety"])
    assert reorder_point(given["daily"], given["lead_days"], safety) == pytest.approx(then["reorder_point"])


def test_inv_01_a_plan_orders_the_economic_quantity() -> None:
    """A thousand a year are 1000 / 365 a day: sqrt(2 D K / h) is the same for any bucket."""
    planning = {"lot_sizing": "economic_order_quantity", "order_cost": "10 EUR", "holding_cost": "0.50 EUR"}
    plan = planned({"x": {"planning": planning}}, {"x": _yearly(1000)})
    assert {order.good for order in plan.orders} == {200}


def _yearly(total: int) -> dict[int, int]:
    """`total` over 365 days, as evenly as whole units go."""
    return {day: total * (day + 1) // 365 - total * day // 365 for day in range(365) if total * (day + 1) // 365 > total * day // 365}


def test_bom_01_inputs_are_rounded_up_and_what_is_given_off_down() -> None:
    _, then = given_and_then("bom-01-rounding")
    item = {"bill": {"component": 4}, "bill_for": 9, "by_products": [{"material": "residual", "quantity": 8}]}
    plan = planned({"product": item, "component": {}, "residual": {}}, {"product": {2: then["product"]}})
    assert receipts(plan, "product")[2] == then["product"]
    assert by_day(plan, "component", "gross") == {2: then["component"]}
    assert by_day(plan, "residual", "scheduled") == {2: then["residual"]}


@pytest.mark.parametrize("bills", [{"A": {"B": 1}, "B": {"A": 1}}, {"A": {"A": 1}}])
def test_bom_05_a_bill_with_a_cycle_is_refused_and_there_is_no_plan(bills: dict[str, dict[str, int]]) -> None:
    with pytest.raises(BillCycleError, match="contains itself: A <- "):
        planned({name: {"bill": bill} for name, bill in bills.items()}, {})


def test_atp_01_what_may_still_be_promised() -> None:
    given, then = given_and_then("atp-01-discrete")
    for promised, expected in zip(([20, 20, 30, 15, 20, 5], [20, 20, 30, 45, 40, 5]), then["atp"], strict=True):
        assert available_to_promise(given["on_hand"], given["mps"], promised) == expected
