"""What must hold in every plan with alternatives: pegs add up, nothing is used twice, and without alternatives nothing is changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.erp.material_plan.little_plan import plant, scenario
from twin.erp.material_plan.buckets import DAY_US
from twin.erp.material_plan.listing.pegs import MISSING, NOBODY
from twin.erp.material_plan.messages import action_messages
from twin.erp.material_plan.net_change.kept import KeptPlans
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import declared_position
from twin.model.plant import Plant

Demand = dict[str, dict[int, int]]
SHARES = st.sampled_from([None, None, 0.3, 0.5])


def alternates(draw: st.DrawFn, below: list[str], without: str) -> list[dict[str, Any]]:
    names = [it for it in below if it != without]
    taken = draw(st.lists(st.sampled_from(names), max_size=2, unique=True)) if names else []
    return [{"material": it, "quantity": draw(st.integers(1, 3)), "share": draw(SHARES)} for it in taken]


@st.composite
def plants(draw: st.DrawFn) -> tuple[Plant, Plant, Demand]:
    """A plant whose materials m0, m1 ... are made of later ones, with alternatives here and there; the same without any; what is wanted."""
    count = draw(st.integers(2, 6))
    names = [f"m{n}" for n in range(count)]
    table: dict[str, dict[str, Any]] = {}
    for n, name in enumerate(names):
        own: dict[str, Any] = {"days": draw(st.integers(0, 5)), "opening_stock": draw(st.integers(0, 30))}
        if draw(st.booleans()):
            own["planning"] = {"safety_stock": draw(st.integers(0, 5)), "multiple": draw(st.integers(1, 4))}
        below = names[n + 1 :]
        if below and draw(st.booleans()):
            parts = draw(st.lists(st.sampled_from(below), min_size=1, max_size=2, unique=True))
            own["bill"] = [{"material": it, "quantity": draw(st.integers(1, 4)), "alternates": alternates(draw, below, it)} for it in parts]
            if draw(st.booleans()):
                bill = [{"material": draw(st.sampled_from(below)), "quantity": draw(st.integers(1, 3))}]
                own["alternative_bills"] = {"other": {"bill": bill, "bill_for": draw(st.integers(1, 2)), "share": draw(SHARES)}}
        table[name] = own
    wanted: Demand = {}
    for name in names[:2]:
        wanted[name] = draw(st.dictionaries(st.integers(0, 9), st.integers(1, 20), max_size=4))
    plain = {
        name: {k: [{**line, "alternates": []} for line in v] if k == "bill" else v for k, v in it.items() if k != "alternative_bills"}
        for name, it in table.items()
    }
    return plant(table), plant(plain), wanted


def all_of(plan: MaterialPlan) -> tuple[object, ...]:
    for name in ("orders", "listed", "pegs", "pegged", "expedited"):  # as if nobody had asked before
        plan.__dict__.pop(name, None)
    return plan.pegs, plan.orders, plan.records(), plan.substitutions, plan.expedited


@settings(max_examples=60, deadline=None)
@given(plants())
def test_pegs_add_up_and_nothing_is_used_twice(case: tuple[Plant, Plant, Demand]) -> None:
    made, _, wanted = case
    plan = MaterialPlan(made, declared_position(made, scenario(wanted)))
    served, used = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for it in plan.pegs:
        assert it.supply_kind != MISSING
        served[it.demand, it.material] += it.quantity
        used[it.supply, it.material] += it.quantity
    for order in plan.orders:
        assert used[order.order, order.material] == order.good
    for name, days in wanted.items():
        for day, quantity in days.items():
            assert served[f"{name}@{day}", name] == quantity
    taken = Counter[str]()
    for it in plan.substitutions:
        assert used[it.order, it.place.name] == it.pieces
        for component in dict(it.takes):
            assert served[it.order, component] == sum(quantity for name, quantity in it.takes if name == component)
        taken[it.place.name] += it.pieces
    for it in plan.pegs:
        assert it.demand_kind != NOBODY or it.material not in taken, "what stands in for nothing"
    assert all(row.projected >= 0 for row in plan.records())
    assert len([it for it in action_messages(plan) if it.action == "use_alternate"]) == len(plan.substitutions)


@settings(max_examples=30, deadline=None)
@given(plants())
def test_what_is_taken_by_need_alone_is_in_time(case: tuple[Plant, Plant, Demand]) -> None:
    """Where no share is given, an alternative takes over only what is there, or can be there: it makes nothing late by itself."""
    made, plain, wanted = case
    plan = MaterialPlan(made, declared_position(made, scenario(wanted)))
    if plan.substitutions and not any("share" in it.why for it in plan.substitutions):
        without = MaterialPlan(plain, declared_position(plain, scenario(wanted)))
        assert any(it.late_buckets for it in without.orders)


@settings(max_examples=30, deadline=None)
@given(plants(), st.lists(st.tuples(st.integers(0, 20), st.integers(0, 9), st.integers(0, 30), st.integers(0, 2)), max_size=4))
def test_a_plan_that_is_kept_is_the_plan_anew_and_without_alternatives_it_is_what_it_was(
    case: tuple[Plant, Plant, Demand], changes: list[tuple[int, int, int, int]]
) -> None:
    """Whatever of demand, stock, day and horizon changes, one after the other; and whoever was given a plan before keeps that."""
    made, plain, wanted = case
    first = declared_position(made, scenario(wanted))
    plans, given_out = KeptPlans(), list[tuple[MaterialPlan, object]]()
    for more, day, on_hand, later_days in [(0, 0, 0, 0), *changes]:
        demand = {**wanted, "m0": {**{of: quantity + more for of, quantity in wanted["m0"].items()}, **({day: more} if more else {})}}
        other = declared_position(made, scenario(demand))
        now_us = other.now_us + later_days // 2 * DAY_US
        stock = {**other.on_hand, "m1": on_hand}
        other = replace(other, on_hand=stock, now_us=now_us, until_us=max(now_us, other.until_us), is_asked_for=bool(on_hand % 2))
        kept, anew = plans.of(made, other), MaterialPlan(made, other)
        assert all_of(kept) == all_of(anew)
        given_out.append((kept, all_of(kept)))
    assert all(all_of(kept) == said for kept, said in given_out)
    without = MaterialPlan(plain, first)
    assert without.plant is plain
    assert without.substitutions == ()
