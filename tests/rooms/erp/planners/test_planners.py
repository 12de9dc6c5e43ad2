"""What planners say at work: orders that the plan leaves alone, forecasts in the place of what was reckoned; each refusal in words."""

from __future__ import annotations

from typing import Any

import pytest

import twin
from tests.rooms.erp.small_shop import DAY_US, START_US, Carried, of_type, order, plant
from tests.rooms.procurement.trading_shop import Office, T, items
from tests.rooms.simulation.small_floor import plant_of, scenario_of
from twin.apps.office.entered import OfficeEntered
from twin.apps.office.planning.firm_forms import planner_forms
from twin.erp import Erp
from twin.erp.material_plan.deciding import called_for
from twin.erp.material_plan.messages import action_messages
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import FIRM_PLANNED, erp_position
from twin.erp.planners.forecasts import weeks_told, with_forecasts
from twin.model import events as e
from twin.model.scenario import Policies
from twin.results.run import Run
from twin.results.views.business.plan import PlannedSeen, firmed, plan_now

FIRM: dict[str, Any] = {"planned": "FP1", "material": "gearbox", "quantity": 6, "due_us": START_US + 14 * DAY_US}


def plan_of(office: Office) -> MaterialPlan:
    return MaterialPlan(office.erp.planning_parameters.plant, with_forecasts(office.erp, erp_position(office.erp, office.now_us)))


def test_a_firm_planned_order_stands_as_it_was_said_and_the_plan_says_what_it_would_have_done() -> None:
    """Its parts are planned for it, nobody works on it, and nothing needs it: the plan would cancel it, and does not."""
    office = Office({"housing": 40})
    assert office.say(e.PlannedOrderFrozen, **FIRM) == []
    plan = plan_of(office)
    assert [(it.action, it.kind, it.why) for it in action_messages(plan) if it.order == "FP1"] == [
        ("cancel", FIRM_PLANNED, "nothing needs it")
    ]
    assert {it.material: it.good for it in plan.orders} == {"gear": 12}
    assert not office.erp.requests.requests
    assert office.say(e.PlannedOrderFrozen, **{**FIRM, "quantity": 7}) == []
    assert {it.material: it.good for it in plan_of(office).orders}["gear"] == 14, "said again, it is changed"
    assert office.say(e.PlannedOrderFreed, planned="FP1") == []
    assert not plan_of(office).orders


def test_what_cannot_be_firm_is_refused_with_what_is_allowed() -> None:
    office = Office({})
    for changed, words in (
        ({"material": "gearbix"}, "did you mean 'gearbox'"),
        ({"planned": " "}, "it has no name; allowed: one that no order has"),
        ({"quantity": 0}, "a quantity of 0; allowed: 1 to"),
        ({"quantity": 1.5}, "a quantity of 1.5; allowed: 1 to"),
        ({"due_us": T - 1}, "the due date is past; allowed: from now on until two years from now"),
        ({"due_us": T + 731 * DAY_US}, "the due date is more than two years ahead"),
        ({"due_us": 2**62}, "'due_us' is 4611686018427387904; allowed: -1 to"),
        ({"planned": "FP+1"}, "'FP+1' has a '+', which joins ids here"),
        ({"material": "gear", "quantity": 100_001}, "10001 lots of 10; allowed: 10000 lots"),
        ({"person": "nobody"}, "nobody knows a person 'nobody'"),
    ):
        assert words in office.refused(e.PlannedOrderFrozen, **{**FIRM, **changed})
    office.place("PO1", 5, 4_000)
    assert "an order is called 'PO1' already" in office.refused(e.PlannedOrderFrozen, **{**FIRM, "planned": "PO1"})
    assert "no firm planned order is called 'FP1'; allowed: none" in office.refused(e.PlannedOrderFreed, planned="FP1")


def test_nothing_that_is_asked_for_by_rule_takes_the_name_of_a_firm_planned_order() -> None:
    office = Office({})
    for planned, material in (("A-gearbox", "gearbox"), ("P-gear-1", "gear"), ("PO-housing-1", "housing")):
        assert office.say(e.PlannedOrderFrozen, **{**FIRM, "planned": planned, "material": material}) == []
    office.round(order(T, "A", 5))
    assert [*office.erp.requests.requests] == ["A-gearbox.F2"]
    assert "PO-housing-2" in office.erp.purchasing.orders
    assert office.erp.requests.free_name("gear") == "P-gear-2"
    assert [*office.erp.frozen.orders] == ["A-gearbox", "P-gear-1", "PO-housing-1"]


