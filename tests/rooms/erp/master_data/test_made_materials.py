"""Something that is made here is there by an entry: priced, planned, promised, made, sold and booked; and what cannot be is said."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

import twin
from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.rooms.erp.master_data.test_master_data import SAID, changed
from tests.rooms.erp.small_shop import DAY_US, of_type
from tests.rooms.results.test_users import told
from tests.rooms.settlement.desk import Desk, day
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import erp_position
from twin.erp.sales.promising import promise
from twin.model import events as e
from twin.model.readiness.said import Said
from twin.model.scenario import Scenario
from twin.results.run import Run
from twin.run import replay, simulate
from twin.simulation.beside.hand_worked_plant import HandWorkedPlant

ROUTING = {"hob": {"segment": "hobbing", "run": "3 min", "setup_family": "small"}, "fit": {"segment": "fitting", "run": "6 min"}}
BILL = [{"material": "gear", "quantity": 1}, {"material": "steel", "quantity": 100}]


def pinion(on: int, **other: Any) -> e.MasterDataChanged:
    """A pinion, which is sold at 90.00: a gear and 100 g of steel, hobbed and fitted."""
    said = {"kind": "finished", "price": "90 EUR", "lot_size": "4", "planned_lead_time": "1 d", "bill": BILL, "routing": ROUTING} | other
    changes = [(key, it if isinstance(it, str) else json.dumps(it)) for key, it in said.items() if it is not None]
    return changed("materials", "pinion", *changes, on=on, is_new=True)


def test_what_is_made_anew_has_a_standard_a_plan_and_a_promise_and_is_asked_for_down_its_bill() -> None:
    desk = Desk(planning="order_by_order")
    desk.round(e.StockCounted(effective_us=day(0), material="steel", lot="S", quantity=50_000))
    (revised, standard) = desk.round(pinion(1))
    assert isinstance(revised, e.MasterDataRevised)
    gear = desk.erp.roll_up.released["gear"]
    assert (standard.material, standard.material_minor) == ("pinion", gear.material_minor + 32)
    labour, machine = 6 / 60 * 4_000, 3 / 60 * 6_000 + 6 / 60 * 600  # it is of the only family that the hob is set up for
    own = standard.labour_minor - gear.labour_minor, standard.machine_minor - gear.machine_minor, standard.energy_minor - gear.energy_minor
    assert own == (labour, machine, 3 * 12 / 60 * 20)
    assert desk.erp.bills.low_level_code == {"steel": 2, "housing": 1, "gear": 1, "gearbox": 0, "pinion": 0}
    promised = promise(desk.erp, "pinion", 5, day(1))
    assert promised.due_us > day(1)
    plan = MaterialPlan(desk.erp.planning_parameters.plant, erp_position(desk.erp, day(1)))
    assert [it for it in plan.orders if it.material == "pinion"] == []
    followed = desk.round(
        e.SalesOrderEntered(**SAID, effective_us=day(2), order="S1", customer="acme", order_lines=(("pinion", 6, day(20), -1),))
    )
    asked = of_type(followed, e.OperationsRequestReleased)
    assert [(it.material, it.quantity, it.due_us) for it in asked] == [("pinion", 6, day(20)), ("gear", 6, day(20) - DAY_US)]
    run = desk.run(as_said=True)
    assert [it.quantity for it in run.mes.lots.values() if it.material == "pinion"] == [4, 2]
    assert [it.operation for it in run.mes.job_orders.values() if it.material == "pinion"] == ["hob", "fit"] * 2
    assert run.violations(whole=True) == []
    assert "pinion" not in run.declared.layout.routings
    assert desk.refusals() == []


def test_what_is_sold_anew_is_forecast_from_the_next_week_on() -> None:
    """Eight pinions are ordered in its first whole week: two a week, by the mean of four."""
    desk = Desk(planning="order_by_order", forecasting={"history": 4, "ahead": 2})
    desk.round(e.Heartbeat(effective_us=day(0), reason="clock"), pinion(0))
    desk.passes(7)
    desk.round(
        e.SalesOrderEntered(**SAID, effective_us=day(8), order="S1", customer="acme", order_lines=(("pinion", 8, day(30), -1),))
    )  # fmt: skip
    desk.passes(14)
    issued = [it for it in of_type(desk.journal, e.ForecastIssued) if it.material == "pinion"]
    assert [(it.effective_us, it.week_pieces) for it in issued] == [(day(7), (0, 0)), (day(14), (2, 2))]


def test_what_is_wrong_with_how_it_is_made_is_said_at_once() -> None:
    desk = Desk()

    def refused(**other: Any) -> str:
        desk.round(pinion(1, **other))
        return desk.refusals()[-1]

    assert refused(kind="recovered").startswith("kind 'recovered': nobody could bring or make it by an entry; allowed: purchased, made")
    assert "routing.hob.run: 'soon' is no duration" in refused(routing={"hob": {"segment": "hobbing", "run": "soon"}})
    assert "no process segment is called 'hobing'" in refused(routing={"hob": {"segment": "hobing"}})
    assert "no material is called 'steal'" in refused(bill=[{"material": "steal", "quantity": 1}])
    assert "'pinion' is finished but has no routing" in refused(routing=None)
    assert "'pinion' is sold but has no price" in refused(price=None)
    assert "the bill goes round in a circle: pinion -> pinion" in refused(bill=[{"material": "pinion", "quantity": 1}])
    assert "its standard is rolled up" in refused(standard_cost="3 EUR")
    assert refused(by_products=[]).startswith("'by_products' of a material stays as it is declared; allowed: ")
    bought = {"kind": "purchased", "price": None, "lot_size": None, "planned_lead_time": None, "standard_cost": "3 EUR", "supplier": "mill"}
    assert "is purchased and so has no bill" in refused(**bought)
    drawn = {"hob": {"segment": "hobbing", "run": "3 min", "transport": {"exponential": {"mean": "2 min"}}}}
    assert "would be scanned after operation hob" in refused(routing=drawn)
    assert "pinion" not in desk.erp.materials
    assert "pinion" not in desk.erp.plant.layout.routings


def asked() -> Scenario:
    """Two orders of the hand shop; meanwhile a mill, its oil, and an oiled valve are declared, and six of these are sold."""
    mill = {"table": "suppliers", "declared": "mill", "changes": [["lead_time", "4 h"]]}
    reorder = ["reorder", '{"point": 20, "quantity": 50}']
    oil = {
        "table": "materials", "declared": "OIL",
        "changes": [["kind", "purchased"], ["standard_cost", "3 EUR"], ["supplier", "mill"], reorder],
    }  # fmt: skip
    bill = json.dumps([{"material": "CASTING", "quantity": 1}, {"material": "OIL", "quantity": 2}])
    routing = json.dumps({"10": {"segment": "bore", "run": "4 min", "setup_family": "oiled"}, "20": {"segment": "grind", "run": "2 min"}})
    oiled = {
        "table": "materials", "declared": "OILED",
        "changes": [["kind", "finished"], ["price", "90 EUR"], ["lot_size", "4"], ["bill", bill], ["routing", routing]],
    }  # fmt: skip
    said = [("15 min", mill), ("30 min", oil), ("45 min", oiled)]
    new = [(at, "MasterDataChanged", {**about, "is_new": True, "reason": "asked for"}) for at, about in said]
    order = {"order": "S1", "customer": "acme", "order_lines": [["OILED", 6, two_orders().start_us + 2 * DAY_US, -1]]}
    entries = [
        Said.model_validate({"at": at, "person": "olga", "says": says, "about": about})
        for at, says, about in (*new, ("1 h", "SalesOrderEntered", order))
    ]
    return two_orders().model_copy(update={"entries": entries, "horizon": DAY_US // 4})


def test_either_simulated_plant_delivers_and_makes_what_its_scenario_declares_anew_and_a_replay_is_the_same() -> None:
    """Oil comes four hours after it was ordered, which is when the oiled valves begin; they are shipped, billed and booked."""
    runs: list[Run] = [simulate(hand_shop(), asked(), engine=engine) for engine in ("compiled", "simpy")]
    compiled, readable = runs
    assert compiled.journal.head == readable.journal.head
    events = [it.event for it in compiled.journal.entries()]
    (ordered,), (came,) = of_type(events, e.PurchaseOrderPlaced), of_type(events, e.GoodsReceived)
    assert (came.order, came.supplier, came.quantity, came.effective_us - ordered.effective_us) == ("PO-OIL-1", "mill", 50, DAY_US // 6)
    made = [it for it in of_type(events, e.JobOrderCompleted) if it.request == "S1.1-OILED"]
    assert [(it.job_order, it.good, it.effective_us > came.effective_us) for it in made] == [
        ("S1.1-OILED.1/10", 4, True), ("S1.1-OILED.2/10", 2, True), ("S1.1-OILED.1/20", 4, True), ("S1.1-OILED.2/20", 2, True),
    ]  # fmt: skip
    assert sum(it.quantity for it in of_type(events, e.GoodsShipped) if it.material == "OILED") == 6
    assert of_type(events, e.JobOrderCommandRefused) == of_type(events, e.EntryRefused) == []
    assert compiled.violations(whole=True) == []
    orders: pd.DataFrame = compiled.orders
    assert orders.set_index("order").loc["S1.1", "margin_eur"] > 0
    assert told(replay(list(compiled.journal.entries()), hand_shop(), asked())) == told(compiled)
    again = twin.at(compiled, "5 h").go_on(until="6 h")
    assert again.journal.head == compiled.journal.head
    dearer = twin.at(compiled, "2 h").go_on(changes={"work_units.mill_1.hourly_cost": "90 EUR/h"})
    assert list(dearer.orders["order"]) == list(orders["order"]), "what was said is not said again"
    assert sum(it.quantity for it in of_type((x.event for x in dearer.journal.entries()), e.GoodsShipped) if it.material == "OILED") == 6


def test_a_simulated_plant_that_was_laid_out_without_it_says_what_it_cannot_make() -> None:
    """Its commands are refused by name, whichever engine it has."""
    from twin.simulation.engines import ENGINES, play

    said = asked()
    without = said.model_copy(update={"entries": []})
    for engine in ENGINES:
        plant = play(engine, hand_shop(), without, 1)
        plant.advance()
        start: dict[str, Any] = {"equipment": "mill_1", "job_order": "L/10", "command": "Start", "person": "olga"}
        of: dict[str, Any] = {"lots": ("L",), "materials": ("OILED",), "operations": ("10",), "quantities": (4,)}
        plant.send([e.JobOrderCommand(effective_us=said.start_us, **start, **of)])
        (refused,) = plant.advance() or ()
        assert isinstance(refused, e.JobOrderCommandRefused)
        assert refused.reason.startswith("'OILED' was not there when this plant was laid out, and it cannot make it; allowed: ")


def test_an_order_that_nobody_delivered_in_a_journal_of_before_stays_so_and_later_ones_are_delivered() -> None:
    """Suppliers of a shop that is worked by hand knew nothing of what was new, and an earlier version wrote that down."""
    said = asked()
    mill, oil, oiled, _ = (it.event(said.start_us) for it in said.entries)
    plant = HandWorkedPlant(hand_shop(), two_orders(), 1)
    plant.recall_refusals([(said.start_us, "there is no material 'OIL'")])
    plant.advance()
    about: dict[str, Any] = {"supplier": "mill", "material": "OIL", "quantity": 50, "unit_price_minor": 300, "due_us": 0}
    plant.send([mill, oil, e.PurchaseOrderPlaced(effective_us=said.start_us, order="PO-OIL-1", **about)])
    facts: list[e.OperationsEvent] = [*(plant.advance() or ())]
    plant.pass_time(said.start_us + 1_000_000)
    plant.send([e.PurchaseOrderPlaced(effective_us=said.start_us + 1_000_000, order="PO-OIL-2", **about)])
    while (found := plant.advance(said.start_us + DAY_US)) is not None:
        facts += found
    assert [it.reason for it in of_type(facts, e.JobOrderCommandRefused)] == ["there is no material 'OIL'"]
    came = [(it.order, it.effective_us - said.start_us) for it in of_type(facts, e.GoodsReceived)]
    assert came == [("PO-OIL-2", DAY_US // 6 + 1_000_000)]
    start: dict[str, Any] = {"equipment": "mill_1", "job_order": "L/10", "command": "Start", "person": "olga"}
    plant.send([oiled, e.JobOrderCommand(effective_us=plant.now_us, **start, materials=("OILED",), operations=("10",), quantities=(4,))])
    (begun,) = plant.advance() or ()
    assert isinstance(begun, e.EquipmentStateChanged)
    assert (begun.job_order, begun.reason) == ("L/10", "setup"), "persons make what is new"
