"""Alternatives in a plan, by hand: other materials, other bills, other suppliers; how much each takes over, when, and why."""

from __future__ import annotations

import cProfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from tests.rooms.erp.material_plan.little_plan import LAYOUT, by_day, planned, plant, scenario
from twin.erp.material_plan.messages import action_messages
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import declared_position
from twin.model.checks.plant_checks import check_plant
from twin.model.events import PurchaseOrderPlaced

GEAR = {
    "gear": {"bill": [{"material": "steel", "quantity": 2, "alternates": [{"material": "brass", "quantity": 3}]}], "days": 1},
    "steel": {"days": 10, "opening_stock": 10}, "brass": {"days": 8, "opening_stock": 40},
}  # fmt: skip
"""Two of steel, or three of brass, for a gear."""


def reasons(plan: MaterialPlan) -> list[tuple[str, int, str]]:
    return [(it.order, it.quantity, it.why) for it in action_messages(plan) if it.action == "use_alternate"]


def supplied(plan: MaterialPlan) -> list[tuple[str, str, int, int, int]]:
    """Of purchases: order, supplier, start, due, quantity."""
    return [(it.order, it.supplier, it.start, it.due, it.started) for it in plan.orders if it.is_bought]


def test_an_alternate_steps_in_where_the_first_cannot_be_there_in_time() -> None:
    """Fifteen gears on day 3 start on day 2 and need thirty of steel; ten lie there, and twenty more would be there on day 10, eight days
    too late: in their place thirty of the forty of brass. The five gears of day 12 wait for steel, which can be ordered in time."""
    plan = planned(GEAR, {"gear": {3: 15, 12: 5}})
    assert by_day(plan, "steel in gear", "scheduled") == {2: 20}
    assert by_day(plan, "brass", "gross") == {2: 30}
    assert [(it.order, it.start, it.due, it.started) for it in plan.orders] == [
        ("P-gear-1", 2, 3, 15), ("P-gear-2", 11, 12, 5), ("P-steel-1", 1, 11, 10),
    ]  # fmt: skip
    assert reasons(plan) == [("S-gear-steel-1", 20, "gear uses brass because steel is short: 20 would be 8 days too late")]
    below = [(it.depth, it.peg.material, it.peg.supply_kind, it.peg.quantity) for it in plan.served_by("P-gear-1")]
    assert below == [(0, "steel in gear", "alternate", 20), (0, "steel in gear", "planned order", 10), (1, "steel", "stock", 10),
                     (1, "brass", "stock", 30)]  # fmt: skip
    assert [it.peg.demand for it in plan.serves("S-gear-steel-1")] == ["P-gear-1", "gear@3"]


def test_what_nobody_needs_of_an_alternate_is_taken_and_no_more() -> None:
    """Of forty of brass thirty-four go elsewhere on day 5: six are free, which is four of steel; sixteen stay short and late."""
    other = {"bell": {"bill": {"brass": 1}}, **GEAR}
    plan = planned(other, {"gear": {3: 15}, "bell": {5: 34}})
    assert by_day(plan, "steel in gear", "scheduled") == {2: 4}
    assert by_day(plan, "brass", "gross") == {2: 6, 5: 34}
    assert [(it.order, it.started, it.late_buckets) for it in plan.orders if it.is_bought] == [("P-steel-1", 16, 8)]


@given(
    days=st.fixed_dictionaries(
        {"steel": st.integers(2, 5), "brass": st.integers(0, 1), "ore": st.integers(1, 5), "coke": st.integers(0, 3)}
    ),
    stock=st.fixed_dictionaries({"ore": st.integers(0, 30), "coke": st.integers(0, 30)}),
    wanted=st.lists(st.tuples(st.sampled_from(["gear", "bell", "cog"]), st.integers(2, 6), st.integers(1, 15)), min_size=1, max_size=4),
)
@settings(max_examples=30)
def test_an_alternate_makes_nothing_late_by_itself_however_deep_what_it_takes_lies(
    days: dict[str, int], stock: dict[str, int], wanted: list[tuple[str, int, int]]
) -> None:
    """Brass is made of ore, and both of coke: what bells need of them is late with the alternate if and only if it is without."""
    bill = [{"material": "steel", "quantity": 1, "alternates": [{"material": "brass", "quantity": 2}]}]
    below: dict[str, Any] = {"brass": {"bill": {"ore": 1, "coke": 1}}, "ore": {"bill": {"coke": 2}}, "steel": {}, "coke": {}}
    below = {name: {**it, "days": days[name], "opening_stock": stock.get(name, 0)} for name, it in below.items()}
    needs: dict[str, dict[int, int]] = {}
    for product, day, quantity in wanted:
        needs.setdefault(product, {})[day] = quantity

    def late(bill: list[dict[str, Any]]) -> dict[str, int]:
        products = {name: {"bill": bill, "days": 1} for name in ("gear", "cog")}
        plan = planned({"bell": {"bill": {"brass": 1}, "days": 1}, **products, **below}, needs)
        found = dict.fromkeys(("brass", "ore", "coke"), 0)
        for it in plan.orders:
            if it.material in found and it.late_buckets:
                found[it.material] += it.good
        return found

    assert late(bill) == late([{"material": "steel", "quantity": 1}])