def test_what_is_bought_is_due_when_the_planner_wants_it_and_not_before_its_supplier_can_have_it_here() -> None:
    office = Office({})
    for planned, days in (("soon", 1), ("late", 40)):
        office.say(e.PlannedOrderFrozen, **{**FIRM, "planned": planned, "material": "housing", "due_us": T + days * DAY_US})
    due = [office.erp.frozen.called_for(it, T).due_us for it in office.erp.frozen.orders.values()]
    assert due == [T + 5 * DAY_US, T + 40 * DAY_US]


def test_what_is_called_for_at_one_instant_is_spoken_for_by_its_material_alone() -> None:
    """Of a blanket order for ten: an order whose name another material's would begin with takes nothing of it."""
    office = Office({})
    office.say(
        e.BlanketOrderAgreed, blanket="B", supplier="foundry", material="housing", quantity=10, unit_price_minor=4_000, from_us=T,
        until_us=T + 90 * DAY_US,
    )  # fmt: skip
    office.say(e.PlannedOrderFrozen, **FIRM)
    wanted = next(it for it in plan_of(office).orders if it.material == "housing")
    for taken, blanket in ((("housing-1", 9), "B"), (("housing", 9), "")):
        call = called_for(office.erp, wanted, 8, T, T, {"PO-housing-1-1": taken})
        assert isinstance(call, e.PurchaseOrderPlaced)
        assert call.blanket == blanket


def test_what_one_person_may_not_order_alone_no_plan_orders_for_him() -> None:
    """Five housings at 41.99 are above 100.00: somebody is told, once."""
    tables = items(purchasing={"approval_above": "100 EUR"})
    shop = Carried(Erp(plant(items=tables), Policies.model_validate({"planning": "material_plan"})))
    shop.start(steel=99_999)
    firm = {**FIRM, "planned": "much", "material": "housing", "quantity": 5, "due_us": T + DAY_US}
    for said in (firm, {**firm, "planned": "little", "quantity": 2}):
        shop.round(e.PlannedOrderFrozen(effective_us=T, person="anna", terminal="office", **said))
    followed = shop.round(e.Heartbeat(effective_us=T + DAY_US, reason="clock"))
    assert [it.order for it in of_type(followed, e.PurchaseOrderPlaced)] == ["little"]
    (told,) = of_type(followed, e.WorkAlertRaised)
    assert "'much' of 'housing' should be ordered: it is worth 209.95, and above 100.00 another person approves" in told.message
    assert not of_type(shop.round(e.Heartbeat(effective_us=T + 2 * DAY_US, reason="clock")), e.PurchaseOrderPlaced, e.WorkAlertRaised)


def test_a_forecast_that_is_entered_is_planned_for_until_it_is_taken_back() -> None:
    office, week_us = Office({"housing": 99}), START_US + 7 * DAY_US
    said: dict[str, Any] = {"material": "gearbox", "week_us": week_us, "week_pieces": (7, 0, 14)}
    assert office.say(e.ForecastEntered, **said) == []
    assert [(it.pieces, it.from_us, it.method) for it in weeks_told(office.erp)] == [
        (pieces, week_us + n * 7 * DAY_US, "entered by anna") for n, pieces in enumerate((7, 0, 14))
    ]
    assert sum(it.good for it in plan_of(office).orders if it.material == "gearbox") == 21
    assert office.say(e.ForecastEntered, **{**said, "week_pieces": (9,)}) == []
    assert sum(it.good for it in plan_of(office).orders if it.material == "gearbox") == 23, "another number for that week alone"
    order = {"order": "A", "customer": "acme", "material": "gearbox", "quantity": 5, "unit_price_minor": 1}
    office.round(e.SalesOrderConfirmed(effective_us=T, due_us=week_us + DAY_US, **order))
    assert sum(it.quantity for it in with_forecasts(office.erp, erp_position(office.erp, T)).expected) == 18, "an order takes its place"
    assert office.say(e.ForecastEntered, **{**said, "week_pieces": ()}) == []
    assert not [*weeks_told(office.erp)]
    for changed, words in (
        ({"material": "gear"}, "'gear' is nothing that is sold"),
        ({"week_us": week_us + 1}, "no week begins then; allowed: the beginning of a Monday, as 2026-03-09"),
        ({"week_us": START_US - 7 * DAY_US}, "that week is over; allowed: from 2026-03-02 on"),
        ({"week_us": week_us + 104 * 7 * DAY_US}, "that week is more than two years ahead; allowed: from 2026-03-02 on until two years"),
        ({"week_us": 2**62}, "'week_us' is 4611686018427387904; allowed: -1 to"),
        ({"week_pieces": (-1,)}, "-1 pieces are expected; allowed: 0 to"),
    ):
        assert words in office.refused(e.ForecastEntered, **{**said, **changed})


