"""What a planner reads of a plan: phantoms, yields, calendars, firm orders, pegging by name, action messages, net change."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.rooms.erp.material_plan.little_plan import LAYOUT, by_day, planned, plant, scenario
from tests.rooms.erp.small_shop import DAY_US, HOUR_US, START_US, Carried, order, small_erp
from twin.erp.material_plan.messages import action_messages
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import declared_position, erp_position
from twin.model.events import PlanningParametersSet, StockCounted
from twin.model.scenario import Scenario
from twin.results.planning.what_to_do import what_to_do

NOON_US = START_US + 12 * HOUR_US
WEEKDAYS: dict[str, Any] = copy.deepcopy(LAYOUT)
WEEKDAYS["calendars"] = {"day": {"shifts": {"early": {"days": ["mon", "tue", "wed", "thu", "fri"], "start": "06:00", "end": "14:00"}}}}
WEEKDAYS["work_units"]["bench_1"]["calendar"] = "day"


def said(plan: MaterialPlan, material: str = "x") -> list[tuple[str, str, int, int | None]]:
    """Messages about a material: what to do, with which order, how much, when."""
    return [(it.action, it.order, it.quantity, it.to_bucket) for it in action_messages(plan) if it.material == material]


def test_a_phantom_is_blown_through_after_what_is_left_of_it() -> None:
    """Five kits lie there, twenty are needed: fifteen kits of two screws each, wanted when the parent starts; nobody makes a kit."""
    materials = {
        "top": {"bill": {"kit": 1}, "days": 2}, "kit": {"bill": {"screw": 2}, "phantom": True, "opening_stock": 5, "days": 3}, "screw": {},
    }  # fmt: skip
    plan = planned(materials, {"top": {6: 20}})
    assert by_day(plan, "screw", "gross") == {4: 30}
    assert [order.material for order in plan.orders] == ["top", "screw"]


def test_a_yield_starts_more_and_its_components_are_needed_for_all_that_is_started() -> None:
    """90 good of 100 started at 90 %; a component of which 2 % are lost on the way in: 100 / 0.98 = 102.04, so 103."""
    bill = [{"material": "part", "quantity": 1, "scrap": 0.02}]
    plan = planned({"x": {"bill": bill, "planning": {"expected_yield": 0.9}}, "part": {}}, {"x": {3: 90}})
    order = next(it for it in plan.orders if it.material == "x")
    assert (order.started, order.good) == (100, 90)
    assert by_day(plan, "part", "gross") == {3: 103}


def test_a_maximum_makes_several_orders_each_with_whole_components() -> None:
    """70 as 30 + 30 + 10; a box of four for each started three: 10 + 10 + 4 boxes, not the 24 of 70 at once."""
    materials = {"x": {"bill": {"box": 1}, "bill_for": 3, "planning": {"maximum": 30}}, "box": {}}
    plan = planned(materials, {"x": {3: 70}})
    assert plan.orders[0].quantities == (30, 30, 10)
    assert by_day(plan, "box", "gross") == {3: 24}


def test_lead_times_of_what_is_made_skip_the_weekend_and_those_of_suppliers_do_not() -> None:
    """Day 0 is a Monday; due on Tuesday the 8th: three working days before are Thursday, three days are Saturday."""
    plan = planned(
        {"x": {"bill": {"raw": 1}, "days": 3}, "raw": {"days": 3}, "bought": {"days": 3}}, {"x": {8: 1}, "bought": {8: 1}}, layout=WEEKDAYS
    )
    assert by_day(plan, "x", "planned_starts") == {3: 1}
    assert by_day(plan, "raw", "planned_starts") == {0: 1}
    assert by_day(plan, "bought", "planned_starts") == {5: 1}


def test_a_week_is_a_bucket_too() -> None:
    plan = planned({"x": {"bill": {"raw": 2}, "days": 5}, "raw": {"days": 2}}, {"x": {20: 4, 16: 3}}, bucket_days=7)
    assert by_day(plan, "x", "gross") == {2: 7}
    assert by_day(plan, "raw", "gross") == {1: 14}
    assert by_day(plan, "raw", "planned_starts") == {0: 14}


def test_the_safety_time_has_it_there_before() -> None:
    plan = planned({"x": {"days": 1, "planning": {"safety_time": "2 d"}}}, {"x": {6: 5}})
    assert (plan.orders[0].start, plan.orders[0].due) == (3, 4)
    assert by_day(plan, "x", "projected") == {4: 5, 5: 5}


def test_what_is_too_late_says_by_how_much() -> None:
    plan = planned({"x": {"days": 5}}, {"x": {3: 5}})
    assert (plan.orders[0].start, plan.orders[0].late_buckets) == (0, 2)
    assert said(plan) == [("release", "P-x-1", 5, 3)]
    assert "should have been ordered 2 days ago" in action_messages(plan)[0].why
    plan = planned({"x": {"bill": {"raw": 1}, "days": 6}, "raw": {}}, {"x": {4: 1, 14: 1}}, layout=WEEKDAYS)
    (about_x,) = [it for it in what_to_do(action_messages(plan), 1, lambda _: (), {}, lambda *_: 0) if it.message.material == "x"]
    assert "should have been started 2 working days ago" in about_x.message.why
    assert about_x.late_days == 4, "started on Monday it is there on Tuesday week, and it is due on Friday"


def test_a_firm_planned_order_stays_and_its_components_are_planned() -> None:
    firm = [{"order": "F1", "material": "x", "quantity": 8, "kind": "firm_planned", "day": 6}]
    plan = planned({"x": {"bill": {"part": 2}, "days": 1}, "part": {}}, {"x": {4: 5}}, firm)
    assert by_day(plan, "x", "scheduled") == {6: 8}
    assert by_day(plan, "x", "planned_receipts") == {4: 5}
    assert by_day(plan, "part", "gross") == {3: 10, 5: 16}
    assert said(plan) == [("expedite", "F1", 8, 4), ("decrease", "F1", 3, 4)]


@pytest.mark.parametrize(
    ("day", "quantity", "wanted", "expected"),
    [
        (5, 10, {5: 10}, []),
        (5, 10, {3: 10}, [("expedite", "PO", 10, 3)]),  # a new order would come on day 6
        (5, 10, {3: 12}, [("expedite", "PO", 10, 3), ("release", "P-x-1", 2, 3)]),  # of 10 there is too little
        (7, 10, {3: 10}, [("expedite", "PO", 10, 3)]),
        (9, 10, {3: 10}, [("expedite", "PO", 10, 3)]),  # a lead time late: it is moved
        (10, 10, {3: 10}, [("expedite", "PO", 10, 3), ("release", "P-x-1", 10, 3)]),  # more than that: either of them
        (13, 10, {8: 10}, [("expedite", "PO", 10, 8)]),  # even where a new one would be in time
        (5, 10, {3: 10, 6: 5}, [("expedite", "PO", 10, 3), ("release", "P-x-1", 5, 6)]),  # what day 3 takes day 6 has not
        (5, 10, {3: 10, 11: 5}, [("expedite", "PO", 10, 3)]),  # day 11 is ordered for on day 5
        (2, 10, {7: 10}, [("defer", "PO", 10, 7)]),
        (2, 10, {}, [("cancel", "PO", 10, None)]),
        (4, 10, {4: 6}, [("decrease", "PO", 4, 4)]),
        (4, 10, {4: 16}, [("increase", "PO", 6, 4)]),  # a new order would come on day 6
        (4, 10, {9: 16}, [("defer", "PO", 10, 9)]),
    ],
)
def test_what_to_do_about_what_is_on_order(
    day: int, quantity: int, wanted: dict[int, int], expected: list[tuple[str, str, int, int | None]]
) -> None:
    plan = planned({"x": {"days": 6}}, {"x": wanted}, [{"order": "PO", "material": "x", "quantity": quantity, "day": day}])
    assert said(plan) == expected


@pytest.mark.parametrize(
    ("planning", "decreased"),
    [
        ({}, [("decrease", "PO", 4, 4)]),
        ({"minimum": 10}, []),
        ({"multiple": 5}, []),
        ({"multiple": 4}, [("decrease", "PO", 2, 4)]),
        ({"lot_sizing": "order_point", "period": "30 d", "point": 0, "target": 10}, []),
    ],
)
def test_what_is_on_order_for_its_lot_size_alone_is_not_decreased(
    planning: dict[str, Any], decreased: list[tuple[str, str, int, int | None]]
) -> None:
    plan = planned({"x": {"days": 1, "planning": planning}}, {"x": {4: 6}}, [{"order": "PO", "material": "x", "quantity": 10, "day": 4}])
    assert [it for it in said(plan) if it[0] == "decrease"] == decreased


@pytest.mark.parametrize(
    ("reschedule_in", "planned_then"),
    [("0 d", {3: 5}), ("2 d", {8: 5}), (None, {8: 5}), ("3 d", {8: 1})],
)
def test_what_is_on_order_is_moved_before_anything_is_ordered_and_serves_whom_it_is_moved_for(
    reschedule_in: str | None, planned_then: dict[int, int]
) -> None:
    """Ten of day 5 and four of day 11 for five on day 3 and fifteen on day 8: those of day 11 may come three days sooner, or not."""
    supply = [{"order": order, "material": "x", "quantity": pieces, "day": day} for order, pieces, day in (("A", 10, 5), ("B", 4, 11))]
    item = {"days": 2, "planning": {"reschedule_in": reschedule_in} if reschedule_in else {}}
    plan = planned({"x": item}, {"x": {3: 5, 8: 10}}, supply)
    assert by_day(plan, "x", "planned_receipts") == planned_then
    assert by_day(plan, "x", "scheduled") == {5: 10, 11: 4}, "it is on order for those days still"
    if reschedule_in == "3 d":
        served = [(it.supply, it.demand, it.quantity) for it in plan.pegs if it.demand != ""]
        assert served == [("A", "x@3", 5), ("A", "x@8", 5), ("B", "x@8", 4), ("P-x-1", "x@8", 1)]


def test_a_new_order_is_not_needed_if_one_that_is_on_its_way_can_come_sooner() -> None:
    plan = planned({"x": {"days": 1}}, {"x": {1: 10}}, [{"order": "PO", "material": "x", "quantity": 10, "day": 5}])
    assert [it.why for it in action_messages(plan)] == [
        "it is needed on 2026-03-03, and due on 2026-03-07",
        "it has to be ordered now, unless PO can be expedited",
    ]


def test_an_order_that_fills_the_safety_stock_is_needed_at_once_and_not_superfluous() -> None:
    item = {"days": 1, "opening_stock": 5, "planning": {"safety_stock": 15}}
    plan = planned({"x": item}, {}, [{"order": "PO", "material": "x", "quantity": 10, "day": 7}])
    assert said(plan)[0] == ("expedite", "PO", 10, 0)


def test_what_is_on_order_should_be_there_a_safety_time_before_it_is_needed() -> None:
    item = {"planning": {"safety_time": "2 d"}}
    plan = planned({"x": item}, {"x": {6: 10}}, [{"order": "PO", "material": "x", "quantity": 10, "day": 6}])
    assert said(plan) == [("expedite", "PO", 10, 4)]


def test_what_comes_of_itself_is_used_before_what_is_on_order() -> None:
    materials = {"x": {"bill": {"raw": 1}, "by_products": [{"material": "chips", "quantity": 2}]}, "raw": {}, "chips": {"days": 1}}
    plan = planned(materials, {"x": {2: 5}, "chips": {3: 10}}, [{"order": "PO", "material": "chips", "quantity": 4, "day": 3}])
    assert said(plan, "chips") == [("cancel", "PO", 4, None)]


def test_lots_that_stand_on_the_floor_at_the_start_are_coming_and_take_nothing_more() -> None:
    made = plant({"x": {"bill": {"raw": 1}}, "raw": {}})
    lot = {"material": "x", "quantity": 6, "operation": "paint", "due": "1 d"}
    begun = Scenario.model_validate({**scenario({"x": {3: 10}}).model_dump(mode="json"), "work_in_process": {"W1": lot}})
    plan = MaterialPlan(made, declared_position(made, begun))
    assert by_day(plan, "x", "scheduled") == {1: 6}
    assert by_day(plan, "x", "planned_receipts") == by_day(plan, "raw", "gross") == {3: 4}
    assert said(plan)[0] == ("defer", "W1-x", 6, 3)


def test_only_what_has_to_start_now_is_released() -> None:
    plan = planned({"x": {"days": 3}}, {"x": {3: 5, 4: 6}})
    assert said(plan) == [("release", "P-x-1", 5, 3)]


def pegged() -> MaterialPlan:
    materials = {
        "top": {"bill": {"mid": 2}, "days": 1},
        "mid": {"bill": {"raw": 3}, "days": 1, "opening_stock": 4},
        "raw": {"days": 1, "opening_stock": 9},
    }
    return planned(materials, {"top": {4: 3, 6: 5}})


def test_pegging_goes_down_to_stock_and_purchases() -> None:
    tree = [(it.depth, it.peg.material, it.peg.supply_kind, it.peg.supply, it.peg.quantity) for it in pegged().served_by("top@4")]
    assert tree == [
        (0, "top", "planned order", "P-top-1", 3),
        (1, "mid", "stock", "", 4),
        (1, "mid", "planned order", "P-mid-1", 2),
        (2, "raw", "stock", "", 6),
    ]


def test_pegging_goes_up_to_the_customers() -> None:
    tree = [(it.depth, it.peg.material, it.peg.demand_kind, it.peg.demand, it.peg.quantity) for it in pegged().serves("P-raw-1")]
    assert tree == [
        (0, "raw", "planned order", "P-mid-2", 27),
        (1, "mid", "planned order", "P-top-2", 10),
        (2, "top", "customer order", "top@6", 5),
    ]
    assert pegged().serves("top@6") == []
    with pytest.raises(ValueError, match="the plan has no order 'nobody'"):
        pegged().serves("nobody")


def test_what_is_given_off_serves_too_and_names_the_order_that_gives_it() -> None:
    materials = {"x": {"bill": {"raw": 1}, "by_products": [{"material": "chips", "quantity": 2}]}, "raw": {}, "chips": {"days": 1}}
    plan = planned(materials, {"x": {2: 5}, "chips": {3: 12}})
    own = [(it.supply, it.demand, it.quantity) for it in plan.pegs if it.material == "chips"]
    assert own == [("P-x-1", "chips@3", 10), ("P-chips-1", "chips@3", 2)]


def test_net_change_plans_what_a_changed_position_touches_alone() -> None:
    materials = {"a": {"bill": {"b": 2}, "days": 1}, "b": {"bill": {"c": 1}, "days": 1}, "c": {}, "far": {"days": 1}}
    made = plant(materials)
    before, after = ({"a": {5: quantity}, "far": {6: 3}} for quantity in (4, 7))
    plan = MaterialPlan(made, declared_position(made, scenario(before)))
    assert plan.planned_count == 4
    changed = plan.changed_to(declared_position(made, scenario(after)))
    assert changed is not None
    assert changed.planned_count == 3
    assert said_of(changed) == said_of(MaterialPlan(made, declared_position(made, scenario(after))))
    assert said_of(plan) == said_of(MaterialPlan(made, declared_position(made, scenario(before)))), "who has it keeps it as it was"
    assert plan.changed_to(declared_position(made, scenario({"a": {9: 1}}))) is None, "further than it looks"


def said_of(plan: MaterialPlan) -> tuple[object, ...]:
    return plan.records(), plan.orders, plan.pegs, action_messages(plan)


def test_an_erp_keeps_its_plan_and_plans_what_has_changed_alone() -> None:
    """A count of steel is a change of steel; a day later, or with what a planner has set, all of it is planned anew."""
    carried = Carried(small_erp("due_date_offset"))
    carried.start(steel=20_000)
    carried.round(order(NOON_US, "A", 6))
    planning, erp = carried.erp.planning_parameters, carried.erp

    def planned_now(now_us: int) -> int:
        position = erp_position(erp, now_us)
        assert said_of(planning.plan(position)) == said_of(MaterialPlan(planning.plant, position))
        return planning.plans.anew

    assert planned_now(NOON_US) == 4
    assert planned_now(NOON_US + HOUR_US) == 0, "nothing has changed"
    carried.round(StockCounted(effective_us=NOON_US, material="steel", lot="open-steel", quantity=3))
    assert planned_now(NOON_US + HOUR_US) == 1
    carried.round(PlanningParametersSet(effective_us=NOON_US, person="anna", terminal="office", material="gear", safety_stock=7))
    assert planned_now(NOON_US + HOUR_US) == 4
    assert planned_now(NOON_US + DAY_US) == 4
    assert copy.deepcopy(planning.plans).anew == 0, "a copy of the ERP holds no plan"


def test_too_many_buckets_and_parts_of_a_day_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"reaches 3,001 days ahead, 3,001 buckets of 1 d; allowed: 2,000, with a larger bucket"):
        planned({"x": {}}, {"x": {3000: 1}})
    made = plant({"x": {}})
    with pytest.raises(ValueError, match="a bucket of 12 h is not made of whole days"):
        MaterialPlan(made, declared_position(made, scenario({})), bucket_us=43_200_000_000)


def test_more_than_can_be_counted_is_refused_with_the_material() -> None:
    materials = {"a": {"bill": {"b": 10**8}}, "b": {"bill": {"c": 10**8}}, "c": {}}
    with pytest.raises(ValueError, match="the orders of 'b' need more of a component than can be counted"):
        planned(materials, {"a": {1: 10**8}})