def test_an_alternate_that_its_own_component_makes_late_is_not_taken() -> None:
    """Brass is made in a day, of ore that takes thirty; of what lies there of it two gears are made."""
    bill = [{"material": "steel", "quantity": 1, "alternates": [{"material": "brass", "quantity": 1}]}]
    made = {"gear": {"bill": bill, "days": 1}, "steel": {"days": 4}, "brass": {"bill": {"ore": 2}, "days": 1}, "ore": {"days": 30}}
    assert reasons(planned(made, {"gear": {3: 10}})) == []
    with_ore = planned({**made, "ore": {"days": 30, "opening_stock": 5}}, {"gear": {3: 10}})
    assert [(order, quantity) for order, quantity, _ in reasons(with_ore)] == [("S-gear-steel-1", 2)]
    assert all(it.late_buckets == 0 for it in with_ore.orders if it.material != "steel")


def test_a_plan_lists_its_orders_as_often_as_its_bills_are_deep_and_not_for_each_choice() -> None:
    line = [{"material": "steel", "quantity": 1, "alternates": [{"material": "brass", "quantity": 1}]}]
    products = {f"gear_{n}": {"bill": line, "days": 1} for n in range(20)}
    profile = cProfile.Profile()
    plan = profile.runcall(planned, {**products, "steel": {"days": 9}, "brass": {"days": 1}}, {name: {3: 1} for name in products})
    listed = sum(it.callcount for it in profile.getstats() if getattr(it.code, "co_qualname", "").endswith("ArrayPlan.orders"))
    assert (len(plan.substitutions), 1 <= listed <= 3) == (20, True)


def test_what_an_alternative_bill_names_twice_is_found_at_the_door_and_counted_as_a_sum() -> None:
    twice = {"w": {"bill": [{"material": "plate", "quantity": 2}, {"material": "plate", "quantity": 2}]}}
    materials = {
        "housing": {"bill": {"casting": 1}, "alternative_bills": twice},
        "casting": {"days": 9},
        "plate": {"days": 20, "opening_stock": 20},
    }
    assert "'plate' stands twice in this bill" in [it.what for it in check_plant(plant(materials))]
    plan = planned(materials, {"housing": {2: 10}})
    assert by_day(plan, "plate", "gross") == {2: 20}
    assert [(it.material, it.started) for it in plan.orders if it.late_buckets] == [("casting", 5)], "five of ten take four plates each"


def test_shares_hold_over_the_plan_within_their_dates() -> None:
    """Three tenths from 4 March (day 2) on: of 10, 5 and 5 that is 3, then 4.5 - 3 = 1, then 6 - 4 = 2. Before it nothing."""
    alternates = [{"material": "brass", "quantity": 1, "share": 0.3, "valid_from": "2026-03-04", "valid_until": "2026-03-08"}]
    materials: dict[str, dict[str, Any]] = {
        "gear": {"bill": [{"material": "steel", "quantity": 1, "alternates": alternates}]}, "steel": {}, "brass": {},
    }  # fmt: skip
    plan = planned(materials, {"gear": {1: 9, 3: 10, 4: 5, 6: 5, 7: 50}})
    assert by_day(plan, "brass", "gross") == {3: 3, 4: 1, 6: 2}
    assert by_day(plan, "steel", "gross") == {1: 9, 3: 7, 4: 4, 6: 3, 7: 50}


def test_another_bill_is_taken_where_the_first_is_short() -> None:
    """The housing is cast in time or, where castings come too late, welded of two plates and one tube; as twelve on day 2 have to be."""
    welded = {"bill": [{"material": "plate", "quantity": 2}, {"material": "tube", "quantity": 1}]}
    materials: dict[str, dict[str, Any]] = {
        "housing": {"bill": {"casting": 1}, "alternative_bills": {"welded": welded}},
        "casting": {"days": 7, "opening_stock": 5}, "plate": {"days": 1}, "tube": {"opening_stock": 10, "days": 20},
    }  # fmt: skip
    plan = planned(materials, {"housing": {2: 17, 9: 3}})
    assert by_day(plan, "casting", "gross") == {2: 7, 9: 3}
    assert by_day(plan, "plate", "gross") == {2: 20}
    assert by_day(plan, "tube", "gross") == {2: 10}
    assert reasons(plan) == [("S-housing-1", 10, "housing uses bill welded because its bill is short: 12 would be 5 days too late")]


QUOTA = {"raw": {"days": 3, "supplier": "near", "alternative_suppliers": {"far": {"share": 0.4, "price": "0.80 EUR", "multiple": 5}}}}


def two_suppliers(materials: dict[str, dict[str, Any]], lead_time: str = "6 d") -> Any:
    """A plant in which a supplier `near` delivers in three days, and `far` and `express` do too."""
    made = plant(materials)
    suppliers = {name: {"lead_time": days} for name, days in (("near", "3 d"), ("far", lead_time), ("express", "1 d"))}
    tables = made.model_dump(mode="json")
    tables["materials"]["suppliers"] = suppliers
    return type(made).model_validate(tables)


