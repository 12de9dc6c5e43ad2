"""Alternatives of operations in the load, by hand: their shares, and what they could take over where there is too much."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.erp.capacity_plan.test_cases_of_capacity import HOUR_US, WEEK, capacity_plan
from tests.rooms.erp.material_plan.little_plan import LAYOUT, plant
from twin.erp.capacity_plan.capacity_plan import CapacityPlan
from twin.model.checks.plant_checks import check_plant


def two_centers(share: float) -> dict[str, Any]:
    """A piece takes 6 min at the bench or 9 at the mill; both work from 06:00 to 14:00."""
    shift = {"one": {"days": WEEK, "start": "06:00", "end": "14:00"}}
    units = {"bench_1": ("bench", "bench"), "mill_1": ("mill", "mill")}
    return {
        **LAYOUT,
        "calendars": {"day": {"shifts": shift}},
        "work_centers": {"bench": {"storage": "yard"}, "mill": {"storage": "yard"}},
        "work_units": {name: {"equipment_class": of, "work_center": at, "calendar": "day"} for name, (of, at) in units.items()},
        "process_segments": {"work": {"work_center": "bench"}, "mill": {"work_center": "mill"}},
        "routings": {
            "x": {"10": {"segment": "work", "run": "6 min", "alternatives": [{"segment": "mill", "run": "9 min", "planned_share": share}]}}
        },
    }  # fmt: skip


def load_h(plan: CapacityPlan) -> dict[str, float]:
    return {it.resource: it.load_us / HOUR_US for it in plan.rows if it.bucket == 0}


def plan_of(share: float, quantity: int) -> CapacityPlan:
    made = plant({"x": {"kind": "finished", "price": "1 EUR"}}, two_centers(share))
    assert not list(check_plant(made))
    return capacity_plan(made, [{"order": "O", "material": "x", "quantity": quantity, "due": "1 us"}])


def test_what_is_too_much_could_be_done_where_there_are_hours_left() -> None:
    """A hundred are ten hours for eight: two hours of them take three at the mill, of eight that are left."""
    plan = plan_of(0.0, 100)
    assert load_h(plan) == {"bench": 10, "mill": 0}
    (offload,) = plan.offloads
    assert (offload.order, offload.operation, offload.center, offload.to_center) == ("P-x-1", "10", "bench", "mill")
    assert [it / HOUR_US for it in (offload.relieved_us, offload.takes_us, offload.free_us)] == [2, 3, 8]
    assert plan_of(0.0, 80).offloads == []


def test_no_more_is_proposed_than_there_are_hours() -> None:
    """Two hundred are twenty hours: twelve too many, of which the mill's eight take five and a third."""
    (offload,) = plan_of(0.0, 200).offloads
    assert (offload.relieved_us, offload.takes_us) == (8 * HOUR_US * 2 // 3, 8 * HOUR_US)


def test_a_declared_share_is_loaded_where_it_is_expected() -> None:
    """A quarter of a hundred at the mill: 7.5 h here, and a quarter of fifteen hours there."""
    plan = plan_of(0.25, 100)
    assert load_h(plan) == {"bench": 7.5, "mill": 3.75}
    assert plan.offloads == []
    assert {resource: hours[0] / HOUR_US for (_, resource), hours in plan.rough.items()} == {"bench": 7.5, "mill": 3.75}


def test_shares_beyond_all_of_the_work_are_refused() -> None:
    made = plant({"x": {"kind": "finished", "price": "1 EUR"}}, two_centers(0.6))
    routing = made.layout.routings["x"]["10"]
    twice = routing.model_copy(update={"alternatives": routing.alternatives * 2})
    layout = made.layout.model_copy(update={"routings": {"x": {"10": twice}}})
    said = [it.what for it in check_plant(made.model_copy(update={"layout": layout}))]
    assert "the alternatives are expected to take 120% of the work" in said


@pytest.mark.parametrize("quantity", [1, 7, 101])
def test_shares_of_a_load_lose_no_more_than_a_microsecond_a_way(quantity: int) -> None:
    plan = plan_of(0.3, quantity)
    whole_us = quantity * 60_000_000 * (6 * 0.7 + 9 * 0.3)
    assert abs(sum(it.load_us for it in plan.parts) - whole_us) <= 2
