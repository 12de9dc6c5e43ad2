"""Shipments whole and in parts, invoices by shipment, back orders; promises and quotes; what comes back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.erp.small_shop import DAY_US, of_type, order
from tests.rooms.procurement.trading_shop import Office, T
from twin.model import events as e
from twin.model.events import GoodsShipped, InvoiceIssued, OperationsEvent, OrderPromised, SalesOrderConfirmed

PARTS = {"acme": {"partial": "allowed"}}


def sale(name: str, quantity: int, *, customer: str = "acme", partial: str = "", due: int = 10, price: int = 6_000) -> SalesOrderConfirmed:
    return SalesOrderConfirmed(
        effective_us=T, order=name, customer=customer, material="housing", quantity=quantity, due_us=T + due * DAY_US,
        unit_price_minor=price, partial=partial,
    )  # fmt: skip


def left(events: list[OperationsEvent]) -> list[tuple[str, int]]:
    """What was shipped: order and quantity, and the invoices: order and net amount."""
    return [
        (it.order, it.quantity if isinstance(it, GoodsShipped) else it.net_minor) for it in of_type(events, GoodsShipped, InvoiceIssued)
    ]


def test_an_order_ships_whole_unless_parts_are_allowed() -> None:
    office = Office({"housing": 4})
    assert left(office.round(sale("SO", 10, customer="zenith"))) == []
    parts = Office({"housing": 4}, customers=PARTS)
    assert left(parts.round(sale("SO", 10))) == [("SO", 4), ("SO", 24_000)]
    assert left(parts.round(sale("WHOLE", 1, partial="never", due=1))) == []


def test_back_orders_ship_as_stock_comes_and_each_shipment_is_invoiced_once() -> None:
    """10 at 10.01 for 3: 33.37 in all; 4, 5 and 1 of it are invoiced so that it adds up to the cent."""
    office = Office(
        {"housing": 4}, materials={"housing": {"kind": "purchased", "standard_cost": "41.99 EUR", "price": "60 EUR", "price_per": 3}}
    )
    assert left(office.round(sale("SO", 10, partial="allowed", price=1_001))) == [("SO", 4), ("SO", 1_335)]
    office.later(1)
    office.place("PO", 6, 4_199)
    assert left(office.receive("PO", 5, lot="one")) == [("SO", 5), ("SO", 1_668)]
    assert left(office.receive("PO", 1, lot="two")) == [("SO", 1), ("SO", 334)]
    it = office.erp.customer_orders.orders["SO"]
    assert (it.open_quantity, it.invoiced_minor, it.net_minor) == (0, 3_337, 3_337)


def test_the_earliest_due_is_served_first_and_a_whole_order_keeps_its_stock() -> None:
    office = Office({"housing": 10})
    office.round(sale("WHOLE", 12, due=1), sale("PARTS", 5, due=2, partial="allowed"))
    assert office.erp.customer_orders.ready == {}, "12 are kept for the one that is due first"
    office.place("PO", 4, 4_199)
    both = [("WHOLE", 10), ("WHOLE", 2), ("WHOLE", 72_000), ("PARTS", 2), ("PARTS", 12_000)]
    assert left(office.receive("PO", 4)) == both


def promise(office: Office, quantity: int, **more: Any) -> tuple[int, str]:
    """Days until a quote of so many gearboxes can be there, and why."""
    about = {"customer": "acme", "material": "gearbox", "unit_price_minor": 25_000, "valid_until_us": office.now_us + DAY_US, **more}
    answered = office.say(e.SalesQuoteOffered, quantity=quantity, **{"quote": f"Q{len(office.journal)}", **about})
    (promised,) = of_type(answered, OrderPromised)
    return (promised.due_us - office.now_us) // DAY_US, promised.reason


def test_what_is_there_is_promised_at_once_and_to_one_alone() -> None:
    """3 of 5 can be had at once; once somebody has ordered 9, these and the 4 that are made for him are no other's."""
    office = Office({"gearbox": 5})
    assert promise(office, 3) == (0, "in stock")
    office.round(order(T, "SO", 9, due_us=40 * DAY_US))
    (made,) = [it for it in office.erp.requests.requests.values() if it.material == "gearbox"]
    days, reason = promise(office, 1)
    assert days == 7, "as long as one takes that nobody has asked for"
    assert made.request not in reason
    assert "anew" in reason


def test_what_is_coming_and_promised_to_nobody_has_its_date() -> None:
    office = Office({"housing": 1})
    office.place("PO", 30, 4_199, days=3)
    assert promise(office, 20, material="housing") == (3, "in stock or coming until then (PO)")
    assert promise(office, 32, material="housing") == (5, "31 in stock or coming, 1 anew, in 5 d")
    assert promise(office, 20, material="housing", due_us=T + 9 * DAY_US)[0] == 9, "not before it is wanted"


