"""Orders and quotes of several lines: promised, held, changed, shipped line by line or together; one invoice for what leaves at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.rooms.erp.small_shop import DAY_US, ITEMS, of_type
from tests.rooms.procurement.trading_shop import Office, T
from twin.model import events as e
from twin.model.events import OperationsEvent

TAXED = {"finance": {"tax_codes": {"vat": {"rate": "19 %"}}}, "customers": {"acme": {"terms": {"due": "14 d", "tax": "vat"}}}}
SOON_US, LATER_US = T + 10 * DAY_US, T + 20 * DAY_US


def enter(office: Office, *lines: tuple[str, int, int, int], order: str = "B9", **more: Any) -> list[OperationsEvent]:
    """A customer orders several things; what follows."""
    return office.say(e.SalesOrderEntered, order=order, customer="acme", order_lines=lines, **more)


def left(events: list[OperationsEvent]) -> list[tuple[str, int]]:
    """What was shipped, line by line."""
    return [(it.order, it.quantity) for it in of_type(events, e.GoodsShipped)]


def invoices(office: Office) -> list[tuple[str, str, int, int]]:
    """Number, order, amount and tax of what customers owe, or have owed."""
    return [(it.item, it.order, it.amount_minor, it.tax_minor) for it in office.erp.settlement.items.of_side("receivable")]


def test_lines_leave_together_once_all_are_there_on_one_invoice_whose_tax_is_rounded_once() -> None:
    """3 housings at 0.11 and 1 gearbox at 0.20: 0.53 net, 0.1007 tax; line by line it would be 0.06 and 0.04."""
    office = Office({"housing": 4, "steel": 9_000}, **TAXED)
    followed = enter(office, ("housing", 3, SOON_US, 11), ("gearbox", 1, SOON_US, 20))
    assert [(it.order, it.header) for it in of_type(followed, e.SalesOrderConfirmed)] == [("B9.1", "B9"), ("B9.2", "B9")]
    assert left(followed) == []
    office.round(e.SalesOrderConfirmed(
        effective_us=T, order="OTHER", customer="acme", material="housing", quantity=2, due_us=LATER_US, unit_price_minor=6_000,
    ))  # fmt: skip
    assert office.erp.customer_orders.orders["OTHER"].shipped == 0, "what is there is kept for the line that is due before"
    followed = office.round(e.StockCounted(effective_us=T, material="gearbox", lot="found", quantity=1))
    assert left(followed) == [("B9.1", 3), ("B9.2", 1)]
    assert invoices(office) == [("INV-B9", "B9", 63, 10)]
    assert [it.tax_minor for it in of_type(followed, e.TaxCharged)] == [6, 4]
    paid = e.CashReceived(effective_us=T, payment="P1", customer="acme", invoice="INV-B9", amount_minor=63, paid_minor=63)
    office.round(paid)
    assert office.erp.ledger.balances["accounts_receivable"] == 0


def test_each_line_has_the_tax_of_its_product_and_credits_and_credit_go_by_it() -> None:
    """Housings are taxed at 7 %, gearboxes as the customer's terms say, at 19 %: 2.31 of 33.00 and 3.80 of 20.00."""
    finance = {"tax_codes": {"vat": {"rate": "19 %"}, "books": {"rate": "7 %"}}}
    terms = {"acme": {"terms": {"tax": "vat"}, "credit_limit": "59 EUR"}, "zenith": {}}
    housing = {**ITEMS["materials"]["housing"], "tax": "books"}
    office = Office({"housing": 10, "gearbox": 1}, finance=finance, customers=terms, materials={"housing": housing})
    lines = (("housing", 3, SOON_US, 1_100), ("gearbox", 1, SOON_US, 2_000))
    followed = enter(office, *lines)
    held, _ = of_type(followed, e.ShipmentHeld)
    assert held.reason.startswith("acme owes 0.00; with 59.11 for this"), "53.00 and 6.11"
    office.say(e.CreditLimitChanged, customer="acme", limit_minor=5_911, reason="a cent is a cent")
    assert invoices(office) == [("INV-B9", "B9", 5_911, 611)]
    assert [(it.tax_code, it.tax_minor) for it in of_type(office.journal, e.TaxCharged)] == [("books", 231), ("vat", 380)]
    (credit,) = of_type(office.say(e.ReturnAccepted, order="B9.1", quantity=1, reason="scratched"), e.TaxCharged)
    assert (credit.tax_code, credit.tax_minor) == ("books", -77)
    office.round(e.SalesOrderConfirmed(
        effective_us=T, order="Z", customer="zenith", material="housing", quantity=1, due_us=LATER_US, unit_price_minor=100,
    ))  # fmt: skip
    assert invoices(office)[-1] == ("INV-Z", "Z", 100, 0), "whose terms have no tax has none, whatever he buys"


