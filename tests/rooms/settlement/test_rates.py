"""Other currencies: what is price and what is exchange, and what is realised when it is paid."""

from __future__ import annotations

from fractions import Fraction

from tests.rooms.settlement.desk import Desk, day
from twin.erp.settlement.rates import Rates, price_difference
from twin.model.settlement.finance import Finance


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