def test_a_quote_becomes_an_order_at_its_net_price_and_promised_date() -> None:
    """web to cash, the first half: 3 at 10.00, 10 % off."""
    office = Office({"housing": 3})
    about = {"quote": "WEB1", "customer": "acme", "material": "housing", "quantity": 3, "unit_price_minor": 1_000, "discount_percent": 10}
    office.say(e.SalesQuoteOffered, valid_until_us=T + DAY_US, **about)
    for name in ("WEB+1", "WEB/1", "wéb", "a b"):  # its requests, lots and job orders would be called after it
        assert f"no customer order can be called '{name}'" in office.refused(e.SalesQuoteAccepted, quote="WEB1", order=name)
    followed = office.say(e.SalesQuoteAccepted, quote="WEB1", order="SO1")
    assert left(followed) == [("SO1", 3), ("SO1", 2_700)]
    (confirmed,) = of_type(followed, SalesOrderConfirmed)
    assert (confirmed.quote, confirmed.due_us, confirmed.unit_price_minor) == ("WEB1", T, 900)
    assert "became order 'SO1' already" in office.refused(e.SalesQuoteAccepted, quote="WEB1")


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"customer": "acm"}, "did you mean 'acme'?"),
        ({"material": "box"}, "no material is called 'box'"),
        ({"quantity": 0}, "allowed: 1 or more"),
        ({"discount_percent": 101}, "0 to 100 %"),
        ({"partial": "sometimes"}, "allowed: allowed or never"),
        ({"valid_until_us": T - 1}, "not valid any more; allowed: valid until now or later"),
        ({"unit_price_minor": -1000}, "price -10.00; allowed: 0 or more"),
        ({"due_us": T - 1}, "the due date is past"),
    ],
)
def test_a_quote_that_cannot_be_is_refused(about: dict[str, Any], said: str) -> None:
    offer = {"quote": "Q", "customer": "acme", "material": "housing", "quantity": 1, "unit_price_minor": 1, "valid_until_us": T}
    assert said in Office().refused(e.SalesQuoteOffered, **{**offer, **about})


def test_a_quote_ends() -> None:
    office = Office()
    office.say(
        e.SalesQuoteOffered, quote="Q", customer="acme", material="housing", quantity=1, unit_price_minor=1, valid_until_us=T
    )  # fmt: skip
    office.later(1)
    assert "not valid any more" in office.refused(e.SalesQuoteAccepted, quote="Q")


def test_what_comes_back_is_credited_with_what_was_invoiced_to_the_cent() -> None:
    """3 for 100.00 in all: 33.33, 33.34 and 33.33 come back."""
    office = Office(
        {"housing": 3}, materials={"housing": {"kind": "purchased", "standard_cost": "41.99 EUR", "price": "1 EUR", "price_per": 3}}
    )
    office.round(sale("SO", 3, price=10_000))
    before = office.erp.ledger.balances["accounts_receivable"]
    credits = [of_type(office.say(e.ReturnAccepted, order="SO", quantity=1, reason="scratched"), e.GoodsTakenBack)[0] for _ in range(3)]
    assert [it.credit_minor for it in credits] == [3_333, 3_334, 3_333]
    assert (before, office.erp.ledger.balances["accounts_receivable"], office.erp.ledger.balances["revenue"]) == (10_000, 0, 0)
    assert [office.erp.stock.lot_quantity("housing", it) for it in ("SO-back", "SO-back-2", "SO-back-3")] == [1, 1, 1], "each by itself"
    assert "of which 3 were shipped and 3 came back already" in office.refused(e.ReturnAccepted, order="SO", quantity=1, reason="again")


def test_no_more_is_credited_than_was_invoiced_however_it_is_said() -> None:
    office = Office({"housing": 3, "gear": 2})
    office.round(sale("SO", 3, price=100))
    assert "allowed: 3.00 at most" in office.refused(e.ReturnAccepted, order="SO", quantity=1, reason="broken", credit_minor=301)
    assert "needs a reason" in office.refused(e.ReturnAccepted, order="SO", quantity=1, reason="")
    assert "is of 'gear'" in office.refused(e.ReturnAccepted, order="SO", quantity=1, reason="broken", lot="open-gear")
    say = {"effective_us": T, "person": "anna", "terminal": "office", "order": "SO", "reason": "broken"}
    twice = [e.ReturnAccepted(**say, quantity=1, credit_minor=200), e.ReturnAccepted(**say, quantity=1, credit_minor=200, lot="other")]
    answers = office.round(*twice)
    assert [it.credit_minor for it in of_type(answers, e.GoodsTakenBack)] == [200]
    assert [it.entry for it in of_type(answers, e.EntryRefused)] == ["ReturnAccepted"]
