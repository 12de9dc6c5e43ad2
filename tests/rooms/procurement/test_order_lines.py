"""Purchase orders of several lines: entered, received, billed, changed and closed line by line under one number."""

from __future__ import annotations

from typing import Any

from tests.rooms.erp.small_shop import DAY_US, of_type
from tests.rooms.procurement.trading_shop import Office, T, placed
from twin.model import events as e

SOON_US = T + 9 * DAY_US
SECTIONS: dict[str, Any] = {"materials": {"seal": {"kind": "purchased", "standard_cost": "2 EUR", "supplier": "foundry"}}}


def enter(office: Office, *lines: tuple[str, int, int, int], **more: Any) -> list[e.OperationsEvent]:
    """Several things are wanted of one supplier; what follows."""
    return office.say(e.PurchaseOrderEntered, order="PO9", supplier="foundry", order_lines=lines, **more)


def test_an_order_of_several_lines_comes_line_by_line_and_is_billed_at_once() -> None:
    office = Office(**SECTIONS)
    followed = enter(office, ("housing", 10, SOON_US, 4_000), ("seal", 50, SOON_US, -1))
    assert placed(followed) == [("PO9.1", "foundry", 10, 4_000), ("PO9.2", "foundry", 50, 200)]
    assert {it.header for it in of_type(followed, e.PurchaseOrderPlaced)} == {"PO9"}
    (third,) = placed(enter(office, ("seal", 5, SOON_US, 210)))
    assert third == ("PO9.3", "foundry", 5, 210), "a further line"
    office.receive("PO9.1", 10)
    office.receive("PO9.2", 50)
    office.say(e.PurchaseOrderClosed, order="PO9.3", reason="not wanted any more")
    about = {"supplier": "foundry", "bill": "F1", "order": "PO9.1", "net_minor": 40_000}
    office.say(e.BillEntered, **about, more_lines=(("PO9.2", 10_000, 50),))
    assert office.erp.matching.why_blocked("foundry", "F1") == ""
    assert (office.erp.settlement.items.owed_minor["payable"], office.erp.matching.unsettled()) == (50_000, {})
    assert [it.header for it in office.erp.purchasing.orders.values()] == ["PO9", "PO9", "PO9"]


def test_all_that_is_wrong_is_said_and_nobody_orders_more_by_lines_than_he_may_order() -> None:
    office = Office(purchasing={"approval_above": "500 EUR"}, **SECTIONS)
    said = office.refused(
        e.PurchaseOrderEntered, order="PO+9", supplier="foundri",
        order_lines=(("housin", 1, SOON_US, -1), ("gear", 2, SOON_US, -1), ("seal", 0, SOON_US, -1)),
    )  # fmt: skip
    for words in (
        "called 'PO+9'",
        "did you mean 'foundry'?",
        "line 1: no material is called 'housin'",
        "line 2: 'gear' is made here",
        "line 3: quantity 0",
    ):
        assert words in said
    assert "'steel' does not come from 'foundry'; allowed: mill" in office.refused(
        e.PurchaseOrderEntered, order="PO9", supplier="foundry", order_lines=(("steel", 1, SOON_US, -1),)
    )  # fmt: skip
    enter(office, ("housing", 10, SOON_US, 4_000))
    dear = office.refused(e.PurchaseOrderEntered, order="PO9", supplier="foundry", order_lines=(("seal", 41, SOON_US, -1),))
    assert dear == "it is worth 501.90, and above 500.00 another person approves; allowed: requisitions"
    assert "is at 'foundry', not at 'mill'" in office.refused(
        e.PurchaseOrderEntered, order="PO9", supplier="mill", order_lines=(("steel", 1, SOON_US, -1),)
    )  # fmt: skip


def test_orders_of_one_instant_are_seen_together_and_lines_are_numbered_past_what_others_are_called() -> None:
    office = Office(purchasing={"approval_above": "300 EUR"}, **SECTIONS)
    about: dict[str, Any] = {"effective_us": T, "person": "anna", "terminal": "office"}
    six, steel = ("housing", 6, SOON_US, -1), ("steel", 1, SOON_US, -1)
    entered = [
        e.PurchaseOrderEntered(**about, order="H", supplier=supplier, order_lines=(line,))
        for supplier, line in (("foundry", six), ("mill", steel), ("foundry", six))
    ]
    at_mill, dear = (it.reason for it in of_type(office.round(*entered), e.EntryRefused))
    assert "'H' is at 'foundry', not at 'mill'" in at_mill
    assert dear.startswith("it is worth 503.88, and above 300.00 another person approves")
    assert office.erp.purchasing.headers == {"H": ["H.1"]}
    alone = e.PurchaseOrderPlaced(**about, order="H", supplier="foundry", material="seal", quantity=1, unit_price_minor=1, due_us=SOON_US)
    assert office.erp.sourcing.why_not_placed(alone) == "purchase order 'H' is there already; allowed: one that no other has"
    seals = ("seal", 1, SOON_US, -1)
    office.say(e.PurchaseOrderEntered, order="P.1", supplier="foundry", order_lines=(seals,))
    followed = office.say(e.PurchaseOrderEntered, order="P", supplier="foundry", order_lines=(seals, seals))
    assert [name for name, *_ in placed(followed)] == ["P.2", "P.3"]


def test_an_order_of_several_lines_is_closed_at_once_and_what_has_come_of_it_stays() -> None:
    """Of three lines one is complete and one half there: the rest of both open ones is not expected, planned or billed any more."""
    office = Office(**SECTIONS)
    enter(office, ("housing", 10, SOON_US, 4_000), ("seal", 50, SOON_US, -1), ("seal", 5, SOON_US, 210))
    office.receive("PO9.1", 4)
    office.receive("PO9.3", 5)
    assert "no purchase order is called 'PO9'" in office.refused(e.PurchaseOrderClosed, order="PO9", reason="sold out"), "as in journals"
    assert "needs a reason" in office.refused(e.PurchaseOrderClosed, order="PO9", reason=" ", all_lines=True)
    followed = office.say(e.PurchaseOrderClosed, order="PO9", reason="sold out", all_lines=True)
    (closed,) = of_type(followed, e.PurchaseOrderLinesClosed)
    assert closed.left_open == (("PO9.1", 6), ("PO9.2", 50))
    assert [(it.order, it.quantity) for it in of_type(followed, e.PurchaseOrderRevised)] == [("PO9.1", 4), ("PO9.2", 0)]
    orders = office.erp.purchasing.orders
    assert [(it.open_quantity, it.cancelled) for it in orders.values()] == [(0, 6), (0, 50), (0, 0)]
    assert orders["PO9.3"].closed_us is None, "it was complete"
    again = office.refused(e.PurchaseOrderClosed, order="PO9", reason="sold out", all_lines=True)
    assert again == "nothing more is to come on any line of 'PO9'; allowed: an order that is open"
    office.say(e.PurchaseOrderEntered, order="P8", supplier="foundry", order_lines=(("seal", 1, SOON_US, -1),))
    office.say(e.PurchaseOrderClosed, order="P8.1", reason="sold out", all_lines=True)
    assert orders["P8.1"].closed_us is not None, "one line of it alone"
