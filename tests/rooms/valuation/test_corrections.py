"""What is said later of deliveries: after the method has changed, after they went back, of nothing, and twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.erp.small_shop import of_type
from tests.rooms.valuation.counter import Counter, day
from tests.rooms.valuation.test_entering import FIFO, refused, say
from twin.model import events as e

STANDARD = {"standard_cost": "1 EUR"}


def correct(shop: Counter, order: str, quantity: int, price: int, on: int = 3) -> None:
    """It was so much, at so much each."""
    followed = say(
        shop, e.ReceiptCorrectionEntered, on=on, order=order, lot=order, quantity=quantity, unit_price_minor=price, reason="the bill"
    )
    assert of_type(followed, e.GoodsReceiptCorrected), followed


@pytest.mark.parametrize("method", ["fifo", "moving_average"])
@pytest.mark.parametrize("valued_by", ["material", "lot"])
@pytest.mark.parametrize(
    ("quantity", "price", "worth", "variance"), [(8, 100, 800, 0), (10, 150, 1_000, 500), (11, 150, 1_150, 500), (0, 100, 0, 0)]
)
def test_what_came_at_standard_is_corrected_after_the_method_has_changed(
    method: str, valued_by: str, quantity: int, price: int, worth: int, variance: int
) -> None:
    """10 at 1.00 came at standard: the difference of their price is a variance, an 11th is worth what is paid for it."""
    shop = Counter({**STANDARD, "valued_by": valued_by})
    order = shop.buy(1, 10, 100)
    say(shop, e.ValuationChangeRequested, on=2, material="part", method=method, reason="the auditor")
    correct(shop, order, quantity, price)
    assert (shop.stock(), shop.balance("purchase_price_variance")) == ((quantity, worth), variance)
    assert shop.balance("goods_received_not_billed") == -quantity * price
    correct(shop, order, 10, 100, on=4)  # and back: what came anew is worth what is paid for it, what had not come is gone
    assert (shop.stock(), shop.balance("goods_received_not_billed")) == ((10, 1_000), -1_000)
    assert shop.balance("purchase_price_variance") == 0
    shop.sell(5, 10, lot=order)
    assert (shop.stock(), shop.balance("cost_of_goods_sold")) == ((0, 0), 1_000)


def test_of_what_came_at_standard_and_at_cost_each_part_is_corrected_as_it_counts() -> None:
    """10 at 1.00 at standard and an 11th at 1.50 bear 2.20 of freight: 0.20 is into stock; then 9 at 2.00 were all that came."""
    shop = Counter(STANDARD)
    order = shop.buy(1, 10, 100)
    say(shop, e.ValuationChangeRequested, on=2, material="part", method="fifo", reason="the auditor")
    correct(shop, order, 11, 150)
    say(shop, e.LandedCostEntered, order="F1", amount_minor=220, split="equal", deliveries=((order, order),))
    assert (shop.stock(), shop.balance("purchase_price_variance")) == ((11, 1_170), 500 + 200)
    correct(shop, order, 11, 200, on=4)
    assert (shop.stock(), shop.balance("purchase_price_variance")) == ((11, 1_220), 1_000 + 200)
    correct(shop, order, 9, 200, on=5)
    assert (shop.stock(), shop.balance("purchase_price_variance")) == ((9, 900), 900 + 220)
    assert (shop.balance("goods_received_not_billed"), shop.balance("landed_cost_accrued")) == (-1_800, -220)


@pytest.mark.parametrize("valuation", [FIFO, {"valuation": "moving_average"}, {**FIFO, "valued_by": "lot"}, STANDARD])
def test_freight_that_was_wrong_is_lowered_or_taken_back_from_what_has_gone_too(valuation: dict[str, str]) -> None:
    """Of 10 at 1.00 four are sold; freight of 1.50 is lowered by 0.50, and taken back: all is as if it had never been."""
    shop = Counter(valuation)
    order = shop.buy(1, 10, 100)
    shop.sell(2, 4, lot=order)
    freight: dict[str, Any] = {"order": "F1", "split": "quantity", "deliveries": ((order, order),)}
    assert "no bill of freight is called 'F1'" in refused(shop, e.LandedCostEntered, **{**freight, "amount_minor": -50})
    before = dict(shop.erp.ledger.balances)
    say(shop, e.LandedCostEntered, **freight, amount_minor=150)
    assert "1.51 less of 'F1', by which 1.50 are shared out" in refused(shop, e.LandedCostEntered, **freight, amount_minor=-151)
    say(shop, e.LandedCostEntered, **{**freight, "deliveries": ()}, amount_minor=-50)
    lowered = dict(shop.erp.ledger.balances)
    say(shop, e.LandedCostEntered, **freight, amount_minor=-100)
    assert dict(shop.erp.ledger.balances) == before
    again = Counter(valuation)
    again.buy(1, 10, 100)
    again.sell(2, 4, lot=order)
    say(again, e.LandedCostEntered, **freight, amount_minor=100)
    assert dict(again.erp.ledger.balances) == lowered


@pytest.mark.parametrize("valuation", [FIFO, {"valuation": "moving_average"}, {**FIFO, "valued_by": "lot"}, STANDARD])
def test_freight_for_nothing_is_a_variance_and_never_worth_without_stock(valuation: dict[str, str]) -> None:
    """Corrected to 0 after freight, at the instant of freight, and before it, when the entry is refused."""
    shop = Counter(valuation)
    order, there = shop.buy(1, 10, 100), shop.buy(1, 1, 100)
    freight: dict[str, Any] = {"amount_minor": 150, "split": "quantity", "deliveries": ((order, order),)}
    say(shop, e.LandedCostEntered, on=2, order="F1", **freight)
    signed = {"effective_us": day(3), "person": "anna", "terminal": "office"}
    nothing = e.ReceiptCorrectionEntered(**signed, order=order, lot=order, quantity=0, unit_price_minor=100, reason="the neighbour's")
    followed = shop.round(nothing, e.LandedCostEntered(**signed, order="F2", **freight))
    assert of_type(followed, e.LandedCostAllocated)
    assert (shop.stock(), shop.balance("purchase_price_variance"), shop.balance("landed_cost_accrued")) == ((1, 100), 300, -300)
    words = refused(shop, e.LandedCostEntered, order="F3", **freight)
    assert words == f"of {order}/{order} nothing had come after all; allowed: {there}/{there}"
    correct(shop, order, 10, 100, on=4)
    assert (shop.stock(), shop.balance("goods_received_not_billed")) == ((11, 1_100), -1_100)


@pytest.mark.parametrize("valuation", [FIFO, STANDARD])
def test_what_was_given_back_had_come(valuation: dict[str, str]) -> None:
    shop = Counter(valuation)
    order = shop.buy(1, 10, 100)
    shop.round(e.GoodsReturned(effective_us=day(2), order=order, material="part", quantity=10, lot=order, credit_minor=1_000))
    about = {"order": order, "lot": order, "unit_price_minor": 100, "reason": "?"}
    assert refused(shop, e.ReceiptCorrectionEntered, quantity=4, **about) == "10 of it were given back; allowed: 10 at least"
    (told,) = shop.round(
        e.GoodsReceiptCorrected(effective_us=day(3), order=order, lot=order, material="part", quantity=4, unit_price_minor=100)
    )
    assert isinstance(told, e.WorkAlertRaised)
    assert (told.alert, shop.stock()) == ("goods_given_back", (0, 0))


@pytest.mark.parametrize(("valued_by", "where"), [("material", "-5 on hand"), ("lot", "lot 'PO1' is at -5")])
def test_stock_below_zero_keeps_its_standard(valued_by: str, where: str) -> None:
    """Else what comes later would be settled against the equity that the plant was opened with."""
    shop = Counter({**STANDARD, "valued_by": valued_by})
    shop.buy(1, 10, 100)
    shop.sell(2, 15)
    change: dict[str, Any] = {"material": "part", "method": "fifo"}
    words = f"'part' is below zero: {where}; allowed: once what was taken has been booked in"
    assert refused(shop, e.ValuationChangeRequested, reason="?", **change) == words
    (told,) = shop.round(e.ValuationMethodChanged(effective_us=day(3), **change))
    assert isinstance(told, e.WorkAlertRaised)
    shop.buy(4, 10, 200, lot="PO1")
    say(shop, e.ValuationChangeRequested, on=5, reason="the auditor", **change)
    assert (shop.stock(), shop.balance("opening_equity")) == ((5, 500), 0)


def test_a_bill_of_freight_or_of_an_overhead_is_taken_once() -> None:
    shop = Counter(FIFO)
    order = shop.buy(1, 10, 100)
    freight: dict[str, Any] = {"amount_minor": 500, "split": "equal", "deliveries": ((order, order),)}
    signed = {"effective_us": day(3), "person": "anna", "terminal": "office"}
    followed = shop.round(*[e.LandedCostEntered(**signed, order="F1", **freight)] * 2)
    (twice,) = of_type(followed, e.EntryRefused)
    assert twice.reason == "bill of freight 'F1' is there already; allowed: one that no other has"
    assert shop.stock() == (10, 1_500)
    assert refused(shop, e.LandedCostEntered, order=" ", **freight) == "the bill of freight has no id; allowed: one that no other has"
