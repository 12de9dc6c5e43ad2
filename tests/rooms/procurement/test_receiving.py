"""A person says that goods have come: refused in words, or received as if the plant had said it, and never twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.rooms.erp.small_shop import HOUR_US, of_type
from tests.rooms.procurement.trading_shop import Office
from tests.rooms.quality.valve_shop import MIN_US, SCENARIO, lived_run, valve_shop
from tests.rooms.warehouse.stored_shop import DAY_US, START_US
from tests.rooms.warehouse.stored_shop import shop as stored_shop
from twin.model import events as e
from twin.model.scenario import Policies
from twin.model.states import Source
from twin.run import replay
from twin.simulation.beside.hand_worked_plant import HandWorkedPlant

HOUSINGS = {"steel": 25_000, "gear": 20}


@pytest.fixture
def office() -> Office:
    """Forty housings are ordered, where persons say what has come."""
    shop = Office()
    shop.erp.policies = Policies(receipts="persons")
    shop.place("A", 40, 800)
    return shop


def test_what_comes_in_parts_is_received_at_the_price_of_the_order(office: Office) -> None:
    erp = office.erp
    (received,) = of_type(office.say(e.GoodsReceiptEntered, order="A", quantity=30, lot="HEAT-1"), e.GoodsReceived)
    assert (received.supplier, received.material, received.unit_price_minor, received.person) == ("foundry", "housing", 800, "anna")
    assert (erp.purchasing.orders["A"].open_quantity, erp.stock.lot_quantity("housing", "HEAT-1")) == (10, 30)
    assert erp.ledger.balances["goods_received_not_billed"] == -24_000
    assert (
        office.refused(e.GoodsReceiptEntered, order="A", quantity=11) == "11 have come on 'A', of which 10 are open; allowed: that at most"
    )
    office.later(1)
    office.say(e.GoodsReceiptEntered, order="A", quantity=10)
    assert (erp.stock.lot_quantity("housing", "A"), erp.purchasing.open & {"A"}) == (10, set())


FOUNDRY: dict[str, Any] = {"lead_time": "5 d", "over_delivery": "5 %"}


def test_what_may_come_beyond_an_order_is_received_and_paid_and_what_may_not_waits_for_the_buyer() -> None:
    """Of 100 ordered 105 may come. 108 are here all the same, on hand and told; their bill is paid when the buyer keeps them."""
    office = Office(suppliers={"foundry": FOUNDRY}, purchasing={"approval_above": "4500 EUR"})
    erp = office.erp
    for order, came in (("A", 105), ("B", 108), ("C", 108)):
        office.place(order, 100, 800)
        told = of_type(office.receive(order, came), e.WorkAlertRaised)
        said = [] if came == 105 else [("over_delivered", True)]
        assert [(it.alert, "3 more than was ordered and may come: it is here" in it.message) for it in told] == said
        assert (erp.stock.lot_quantity("housing", order), erp.stock.incoming["housing"], order in erp.purchasing.open) == (came, 0, False)
        office.say(e.BillEntered, supplier="foundry", bill=f"R-{order}", order=order, net_minor=came * 800, quantity=came)
    assert [erp.matching.why_blocked("foundry", f"R-{it}").split(";")[0] for it in "ABC"] == [
        "", *2 * ["quantity: 108 are billed, of 105 that came 0 were billed before"]
    ]  # fmt: skip
    for wrong, words in (
        ({"order": "A", "is_kept": True}, "no more than may has come on 'A'"),
        ({"order": "B", "is_kept": True, "quantity": 4}, "4 of what came beyond 'B'; allowed: 1 to 3"),
        ({"order": "B", "is_kept": False, "lot": "X"}, "nothing came on 'B' in lot 'X'"),
        ({"order": "B", "is_kept": True, "person": "nobody"}, "nobody knows a person 'nobody'"),
    ):
        assert words in office.refused(e.OverDeliveryDecided, **wrong)
    office.say(e.OverDeliveryDecided, order="B", is_kept=True)
    assert (erp.purchasing.orders["B"].quantity, erp.matching.why_blocked("foundry", "R-B")) == (103, "")
    (back,) = of_type(office.say(e.OverDeliveryDecided, order="C", is_kept=False), e.GoodsReturned)
    assert (back.lot, back.quantity, back.credit_minor) == ("C", 3, 2_400)
    assert erp.stock.lot_quantity("housing", "C") == 105
    assert "of 105 that came" in erp.matching.why_blocked("foundry", "R-C")
    office.place("D", 113, 800)
    office.receive("D", 120)
    assert "above 4500.00 another person approves" in office.refused(e.OverDeliveryDecided, order="D", is_kept=True)
    erp.policies = Policies(receipts="persons")
    office.place("E", 100, 800)
    assert "100 are open, and 5 more may come; allowed: 105 at most" in office.refused(e.GoodsReceiptEntered, order="E", quantity=106)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"order": "B"}, "no purchase order is called 'B'"),
    ({"quantity": 0}, "quantity 0; allowed: 1 or more"),
    ({"quantity": 41}, "41 have come on 'A', of which 40 are open; allowed: that at most"),
    ({"person": ""}, "nobody has signed it"),
    ({"lot": "open-steel"}, "is of 'steel'; allowed: a lot of 'housing', or a new one"),
]


@pytest.mark.parametrize(("wrong", "words"), WRONG)
def test_what_cannot_have_come_is_refused_in_words(office: Office, wrong: dict[str, Any], words: str) -> None:
    about: dict[str, Any] = {"order": "A", "quantity": 40, **wrong}
    assert words in office.refused(e.GoodsReceiptEntered, **about)


def test_the_same_twice_and_what_is_closed_and_what_nobody_keeps(office: Office) -> None:
    it: dict[str, Any] = {"order": "A", "quantity": 20, "lot": "L"}
    far = office.refused(e.GoodsReceiptEntered, **it, expires_us=office.now_us + HOUR_US)
    assert far == "nothing keeps days of expiry here, since no warehouse is declared; allowed: none"
    office.say(e.GoodsReceiptEntered, **it)
    assert office.refused(e.GoodsReceiptEntered, **it) == "20 on 'A' in lot 'L' are booked already, at this very time; allowed: once"
    office.say(e.PurchaseOrderClosed, order="A", reason="the mill has burnt down")
    assert office.refused(e.GoodsReceiptEntered, **{**it, "lot": "M"}) == "nothing more is to come on 'A'; allowed: an order that is open"


def delivered(receipts: str, entry: int) -> list[int]:
    """What the simulated supplier of a shop worked by hand brings of 50, of which a person has received some already."""
    tables = {"reports": "persons", "decisions": "persons", "receipts": receipts}
    scenario = two_orders().model_copy(update={"policies": Policies.model_validate(tables)})
    plant = hand_shop()
    shop, now_us = HandWorkedPlant(plant, scenario, seed=1), scenario.start_us
    about: dict[str, Any] = {"effective_us": now_us, "order": "PO", "quantity": 50}
    shop.advance()
    supplier = next(iter(plant.materials.suppliers))
    shop.send([e.PurchaseOrderPlaced(**about, supplier=supplier, material="CASTING", unit_price_minor=1, due_us=now_us)])
    if entry:
        shop.send([e.GoodsReceiptEntered(**{**about, "quantity": entry})])
    found: list[int] = []
    while (facts := shop.advance()) is not None:
        found += [it.quantity for it in facts if isinstance(it, e.GoodsReceived)]
    return found


def test_nothing_comes_twice_where_suppliers_are_simulated() -> None:
    assert [delivered("plant", received) for received in (0, 30, 50)] == [[50], [20], []]
    assert delivered("persons", 0) == []


def test_where_the_plant_says_what_comes_nobody_else_does() -> None:
    shop = Office()
    shop.place("A", 40, 800)
    words = shop.refused(e.GoodsReceiptEntered, order="A", quantity=40)
    assert words == "the plant says by itself what has come; allowed: a scenario with policies: {receipts: persons}"


def test_a_bridge_that_tells_of_a_delivery_all_the_same_delivers_nothing(office: Office) -> None:
    erp = office.erp
    (told,) = of_type(office.receive("A", 40), e.WorkAlertRaised)
    said = "40 on 'A' are said by the plant, where persons alone say what has come (receipts: persons): not booked"
    assert (told.alert, said in told.message) == ("delivery_not_by_persons", True)
    assert (erp.purchasing.orders["A"].open_quantity, erp.stock.on_hand["housing"]) == (40, 0)
    assert erp.ledger.balances["goods_received_not_billed"] == 0
    office.say(e.GoodsReceiptEntered, order="A", quantity=40)
    assert (erp.purchasing.orders["A"].open_quantity, erp.stock.on_hand["housing"]) == (0, 40)


def test_in_a_live_plant_what_persons_receive_is_there_once_and_what_its_bridge_says_is_not() -> None:
    """20 castings are ordered; the bridge says 20, then a person 12 of them in the supplier's lot: at MES and ERP 12 are there."""
    plant, at_us = valve_shop(), SCENARIO.start_us
    scenario = SCENARIO.model_copy(update={"policies": SCENARIO.policies.model_copy(update={"receipts": "persons"})})
    about: dict[str, Any] = {"order": "P1", "supplier": "foundry", "material": "CASTING", "unit_price_minor": 1000}
    said = [
        (e.Heartbeat(effective_us=at_us, reason="start"), Source.LIVE),
        (e.PurchaseOrderPlaced(effective_us=at_us + MIN_US, quantity=20, due_us=at_us + DAY_US, **about), Source.LIVE),
        (e.GoodsReceived(effective_us=at_us + 2 * MIN_US, lot="P1", quantity=20, **about), Source.LIVE),
        (
            e.GoodsReceiptEntered(effective_us=at_us + 3 * MIN_US, order="P1", quantity=12, lot="HEAT-1", person="olga", terminal="gate"),
            Source.USER,
        ),
    ]
    run, heard = lived_run(plant, said, scenario)
    for one in (run, replay(list(run.journal.entries()), plant, scenario)):
        assert {name: lot.on_hand for name, lot in one.mes.lots.items()} == {"HEAT-1": 12}
        assert one.erp.stock.on_hand["CASTING"] == 12
        assert one.erp.ledger.balances["raw_material"] == 12_000
        assert one.violations(whole=True) == []
    assert [it.alert for it in heard if isinstance(it, e.WorkAlertRaised)] == ["delivery_not_by_persons"]


