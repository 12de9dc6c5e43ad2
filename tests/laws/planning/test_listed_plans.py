"""What is read of a plan for a page, a material or an order is what stands in the whole list of it, made the long way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from tests.laws.planning.test_alternates import Demand, plants
from tests.rooms.erp.material_plan.little_plan import planned, scenario
from twin.erp.material_plan.declared import BELOW_ZERO, STOCK
from twin.erp.material_plan.listing.pegs import MISSING, NOBODY, PegRow
from twin.erp.material_plan.messages import Messages, action_messages
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import declared_position
from twin.kernels.material_plan.pegging import NOTHING
from twin.model.plant import Plant

Tree = list[tuple[int, PegRow]]


def pegs_at_once(plan: MaterialPlan) -> list[PegRow]:
    """All pegs of all materials, of one call for the whole plan, with the names that the listed orders have."""
    arrays = plan.arrays
    listed = arrays.orders()
    pegs, orders, found = arrays.pegs(listed), {}, []
    for material, name in enumerate(plan.task.names):
        number = int(arrays.number_of[material])
        orders.update(enumerate(plan.listed.of(name), int(listed.first[number])))

    def party(of: int, *, is_supply: bool) -> tuple[str, str, int | None]:
        if of == NOTHING:
            return "", MISSING if is_supply else NOBODY, None
        if of >= 0:
            return orders[of].order, "planned order", orders[of].due if is_supply else orders[of].start
        rows = plan.task.supply if is_supply else plan.task.demand
        if -1 - of >= len(rows):
            return "", STOCK if is_supply else BELOW_ZERO, 0
        return rows[-1 - of].order, rows[-1 - of].kind, rows[-1 - of].bucket

    for material, name in enumerate(plan.task.names):
        number = int(arrays.number_of[material])
        for place in range(int(pegs.first[number]), int(pegs.first[number + 1])):
            supply, demand = party(int(pegs.supply[place]), is_supply=True), party(int(pegs.demand[place]), is_supply=False)
            found.append(
                PegRow(
                    material=name, supply=supply[0], supply_kind=supply[1], supply_bucket=supply[2], demand=demand[0],
                    demand_kind=demand[1], demand_bucket=demand[2], quantity=int(pegs.quantity[place]),
                )
            )  # fmt: skip
    return found


def tree_of(pegs: list[PegRow], order: str, near: str, far: str) -> Tree:
    """The tree of an order, by looking through all pegs for whoever hangs on it."""
    found, left = list[tuple[int, PegRow]](), [(0, order)]
    while left:
        depth, party = left.pop()
        for peg in (it for it in pegs if party and getattr(it, near) == party):
            found.append((depth, peg))
            left.append((depth + 1, getattr(peg, far)))
    return found


def told(look: Callable[[str], Any], order: str) -> Tree:
    return [(it.depth, it.peg) for it in look(order)]


def same_as_the_whole(plan: MaterialPlan) -> None:
    pegs, orders = pegs_at_once(plan), plan.orders
    assert plan.pegs == pegs
    for order in {it.supply for it in pegs} | {it.demand for it in pegs} - {""}:
        if order:
            assert told(plan.serves, order) == tree_of(pegs, order, "supply", "demand")
            assert told(plan.served_by, order) == tree_of(pegs, order, "demand", "supply")
            assert told(lambda it: plan.served_by(it, 2), order) == told(plan.served_by, order)[:2]
    for first in range(0, len(orders) + 2, 3):
        assert plan.listed.some(first, 3) == orders[first : first + 3]
    assert len(plan.listed) == len(orders)
    assert [plan.listed.get(it.order) for it in orders] == orders
    assert plan.listed.due_now() == [it for it in orders if it.is_due_now]
    phantoms = {name for name, it in plan.plant.materials.materials.items() if it.phantom}
    assert [it for name in plan.task.names if name not in phantoms for it in plan.listed.of(name)] == orders
    messages = action_messages(plan)
    assert [it for name in plan.task.names for it in Messages(plan).about(name)] == messages
    releases = {it.order for it in messages if it.action == "release"}
    assert releases <= {it.order for it in orders if it.is_due_now}


@settings(max_examples=30, deadline=None)
@given(plants())
def test_what_is_read_of_an_order_is_what_the_whole_pegging_says(case: tuple[Plant, Plant, Demand]) -> None:
    made, _, wanted = case
    same_as_the_whole(MaterialPlan(made, declared_position(made, scenario(wanted))))


def mixed() -> MaterialPlan:
    """By-products, a component on two lines, a phantom, a yield, two suppliers, stock, and an order whose name a planned one has too."""
    twice = [{"material": it, "quantity": n} for it, n in (("kit", 1), ("bolt", 2), ("bolt", 1))]
    materials: dict[str, dict[str, Any]] = {
        "x": {
            "bill": twice, "days": 1, "by_products": [{"material": "chips", "quantity": 2}],
            "planning": {"expected_yield": 0.9, "maximum": 7},
        },
        "kit": {"bill": {"bolt": 1, "raw": 3}, "phantom": True, "opening_stock": 2},
        "bolt": {"days": 3, "opening_stock": 6, "planning": {"multiple": 5}},
        "raw": {"days": 9, "alternative_suppliers": {"of_bolt": {"share": 0.4}}},
        "chips": {"days": 1},
    }  # fmt: skip
    on_order = [
        {"order": "P-x-1", "material": "x", "quantity": 4, "kind": "firm_planned", "day": 3},
        {"order": "PO", "material": "bolt", "quantity": 10, "day": 6},
    ]
    return planned(materials, {"x": {2: 9, 4: 12, 12: 5}, "chips": {3: 10, 13: 40}, "bolt": {1: 3}}, on_order)


def test_a_plan_of_everything_reads_the_same_in_parts() -> None:
    plan = mixed()
    same_as_the_whole(plan)
    assert {it.supplier for it in plan.orders} == {"", "of_raw", "of_bolt"}
    assert {it.supply_kind for it in plan.pegs} >= {"planned order", "stock", "firm planned order"}


def test_what_fills_up_a_buffer_is_due_now_though_it_starts_later() -> None:
    """Its bolts take four days, and are ordered for it."""
    buffer = {"lead_time_factor": 0.5, "variability_factor": 0.0, "daily_use": 10, "planned_by": "net_flow"}
    plan = planned({"top": {"bill": {"bolt": 3}, "days": 2, "planning": {"buffer": buffer}}, "bolt": {"days": 4}}, {"top": {0: 1}})
    same_as_the_whole(plan)
    assert [(it.material, it.start) for it in plan.listed.due_now()] == [("top", 4), ("bolt", 0)]


@pytest.mark.parametrize("order", ["", "P-x-99", "P-x-0", "P-x-01", "P-nothing-1", "P-x-", "x", "P-kit-1 "])
def test_an_order_that_the_plan_does_not_have_is_refused_by_its_name(order: str) -> None:
    with pytest.raises(ValueError, match=f"the plan has no order '{order}'"):
        mixed().serves(order)
    assert mixed().listed.get(order) is None


def test_one_record_is_the_rows_of_all_records_and_of_the_material_alone() -> None:
    plan = mixed()
    for name in plan.task.names:
        own = [it for it in plan.records() if it.material == name]
        assert plan.records_of(name) == own
        number = plan.number[name]
        assert [it.gross for it in own] == plan.arrays.of(plan.arrays.gross)[number].tolist()
        assert [it.projected for it in own] == plan.arrays.of(plan.arrays.projected())[number].tolist()
        assert sum(it.planned_starts for it in own) == sum(it.started for it in plan.listed.of(name))
    assert plan.records_of("nothing") == [] == plan.pegged.of("nothing") == plan.listed.of("nothing")
