"""What a customer may owe: what is ready beyond it is held with the reason, until cash comes, or a person lets it go."""

from __future__ import annotations

from tests.rooms.erp.small_shop import of_type
from tests.rooms.procurement.trading_shop import Office
from tests.rooms.sales.test_shipping import left, sale
from twin.model import events as e
from twin.model.events import CashReceived, OperationsEvent

LIMIT = {"acme": {"credit_limit": "200 EUR"}}


def shop(quantity: int = 20) -> Office:
    return Office({"housing": quantity}, customers=LIMIT)


def pay(office: Office, invoice: str, amount: int) -> list[OperationsEvent]:
    return office.round(
        CashReceived(effective_us=office.now_us, payment=f"P{len(office.journal)}", customer="acme", invoice=invoice, amount_minor=amount,
                     paid_minor=amount)
    )  # fmt: skip


def test_a_shipment_beyond_the_limit_is_held_and_says_why() -> None:
    office = shop()
    assert left(office.round(sale("A", 2))) == [("A", 2), ("A", 12_000)]
    (held,) = of_type(office.round(sale("B", 2)), e.ShipmentHeld)
    assert held.reason == "acme owes 120.00; with 120.00 for this it would be more than its limit of 200.00"
    assert office.erp.customer_orders.orders["B"].held == held.reason
    assert left(office.round(sale("C", 1))) == [("C", 1), ("C", 6_000)], "what is held keeps stock from nobody"
    assert left(office.round(sale("Z", 9, customer="zenith"))) == [("Z", 9), ("Z", 54_000)]


def test_cash_lets_it_go() -> None:
    office = shop()
    office.round(sale("A", 2), sale("B", 2))
    assert left(pay(office, "INV-A", 3_999)) == []
    followed = pay(office, "INV-A", 1)
    assert [it.reason for it in of_type(followed, e.ShipmentHoldLifted)] == ["within the limit again"]
    assert left(followed) == [("B", 2), ("B", 12_000)]


def test_a_person_lets_it_go_for_a_reason() -> None:
    office = shop()
    office.round(sale("A", 4))
    assert "no held shipment is called 'B'" in office.refused(e.ShipmentReleased, order="B", reason="x")
    assert "has to say why" in office.refused(e.ShipmentReleased, order="A", reason=" ")
    followed = office.say(e.ShipmentReleased, order="A", reason="paid by cheque")
    assert [it.reason for it in of_type(followed, e.ShipmentHoldLifted)] == ["anna has released it: paid by cheque"]
    assert left(followed) == [("A", 4), ("A", 24_000)]


def test_another_limit_lets_it_go() -> None:
    office = shop()
    office.round(sale("A", 4))
    assert "allowed: 0 or more" in office.refused(e.CreditLimitChanged, customer="acme", limit_minor=-2, reason="x")
    assert left(office.say(e.CreditLimitChanged, customer="acme", limit_minor=24_000, reason="good payer")) == [("A", 4), ("A", 24_000)]
    office.say(e.CreditLimitChanged, customer="zenith", limit_minor=0, reason="insolvent")
    assert len(of_type(office.round(sale("Z", 1, customer="zenith")), e.ShipmentHeld)) == 1
    assert left(office.say(e.CreditLimitChanged, customer="zenith", limit_minor=-1, reason="pays in advance")) == [("Z", 1), ("Z", 6_000)]


def test_two_orders_at_one_instant_do_not_share_one_limit() -> None:
    """Each alone is within 200.00, both are not; the one that is due first leaves."""
    office = shop()
    followed = office.round(sale("A", 3, due=2), sale("B", 3, due=1))
    assert left(followed) == [("B", 3), ("B", 18_000)]
    (held,) = of_type(followed, e.ShipmentHeld)
    assert (held.order, "180.00" in held.reason) == ("A", True)


def test_parts_ship_as_far_as_credit_goes() -> None:
    office = Office({"housing": 3}, customers={"acme": {"credit_limit": "200 EUR", "partial": "allowed"}})
    assert left(office.round(sale("A", 6))) == [("A", 3), ("A", 18_000)]
    office.place("PO", 3, 4_199)
    assert len(of_type(office.receive("PO", 3), e.ShipmentHeld)) == 1
    assert left(pay(office, "INV-A", 18_000)) == [("A", 3), ("A", 18_000)]
