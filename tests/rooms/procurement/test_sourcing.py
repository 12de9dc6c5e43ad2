"""Requisitions, requests for quotes, quotes by total cost, orders, blanket orders; and what is refused, in words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.erp.small_shop import DAY_US, order
from tests.rooms.procurement.trading_shop import Office, T, placed
from twin.erp.procurement.quotes import Wanted, cheapest, compare
from twin.model import events as e


def quote(name: str, price: int, *, days: int = 2, **more: Any) -> e.QuoteReceived:
    about = {"supplier": "mill", "valid_until_us": T + 30 * DAY_US, **more}
    return e.QuoteReceived(effective_us=T, rfq="Q", quote=name, unit_price_minor=price, lead_time_us=days * DAY_US, **about)


def best(*quotes: e.QuoteReceived, quantity: int = 40, late_day_minor: int | None = None, due: int = 5) -> list[tuple[str, int, int]]:
    """Quotes, the best first: id, quantity, total cost."""
    wanted = Wanted(quantity=quantity, due_us=T + due * DAY_US, price_per=1, late_day_minor=late_day_minor)
    return [(it.quote, it.quantity, it.total_minor) for it in compare(quotes, wanted, T)]


def test_a_price_break_counts_and_so_does_buying_up_to_it() -> None:
    """40 at 40.00 are 1600.00; from 50 on at 31.00 they are 1550.00, so 50 are ordered; at 33.00 they are dearer."""
    assert cheapest(quote("a", 4_000, breaks=((50, 3_100),)), 40, 1) == (50, 3_100, 155_000)
    assert cheapest(quote("a", 4_000, breaks=((50, 3_300),)), 40, 1) == (40, 4_000, 160_000)
    assert cheapest(quote("a", 4_000, breaks=((20, 3_900), (40, 3_800), (100, 1_000))), 40, 1) == (100, 1_000, 100_000)
    assert cheapest(quote("a", 4_000, minimum=60), 40, 1) == (60, 4_000, 240_000)


def test_quotes_are_compared_by_all_that_they_cost() -> None:
    dear, delivered, late = quote("dear", 4_000), quote("delivered", 3_900, delivery_minor=5_000), quote("late", 3_000, days=7)
    assert best(dear, delivered, late) == [("dear", 40, 160_000), ("delivered", 40, 161_000), ("late", 40, 120_000)]
    assert best(dear, late, late_day_minor=10_000)[0] == ("late", 40, 140_000), "two days late at 100.00 a day"
    assert best(dear, late, late_day_minor=20_001)[0] == ("dear", 40, 160_000)
    old = quote("old", 1, valid_until_us=T - 1)
    assert [name for name, *_ in best(old, dear)] == ["dear", "old"], "what is not valid any more comes last"


def asked(office: Office, quantity: int = 40) -> None:
    """A requisition, and two suppliers who were asked what it costs."""
    office.say(e.PurchaseRequisitionRaised, requisition="R", material="housing", quantity=quantity, due_us=T + 5 * DAY_US)
    office.say(e.RfqSent, rfq="Q", requisition="R", suppliers=("mill", "foundry"), answer_by_us=T + DAY_US)


def answer(office: Office, name: str, supplier: str, price: int, **more: Any) -> list[e.OperationsEvent]:
    about = {"lead_time_us": 2 * DAY_US, "valid_until_us": T + 30 * DAY_US, **more}
    return office.say(e.QuoteReceived, rfq="Q", quote=name, supplier=supplier, unit_price_minor=price, **about)


def test_from_requisition_to_order() -> None:
    office = Office()
    asked(office)
    answer(office, "a", "mill", 4_000)
    answer(office, "b", "foundry", 3_900)
    office.later(1)
    assert "not the best: 'b'" in office.refused(e.QuoteAccepted, rfq="Q", quote="a")
    assert placed(office.say(e.QuoteAccepted, rfq="Q", quote="b")) == [("PO-Q", "foundry", 40, 3_900)]
    it = office.erp.purchasing.orders["PO-Q"]
    assert (it.rfq, it.due_us) == ("Q", T + 3 * DAY_US), "due when the supplier has promised it, from the order on"
    assert office.erp.sourcing.requisitions["R"].standing == "ordered"
    assert "decided for quote 'b'" in office.refused(e.QuoteAccepted, rfq="Q", quote="a", reason="better")
    assert office.round(order(office.now_us, "SO", 40, material="housing")) == [], "what is on order is not bought again"


def test_another_than_the_best_for_a_reason() -> None:
    office = Office()
    asked(office)
    answer(office, "a", "mill", 4_000)
    answer(office, "b", "foundry", 3_900)
    assert placed(office.say(e.QuoteAccepted, rfq="Q", quote="a", reason="the foundry is on strike", order="MINE"))[0][0] == "MINE"


def test_whoever_takes_the_id_of_an_order_first_has_it() -> None:
    """What was decided on is asked for under another id, once."""
    office = Office()
    asked(office)
    answer(office, "b", "foundry", 3_900)
    stranger = e.PurchaseOrderPlaced(
        effective_us=T, order="PO-Q", supplier="mill", material="steel", quantity=1, unit_price_minor=1, due_us=T + DAY_US
    )
    accepted = e.QuoteAccepted(effective_us=T, person="anna", terminal="office", rfq="Q", quote="b")
    assert placed(office.round(accepted, stranger)) == [("PO-Q-2", "foundry", 40, 3_900)]
    assert office.erp.sourcing.rfqs["Q"].order == office.erp.sourcing.requisitions["R"].order == "PO-Q-2"


def test_a_dear_requisition_waits_for_another_person_who_may() -> None:
    """40 housings at 41.99 are worth 1679.60."""
    office = Office(purchasing={"approval_above": "1000 EUR", "approved_by": "fitter"})
    office.say(e.PurchaseRequisitionRaised, "ben", requisition="R", material="housing", quantity=40, due_us=T + 5 * DAY_US)
    about = {"rfq": "Q", "requisition": "R", "suppliers": ("mill",), "answer_by_us": T + DAY_US}
    assert "'R' is raised" in office.refused(e.RfqSent, **about)
    assert "anna is no fitter" in office.refused(e.PurchaseRequisitionApproved, "anna", requisition="R")
    assert "has raised it" in office.refused(e.PurchaseRequisitionApproved, "ben", requisition="R")
    office.say(e.PurchaseRequisitionRaised, "anna", requisition="S", material="housing", quantity=40, due_us=T + 5 * DAY_US)
    assert office.say(e.PurchaseRequisitionApproved, "ben", requisition="S") == []
    assert office.say(e.RfqSent, **{**about, "requisition": "S"}) == []
    office.say(e.PurchaseRequisitionRaised, "ben", requisition="small", material="housing", quantity=20, due_us=T + 5 * DAY_US)
    assert office.erp.sourcing.requisitions["small"].standing == "approved"
    assert "needs a reason" in office.refused(e.PurchaseRequisitionRejected, requisition="R", reason=" ")
    office.say(e.PurchaseRequisitionRejected, requisition="R", reason="no money")
    assert office.erp.sourcing.requisitions["R"].standing == "rejected"


@pytest.mark.parametrize(
    ("kind", "about", "said"),
    [
        (e.PurchaseRequisitionRaised, {"requisition": "R", "material": "housing", "quantity": 1, "due_us": T}, "is there already"),
        (e.PurchaseRequisitionRaised, {"requisition": "S", "material": "housng", "quantity": 1, "due_us": T}, "did you mean 'housing'?"),
        (e.PurchaseRequisitionRaised, {"requisition": "S", "material": "gear", "quantity": 1, "due_us": T}, "'gear' is made"),
        (e.PurchaseRequisitionRaised, {"requisition": "S", "material": "steel", "quantity": 0, "due_us": T}, "allowed: 1 or more"),
        (e.RfqSent, {"rfq": "S", "requisition": "R", "suppliers": (), "answer_by_us": T + 1}, "one or more, each once"),
        (e.RfqSent, {"rfq": "S", "requisition": "R", "suppliers": ("mil",), "answer_by_us": T + 1}, "did you mean 'mill'?"),
        (e.RfqSent, {"rfq": "S", "requisition": "R", "suppliers": ("mill",), "answer_by_us": T}, "is past"),
        (e.QuoteAccepted, {"rfq": "Q", "quote": "none"}, "no quote is called 'none'"),
        (e.PurchaseOrderClosed, {"order": "none", "reason": "x"}, "no purchase order is called 'none'"),
        (e.BlanketOrderCalled, {"blanket": "none", "quantity": 1, "due_us": T}, "no blanket order is called 'none'"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words(kind: type[e.Entry], about: dict[str, Any], said: str) -> None:
    office = Office()
    asked(office)
    assert said in office.refused(kind, **about)


def test_a_quote_that_cannot_be_is_refused() -> None:
    office = Office()
    asked(office)
    for about, said in [
        ({"supplier": "steelworks"}, "was not asked"), ({"price": -1}, "price -0.01"), ({"minimum": 0}, "minimum of 0"),
        ({"valid_until_us": T - 1}, "not valid any more"), ({"breaks": ((0, 5),)}, "price breaks"),
        ({"breaks": ((5, 5), (5, 6))}, "begin at one"),
    ]:  # fmt: skip
        more: dict[str, Any] = {"supplier": "mill", "price": 1, **about}
        (refused,) = answer(office, "a", more.pop("supplier"), more.pop("price"), **more)
        assert isinstance(refused, e.EntryRefused)
        assert said in refused.reason


def test_numbers_that_no_plant_can_have_are_refused() -> None:
    office = Office()
    wanted: dict[str, Any] = {"requisition": "R", "material": "housing", "quantity": 1, "due_us": T}
    assert "'quantity' is 1000000000; allowed: 0 to 100000000" in office.refused(
        e.PurchaseRequisitionRaised, **{**wanted, "quantity": 10**9}
    )
    assert "years from" in office.refused(e.PurchaseRequisitionRaised, **{**wanted, "due_us": T + 200 * 366 * DAY_US})
    asked(office)
    for about in ({"minimum": 10**9}, {"breaks": ((10**9, 1),)}, {"breaks": ((1, 10**12),)}, {"delivery_minor": 2**70}):
        (refused,) = answer(office, "a", "mill", 1, **about)
        assert isinstance(refused, e.EntryRefused)
    offer = {"quote": "Q", "customer": "acme", "material": "housing", "unit_price_minor": 1, "valid_until_us": T}
    assert "allowed: 0 to 100000000" in office.refused(e.SalesQuoteOffered, quantity=10**9, **offer)
    assert "'limit_minor' is" in office.refused(e.CreditLimitChanged, customer="acme", limit_minor=2**70, reason="rich")


def test_a_quote_that_comes_too_late_is_refused() -> None:
    office = Office()
    asked(office)
    office.later(2)
    (refused,) = answer(office, "a", "mill", 1)
    assert isinstance(refused, e.EntryRefused)
    assert "asked for answers until 2026-03-03T07:00:00Z" in refused.reason


def blanket(office: Office, quantity: int = 50_000, price: int = 250) -> None:
    office.say(
        e.BlanketOrderAgreed, blanket="STEEL", supplier="foundry", material="steel", quantity=quantity, unit_price_minor=price, from_us=T,
        until_us=T + 30 * DAY_US,
    )  # fmt: skip


def test_call_offs_by_hand_and_by_reorder_point_share_one_quantity() -> None:
    """50,000 g agreed: 15,000 called by hand, 20,000 by the reorder point at its price; 15,000 are left, too little for the next."""
    office = Office()
    blanket(office)
    assert placed(office.say(e.BlanketOrderCalled, blanket="STEEL", quantity=15_000, due_us=T + DAY_US)) == [
        ("PO-STEEL", "foundry", 15_000, 250)
    ]
    office.later(1)
    office.receive("PO-STEEL", 15_000)
    steel = [it for it in placed(office.round(order(office.now_us, "SO", 65))) if "steel" in it[0]]
    assert steel == [("PO-steel-2", "foundry", 20_000, 250)]
    assert office.erp.purchasing.blanket_orders["STEEL"].open_quantity == 15_000
    assert "of which 15000 are open" in office.refused(e.BlanketOrderCalled, blanket="STEEL", quantity=15_001, due_us=T)
    steel = [it for it in placed(office.round(order(office.now_us, "SO2", 40))) if "steel" in it[0]]
    assert steel == [("PO-steel-3", "mill", 20_000, 320)]


def test_a_quote_that_is_dearer_than_one_person_may_order_waits_for_another() -> None:
    """20 housings at 41.99 are below 1000.00 and wait for nobody; offered at 60.00 they are not, until somebody else approves."""
    office = Office(purchasing={"approval_above": "1000 EUR"})
    office.say(e.PurchaseRequisitionRaised, "ben", requisition="R", material="housing", quantity=20, due_us=T + 5 * DAY_US)
    office.say(e.RfqSent, "ben", rfq="Q", requisition="R", suppliers=("mill",), answer_by_us=T + DAY_US)
    offer: dict[str, Any] = {"unit_price_minor": 6_000, "lead_time_us": DAY_US, "valid_until_us": T + DAY_US}
    office.say(e.QuoteReceived, "ben", rfq="Q", quote="M", supplier="mill", **offer)
    assert office.refused(e.QuoteAccepted, "ben", rfq="Q", quote="M") == (
        "quote 'M' costs 1200.00 in all, and above 1000.00 another person approves; allowed: once somebody else than ben has approved 'R'"
    )
    assert "has raised it" in office.refused(e.PurchaseRequisitionApproved, "ben", requisition="R")
    office.say(e.PurchaseRequisitionApproved, "anna", requisition="R")
    assert "'R' is approved" in office.refused(e.PurchaseRequisitionApproved, "anna", requisition="R")
    assert [it[1:] for it in placed(office.say(e.QuoteAccepted, "ben", rfq="Q", quote="M"))] == [("mill", 20, 6_000)]


def test_no_call_off_goes_past_the_approval_of_another_person() -> None:
    """Above 100.00: 40,000 g at 3.20 for 1000 are 128.00, which another has to approve; a requisition for less is none for that."""
    office = Office(purchasing={"approval_above": "100 EUR"})
    blanket(office, 200_000, 320)
    call: dict[str, Any] = {"blanket": "STEEL", "quantity": 40_000, "due_us": T + DAY_US}
    assert office.refused(e.BlanketOrderCalled, **call) == (
        "it is worth 128.00, and above 100.00 another person approves; allowed: for a requisition"
    )
    about = {"material": "steel", "due_us": T + DAY_US}
    office.say(e.PurchaseRequisitionRaised, "ben", requisition="little", quantity=10, **about)
    words = office.refused(e.BlanketOrderCalled, **call, requisition="little")
    assert words == "it is worth 128.00, and above 100.00 another person approves: 'little' is for 10; allowed: that at most"
    office.say(e.PurchaseRequisitionRaised, "ben", requisition="much", quantity=40_000, **about)
    assert "'much' is raised" in office.refused(e.BlanketOrderCalled, **call, requisition="much")
    office.say(e.PurchaseRequisitionApproved, "anna", requisition="much")
    assert len(placed(office.say(e.BlanketOrderCalled, **call, requisition="much"))) == 1


def test_two_calls_at_one_instant_do_not_take_more_than_there_is() -> None:
    office = Office()
    blanket(office, 10)
    call = {"effective_us": T, "person": "anna", "terminal": "office", "blanket": "STEEL", "due_us": T + DAY_US}
    followed = office.round(e.BlanketOrderCalled(**call, quantity=6), e.BlanketOrderCalled(**call, quantity=5))
    assert [quantity for *_, quantity, _ in placed(followed)] == [6]


def test_nothing_is_wanted_in_the_past_or_for_more_than_books_can_sum_up() -> None:
    office = Office()
    blanket(office, 10**8, 10**5)
    office.later(1)
    wanted = {"requisition": "R", "material": "housing", "quantity": 40}
    called = {"blanket": "STEEL", "quantity": 1}
    for due_us, words in ((T, "the due date is past"), (T + 1_000 * DAY_US, "the due date is more than two years ahead")):
        assert words in office.refused(e.PurchaseRequisitionRaised, **wanted, due_us=due_us)
        assert words in office.refused(e.BlanketOrderCalled, **called, due_us=due_us)
    dear = {
        "supplier": "foundry",
        "material": "housing",
        "quantity": 10**8,
        "unit_price_minor": 10**6,
        "from_us": T,
        "until_us": T + DAY_US,
    }
    assert "it is worth 1000000000000.00; allowed: 100000000000.00 or less" in office.refused(
        e.BlanketOrderAgreed, blanket="DEAR", **dear
    ).replace(",", "")


def test_what_comes_no_more_is_free_again() -> None:
    office = Office()
    blanket(office)
    office.say(e.BlanketOrderCalled, blanket="STEEL", quantity=15_000, due_us=T + DAY_US)
    office.receive("PO-STEEL", 5_000)
    assert "needs a reason" in office.refused(e.PurchaseOrderClosed, order="PO-STEEL", reason="")
    office.say(e.PurchaseOrderClosed, order="PO-STEEL", reason="the mill is closed")
    assert office.erp.purchasing.blanket_orders["STEEL"].open_quantity == 45_000
    assert office.erp.stock.incoming["steel"] == 0
    (alert,) = office.receive("PO-STEEL", 1)
    assert isinstance(alert, e.WorkAlertRaised)
    assert "of which 0 are open" in alert.message


def test_a_blanket_order_ends() -> None:
    office = Office()
    blanket(office)
    office.later(30)
    assert "does not hold now" in office.refused(e.BlanketOrderCalled, blanket="STEEL", quantity=1, due_us=T)