def test_quotas_of_suppliers_hold_over_the_plan() -> None:
    """Three to two: of four orders of 10 the first goes near, the second far (0 of 40 %), then near (10 / 0.6 < 10 / 0.4), then near again
    at 20 / 0.6 against 10 / 0.4 = 25: far. What is ordered of far starts six days before. Eight are no multiple of five."""
    made = two_suppliers(QUOTA)
    plan = MaterialPlan(made, declared_position(made, scenario({"raw": {7: 10, 8: 10, 9: 10, 10: 10, 11: 8}})))
    assert supplied(plan) == [
        ("P-raw-1", "near", 4, 7, 10), ("P-raw-2", "far", 2, 8, 10), ("P-raw-3", "near", 6, 9, 10), ("P-raw-4", "far", 4, 10, 10),
        ("P-raw-5", "near", 8, 11, 8),
    ]  # fmt: skip


def test_who_delivers_in_time_is_asked_where_the_first_cannot() -> None:
    made = two_suppliers({"raw": {"supplier": "near", "alternative_suppliers": {"far": {}, "express": {"minimum": 4}}}})
    plan = MaterialPlan(made, declared_position(made, scenario({"raw": {1: 5, 2: 3, 5: 9}})))
    assert supplied(plan) == [("P-raw-1", "express", 0, 1, 5), ("P-raw-2", "near", 0, 2, 3), ("P-raw-3", "near", 2, 5, 9)]
    assert next(it.why for it in action_messages(plan)) == (
        "it has to be ordered now of express, because near would be 2 days too late"
    )  # fmt: skip


def shop(raw: dict[str, Any], bill_line: dict[str, Any] | None = None) -> Any:
    layout = {**LAYOUT, "routings": {"part": {"10": {"segment": "work", "run": "1 min"}}}}
    bill = [{"material": "raw", "quantity": 1, **(bill_line or {})}]
    materials = {"part": {"kind": "finished", "price": "9 EUR", "bill": bill}, "raw": {"supplier": "near", **raw}, "other": {}}
    made = two_suppliers(materials)
    return type(made).model_validate({**made.model_dump(mode="json"), "layout": layout})


def test_a_run_orders_by_quota_and_each_supplier_takes_its_own_time_at_its_own_price() -> None:
    """What was ordered before counts: the plan is made anew each day, and still both have their part."""
    made = shop({"alternative_suppliers": {"far": {"share": 0.5, "price": "0.80 EUR"}}})
    wanted = scenario({"part": {7: 10, 9: 10, 11: 10, 13: 10}})
    asked = wanted.model_copy(
        update={"policies": wanted.policies.model_copy(update={"planning": "material_plan"}), "horizon": 16 * 86_400_000_000}
    )
    run = twin.simulate(made, asked)
    placed = [it.event for it in run.journal.entries() if isinstance(it.event, PurchaseOrderPlaced)]
    assert [(it.supplier, it.quantity, it.unit_price_minor) for it in placed] == [
        ("far", 10, 80), ("near", 10, 100), ("far", 10, 80), ("near", 10, 100),
    ]  # fmt: skip
    took = {it.supplier: run.erp.purchasing.orders[it.order].received_us - it.effective_us for it in placed}  # type: ignore[operator]
    assert took == {"far": 6 * 86_400_000_000, "near": 3 * 86_400_000_000}
    assert not run.violations(whole=True)


def gear_of(alternate: str) -> dict[str, Any]:
    return {"gear": {"bill": [{"material": "steel", "quantity": 1, "alternates": [{"material": alternate, "quantity": 1}]}]}}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (gear_of("steel"), "stands in this line"),
        (gear_of("gear"), "gear -> gear"),
        (gear_of("gold"), "no material is called"),
        ({"gear": {"bill": {"steel": 1}, "alternative_bills": {"b": {"bill": [{"material": "gear", "quantity": 1}]}}}}, "gear -> gear"),
        ({"steel": {"alternative_suppliers": {"of_steel": {}}}}, "'of_steel' is the first supplier already"),
        ({"steel": {"alternative_suppliers": {"of_brass": {"share": 0.7}, "of_gold": {"share": 0.7}}}}, "no supplier is called 'of_gold'"),
        ({"steel": {"alternative_suppliers": {"of_brass": {"share": 0.7}, "of_tin": {"share": 0.7}}}}, "take 140%"),
        ({"steel": {"alternative_suppliers": {"of_tin": {"valid_from": "2026-03-05", "valid_until": "2026-03-04"}}}}, "ends before"),
        ({"gear": {"bill": {"steel": 1}, "alternative_suppliers": {"of_tin": {}}}}, "so nobody delivers it"),
    ],
)  # fmt: skip
def test_bad_input_meets_words(wrong: dict[str, Any], words: str) -> None:
    made = plant({**GEAR, "tin": {}, **wrong})
    assert any(words in it.what for it in check_plant(made)), [it.what for it in check_plant(made)]