def test_lines_that_are_due_at_other_times_or_may_leave_in_parts_leave_by_themselves() -> None:
    office = Office({"housing": 4, "steel": 9_000})
    assert left(enter(office, ("housing", 3, SOON_US, -1), ("gearbox", 1, LATER_US, -1))) == [("B9.1", 3)]
    assert invoices(office) == [("INV-B9", "B9", 18_000, 0)], "at the usual price"
    office = Office({"housing": 4, "steel": 9_000})
    followed = enter(office, ("housing", 3, SOON_US, -1), ("gearbox", 1, SOON_US, -1), ("housing", 2, SOON_US, -1), partial="allowed")
    assert left(followed) == [("B9.1", 3), ("B9.3", 1)]
    assert invoices(office) == [("INV-B9", "B9", 24_000, 0)]
    office.later(1)
    office.round(e.StockCounted(effective_us=office.now_us, material="housing", lot="found", quantity=1))
    assert invoices(office)[1:] == [("INV-B9-2", "B9", 6_000, 0)]


def test_a_line_is_added_changed_and_cancelled_by_itself_and_an_order_as_a_whole() -> None:
    office = Office({"housing": 4, "steel": 9_000})
    enter(office, ("housing", 3, SOON_US, -1), ("gearbox", 1, SOON_US, -1))
    followed = enter(office, ("housing", 1, LATER_US, 5_000))
    (added,) = of_type(followed, e.SalesOrderConfirmed)
    assert (added.order, added.header, added.unit_price_minor) == ("B9.3", "B9", 5_000)
    assert left(followed) == [("B9.3", 1)], "it is another delivery"
    followed = office.say(e.SalesOrderCancelled, order="B9.2", reason="not wanted")
    assert left(followed) == [("B9.1", 3)], "nothing is left to wait for"
    assert [row.header for row in office.erp.orders(T)] == ["B9", "B9", "B9"]
    office = Office({"steel": 9_000})
    enter(office, ("housing", 3, SOON_US, -1), ("gearbox", 1, LATER_US, -1))
    followed = office.say(e.SalesOrderCancelled, order="B9", reason="the customer has called")
    assert [(it.order, it.quantity) for it in of_type(followed, e.SalesOrderRevised)] == [("B9.1", 0), ("B9.2", 0)]
    assert "all of 'B9' has left or was cancelled" in office.refused(e.SalesOrderCancelled, order="B9", reason="again")


def test_credit_holds_what_leaves_together_and_lets_it_go_together() -> None:
    """100 of 180 and of 250: each by itself would be within a limit of 300, both are not."""
    office = Office({"housing": 3, "gearbox": 1}, customers={"acme": {"credit_limit": "300 EUR"}})
    followed = enter(office, ("housing", 3, SOON_US, -1), ("gearbox", 1, SOON_US, -1))
    assert [(it.order, it.net_minor) for it in of_type(followed, e.ShipmentHeld)] == [("B9.1", 43_000), ("B9.2", 43_000)]
    followed = office.say(e.CreditLimitChanged, customer="acme", limit_minor=40_000, reason="a little more")
    assert of_type(followed, e.ShipmentHoldLifted, e.GoodsShipped) == []
    followed = office.say(e.ShipmentReleased, order="B9", reason="good customer")
    assert left(followed) == [("B9.1", 3), ("B9.2", 1)]
    office = Office({"housing": 2}, customers={"acme": {"credit_limit": "100 EUR"}})
    enter(office, ("housing", 2, SOON_US, 6_000), ("housing", 9, LATER_US, 6_000))
    assert left(office.say(e.ShipmentReleased, order="B9", reason="these two")) == [("B9.1", 2)]
    followed = office.round(e.StockCounted(effective_us=T, material="housing", lot="found", quantity=9))
    assert [it.order for it in of_type(followed, e.ShipmentHeld)] == ["B9.2"], "who let the first go has not let this go"


