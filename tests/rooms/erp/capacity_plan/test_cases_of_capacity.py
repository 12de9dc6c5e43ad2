"""The cases of capacity and promises, each with its exact number, and what a planner reads beside it."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from tests.known_answers import CASES
from tests.rooms.erp.material_plan.little_plan import LAYOUT, plant
from twin.erp.capacity_plan.answers import promise_of
from twin.erp.capacity_plan.capacity_plan import CapacityPlan
from twin.erp.capacity_plan.orders import Left
from twin.erp.capacity_plan.work import steps_of
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import declared_position
from twin.kernels.material_plan import promising as at
from twin.model.plant import Plant
from twin.model.scenario import Scenario

DAY_US, HOUR_US = 86_400_000_000, 3_600_000_000
MONDAY = "2026-03-02T00:00:00Z"
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def shop(
    routings: dict[str, Any], *, shift: tuple[str, str] | None = None, days: list[str] | None = None, units: int = 1, **layout: Any
) -> dict[str, Any]:
    """One work center, its machines alike, with a routing for each material."""
    made = copy.deepcopy(LAYOUT)
    calendar = {}
    if shift:
        made["calendars"] = {"day": {"shifts": {"one": {"days": days or WEEK, "start": shift[0], "end": shift[1]}}}}
        calendar = {"calendar": "day"}
    made["work_units"] = {f"machine_{n + 1}": {"equipment_class": "machine", "work_center": "bench", **calendar} for n in range(units)}
    return {**made, "routings": routings, **layout}


def capacity_plan(
    made: Plant, orders: list[dict[str, Any]] | None = None, supply: list[dict[str, Any]] | None = None, *, start: str = MONDAY,
    days: int = 1, left: Left | None = None,
) -> CapacityPlan:  # fmt: skip
    asked = {"plant": "little", "start": start, "horizon": "30 d", "supply": supply or [],
             "demand": {"orders": [{"customer": "acme", **it} for it in orders or []]}}  # fmt: skip
    position = declared_position(made, Scenario.model_validate(asked))
    return CapacityPlan(made, MaterialPlan(made, position, bucket_us=days * DAY_US), position, left)


def day_and_clock(text: str, start: datetime) -> int:
    """ "day2 10:00" as UTC microseconds; day 1 is the first."""
    day, clock = text.removeprefix("day").split()
    hour, minute = clock.split(":")
    at = start + timedelta(days=int(day) - 1, hours=int(hour), minutes=int(minute))
    return int(at.timestamp()) * 1_000_000


def test_crp_01_load_and_overload_of_a_work_center_by_week() -> None:
    case = CASES["crp-01"]
    given, then = case["given"], case["then"]
    weeks = [given[f"w{n}"] for n in (1, 2, 3)]
    kinds = sorted({(it["setup"], it["h"]) for week in weeks for it in week})
    names = {kind: f"x{n}" for n, kind in enumerate(kinds)}
    routings = {
        name: {"prepare": {"segment": "work", "run": f"{setup} h", "per": "lot"}, "run": {"segment": "work", "run": f"{round(h * 60)} min"}}
        for (setup, h), name in names.items()
    }
    layout = shop(routings, shift=("08:00", f"{8 + given['capacity_h']:02}:00"), days=["mon"])
    orders = [
        {
            "order": f"{n}-{names[it['setup'], it['h']]}",
            "material": names[it["setup"], it["h"]],
            "quantity": it["q"],
            "due": f"{7 * n + 2} d",
        }
        for n, week in enumerate(weeks)
        for it in week
    ]
    plan = capacity_plan(plant({name: {"kind": "made"} for name in names.values()}, layout), orders, days=7)
    rows = [it for it in plan.rows if it.resource == "bench"]
    assert [it.load_us / HOUR_US for it in rows] == then["load"]
    assert [it.over_us / HOUR_US for it in rows] == then["overload"]
    assert [it.capacity_us / HOUR_US for it in rows] == [given["capacity_h"]] * 3
    assert [it.behind_us / HOUR_US for it in rows] == [0.5, 0, 1.0]
    assert [it / HOUR_US for it in plan.rough["work center", "bench"]] == pytest.approx([3 + 4 + 0.5 * 60 + 1 * 40, 3 + 0.5 * 60, 8 + 80])


def ctp() -> tuple[CapacityPlan, dict[str, Any], datetime]:
    """The machine is busy with another order until 10:00 of the second day; the component comes at 08:00 of it."""
    case = CASES["ctp-01"]
    given, start = case["given"], datetime.fromisoformat(MONDAY)
    begin, end = given["shift"].split("-")
    setups = {"machine": {"same": f"{given['setup_min']} min", "default": f"{given['setup_min']} min"}}
    routings = {
        name: {"run": {"segment": "work", "run": f"{given['run_min']} min", "setup_family": name}} for name in ("x", "other")
    }  # fmt: skip
    layout = shop(routings, shift=(begin, end), setups=setups)
    layout["work_units"]["machine_1"]["hourly_cost"] = "60 EUR/h"
    made = plant(
        {"x": {"bill": {"part": 1}, "opening_stock": given["on_hand"]}, "other": {"kind": "made"}, "part": {"days": 9}}, layout
    )  # fmt: skip
    free_us, comes_us = (
        day_and_clock(given[it], start) - int(start.timestamp()) * 1_000_000 for it in ("machine_free", "component_arrives")
    )
    busy_min = (free_us - DAY_US) // 60_000_000 - 8 * 60 + 8 * 60  # what is left of the first shift, and of the second until then
    supply = [
        {"order": "MO", "material": "other", "quantity": (busy_min - given["setup_min"]) // given["run_min"], "due": "2 d"},
        {"order": "PO", "material": "part", "quantity": given["order"] - given["on_hand"], "due": f"{comes_us} us"},
    ]
    return capacity_plan(made, supply=supply), case, start


def test_ctp_01_a_promise_waits_for_the_component_and_then_for_the_machine() -> None:
    plan, case, start = ctp()
    given, then = case["given"], case["then"]
    found = promise_of(plan, plan.promising(), "x", given["order"], wanted_us=day_and_clock("day2 12:00", start))
    assert found.started == then["make"]
    assert found.from_stock == given["on_hand"]
    assert found.at_us == day_and_clock(then["finish"], start)
    assert [(it.why, it.material, it.equipment) for it in found.way] == [
        ("stock", "part", ""), ("queue", "x", "machine_1"), ("work", "x", "machine_1"),
    ]  # fmt: skip
    assert [found.way[0].from_us, *(it.to_us for it in found.way)] == [
        day_and_clock(it, start) for it in ("day1 00:00", "day2 08:00", "day2 10:00", then["finish"])
    ]
    assert found.in_time == given["on_hand"] + (2 * 60 - given["setup_min"]) // given["run_min"]  # two hours of the machine
    assert not found.is_in_time
    assert found.earlier == ()  # the component is what is waited for: to open the machine at night brings nothing


def test_ctp_earlier_has_a_price_work_at_night_at_the_hourly_rate() -> None:
    """Two shifts of 8 h for 90 pieces at 10 min and half an hour of set-up, 15.5 h: around the clock half of it is paid outside."""
    plan, case, _ = ctp()
    promising = plan.promising(orders=False)
    found = promise_of(plan, promising, "other", 90)
    assert found.at_us == plan.now_us + DAY_US + int(15.5 * HOUR_US)  # 08:00 to 16:00, and 08:00 to 15:30 of the next day
    (earlier,) = found.earlier
    assert earlier.what == "machine_1 around the clock"
    assert earlier.at_us == plan.now_us + int(15.5 * HOUR_US)
    assert earlier.cost_minor == 8 * 60_00  # 00:00 to 08:00; the rest is in the shift
    assert case["given"]["run_min"] == 10


def test_who_stays_at_night_is_paid_overtime_and_nobody_works_without_him() -> None:
    """A machine without a calendar, attended: it works while somebody is there. 12 h of work take a shift and half of the next."""
    layout = shop({"x": {"run": {"segment": "work", "run": "1 h"}}}, shift=("08:00", "16:00"))
    del layout["work_units"]["machine_1"]["calendar"]
    layout["work_units"]["machine_1"]["hourly_cost"] = "60 EUR/h"
    layout |= {
        "process_segments": {"work": {"work_center": "bench", "personnel_class": "turner"}}, "personnel_classes": {"turner": {}},
        "persons": {"ann": {"classes": ["turner"], "calendar": "day", "hourly_cost": "40 EUR/h"}}, "labour": {"overtime": "50 %"},
    }  # fmt: skip
    plan = capacity_plan(plant({"x": {"kind": "made"}}, layout))
    found = promise_of(plan, plan.promising(), "x", 12)
    assert found.at_us == plan.now_us + DAY_US + 12 * HOUR_US
    (earlier,) = found.earlier
    assert (earlier.at_us, earlier.cost_minor) == (plan.now_us + 12 * HOUR_US, 8 * (60_00 + 60_00))  # 00:00 to 08:00


def test_an_express_delivery_is_weighed_where_the_supplier_offers_one() -> None:
    made = plant({"x": {"bill": {"part": 2}}, "part": {"days": 9}}, shop({"x": {"run": {"segment": "work", "run": "1 h", "per": "lot"}}}))
    slow = {**made.materials.suppliers}
    express = slow["of_part"].model_validate({"lead_time": "9 d", "express": {"lead_time": "2 d", "price": "150 EUR"}})
    quick = made.model_copy(update={"materials": made.materials.model_copy(update={"suppliers": {**slow, "of_part": express}})})
    plan = capacity_plan(quick)
    found = promise_of(plan, plan.promising(), "x", 5)
    assert found.at_us == plan.now_us + 9 * DAY_US + HOUR_US
    assert found.reason == "part is bought of of_part and takes 9 d"
    (earlier,) = found.earlier
    assert (earlier.what, earlier.at_us, earlier.cost_minor) == ("part by express", plan.now_us + 2 * DAY_US + HOUR_US, 150_00)


def aps_01() -> tuple[Plant, dict[str, Any], dict[str, Any]]:
    """Delivery is the way to the customer; a sub-assembly takes a day and half a day for each piece, three can be made at once."""
    given = CASES["aps-01-lead-time-constrained"]["given"]
    layout = shop(
        {
            "item": {"make_end": {"segment": "work", "run": given["ops"]["make_end"], "per": "lot", "transport": given["ops"]["deliver"]}},
            "sub": {"prepare": {"segment": "sub", "run": "1 d", "per": "lot"}, "make_sub": {"segment": "sub", "run": "12 h"}},
        },
        units=2,
    )  # fmt: skip
    layout["work_centers"]["subs"] = {"storage": "yard"}
    layout["work_units"] |= {f"sub_{n}": {"equipment_class": "sub", "work_center": "subs"} for n in (1, 2, 3)}
    layout["process_segments"]["sub"] = {"work_center": "subs"}
    materials = {
        "item": {"bill": {"sub": 1}, "days": 8}, "raw": {},
        "sub": {"bill": {"raw": 1}, "days": 4, "lot_size": 2, "opening_stock": given["stock"]["sub"]},
    }  # fmt: skip
    materials["raw"] = {"opening_stock": given["stock"]["raw"]}
    return plant(materials, layout), given, CASES["aps-01-lead-time-constrained"]["then"]


def test_aps_01_the_constrained_plan_promises_one_order_after_the_other() -> None:
    made, given, then = aps_01()
    start = f"{given['now']}T00:00:00Z"
    plan = capacity_plan(made, start=start)
    promising, sub = plan.promising(), plan.number_of["sub"]
    made_lots: list[int] = []
    for n, (order, expected) in enumerate(zip(given["orders"], then["constrained"].values(), strict=False), 1):
        found = promise_of(plan, promising, "item", order["q"])
        assert found.at_us is not None
        assert datetime.fromtimestamp(found.at_us / 1e6, UTC).date() == date.fromisoformat(str(expected["delivered"])), n
        answer = promising.ask(plan.number_of["item"], order["q"])
        promising.keep(answer)
        made_lots += [2 for place in answer.places.tolist() if place[at.NUMBER] == sub and place[at.STEP] == 1]
        if n == 1:
            late = date.fromisoformat(str(expected["delivered"])) - date.fromisoformat(str(order["due"]))
            assert late.days == expected["late_days"]
            assert found.reason == "item is worked on for 7 d at machine_1"
    assert made_lots == then["constrained"]["sub_lots"]
    assert sum(made_lots) == then["constrained"]["sub_made"]


def test_aps_01_the_unconstrained_plan_says_when_it_should_have_begun() -> None:
    made, given, then = aps_01()
    start = f"{given['now']}T00:00:00Z"
    orders = [
        {"order": f"order{n}", "material": "item", "quantity": it["q"],
         "due": f"{(date.fromisoformat(str(it['due'])) - date.fromisoformat(str(given['now']))).days} d 1 us"}
        for n, it in enumerate(given["orders"], 1)
    ]  # fmt: skip
    plan = capacity_plan(made, orders, start=start).plan
    first = next(it for it in plan.orders if it.material == "item")
    sub = next(it for it in plan.orders if it.material == "sub")
    now = date.fromisoformat(str(given["now"]))
    begins, ends = then["unconstrained"]["make_end_1"]
    assert str(now - timedelta(days=first.late_buckets)) == str(begins)
    assert str(plan.day_of(first.due)) == str(date.fromisoformat(str(ends)) + timedelta(days=1))  # a day on its way
    assert sub.good == then["unconstrained"]["make_sub"]["qty"]
    assert str(now - timedelta(days=sub.late_buckets)) == str(then["unconstrained"]["make_sub"]["from"])
    assert str(plan.day_of(sub.due)) == str(then["unconstrained"]["make_sub"]["to"])


def test_aps_05_minimum_and_multiple_and_when_it_really_arrives() -> None:
    case = CASES["aps-05-po-min-multiple"]
    given, then = case["given"], case["then"]
    planning = {"safety_stock": given["safety"], "minimum": given["min"], "multiple": given["multiple"]}
    made = plant({"x": {"days": int(given["lead"][:-1]), "planning": planning, "opening_stock": given["on_hand"]}})
    plan = capacity_plan(made, start=f"{given['now']}T00:00:00Z").plan
    (order,) = plan.orders
    assert order.started == then["order"]
    assert str(plan.day_of(order.arrives)) == str(then["arrives"])


def test_aps_11_a_batch_loads_its_machine_by_the_share_that_is_filled() -> None:
    case = CASES["aps-11-op-time-batch"]
    given, then = case["given"], case["then"]
    layout = shop({"x": {"bake": {"segment": "work", "run": f"{given['minutes_per_batch']} min", "per": "lot"}}})
    layout["work_units"]["machine_1"]["batch"] = {"maximum": given["batch_size"], "counts": "pieces"}
    (step,) = steps_of(plant({"x": {"kind": "made"}}, layout))["x"]
    assert [step.busy_us(pieces) / 60_000_000 for pieces in (1, given["batch_size"])] == then["minutes"]
    assert step.flow_lot_us == given["minutes_per_batch"] * 60_000_000


def test_aps_09_what_is_left_of_an_order_is_its_share_of_the_whole_what_is_fixed_too() -> None:
    """The rule: an order that is 60 % done has 40 % of all its work left, its set-up, loading and the like as well.

    What goes in is an operation, what comes out another: two minutes a piece and one that is fixed, each.
    """
    case = CASES["aps-09-partial-completion"]
    given, then = case["given"], case["then"]
    layout = shop(
        {
            "x": {
                "in": {"segment": "work", "run": f"{given['consume_per']} min"},
                "out": {"segment": "ship", "run": f"{given['output_per']} min"},
            }
        }
    )
    layout["work_units"]["machine_1"]["load"] = f"{given['consume_fixed']} min"
    layout["work_centers"]["gate"] = {"storage": "yard"}
    layout["work_units"]["gate_1"] = {"equipment_class": "gate", "work_center": "gate", "unload": f"{given['output_fixed']} min"}
    layout["process_segments"]["ship"] = {"work_center": "gate"}
    supply = [{"order": "MO", "material": "x", "quantity": given["order"], "due": "3 d"}]
    share = 1 - given["done"] / given["order"]
    plan = capacity_plan(plant({"x": {"kind": "made"}}, layout), supply=supply, left={"MO": {"in": share, "out": share}})
    left = {it.operation: 0.0 for it in plan.parts}
    for it in plan.parts:
        left[it.operation] += it.load_us / 60_000_000
    assert left == pytest.approx({"in": then["remaining_consumption"], "out": then["remaining_output"]})


def test_operations_load_the_days_of_an_order_one_after_the_other() -> None:
    """Two days for an hour and three hours of work: the first day has the hour and one of the three."""
    routing = {"a": {"segment": "work", "run": "1 h", "per": "lot"}, "b": {"segment": "work", "run": "3 h", "per": "lot"}}
    made = plant({"x": {"kind": "finished", "days": 2}}, shop({"x": routing}))
    plan = capacity_plan(made, [{"order": "O", "material": "x", "quantity": 5, "due": "4 d 1 us"}])
    assert [(it.bucket, it.operation, it.load_us // HOUR_US) for it in plan.parts] == [(2, "a", 1), (2, "b", 1), (3, "b", 2)]


@any_of(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=6), st.integers(1, 3))
def test_the_load_is_the_work_of_all_orders_to_the_microsecond(wanted: list[tuple[int, int, int]], lot: int) -> None:
    layout = shop(
        {"x": {"a": {"segment": "work", "run": "7 min"}, "b": {"segment": "work", "run": "13 s", "per": "lot"}}}, shift=("06:00", "14:00"),
        days=["mon", "wed"],
    )  # fmt: skip
    made = plant({"x": {"kind": "finished", "lot_size": lot, "days": 2}}, layout)
    orders = [
        {"order": f"O{n}", "material": "x", "quantity": quantity, "due": f"{day} d 1 us"} for n, (quantity, day, _) in enumerate(wanted)
    ]
    plan = capacity_plan(made, orders)
    pieces = [it.pieces for it in plan.orders]
    assert sum(pieces) == sum(quantity for quantity, *_ in wanted)
    work_us = sum(7 * 60_000_000 * it + 13_000_000 * -(-it // lot) for it in pieces)
    assert sum(it.load_us for it in plan.parts) == work_us
    assert sum(it.load_us for it in plan.rows if it.kind == "work center") == work_us
    taken = plan._finite[1]
    assert int(sum((rows[:count, 1] - rows[:count, 0]).sum() for rows, count in zip(taken.rows, taken.counts, strict=True))) == work_us
    late = [it for it in plan.loaded if it.late_us]
    assert all(it.done_us is not None and it.done_us >= it.order.start_us for it in plan.loaded)
    assert all(it.late_us == it.done_us - it.order.due_us for it in late if it.done_us is not None)


def test_promises_that_are_kept_never_take_the_same_stock_or_the_same_hour_twice() -> None:
    """Five times the same question, each answer kept: what was free is gone, so each is later than the one before."""
    layout = shop({"x": {"run": {"segment": "work", "run": "30 min"}}}, shift=("06:00", "14:00"))
    plan = capacity_plan(plant({"x": {"bill": {"raw": 2}, "opening_stock": 3}, "raw": {"days": 2, "opening_stock": 20}}, layout))
    promising, number = plan.promising(), plan.number_of["x"]
    found = []
    for _ in range(5):
        answer = promising.ask(number, 4)
        assert answer.at_us == promising.ask(number, 4).at_us  # asking changes nothing
        promising.keep(answer)
        found.append((answer.at_us - plan.now_us) / HOUR_US if answer.at_us else None)
    # 3 there and 1 made; 4, 4 (raw for 10 is there); then 2 of 4 have raw: it comes after two days; then the next two hours
    assert found == [6.5, 8.5, 10.5, 48 + 8, 48 + 10]


def test_what_cannot_be_promised_is_said() -> None:
    plan = capacity_plan(plant({"x": {"kind": "made"}}, shop({"x": {"run": {"segment": "work", "run": "1 h"}}}, shift=("06:00", "07:00"))))
    found = promise_of(plan, plan.promising(), "x", 5_000)
    assert found.at_us is None
    assert not found.is_in_time
    with pytest.raises(ValueError, match="no material is called 'y'"):
        promise_of(plan, plan.promising(), "y", 1)
    with pytest.raises(ValueError, match="allowed: 1 or more"):
        promise_of(plan, plan.promising(), "x", 0)
