"""Promises and finite loads where there is another way: another operation, another material, another bill; by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.erp.capacity_plan.test_cases_of_capacity import HOUR_US, capacity_plan
from tests.rooms.erp.capacity_plan.test_offloading import two_centers
from tests.rooms.erp.material_plan.little_plan import LAYOUT, plant
from twin.erp.capacity_plan.answers import promise_of
from twin.erp.capacity_plan.capacity_plan import CapacityPlan

DAY_US = 24 * HOUR_US


def test_a_lot_goes_where_it_is_done_first_though_it_takes_longer_there() -> None:
    """Two lots of forty, four hours each at the bench, six at the mill: the second is done at the bench at 14:00, and at the mill at 12:00.
    Forty more, beside them, fill the bench up to 14:00."""
    made = plant({"x": {"kind": "finished", "price": "1 EUR", "lot_size": 40}}, two_centers(0.0))
    plan = capacity_plan(made, [{"order": "O", "material": "x", "quantity": 80, "due": "1 us"}])
    begin_us = plan.now_us + 6 * HOUR_US
    (loaded,) = plan.loaded
    assert loaded.done_us == begin_us + 6 * HOUR_US, "the second lot at the mill, 06:00 to 12:00"
    found = promise_of(plan, plan.promising(), "x", 40)
    assert (found.at_us, [it.equipment for it in found.way if it.why == "work"]) == (begin_us + 8 * HOUR_US, ["bench_1"])
    alone = promise_of(plan, plan.promising(orders=False), "x", 80)
    assert alone.at_us == begin_us + 6 * HOUR_US
    assert [it.equipment for it in alone.way if it.why == "work"] == ["mill_1"]
    assert sum(it.length_us for it in alone.way) == alone.at_us - plan.now_us, "the way tiles the time"


def gears(**more: Any) -> CapacityPlan:
    """A gear of two of steel (ten days) or three of brass (of which there are thirty); a box of a gear and, by its bill, wood or tin."""
    line = {"material": "steel", "quantity": 2, "alternates": [{"material": "brass", "quantity": 3, **more}]}
    lid = {"bill": [{"material": "tin", "quantity": 1}, {"material": "gear", "quantity": 1}]}
    table = {
        "box": {"bill": {"wood": 1, "gear": 1}, "alternative_bills": {"tinned": lid}, "days": 1}, "gear": {"bill": [line], "days": 1},
        "steel": {"days": 10, "opening_stock": 4}, "brass": {"days": 8, "opening_stock": 30}, "wood": {"days": 20}, "tin": {"days": 5},
    }  # fmt: skip
    return capacity_plan(plant(table, LAYOUT), [])


def test_a_promise_is_made_of_the_alternate_that_is_there() -> None:
    """Ten gears of brass are there after a day; of twelve six more of brass would come in eight days, which is before the steel."""
    plan = gears()
    ten, two, twelve = (promise_of(plan, plan.promising(), "gear", quantity) for quantity in (10, 2, 12))
    assert (ten.at_us, ten.uses) == (plan.now_us + DAY_US, ("gear uses brass in place of steel",))
    assert (two.at_us, two.uses) == (plan.now_us + DAY_US, ()), "of steel that is there, as the bill says"
    assert (twelve.at_us, twelve.uses) == (plan.now_us + 9 * DAY_US, ("gear uses brass in place of steel",))
    dated = gears(valid_from="2027-01-01")
    assert promise_of(dated, dated.promising(), "gear", 10).at_us == dated.now_us + 11 * DAY_US


def test_choices_are_made_one_below_the_other() -> None:
    """A box waits twenty days for wood, so it is tinned: five days and one; its gears are of brass, in time for that."""
    plan = gears()
    found = promise_of(plan, plan.promising(), "box", 10, wanted_us=plan.now_us + 3 * DAY_US)
    assert found.at_us == plan.now_us + 6 * DAY_US
    assert set(found.uses) == {"box is made by its bill 'tinned'", "gear uses brass in place of steel"}
    assert found.in_time == 0


def test_nobody_is_promised_what_a_promise_before_has_taken() -> None:
    plan = gears()
    promising = plan.promising()
    first = promise_of(plan, promising, "gear", 10)
    assert first.at_us == plan.now_us + DAY_US
    assert promise_of(plan, promising, "gear", 10).at_us == first.at_us, "asking changes nothing"


@pytest.mark.parametrize("quantity", [1, 7, 40])
def test_no_promise_is_later_for_a_choice(quantity: int) -> None:
    plan, alone = gears(), gears(valid_until="2020-01-01")
    both = [promise_of(it, it.promising(), "gear", quantity).at_us for it in (plan, alone)]
    assert both[0] is not None
    assert both[1] is not None
    assert both[0] <= both[1]