def test_lines_are_numbered_past_what_other_orders_are_called() -> None:
    office = Office()
    line = ("housing", 1, LATER_US, -1)
    enter(office, line, order="A.1")
    assert [it.order for it in of_type(enter(office, line, line, order="A"), e.SalesOrderConfirmed)] == ["A.2", "A.3"]
    entered: dict[str, Any] = {"effective_us": T, "person": "anna", "terminal": "office", "customer": "acme", "order": "B"}
    alone = e.SalesOrderConfirmed(
        effective_us=T, order="B.2", customer="acme", material="housing", quantity=1, due_us=LATER_US, unit_price_minor=1
    )
    office.round(alone, *(e.SalesOrderEntered(**entered, order_lines=(line,)) for _ in range(2)))
    assert office.erp.customer_orders.headers["B"] == ["B.1", "B.3"], "entered at one instant"
    about = {"customer": "acme", "material": "housing", "quantity": 1, "unit_price_minor": 1, "valid_until_us": LATER_US}
    office.say(e.SalesQuoteOffered, quote="B.2", more_lines=(("housing", 1, 5),), **about)
    office.round(replace(alone, order="Q.2"))
    office.say(e.SalesQuoteAccepted, quote="B.2", order="Q")
    assert office.erp.customer_orders.headers["Q"] == ["Q.1", "Q.3"]
    assert office.erp.customer_orders.coming == {}


def test_a_quote_of_several_lines_has_one_date_and_becomes_an_order_of_as_many() -> None:
    """2 housings are there, 12 more come in three days: all of it can be there then."""
    office = Office({"housing": 2, "gear": 3})
    office.place("PO", 12, 4_199, days=3)
    about = {
        "quote": "Q1",
        "customer": "acme",
        "material": "housing",
        "quantity": 12,
        "unit_price_minor": 1_000,
        "valid_until_us": LATER_US,
    }
    offered = office.say(e.SalesQuoteOffered, discount_percent=10, more_lines=(("gear", 3, 500),), **about)
    promised = [(it.material, it.due_us, it.reason) for it in of_type(offered, e.OrderPromised)]
    assert promised == [
        ("housing", T + 3 * DAY_US, "in stock or coming until then (PO)"), ("gear", T + 3 * DAY_US, "with all of it: in stock"),
    ]  # fmt: skip
    followed = office.say(e.SalesQuoteAccepted, quote="Q1", order="B7")
    confirmed = of_type(followed, e.SalesOrderConfirmed)
    assert [(it.order, it.header, it.unit_price_minor) for it in confirmed] == [("B7.1", "B7", 900), ("B7.2", "B7", 450)]
    office.later(3)
    assert left(office.receive("PO", 12)) == [("B7.1", 2), ("B7.1", 10), ("B7.2", 3)]
    assert "line 2: quantity 0" in office.refused(e.SalesQuoteOffered, **{**about, "quote": "Q2", "more_lines": (("gear", 0, 500),)})


def test_all_that_is_wrong_with_an_order_is_said_at_once_and_nothing_of_it_is_taken() -> None:
    office = Office({"housing": 4})
    said = office.refused(
        e.SalesOrderEntered, order="B+9", customer="acm", partial="perhaps",
        order_lines=(("housin", 1, SOON_US, -1), ("gearbox", 0, T - 1, -1)),
    )  # fmt: skip
    for part in (
        "called 'B+9'",
        "did you mean 'acme'?",
        "partial 'perhaps'",
        "line 1: no product is called 'housin'",
        "line 2: quantity 0",
        "line 2: the due date is past",
    ):
        assert part in said
    assert office.erp.customer_orders.orders == {}
    assert "lines are a product" in office.refused(e.SalesOrderEntered, order="B9", customer="acme", order_lines=(("housing", 1),))
    enter(office, ("housing", 9, SOON_US, -1))
    assert "an order of 'acme', not of 'zenith'" in office.refused(
        e.SalesOrderEntered, order="B9", customer="zenith", order_lines=(("housing", 1, SOON_US, -1),)
    )  # fmt: skip
