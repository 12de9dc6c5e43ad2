"""Three-way match: bills against orders and what came on them; what is blocked, why, who lets it go, and what is left on the account."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.erp.small_shop import DAY_US, START_US, balances, of_type
from tests.rooms.procurement.trading_shop import Office
from twin.model import events as e
from twin.model.events import BillReceived, GoodsReturned, OperationsEvent, SalesOrderConfirmed


def bill(office: Office, order: str, net: int, number: str = "B1", quantity: int = 0) -> list[OperationsEvent]:
    supplier = office.erp.purchasing.orders[order].supplier
    return office.round(
        BillReceived(effective_us=office.now_us, order=order, supplier=supplier, bill=number, net_minor=net, quantity=quantity)
    )  # fmt: skip


def blocked(office: Office, number: str = "B1") -> str:
    """Why a bill may not be paid; by the match and by what is owed, which say the same."""
    why = office.erp.matching.why_blocked("foundry", number)
    assert office.erp.settlement.items.payables["foundry", number].blocked == why
    return why


def ordered(quantity: int = 10, price: int = 4_000, **sections: Any) -> Office:
    office = Office(**sections)
    office.place("PO", quantity, price)
    return office


def on_account(office: Office) -> int:
    return -balances(office.erp).get("goods_received_not_billed", 0)


def test_a_bill_that_fits_is_owed_and_may_be_paid() -> None:
    office = ordered()
    office.receive("PO", 10)
    bill(office, "PO", 40_000)
    assert (blocked(office), on_account(office), balances(office.erp)["accounts_payable"]) == ("", 0, -40_000)


def test_what_is_dearer_than_ordered_is_blocked_until_a_person_accepts_it() -> None:
    office = ordered(purchasing={"released_by": "fitter"})
    office.receive("PO", 10)
    before = balances(office.erp)["purchase_price_variance"]
    bill(office, "PO", 41_000)
    assert blocked(office) == "price: 410.00 for 10 is 10.00 above the 400.00 of the order; allowed: 0.00 above it"
    assert (on_account(office), balances(office.erp)["purchase_price_variance"] - before) == (0, 1_000)
    about = {"supplier": "foundry", "bill": "B1"}
    assert "anna is no fitter" in office.refused(e.BillReleaseRequested, reason="freight", **about)
    assert "for a reason" in office.refused(e.BillReleaseRequested, "ben", reason="", **about)
    (released,) = office.say(e.BillReleaseRequested, "ben", reason="steel surcharge, as agreed", **about)
    assert isinstance(released, e.MatchReleased)
    assert (released.person, blocked(office)) == ("ben", "")
    assert "is not blocked" in office.refused(e.BillReleaseRequested, "ben", reason="again", **about)
    assert "no bill 'B2'" in office.refused(e.BillReleaseRequested, "ben", supplier="foundry", bill="B2", reason="x")


@pytest.mark.parametrize(
    ("terms", "net", "is_blocked"),
    [
        ({"price": 0.02}, 40_800, False), ({"price": 0.02}, 40_801, True), ({"amount": "10 EUR"}, 41_000, False),
        ({"amount": "10 EUR"}, 41_001, True), ({"price": 0.05, "amount": "10 EUR"}, 42_000, False), ({}, 30_000, False),
    ],
)  # fmt: skip
def test_what_is_off_by_less_than_is_tolerated_passes(terms: dict[str, Any], net: int, is_blocked: bool) -> None:
    office = ordered(purchasing={"match": terms})
    office.receive("PO", 10)
    bill(office, "PO", net)
    assert bool(blocked(office)) is is_blocked
    assert on_account(office) == 0


def test_more_tax_than_there_is_on_the_net_is_blocked() -> None:
    """Of a supplier without a tax code nothing is known but that no tax is above the net."""
    office = ordered()
    office.receive("PO", 10)
    office.round(
        BillReceived(effective_us=office.now_us, order="PO", supplier="foundry", bill="B1", net_minor=40_000, tax_minor=5_000_000)
    )  # fmt: skip
    assert blocked(office) == "tax: 50000.00 are charged; allowed: 400.00"


def test_a_supplier_may_have_tolerances_of_its_own() -> None:
    lead = {"lead_time": "5 d", "match": {"price": 0.1}}
    office = ordered(suppliers={"foundry": lead}, purchasing={"match": {"price": 0.0}})
    office.receive("PO", 10)
    bill(office, "PO", 44_000)
    assert blocked(office) == ""


def test_more_than_came_is_blocked_until_it_comes() -> None:
    office = ordered()
    office.receive("PO", 6)
    bill(office, "PO", 40_000, quantity=10)
    assert blocked(office) == "quantity: 10 are billed, of 6 that came 0 were billed before; allowed: 6"
    assert on_account(office) == -16_000, "4 are paid for and have not come"
    office.receive("PO", 4, lot="rest")
    assert (blocked(office), on_account(office)) == ("", 0)


def test_a_quantity_may_be_off_by_a_share() -> None:
    office = ordered(quantity=100, purchasing={"match": {"quantity": 0.05}})
    office.receive("PO", 80)
    bill(office, "PO", 84 * 4_000, quantity=84)
    bill(office, "PO", 4_000, "B2", quantity=1)
    assert (blocked(office), blocked(office, "B2")) == ("", "quantity: 1 are billed, of 80 that came 84 were billed before; allowed: 0")


def test_nothing_is_billed_twice() -> None:
    """Under another number the same goods are blocked; under the same number there is no second bill."""
    office = ordered()
    office.receive("PO", 10)
    bill(office, "PO", 40_000)
    bill(office, "PO", 40_000, "B2")
    assert "quantity: 0 are billed, of 10 that came 10 were billed before" in blocked(office, "B2")
    (alert,) = of_type(bill(office, "PO", 40_000, quantity=10), e.WorkAlertRaised)
    assert alert.alert == "bill_refused"
    assert office.erp.matching.billed("PO") == 10
    assert balances(office.erp)["accounts_payable"] == -80_000
    bill(office, "PO", -40_000, "CREDIT", quantity=0)
    assert balances(office.erp)["accounts_payable"] == -40_000


def test_a_bill_without_a_quantity_is_for_what_it_pays_for() -> None:
    """40.00 each, 10 came: 160.00 are 4 of them, 230.00 are no whole number and so the 6 that are left."""
    office = ordered()
    office.receive("PO", 10)
    bill(office, "PO", 16_000)
    bill(office, "PO", 23_000, "B2")
    assert [it.quantity for it in office.erp.matching.bills.values()] == [4, 6]
    assert (blocked(office), blocked(office, "B2"), on_account(office)) == ("", "", 0)


def test_a_bill_may_come_before_the_goods() -> None:
    office = ordered()
    bill(office, "PO", 40_000)
    assert blocked(office) == "quantity: 10 are billed, of 0 that came 0 were billed before; allowed: 0"
    office.receive("PO", 10, 4_500)
    assert (blocked(office), on_account(office)) == ("", 0)


def test_what_is_held_is_not_paid() -> None:
    office = ordered()
    office.receive("PO", 10)
    hold = {"effective_us": office.now_us, "lot": "PO", "material": "housing", "reason": "not measured"}
    office.round(e.LotDispositionChanged(**hold, disposition="Restricted"))
    bill(office, "PO", 40_000)
    assert blocked(office) == "inspection: PO is held"
    office.round(e.LotDispositionChanged(**hold, disposition="UnRestricted"))
    assert blocked(office) == ""


def test_what_went_back_is_credited_and_nothing_is_left() -> None:
    """10 at 40.00 came and are billed; 3 go back for 110.00: the supplier owes that until its credit note comes."""
    office = ordered()
    office.receive("PO", 10)
    bill(office, "PO", 40_000)
    office.round(GoodsReturned(effective_us=office.now_us, order="PO", lot="PO", material="housing", quantity=3, credit_minor=11_000))
    assert "quantity: 10 are billed, of 7 that came" in blocked(office)
    bill(office, "PO", -11_000, "CREDIT", quantity=-3)
    assert (blocked(office), on_account(office), office.erp.matching.unsettled()) == ("", 0, {})
    assert balances(office.erp)["accounts_payable"] == -29_000


def test_bills_in_parts_at_other_prices_leave_nothing() -> None:
    office = ordered(quantity=9, price=3_333)
    office.receive("PO", 4, lot="a")
    bill(office, "PO", 4 * 3_400, "B1", quantity=4)
    assert on_account(office) == 0
    office.receive("PO", 5, 3_500, lot="b")
    bill(office, "PO", 2 * 3_333, "B2", quantity=2)
    bill(office, "PO", 3 * 3_333, "B3", quantity=3)
    assert (on_account(office), office.erp.matching.unsettled()) == (0, {})


def test_three_way_match_with_prices_at_standard_and_at_average() -> None:
    """p2p-01: 5 at 4 (standard 5) and 7 at 6 (average) ordered, 4 and 5 came, billed at 6 and 4; Tryton account_stock_anglo_saxon."""
    standard = {"kind": "purchased", "standard_cost": "5 EUR", "supplier": "mill", "price": "10 EUR"}
    average = {"kind": "purchased", "valuation": "moving_average", "supplier": "mill", "price": "10 EUR"}
    office = Office({"steel": 20_000}, materials={"standard": standard, "average": average})
    before = balances(office.erp)
    office.place("S", 5, 400, material="standard", supplier="mill")
    office.place("A", 7, 600, material="average", supplier="mill")
    office.receive("S", 4)
    office.receive("A", 5)

    def moved(account: str) -> int:
        return balances(office.erp).get(account, 0) - before.get(account, 0)

    assert (moved("raw_material"), moved("goods_received_not_billed"), moved("purchase_price_variance")) == (5_000, -4_600, -400)
    bill(office, "S", 2_400, "B1", quantity=4)
    bill(office, "A", 2_000, "B2", quantity=5)
    assert (moved("accounts_payable"), moved("goods_received_not_billed")) == (-4_400, 0)
    for material, quantity in (("standard", 2), ("average", 3)):
        office.round(
            SalesOrderConfirmed(
                effective_us=office.now_us, order=f"SO-{material}", customer="acme", material=material, quantity=quantity,
                due_us=START_US + 9 * DAY_US, unit_price_minor=1_000,
            )
        )  # fmt: skip
    assert (moved("cost_of_goods_sold"), moved("revenue"), moved("raw_material")) == (2_800, -5_000, 5_000 - 2_800)


def test_a_bill_is_typed_in_once_and_must_be_one() -> None:
    office = ordered()
    office.receive("PO", 10)
    about: dict[str, Any] = {"order": "PO", "supplier": "foundry", "bill": "B1", "net_minor": 40_000}
    for wrong, said in [
        ({"order": "POO"}, "did you mean 'PO'?"), ({"supplier": "mill"}, "is at 'foundry'"), ({"bill": " "}, "has no number"),
        ({"net_minor": 0}, "net 0"), ({"quantity": -1}, "quantity -1"), ({"tax_minor": -1}, "tax -0.01"),
    ]:  # fmt: skip
        assert said in office.refused(e.BillEntered, **{**about, **wrong})
    assert len(of_type(office.say(e.BillEntered, **about), BillReceived)) == 1
    assert (blocked(office), on_account(office)) == ("", 0)
    assert "is there already" in office.refused(e.BillEntered, **about)
    credit = {**about, "bill": "C1", "net_minor": -4_000, "quantity": -1}
    assert [it.quantity for it in of_type(office.say(e.BillEntered, **credit), BillReceived)] == [-1]
    assert on_account(office) == 4_000, "one piece is credited and has not gone back"


def test_a_credit_note_that_comes_before_the_goods_is_booked_at_the_price_of_the_order() -> None:
    """One that a program sent once ended the run: nothing had come that its share could have been of."""
    office = ordered()
    about: dict[str, Any] = {"order": "PO", "supplier": "foundry", "bill": "C1", "net_minor": -8_000, "quantity": -2}
    assert len(of_type(office.say(e.BillEntered, **about), BillReceived)) == 1
    assert on_account(office) == 8_000, "two pieces at 40.00"
    office.receive("PO", 10)
    office.say(e.BillEntered, **{**about, "bill": "B1", "net_minor": 48_000, "quantity": 12})
    assert on_account(office) == 0


def test_a_bill_for_several_orders_is_matched_order_by_order_and_owed_paid_and_sent_back_as_one() -> None:
    """10 for 400.00 as ordered, 4 for 100.00 that were ordered at 20.00 each: 20.00 too dear; 19 % of 500.00 is 95.00, shared out."""
    tax = {
        "finance": {"tax_codes": {"vat": {"rate": "19 %"}}},
        "suppliers": {"foundry": {"lead_time": "5 d", "terms": {"due": "9 d", "tax": "vat"}}},
    }
    office = Office(**tax)
    office.place("PO", 10, 4_000)
    office.place("PO2", 4, 2_000)
    office.receive("PO", 10)
    office.receive("PO2", 4)
    about = {"supplier": "foundry", "bill": "B1", "order": "PO", "net_minor": 40_000, "tax_minor": 9_500}
    assert "'PO' stands on it twice" in office.refused(e.BillEntered, **about, more_lines=(("PO", 1, 1),))
    assert "no purchase order is called 'PO3'" in office.refused(e.BillEntered, **about, more_lines=(("PO3", 1, 1),))
    followed = office.say(e.BillEntered, **about, more_lines=(("PO2", 10_000, 4),))
    assert [(it.order, it.line, it.tax_minor) for it in of_type(followed, BillReceived)] == [("PO", 1, 7_600), ("PO2", 2, 1_900)]
    assert blocked(office) == "PO2: price: 100.00 for 4 is 20.00 above the 80.00 of the order; allowed: 0.00 above it"
    (owed,) = office.erp.settlement.items.payables.values()
    assert (owed.amount_minor, owed.tax_minor, on_account(office)) == (59_500, 9_500, 0)
    assert "is blocked" in office.refused(e.PaymentOrdered, supplier="foundry", bill="B1")
    assert "has no line on 'PO9'" in office.refused(e.BillReleaseRequested, supplier="foundry", bill="B1", order="PO9", reason="x")
    office.say(e.BillReleaseRequested, supplier="foundry", bill="B1", reason="surcharge")
    assert blocked(office) == ""
    office.say(e.BillRejected, supplier="foundry", bill="B1", reason="wrong address")
    assert (office.erp.matching.bills, on_account(office)) == ({}, 48_000), "both orders wait for their bill again"
    office.say(e.BillEntered, **{**about, "bill": "B2", "tax_minor": 9_120}, more_lines=(("PO2", 8_000, 4),))
    office.say(
        e.BillEntered, **{**about, "bill": "C1", "net_minor": -100, "quantity": -1, "tax_minor": -57}, more_lines=(("PO2", -200, -1),)
    )
    office.say(e.PaymentOrdered, supplier="foundry", bill="B2")
    assert balances(office.erp)["accounts_payable"] == 357, "the credit note for both is left"


def test_tax_of_a_bill_is_shared_out_by_the_codes_of_its_lines_and_of_two_bills_with_one_number_one_is_taken() -> None:
    """7 % of 400.00 are 28.00 and 19 % of 100.00 are 19.00; by net, the first would bear 37.60 and be blocked."""
    housing = {"kind": "purchased", "standard_cost": "41.99 EUR", "supplier": "foundry", "price": "60 EUR", "tax": "books"}
    office = Office(
        finance={"tax_codes": {"vat": {"rate": "19 %"}, "books": {"rate": "7 %"}}}, materials={"housing": housing},
        suppliers={"foundry": {"lead_time": "5 d", "terms": {"tax": "vat"}}},
    )  # fmt: skip
    office.place("PO", 10, 4_000)
    office.place("PO2", 1, 10_000, material="gear")
    office.place("PO3", 1, 10_000, material="gear")
    office.receive("PO", 10)
    office.receive("PO2", 1)
    about: dict[str, Any] = {"effective_us": office.now_us, "person": "anna", "terminal": "office", "supplier": "foundry", "bill": "B1"}
    about |= {"order": "PO", "net_minor": 40_000, "quantity": 10, "tax_minor": 4_700}
    first, second = (e.BillEntered(**about, more_lines=((order, 10_000, 1),)) for order in ("PO2", "PO3"))
    followed = office.round(first, second)
    assert [it.tax_minor for it in of_type(followed, BillReceived)][:2] == [2_800, 1_900]
    assert blocked(office) == ""
    (owed,) = office.erp.settlement.items.payables.values()
    assert owed.amount_minor == 54_700, "nothing of the second stands on the first"


def test_a_bill_may_ask_for_the_tax_of_what_was_ordered_and_no_more() -> None:
    housing = {"kind": "purchased", "standard_cost": "41.99 EUR", "supplier": "foundry", "price": "60 EUR", "tax": "books"}
    office = ordered(
        finance={"tax_codes": {"vat": {"rate": "19 %"}, "books": {"rate": "7 %"}}}, materials={"housing": housing},
        suppliers={"foundry": {"lead_time": "5 d", "terms": {"tax": "vat"}}},
    )  # fmt: skip
    office.receive("PO", 10)
    about = {"supplier": "foundry", "order": "PO", "net_minor": 20_000, "quantity": 5}
    office.say(e.BillEntered, **about, bill="B1", tax_minor=3_800)
    assert blocked(office) == "tax: 38.00 are charged; allowed: 14.00"
    office.say(e.BillEntered, **about, bill="B2", tax_minor=1_400)
    assert blocked(office, "B2") == ""
