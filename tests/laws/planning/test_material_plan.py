"""What must hold in every material plan, whatever the bills, lot sizes, yields, calendars and stock."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rooms.erp.material_plan.any_task import table, tasks
from twin.erp.material_plan.planning import ArrayPlan, Requirements
from twin.kernels.material_plan import columns as at
from twin.kernels.material_plan.columns import Ints
from twin.kernels.material_plan.pegging import NOTHING


def by_hand(task: Requirements, plan: ArrayPlan) -> tuple[Ints, Ints]:
    """What is needed and what comes, reckoned again from the orders of the plan, order by order and line by line, slowly."""
    shape = (task.materials.shape[0], task.bucket_count)
    gross, coming = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for material, bucket, quantity in task.demand.tolist():
        gross[material, bucket] += quantity
    for material, bucket, quantity in task.supply.tolist():
        coming[material, bucket] += quantity
    started = plan.of(plan.started)
    for parent, child, numerator, denominator, is_by_product in task.lines.tolist():
        for due in range(task.bucket_count):
            for quantity in single_orders(int(started[parent, due]), int(task.materials[parent, at.MAXIMUM])):
                if is_by_product:
                    coming[child, due] += quantity * numerator // denominator
                else:
                    gross[child, start_of(task, parent, due)] += -(-quantity * numerator // denominator)
    return gross, coming


def single_orders(started: int, maximum: int) -> list[int]:
    if not maximum:
        return [started]
    return [maximum] * (started // maximum) + ([started % maximum] if started % maximum else [])


def start_of(task: Requirements, material: int, due: int) -> int:
    """Walks back over the calendar, one bucket after the other."""
    calendar = task.calendars[task.materials[material, at.CALENDAR]]
    left, bucket = int(task.materials[material, at.LEAD]), due
    while left and bucket:
        bucket -= 1
        left -= int(calendar[bucket + 1] - calendar[bucket])
    return bucket


@pytest.mark.slow
@given(tasks())
def test_needs_are_what_orders_take_and_supply_covers_them_in_every_bucket(task: Requirements) -> None:
    plan = ArrayPlan(task)
    gross, coming = by_hand(task, plan)
    assert (plan.of(plan.gross) == gross).all()
    assert (plan.of(plan.incoming) == coming).all()
    good = plan.of(plan.started) * task.materials[:, at.YIELD, None] // at.MILLION
    left = task.materials[:, at.ON_HAND, None] + np.cumsum(coming + good - gross, axis=1)
    assert (plan.of(plan.projected()) == left).all()
    left += np.cumsum(expedited(task, plan), axis=1)
    assert (left >= 0).all()
    is_strict = task.materials[:, at.RULE] != at.PERIOD  # a period waits for a receipt that fills up the safety stock
    assert (left >= task.materials[:, at.SAFETY_STOCK, None])[is_strict].all()


def expedited(task: Requirements, plan: ArrayPlan) -> Ints:
    """What the plan moves in, as a change of what comes; it may, and no more than is on order."""
    change, left = np.zeros((task.materials.shape[0], task.bucket_count), np.int64), task.supply[:, 2].copy()
    for row, needed, quantity in plan.pulled_in().tolist():
        material, due, _ = task.supply[row].tolist()
        assert task.movable[row]
        calendar, own = task.calendars[task.materials[material, at.CALENDAR]], task.materials[material]
        assert needed < due <= max(done_by(calendar, needed, int(own[at.MOVE_IN])), done_by(calendar, 0, int(own[at.LEAD])))
        left[row] -= quantity
        change[material, needed] += quantity
        change[material, due] -= quantity
    assert (left >= 0).all()
    return change


def done_by(calendar: Ints, bucket: int, lead: int) -> int:
    """Walks forward over the calendar: the working bucket before which so many lie from `bucket` on, itself included."""
    count, done = calendar.size // 2, bucket
    if not lead:
        return bucket
    while lead and done < count:
        lead -= int(calendar[done + 1] - calendar[done])
        done += 1
    while done < count and calendar[done + 1] == calendar[done]:
        done += 1
    return done


@given(tasks())
def test_a_material_is_on_a_lower_level_than_whatever_needs_it_or_gives_it_off(task: Requirements) -> None:
    codes = ArrayPlan(task).low_level_code
    for material in range(task.materials.shape[0]):
        parents = [codes[parent] for parent, child, *_ in task.lines.tolist() if child == material]
        assert codes[material] == max((code + 1 for code in parents), default=0)


@given(tasks())
def test_pegs_add_up_both_ways_and_nothing_serves_what_was_before_it(task: Requirements) -> None:
    plan = ArrayPlan(task)
    orders = plan.orders()
    pegs = plan.pegs(orders)
    material_of = np.repeat(pegs.materials, np.diff(pegs.first))
    of_supply: Counter[tuple[int, int]] = Counter()
    of_demand: Counter[tuple[int, int]] = Counter()
    for number, supply, demand, quantity in zip(material_of, pegs.supply, pegs.demand, pegs.quantity, strict=True):
        assert quantity > 0
        of_supply[int(number), int(supply)] += int(quantity)
        of_demand[int(number), int(demand)] += int(quantity)
        if supply >= 0 and demand >= 0:
            assert orders.rows[supply, 1] <= orders.rows[demand, 2]
    assert not any(supply == NOTHING for _, supply in of_supply), "a plan leaves nothing without supply"
    rate = task.materials[plan.material_at, at.YIELD]
    for place, (number, _, _, started) in enumerate(orders.rows.tolist()):
        if good := int(started * rate[number] // at.MILLION):
            assert of_supply[number, place] == good
    totals = of_demand_by_material(of_demand)
    owed = np.maximum(0, -task.materials[plan.material_at, at.ON_HAND])
    assert totals == {n: int(total) for n, total in enumerate(plan.gross.sum(axis=1) + owed) if total}


def of_demand_by_material(of_demand: Counter[tuple[int, int]]) -> dict[int, int]:
    totals: Counter[int] = Counter()
    for (number, demand), quantity in of_demand.items():
        totals[number] += quantity if demand != NOTHING else 0
    return {number: total for number, total in totals.items() if total}


@pytest.mark.slow
@given(tasks(), st.data())
def test_a_plan_that_is_brought_up_to_date_is_the_plan_anew(task: Requirements, data: st.DataObject) -> None:
    plan = ArrayPlan(task)
    count, buckets = task.materials.shape[0], task.bucket_count
    row = st.tuples(st.integers(0, count - 1), st.integers(0, buckets - 1), st.integers(0, 40))
    changed = {
        name: data.draw(st.dictionaries(st.integers(0, len(rows) - 1), row, max_size=3)) if len(rows) else {}
        for name, rows in (("demand", task.demand), ("supply", task.supply))
    }
    on_hand = data.draw(st.dictionaries(st.integers(0, count - 1), st.integers(0, 30), max_size=2))
    touched = plan.change(demand=changed["demand"], supply=changed["supply"], on_hand=on_hand)
    tables = {name: getattr(task, name).copy() for name in ("demand", "supply")}
    for name, rows in changed.items():
        for place, new in rows.items():
            tables[name][place] = new
    materials = task.materials.copy()
    for material, quantity in on_hand.items():
        materials[material, at.ON_HAND] = quantity
    same(plan, ArrayPlan(replace(task, materials=materials, **tables)))
    assert touched <= count
    if not on_hand and not any(changed.values()):
        assert touched == 0


@given(tasks(), st.data())
def test_a_plan_that_takes_another_position_is_the_plan_anew(task: Requirements, data: st.DataObject) -> None:
    count, buckets = task.materials.shape[0], task.bucket_count
    rows = st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, buckets - 1), st.integers(1, 40)), max_size=12)
    materials = task.materials.copy()
    materials[:, at.SAFETY_STOCK] = data.draw(st.integers(0, 9))
    other = replace(task, materials=materials, demand=table(data.draw(rows), 3), supply=table(data.draw(rows), 3))
    plan = ArrayPlan(task)
    other = replace(
        other, movable=np.array(data.draw(st.lists(st.booleans(), min_size=len(other.supply), max_size=len(other.supply))), bool)
    )
    plan.take(other)
    same(plan, ArrayPlan(other))
    assert plan.take(other) == 0


def same(one: ArrayPlan, other: ArrayPlan) -> None:
    for name in ("gross", "incoming", "started"):
        assert (getattr(one, name) == getattr(other, name)).all(), name
    ours, theirs = one.pegs(one.orders()), other.pegs(other.orders())
    assert (ours.quantity == theirs.quantity).all()


@given(tasks(most_materials=4, most_buckets=5))
def test_lot_for_lot_is_the_least_that_covers_all(task: Requirements) -> None:
    """Brute force: whoever starts one piece less in any bucket leaves something uncovered, whenever what is on order comes."""
    materials = task.materials.copy()
    materials[:, at.RULE], materials[:, at.MINIMUM], materials[:, at.MAXIMUM] = at.LOT_FOR_LOT, 0, 0
    materials[:, at.MULTIPLE], materials[:, at.YIELD], materials[:, at.SAFETY_TIME] = 1, at.MILLION, 0
    materials[:, at.MOVE_IN] = task.bucket_count
    plan = ArrayPlan(replace(task, materials=materials))
    safety = materials[:, at.SAFETY_STOCK, None]
    gross, coming = by_hand(replace(task, materials=materials), plan)
    started = plan.of(plan.started)
    for material, bucket, quantity in task.supply[task.movable].tolist():
        coming[material, bucket] -= quantity
        coming[material, 0] += quantity
    for material, bucket in zip(*np.nonzero(started), strict=True):
        fewer = started.copy()
        fewer[material, bucket] -= 1
        left = materials[:, at.ON_HAND, None] + np.cumsum(coming + fewer - gross, axis=1)
        assert (left[material] < safety[material]).any()
