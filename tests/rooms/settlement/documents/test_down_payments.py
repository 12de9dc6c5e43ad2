"""What is paid before goods leave or come: a deposit, taken off what is invoiced or billed, with its tax, or given back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.rooms.erp.small_shop import of_type
from tests.rooms.settlement.desk import FINANCE, Desk, day
from twin.apps.office.money.money_forms import money_forms
from twin.apps.office.money.money_said import MoneySaid
from twin.model import events as e
from twin.results.papers.selling import invoice

SAID: dict[str, Any] = {"person": "anna", "terminal": "office"}


def ordered(desk: Desk, on: int, name: str, quantity: int, price: int, due: int = 9, **fields: Any) -> None:
    """Acme orders housings, of which none is in stock yet."""
    desk.round(
        e.SalesOrderConfirmed(
            effective_us=day(on), order=name, customer="acme", material="housing", quantity=quantity, due_us=day(due),
            unit_price_minor=price, **fields,
        )
    )  # fmt: skip


def asked(on: int, order: str, net: int, **fields: Any) -> e.DownPaymentAsked:
    return e.DownPaymentAsked(effective_us=day(on), recorded_us=day(on), order=order, net_minor=net, **SAID, **fields)


def test_thirty_per_cent_with_the_order_are_owed_to_the_customer_until_goods_leave_and_are_taken_off_their_invoice() -> None:
    """10 at 60.00 are 600.00 and 120.00 of tax: 216.00 with the order, 504.00 with the goods; revenue only then."""
    desk = Desk(customer={"due": "14 d", "tax": "vat", "down_payment": "30 %"})
    ordered(desk, 0, "S", 10, 6_000)
    item = desk.receivable("DP-S")
    assert (item.amount_minor, item.tax_minor, item.due_us) == (21_600, 3_600, day(0))
    assert desk.balances == {"accounts_receivable": 21_600, "customer_deposits": -18_000, "tax_payable": -3_600}
    desk.cash(1, "DP-S", 21_600)
    desk.receive(2, "PO1", 10, 4_000)
    final = desk.receivable("INV-S")
    assert (final.amount_minor, final.tax_minor) == (50_400, 8_400)
    assert (desk.balances["revenue"], desk.balances["tax_payable"]) == (-60_000, -12_000)
    assert "customer_deposits" not in desk.balances
    run = desk.run()
    assert list(invoice(run, "DP-S").sums)[-1] == ("Total", 21_600)
    paper = invoice(run, "INV-S")
    assert [it.net_minor for it in paper.lines] == [60_000, -18_000]
    assert list(paper.sums)[-1] == ("Total", 50_400)
    desk.cash(3, "INV-S", 50_400)
    assert "accounts_receivable" not in desk.balances


def test_an_order_in_parts_uses_its_deposit_up_first_and_what_is_left_when_it_is_cancelled_goes_back() -> None:
    desk = Desk(customer={"tax": "vat"})
    ordered(desk, 0, "S", 10, 6_000, partial="allowed")
    desk.round(asked(0, "S", 40_000))
    desk.cash(1, "DP-S", 48_000)
    desk.receive(2, "PO1", 4, 4_000)
    assert desk.receivable("INV-S").open_minor == 0, "24,000 of 40,000 are taken off: nothing is asked for"
    assert desk.receivable("INV-S").settled_us == day(2)
    assert desk.balances["customer_deposits"] == -16_000
    desk.round(e.SalesOrderCancelled(effective_us=day(3), recorded_us=day(3), order="S", reason="closed down", **SAID))
    back = desk.receivable("DB-S")
    assert (back.amount_minor, back.tax_minor) == (-19_200, -3_200)
    assert "customer_deposits" not in desk.balances
    assert (desk.balances["revenue"], desk.balances["tax_payable"]) == (-24_000, -4_800)
    desk.round(e.BankLineReceived(effective_us=day(4), statement="B", number=1, amount_minor=-19_200, reference="DB-S", party="acme"))
    assert "accounts_receivable" not in desk.balances
    desk.run()


def test_in_another_currency_a_deposit_stays_at_the_rate_at_which_it_came() -> None:
    """2,000 of 6,000 CZK asked for at 25 (80.00), the rest invoiced at 30: 200.00 of revenue, of which 66.67 were paid with 80.00."""
    desk = Desk(customer={"tax": "vat"}, finance={**FINANCE, "revaluation": "at_close"})
    ordered(desk, 0, "S", 4, 6_000, currency="CZK", agreed_price_minor=150_000)
    desk.round(asked(1, "S", 200_000))
    item = desk.receivable("DP-S")
    assert (item.currency, item.amount_minor, item.booked_minor) == ("CZK", 240_000, 9_600)
    desk.cash(1, "DP-S", 240_000, currency="CZK", paid=9_600)
    desk.receive(3, "PO1", 4, 4_000)
    final = desk.receivable("INV-S")
    assert (final.currency, final.amount_minor, final.booked_minor) == ("CZK", 480_000, 24_000 - 6_667 - 1_333)
    assert (desk.balances["revenue"], desk.balances["exchange_difference"]) == (-20_000, 6_667 - 8_000)
    desk.cash(3, "INV-S", 480_000, currency="CZK", paid=16_000)
    assert not {"accounts_receivable", "customer_deposits"} & set(desk.balances)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (asked(0, "S", 60_001), "600.01 in advance on 'S'; allowed: above zero, and 600.00 at most"),
        (asked(0, "S", -1), "0.01 back, of which 0.00 are left of what was asked for; allowed: that at most"),
        (asked(0, "T", 1), "'T'"),
        (asked(0, "S", 100, tax_code="vta"), "no tax code is called 'vta'; allowed: vat, reduced"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_what_can(wrong: e.DownPaymentAsked, words: str) -> None:
    desk = Desk(customer={"tax": "vat"})
    ordered(desk, 0, "S", 10, 6_000)
    desk.round(wrong)
    assert words in desk.refusals()[-1]
    assert desk.balances == {}


def test_a_supplier_is_paid_in_advance_and_his_bill_asks_for_the_rest() -> None:
    """100.00 with 20.00 of tax in advance, of 400.00: the bill of 480.00 is paid with 360.00, and its tax got back once."""
    desk = Desk(supplier={"tax": "vat"})
    base: dict[str, Any] = {"order": "PO1", "supplier": "foundry", "material": "housing", "quantity": 10, "unit_price_minor": 4_000}
    desk.round(e.PurchaseOrderPlaced(effective_us=day(0), due_us=day(5), **base))
    told: dict[str, Any] = {"effective_us": day(0), "recorded_us": day(0), "order": "PO1", **SAID}
    desk.round(e.DownPaymentBillEntered(**told, bill="A1", net_minor=10_000, tax_minor=2_000))
    assert desk.balances == {"supplier_deposits": 10_000, "tax_receivable": 2_000, "accounts_payable": -12_000}
    desk.pay(1, "A1", 12_000)
    desk.round(e.GoodsReceived(effective_us=day(2), lot="L", **base))
    desk.bill(3, "PO1", "F1", 40_000, tax_minor=8_000)
    assert desk.payable("F1").open_minor == 36_000
    assert (desk.balances["tax_receivable"], desk.balances["accounts_payable"]) == (8_000, -36_000)
    assert not {"supplier_deposits", "goods_received_not_billed"} & set(desk.balances)
    desk.round(
        e.BillRejected(**{**told, "effective_us": day(4), "recorded_us": day(4)}, supplier="foundry", bill="F1", reason="another order")
    )
    assert (desk.balances["supplier_deposits"], desk.balances["tax_receivable"]) == (10_000, 2_000), "it can be taken off another bill"
    desk.bill(5, "PO1", "F2", 40_000, tax_minor=8_000)
    desk.pay(6, "F2", 36_000)
    assert not {"accounts_payable", "supplier_deposits"} & set(desk.balances)
    desk.round(e.DownPaymentBillEntered(**told, bill="A2", net_minor=-1, currency=""))
    assert "0.01 back, of which 0.00 are left" in desk.refusals()[-1]
    desk.run()


def test_a_supplier_whose_terms_say_so_bills_it_by_himself_in_his_currency_and_gives_back_what_is_left() -> None:
    desk = Desk(supplier={"tax": "vat", "currency": "CZK", "down_payment": "25 %"}, payments={"bills": "1 d", "suppliers": "at_due"})
    base: dict[str, Any] = {"order": "PO1", "supplier": "foundry", "material": "housing", "quantity": 10, "unit_price_minor": 4_000}
    desk.round(e.PurchaseOrderPlaced(effective_us=day(0), due_us=day(5), **base))
    item = desk.payable("PO1/DP")
    assert (item.currency, item.amount_minor, item.booked_minor) == ("CZK", 300_000, 12_000)
    assert item.open_minor == 0, "due at once, it was paid"
    desk.round(e.GoodsReceived(effective_us=day(3), lot="L", **base))
    desk.passes(5)
    (billed,) = of_type(desk.journal, e.BillReceived)
    assert desk.payable(billed.bill).amount_minor == billed.net_minor + billed.tax_minor - 300_000
    assert not {"supplier_deposits", "goods_received_not_billed", "accounts_payable"} & set(desk.balances)
    desk.run()


def test_the_finance_page_says_both_with_what_is_open() -> None:
    desk = Desk(customer={"tax": "vat"}, supplier={"tax": "vat"})
    ordered(desk, 0, "S", 10, 6_000)
    desk.round(asked(0, "S", 10_000))
    desk.round(e.PurchaseOrderPlaced(effective_us=day(0), due_us=day(5), order="P", supplier="foundry", material="housing", quantity=1,
                                     unit_price_minor=9))  # fmt: skip
    run = desk.run()
    shown = json.dumps(money_forms(run))
    assert "S of acme, 100.00 paid in advance are left" in shown
    assert "P at foundry" in shown
    kinds, at = MoneySaid(run).kinds, {"effective_us": day(1), "person": "anna", "terminal": "office"}
    typed = kinds["DownPaymentAsked"]({"order": "S", "net": "-20.00", "tax_code": "", "due": ""}, at)
    billed = kinds["DownPaymentBillEntered"]({"order": "P", "bill": "A1", "net": "1000", "tax": "200", "currency": "CZK", "due": ""}, at)
    desk.round(typed, billed)
    assert desk.refusals() == []
    assert (desk.receivable("DB-S").amount_minor, desk.payable("A1").amount_minor) == (-2_400, 120_000)


@example(quantity=1, price=4, shares=[15], parts=[], is_cancelled=True, is_foreign=True)
@given(
    quantity=st.integers(1, 9), price=st.integers(1, 9_999), shares=st.lists(st.integers(1, 100), max_size=3),
    parts=st.lists(st.integers(1, 4), max_size=4), is_cancelled=st.booleans(), is_foreign=st.booleans(),
)  # fmt: skip
def test_whatever_is_asked_for_in_advance_is_revenue_for_what_left_and_nothing_else(
    quantity: int, price: int, shares: list[int], parts: list[int], is_cancelled: bool, is_foreign: bool
) -> None:
    """Every round the accounts are what deposits and items say (`Desk`); a customer was asked for what has left, with its tax."""
    desk = Desk(customer={"tax": "vat"})
    more = {"currency": "CZK", "agreed_price_minor": price * 25} if is_foreign else {}
    ordered(desk, 0, "S", quantity, price, partial="allowed", **more)
    for share in shares:
        desk.round(asked(0, "S", quantity * price * (25 if is_foreign else 1) * share // 300 or 1))
    for on, many in enumerate(parts, start=1):
        desk.receive(on, f"PO{on}", many, 4_000)
    if is_cancelled:
        desk.round(e.SalesOrderCancelled(effective_us=day(9), recorded_us=day(9), order="S", reason="r", **SAID))
    order = desk.erp.customer_orders.orders["S"]
    asked_minor = sum(it.amount_minor for it in desk.erp.settlement.items.receivables.values())
    left_minor = desk.erp.settlement.down.deposits.free_minor("receivable", "S")
    net_minor = (order.invoiced_agreed_minor if is_foreign else order.invoiced_minor) + left_minor
    assert abs(asked_minor - net_minor * 6 / 5) <= 5, "each paper has its tax rounded once"
    assert desk.balances.get("revenue", 0) == -order.invoiced_minor
    if not order.open_quantity:
        assert "customer_deposits" not in desk.balances
