"""Other currencies: what is price and what is exchange, and what is realised when it is paid."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from tests.rooms.erp.small_shop import of_type
from tests.rooms.settlement.desk import Desk, day
from twin.erp.settlement.rates import Rates, price_difference
from twin.model import events as e
from twin.model.settlement.finance import Finance
from twin.results.papers.buying import purchase_order

GOODS: dict[str, Any] = {"supplier": "foundry", "material": "housing", "quantity": 5}


def test_a_foreign_price_difference_is_split_from_the_exchange_difference() -> None:
    """Case p2p-03: standard 100, 10 at 3000 CZK, rates 25 at the receipt, 30 of the bill, 26 when it is posted: 5000 CZK, 192.31."""
    found = price_difference(3_000_000, Fraction(100_000), at_receipt=Fraction(25), at_posting=Fraction(26))
    assert (found.foreign_minor, found.own_minor) == (500_000, 19_231)
    desk = Desk(supplier={"currency": "CZK"}, housing={"standard_cost": "100 EUR"})
    desk.receive(0, "PO1", 10, 12_000)  # 3000 CZK at 25
    assert desk.balances["purchase_price_variance"] == 20_000
    desk.bill(4, "PO1", "F1", 3_000_000, currency="CZK")  # 2026-03-06, at 26
    assert desk.balances == {
        "raw_material": 100_000, "accounts_payable": -115_385, "purchase_price_variance": 19_231, "exchange_difference": -3_846,
    }  # fmt: skip


def test_a_bill_of_just_what_was_agreed_in_another_currency_matches_and_what_the_rate_did_is_no_price() -> None:
    """1,000 CZK each at 25 are 40.00 in the books; billed at 26, 5,000 CZK are 192.31: 7.69 of exchange, none of price or of a block."""
    desk = Desk(supplier={"currency": "CZK", "due": "14 d"}, housing={"standard_cost": "40 EUR"}, payments={"bills": "1 d"})
    line = ("housing", 5, day(2), 100_000)
    said: dict[str, Any] = {"effective_us": day(1), "supplier": "foundry", "currency": "CZK", "person": "anna", "terminal": "office"}
    (placed,) = of_type(desk.round(e.PurchaseOrderEntered(**said, order="PO", order_lines=(line,))), e.PurchaseOrderPlaced)
    assert (placed.unit_price_minor, placed.agreed_price_minor, placed.currency) == (4_000, 100_000, "CZK")
    other = Desk(supplier={"currency": "CZK"}, housing={"standard_cost": "40 EUR"})
    other.round(replace(placed, order="PO", header=""))
    other.round(e.GoodsReceived(effective_us=day(3), unit_price_minor=4_000, lot="L", order="PO", **GOODS))
    other.round(e.BillEntered(**{**said, "effective_us": day(4)}, order="PO", bill="R", net_minor=500_000, quantity=5))
    assert other.payable("R").blocked == ""
    assert other.balances == {"raw_material": 20_000, "accounts_payable": -19_231, "exchange_difference": -769}
    other.round(replace(placed, order="P3", header=""))
    other.round(e.GoodsReceived(effective_us=day(5), unit_price_minor=4_000, lot="M", order="P3", **GOODS))
    other.round(e.BillEntered(**{**said, "effective_us": day(5)}, order="P3", bill="S", net_minor=501_000, quantity=5))
    assert "price: 200.40 for 5 is 0.40 above the 200.00 of the order" in other.payable("S").blocked
    desk.round(e.GoodsReceived(effective_us=day(3), unit_price_minor=4_000, lot="L", order=placed.order, **GOODS))
    desk.passes(5)
    (billed,) = of_type(desk.journal, e.BillReceived)
    assert (billed.net_minor, billed.currency) == (500_000, "CZK"), "billed by itself, it is what was agreed"
    for order_lines, currency, words in (
        ((line,), "USD", "nobody knows the rate of 'USD'; allowed: EUR, CZK"),
        ((("housing", 5, day(9), -1),), "CZK", "line 1: what is declared is in EUR, the order in CZK; allowed: a price in CZK"),
    ):
        desk.round(e.PurchaseOrderEntered(**{**said, "effective_us": day(6), "currency": currency}, order="P2", order_lines=order_lines))
        assert words in desk.refusals()[-1]


def test_quotes_in_other_currencies_are_compared_by_what_they_are_worth_and_ordered_at_what_was_offered() -> None:
    desk = Desk(supplier={"currency": "CZK"})
    said: dict[str, Any] = {"effective_us": day(1), "person": "anna", "terminal": "office"}
    desk.round(e.PurchaseRequisitionRaised(**said, requisition="R", material="housing", quantity=5, due_us=day(9), reason="x"))
    desk.round(e.RfqSent(**said, rfq="Q", requisition="R", suppliers=("foundry", "mill"), answer_by_us=day(3)))
    offer: dict[str, Any] = {**said, "rfq": "Q", "lead_time_us": day(1) - day(0), "valid_until_us": day(9)}
    desk.round(e.QuoteReceived(**offer, quote="M", supplier="mill", unit_price_minor=4_000))
    czk = e.QuoteReceived(
        **offer, quote="F", supplier="foundry", unit_price_minor=110_000, delivery_minor=2_500, breaks=((5, 99_000),), currency="CZK"
    )
    assert "nobody knows the rate of 'USD'" in of_type(desk.round(replace(czk, currency="USD")), e.EntryRefused)[0].reason
    desk.round(czk)
    best, other = desk.erp.sourcing.compared("Q", day(1))
    assert (best.quote, best.unit_price_minor, best.total_minor, other.total_minor) == ("F", 3_960, 19_900, 20_000)
    (placed,) = of_type(desk.round(e.QuoteAccepted(**said, rfq="Q", quote="F")), e.PurchaseOrderPlaced)
    assert (placed.unit_price_minor, placed.agreed_price_minor, placed.currency) == (3_960, 99_000, "CZK")
    paper = purchase_order(desk.run(), placed.order)
    assert (paper.currency, paper.lines[0].price_minor, paper.sums) == ("CZK", 99_000, [("Net", 495_000)])


def test_what_is_paid_at_another_rate_realises_the_difference_in_parts_that_add_up() -> None:
    """30,000 CZK booked at 26 are 1,153.85 and are paid in three parts with 1,250.00 in all: a loss of 96.15, and nothing is left over."""
    desk = Desk(supplier={"currency": "CZK"}, housing={"standard_cost": "100 EUR"})
    desk.receive(0, "PO1", 10, 12_000)
    desk.bill(4, "PO1", "F1", 3_000_000, currency="CZK")
    before = desk.balances["exchange_difference"]
    for on, amount, paid in ((10, 1_000_001, 41_667), (11, 999_999, 41_666), (12, 1_000_000, 41_667)):
        desk.pay(on, "F1", amount, paid, currency="CZK")
    assert desk.balances["exchange_difference"] - before == 125_000 - 115_385
    assert "accounts_payable" not in desk.balances
    assert desk.balances["cash"] == -125_000


def test_a_customer_is_asked_in_his_currency_and_what_his_money_is_worth_is_realised() -> None:
    desk = Desk(customer={"currency": "CZK", "tax": "vat"})
    desk.receive(0, "PO1", 1, 4_199)
    desk.sell(0, "A1", 1, 10_000)  # at 25
    assert (desk.receivable("INV-A1").amount_minor, desk.receivable("INV-A1").booked_minor) == (300_000, 12_000)
    desk.cash(3, "INV-A1", 300_000, paid=10_000, currency="CZK")  # at 30
    assert (desk.balances["cash"], desk.balances["exchange_difference"]) == (10_000, 2_000)


def test_a_rate_holds_from_its_day_in_the_plant_on() -> None:
    finance = Finance.model_validate(
        {"currencies": {"CZK": [{"since": "2026-03-01", "rate": "25.5"}, {"since": "2026-03-05", "rate": 30}]}}
    )
    rates = Rates(finance, "EUR", "Europe/Berlin")
    assert [rates.rate("CZK", day(3) - 3_600_000_000 + it) for it in (-1, 0)] == [Fraction(51, 2), 30]
    assert (rates.own_minor(300, "CZK", day(3)), rates.own_minor(300, "EUR", day(3))) == (10, 300)
    assert "before the first" in rates.refusal("CZK", day(-10))