WEEK = 604_800_000_000
BEGIN_US = scenario_of().start_us
LATER_US = BEGIN_US + 20 * DAY_US
WEEK_US = START_US + 2 * WEEK


@pytest.fixture(scope="module")
def run() -> Run:
    """Three days that plan by the day: a planner makes two orders firm, one due on Thursday, made in a day, and expects something."""
    firm = {"planned": "FP1", "material": "shaft", "quantity": 4, "due_us": BEGIN_US + 3 * DAY_US}
    later = {"planned": "FP2", "material": "shaft", "quantity": 2, "due_us": LATER_US}
    expected = {"material": "shaft", "week_us": WEEK_US, "week_pieces": [9]}
    says = [("PlannedOrderFrozen", firm), ("PlannedOrderFrozen", later), ("ForecastEntered", expected)]
    scenario = scenario_of(
        horizon="3 d", policies={"planning": "material_plan"},
        entries=[{"at": "15 min", "person": "anna", "says": kind, "about": what} for kind, what in says],
    )  # fmt: skip
    plant = plant_of(materials="materials: {shaft: {kind: finished, lot_size: 4, price: 9 EUR, planned_lead_time: 1 d}}")
    return twin.simulate(plant, scenario, seed=1)


def test_where_the_plan_decides_it_is_let_go_on_its_day_under_its_own_name(run: Run) -> None:
    released = [it.event for it in run.journal.entries() if isinstance(it.event, e.OperationsRequestReleased)]
    assert [(it.request, it.quantity, (it.effective_us - BEGIN_US) // DAY_US) for it in released] == [("FP1", 4, 1)]
    assert run.erp.stock.on_hand["shaft"] == 4
    assert not run.violations(whole=True)


def test_a_planner_says_it_on_the_page_and_lets_go_what_is_firm_as_it_was_seen(run: Run) -> None:
    now = plan_now(run)
    firm, forecasts = planner_forms(run, now)
    offered = {
        (it["kind"], field["name"]): [option["id"] for option in field["options"]]
        for it in firm["forms"]
        for field in it["fields"]
        if field["of"] == "choice"
    }
    (seen,) = offered["PlannedOrder", "planned"]
    assert offered["PlannedOrderFreed", "firm"] == ["FP2"]
    assert "week of Mon 16 Mar: 9, entered by anna" in forecasts["notes"][0]

    def said(kind: str, **fields: Any) -> e.OperationsEvent:
        entry = {"kind": kind, "person": "anna", "terminal": "page", "id": "E", "said": fields}
        return OfficeEntered(run).event(entry, run.now_us)

    changed = said("PlannedOrderFrozen", firm="FP2", quantity="3")
    assert isinstance(changed, e.PlannedOrderFrozen)
    assert (changed.planned, changed.quantity, changed.due_us) == ("FP2", 3, LATER_US)
    (planned, *_) = offered["PlannedOrderFrozen", "planned"]
    new = said("PlannedOrderFrozen", planned=planned, due="2026-04-01 06:00")
    assert isinstance(new, e.PlannedOrderFrozen)
    assert (new.planned, new.material, new.quantity) == ("FP-shaft-1", "shaft", 1), "a share of the week that is expected"
    week = said("ForecastEntered", material="shaft", week="2026-03-18", pieces="7 8")
    assert isinstance(week, e.ForecastEntered)
    assert (week.week_us, week.week_pieces) == (WEEK_US, (7, 8))
    order, material, quantity, due = seen.split("|")
    let_go = said("PlannedOrder", planned=seen)
    assert isinstance(let_go, e.OperationsRequestReleased)
    assert (let_go.request, let_go.quantity) == ("FP2", 2)
    with pytest.raises(ValueError, match="is another than that: somebody has changed it; allowed: 2 of 'shaft'"):
        firmed(
            run,
            PlannedSeen(order=order, material=material, quantity=int(quantity) + 1, due=due),
            {"effective_us": run.now_us, "person": "anna"},
        )
    run.erp.apply(let_go)
    assert not run.erp.frozen.orders