def test_a_day_of_expiry_that_a_person_reads_on_the_drum_holds_the_lot_from_then_on() -> None:
    carried, warehouse = stored_shop()
    carried.erp.policies = Policies(receipts="persons")
    about: dict[str, Any] = {"order": "P", "material": "paint", "quantity": 40}
    carried.round(e.PurchaseOrderPlaced(effective_us=START_US, supplier="dealer", unit_price_minor=400, due_us=START_US + DAY_US, **about))
    entry: dict[str, Any] = {"effective_us": START_US + HOUR_US, "order": "P", "quantity": 40, "person": "anna", "terminal": "gate"}
    (past,) = of_type(carried.round(e.GoodsReceiptEntered(**entry, expires_us=START_US + HOUR_US)), e.EntryRefused)
    assert past.reason == "it has expired already; allowed: a day that is still to come"
    carried.round(e.GoodsReceiptEntered(**entry, lot="DRUM-7", expires_us=START_US + 3 * DAY_US))
    assert warehouse.contents.expires_us["paint", "DRUM-7"] == START_US + 3 * DAY_US
    held = of_type(carried.round(e.Heartbeat(effective_us=START_US + 3 * DAY_US, reason="clock")), e.LotDispositionChanged)
    assert [(it.lot, it.disposition) for it in held] == [("DRUM-7", "Restricted")]


def test_a_supplier_is_judged_by_when_persons_have_received_it(office: Office) -> None:
    """40 within their five days, 10 a day too late: one of two orders in time, at the price of each."""
    office.place("B", 10, 900)
    office.later(4)
    office.say(e.GoodsReceiptEntered, order="A", quantity=40)
    office.later(2)
    office.say(e.GoodsReceiptEntered, order="B", quantity=10)
    (row,) = office.erp.scorecards.rows(office.now_us)
    assert (row.on_time_share, row.received, row.paid_minor) == (0.5, 50, 40 * 800 + 10 * 900)
