"""A person says that goods have come: refused in words, or received as if the plant had said it, and never twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.rooms.erp.small_shop import HOUR_US, of_type
from tests.rooms.procurement.trading_shop import Office
from twin.model import events as e
from twin.model.scenario import Policies
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
