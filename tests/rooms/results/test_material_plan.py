"""The material plan of a run and of files, as tables; and the plan as what decides, where a scenario says so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import twin
from tests.rooms.erp.material_plan.little_plan import plant, scenario
from twin.erp.material_plan.messages import action_messages
from twin.model.checks.planning.carried_out import OnlyPlanned
from twin.model.events import OperationsRequestReleased, PlannedOrderFrozen, PurchaseOrderPlaced
from twin.model.scenario import Scenario
from twin.results.planning.what_to_do import others
from twin.results.views.business.plan import plan_now
from twin.simulation.engines import play
from twin.simulation.rule_control import NotByRule

SHOP = "plant_models/gearbox_shop"
TABLES = ("records", "orders", "pegging", "messages")


def asked(planning: str) -> Scenario:
    baseline = twin.read_scenario(None, SHOP)
    return baseline.model_copy(update={"policies": baseline.policies.model_copy(update={"planning": planning})})


@pytest.fixture(scope="module")
def run() -> twin.Run:
    return twin.simulate(SHOP, until="2 d", seed=1)


def test_the_plan_of_the_files_covers_the_orders_of_the_scenario() -> None:
    plan = twin.plan(SHOP)
    orders = plan.orders.query("material == 'GB1'")
    assert list(orders["quantity"]) == [8, 10, 12]
    assert [day.day for day in orders["due"]] == [3, 5, 6]
    assert plan.served_by("B1")["depth"].iloc[0] == 0
    assert set(plan.served_by("B1").query("supply_kind == 'planned order'")["material"]) >= {"GB1", "TR1"}
    assert (plan.records["projected_quantity"] >= 0).all()


def test_the_plan_of_a_run_begins_with_its_stock_and_what_is_on_order(run: twin.Run) -> None:
    plan = run.material_plan()
    first = plan.records[plan.records["day"] == pd.Timestamp("2026-03-04")].set_index("material")
    flow = first["scheduled_receipt_quantity"] + first["planned_receipt_quantity"] - first["gross_quantity"]
    on_hand = pd.Series(run.erp.stock.on_hand)
    assert (first["projected_quantity"] == on_hand + flow).all()
    open_orders = sum(it.open_quantity for it in run.erp.customer_orders.orders.values() if it.material == "GB1")
    assert plan.records.query("material == 'GB1'")["gross_quantity"].sum() == open_orders
    assert {*plan.messages["action"]} == {"expedite"}, "all that is missing is on order, and what is bought by its point is for later needs"
    late = plan.records["material"].isin(plan.messages.query("action == 'expedite'")["material"])
    assert (plan.records[~late]["projected_quantity"] >= 0).all()
    assert (plan.records[plan.records["day"] == plan.records["day"].max()]["projected_quantity"] >= 0).all(), "moved, it all suffices"


def test_what_a_customer_waits_for_comes_first_and_the_rest_is_counted(run: twin.Run) -> None:
    run.erp.frozen.orders["F"] = PlannedOrderFrozen(
        effective_us=run.now_us, planned="F", material="HS1", quantity=40, due_us=run.now_us, person="", terminal=""
    )
    now = plan_now(run)
    del run.erp.frozen.orders["F"]
    assert sorted(now.messages, key=str) == sorted(action_messages(now.plan), key=str)
    waited, rest = ([it for it in now.proposals if it.is_waited_for is want] for want in (True, False))
    assert now.proposals == [*waited, *rest]
    assert [it.late_days for it in waited] == sorted((it.late_days for it in waited), reverse=True)
    assert "CON-1" in waited[0].orders
    assert waited[0].late_days == 2, "needed on the 4th, and due on the 6th"
    groups = others(now.proposals)
    assert (sum(it.count for it in groups), sum(it.stock_minor for it in groups)) == (len(rest), sum(it.stock_minor for it in rest))
    assert {it.action for it in groups} == {it.message.action for it in rest} != set()


def test_pegging_adds_up_to_what_is_needed(run: twin.Run) -> None:
    plan = run.material_plan()
    served = plan.pegging[plan.pegging["demand_kind"] != "nobody"].groupby("material")["quantity"].sum()
    needed = plan.records.groupby("material")["gross_quantity"].sum()
    assert (needed[needed > 0].sort_index() == served.sort_index()).all()
    assert not (plan.pegging["supply_kind"] == "missing").any()


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_tidy_and_have_their_columns_when_they_are_empty(table: str) -> None:
    full, empty = getattr(twin.plan(SHOP), table), getattr(nothing_wanted(), table)
    assert list(full.columns) == list(empty.columns)
    assert all(
        full[name].dtype.kind == "M" for name in full.columns if name in ("day", "start", "due", "wanted", "supply_day", "demand_day")
    )
    assert all(pd.api.types.is_integer_dtype(full[name]) for name in full.columns if name.endswith("quantity"))


def nothing_wanted() -> Any:
    return twin.plan(plant({"x": {}}), scenario({}))


def test_a_plan_changes_nothing_of_a_run(run: twin.Run) -> None:
    head = run.journal.head
    run.material_plan()
    assert run.journal.head == head
    assert run.violations(whole=True) == []


def test_whole_boxes_are_counted_in_boxes() -> None:
    item = {"units": {"box": 10}, "planning": {"order_unit": "box"}}
    orders = twin.plan(plant({"x": item}), scenario({"x": {2: 12}})).orders
    assert orders[["quantity", "order_unit", "order_unit_count"]].values.tolist() == [[20, "box", 2]]


def test_the_record_of_a_material_reads_as_planners_read_it() -> None:
    record = twin.plan(plant({"x": {"days": 1}}), scenario({"x": {2: 12}})).record("x")
    assert list(record.loc["planned_start_quantity"]) == [0, 12, 0]
    with pytest.raises(ValueError, match="no material is called 'y'"):
        nothing_wanted().record("y")


@pytest.mark.slow
def test_where_a_scenario_says_so_the_plan_decides_once_a_day_in_both_engines() -> None:
    runs = [twin.simulate(SHOP, asked("material_plan"), until="3 d", seed=1, engine=engine) for engine in ("compiled", "simpy")]
    assert runs[0].trace_hash == runs[1].trace_hash
    run = runs[0]
    assert run.violations(whole=True) == []
    calls = [e.event for e in run.journal.entries() if isinstance(e.event, OperationsRequestReleased | PurchaseOrderPlaced)]
    days = {pd.Timestamp(it.effective_us, unit="us", tz="UTC").tz_convert("Europe/Berlin").date().isoformat() for it in calls}
    assert days <= {"2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"}
    instants = {it.effective_us for it in calls}
    assert len(instants) == len(days), "one plan a day"
    first = twin.plan(SHOP, asked("material_plan"))
    planned = first.orders[first.orders["start"] == pd.Timestamp("2026-03-02")]
    assert sorted(planned["material"]) == sorted(it.material for it in calls if it.effective_us == min(instants))


def test_a_plan_that_decides_is_its_own_and_has_nothing_left_to_release() -> None:
    run = twin.simulate(SHOP, asked("material_plan"), until="1 h", seed=1)
    assert "release" not in set(run.material_plan().messages["action"])


def test_the_default_decides_order_by_order_as_before(run: twin.Run) -> None:
    assert twin.simulate(SHOP, asked("order_by_order"), until="2 d", seed=1).journal.head == run.journal.head


@pytest.mark.parametrize("control", ["planned", "rule"])
def test_rules_that_work_order_by_order_refuse_the_plan_by_name(control: Any) -> None:
    read, scenario_of_plan = twin.read_plant(SHOP), asked("material_plan")
    with pytest.raises(NotByRule, match=r"policies\.planning: material_plan"):
        play("compiled", read, scenario_of_plan, 1, control=control)


def test_a_run_refuses_what_only_a_plan_takes_into_account() -> None:
    materials = {
        "x": {"bill": {"kit": 1}, "bill_for": 2, "by_products": [{"material": "chips", "quantity": 1}]},
        "kit": {"bill": {"raw": 1}, "phantom": True, "opening_stock": 1}, "raw": {}, "chips": {},
    }  # fmt: skip
    supply = [{"order": "PO", "material": "raw", "quantity": 1, "day": 1}]
    named = r"opening_stock of a phantom \(kit\)"
    with pytest.raises(OnlyPlanned, match=named):
        twin.Run(plant(materials), scenario({}, supply))
    with pytest.raises(NotByRule, match=named + r"; supply, orders that are open at the start \(PO\)"):
        play("compiled", plant(materials), scenario({}, supply), 1, control="planned")  # type: ignore[arg-type]
    assert np.all(twin.plan(plant(materials), scenario({"x": {3: 4}}, supply)).records["projected_quantity"] >= 0)
