"""Bills, invoices, tax and what is paid of them: to the cent, and what cannot be is refused in words."""

from __future__ import annotations

import pytest

from tests.rooms.settlement.desk import Desk, day
from twin.erp.settlement.open_items import OpenItem
from twin.model.events import BillReceived, EntryProposed, GoodsTakenBack, MatchBlocked, MatchReleased, PaymentOrdered, SalesOrderConfirmed
from twin.results.views.business.owed import receivables_now

HOUR_US = 3_600_000_000


def test_web_to_cash() -> None:
    """Case crm-01: 3 at 10.00 less 10 %, 20 % tax, cost of 6.00: invoice 32.40, revenue 27.00, tax 5.40, cost 18.00, cash 32.40."""
    desk = Desk(customer={"tax": "vat"}, housing={"standard_cost": "6 EUR"})
    desk.receive(1, "PO1", 3, 600)
    desk.sell(2, "WEB1", 3, 900)
    assert desk.receivable("INV-WEB1").amount_minor == 3_240
    desk.cash(3, "INV-WEB1", 3_240)
    balances = desk.balances
    assert {name: balances.get(name, 0) for name in ("revenue", "tax_payable", "cost_of_goods_sold", "cash", "accounts_receivable")} == {
        "revenue": -2_700, "tax_payable": -540, "cost_of_goods_sold": 1_800, "cash": 3_240, "accounts_receivable": 0,
    }  # fmt: skip


def test_a_bill_takes_goods_received_to_what_is_owed_with_its_tax() -> None:
    desk = Desk(supplier={"due": "30 d", "tax": "vat"})
    desk.receive(1, "PO1", 10, 4_199)
    desk.bill(2, "PO1", "R-77", 41_990, tax_minor=8_398)
    item = desk.payable("R-77")
    assert (item.amount_minor, item.due_us, item.order) == (50_388, day(32), "PO1")
    assert desk.balances == {"raw_material": 41_990, "tax_receivable": 8_398, "accounts_payable": -50_388}
    desk.pay(32, "R-77", 50_000)
    desk.pay(33, "R-77", 388)
    assert desk.balances == {"raw_material": 41_990, "tax_receivable": 8_398, "cash": -50_388}
    assert (item.settled_us, item.open_minor) == (day(33), 0)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"order": "PO9"}, "no purchase order 'PO9'"),
        ({"supplier": "mill"}, "purchase order 'PO1' is at 'foundry', not 'mill'"),
        ({"bill": "R-77"}, "bill 'R-77' of 'foundry' is booked already"),
        ({"bill": ""}, "the bill has no number"),
        ({"net_minor": 0}, "net 0.00 with tax 0.00; allowed: both above zero"),
        ({"tax_minor": -5}, "net 41.99 with tax -0.05"),
        ({"currency": "USD"}, "nobody knows the rate of 'USD'; allowed: EUR, CZK"),
    ],
)
def test_a_bill_that_cannot_be_is_refused_and_nothing_is_posted(fields: dict[str, object], words: str) -> None:
    desk = Desk()
    desk.receive(1, "PO1", 2, 4_199)
    desk.bill(2, "PO1", "R-77", 4_199)
    before = desk.balances
    asked = {"order": "PO1", "supplier": "foundry", "bill": "R-78", "net_minor": 4_199, **fields}
    desk.round(BillReceived(effective_us=day(3), **asked))  # type: ignore[arg-type]
    assert desk.balances == before
    assert words in desk.alerts()[-1]
    assert len(desk.erp.settlement.items.payables) == 1


@pytest.mark.parametrize(
    ("amount", "paid", "fields", "words"),
    [
        (8_399, 8_399, {}, "83.99 of 'R-77' of 'foundry', of which 83.98 are open"),
        (-1, -1, {}, "-0.01 of 'R-77'"),
        (100, 90, {}, "1.00 paid with 0.90, and both are EUR"),
        (100, 100, {"currency": "CZK"}, "is in EUR, not in CZK"),
        (100, 100, {"payment": "P-1"}, "payment 'P-1' is booked already"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(amount: int, paid: int, fields: dict[str, str], words: str) -> None:
    desk = Desk()
    desk.receive(1, "PO1", 3, 4_199)
    desk.bill(2, "PO1", "R-76", 4_199, quantity=1)
    desk.bill(2, "PO1", "R-77", 8_398, quantity=2)
    desk.pay(3, "R-76", 4_199, payment="P-1")
    before = desk.balances
    desk.pay(4, "R-77", amount, paid, **fields)
    assert desk.balances == before
    assert words in desk.alerts()[-1]


def test_what_is_blocked_cannot_be_paid_until_it_is_released() -> None:
    desk = Desk(supplier={"due": "1 d"}, payments={"suppliers": "at_due"})
    desk.receive(1, "PO1", 2, 4_199)
    desk.bill(2, "PO1", "R-77", 8_398)
    desk.round(MatchBlocked(effective_us=day(2), order="PO1", supplier="foundry", bill="R-77", reason="price above the order's"))
    desk.pay(3, "R-77", 8_398)
    assert "is blocked: price above the order's; allowed: to pay it when it is released" in desk.alerts()[-1]
    desk.round(PaymentOrdered(effective_us=day(4), person="anna", terminal="office", supplier="foundry", bill="R-77"))
    assert "is blocked: price above" in desk.refusals()[-1]
    desk.passes(6)
    assert "cash" not in desk.balances
    desk.round(MatchReleased(effective_us=day(6), order="PO1", supplier="foundry", bill="R-77", person="anna"))
    desk.passes(7)
    assert desk.balances["cash"] == -8_398


def test_a_credit_note_of_a_supplier_is_owed_back() -> None:
    desk = Desk()
    desk.receive(1, "PO1", 3, 4_199)
    desk.bill(2, "PO1", "R-77", 12_597)
    desk.bill(3, "PO1", "G-5", -1_000)
    assert desk.balances["accounts_payable"] == -11_597
    desk.pay(4, "G-5", -1_000)
    assert (desk.balances["cash"], desk.balances["accounts_payable"]) == (1_000, -12_597)


def test_goods_taken_back_are_a_credit_with_its_tax() -> None:
    desk = Desk(customer={"tax": "vat"})
    desk.receive(1, "PO1", 3, 4_199)
    desk.sell(2, "A1", 3, 6_000)
    desk.round(GoodsTakenBack(effective_us=day(5), order="A1", material="housing", lot="PO1", quantity=1, credit_minor=5_000))
    assert desk.receivable("CR-A1-1").open_minor == -6_000
    assert (desk.balances["accounts_receivable"], desk.balances["tax_payable"]) == (21_600 - 6_000, -3_600 + 1_000)
    assert desk.erp.settlement.items.owed_by("acme") == 15_600


def test_what_a_customer_pays_too_much_or_for_nothing_stands_to_his_credit() -> None:
    desk = Desk()
    desk.receive(1, "PO1", 3, 4_199)
    desk.sell(2, "A1", 1, 6_000)
    desk.cash(3, "INV-A1", 7_000, payment="K1")
    desk.cash(4, "", 500, payment="K2")
    assert desk.receivable("INV-A1").open_minor == 0
    assert (desk.receivable("K1").open_minor, desk.receivable("K2").open_minor) == (-1_000, -500)
    assert (desk.balances["cash"], desk.balances["accounts_receivable"]) == (7_500, -1_500)
    desk.cash(5, "INV-A1", 100, customer="zenith")
    assert "no invoice 'INV-A1' of 'zenith'" in desk.alerts()[-1]
    for nobody, near in (("acmee", " (did you mean 'acme'?)"), ("", "")):
        desk.cash(5, "", 900, payment=f"K-{nobody}", customer=nobody)
        assert f"nobody knows a customer '{nobody}'{near}; allowed: acme, zenith" in desk.alerts()[-1]
    assert desk.balances["cash"] == 7_500


def test_an_item_is_as_old_as_it_is_overdue() -> None:
    of = {"side": "receivable", "item": "I", "party": "acme", "order": "", "currency": ""}
    item = OpenItem(issued_us=day(0), posted_us=day(0), due_us=day(10), amount_minor=100, booked_minor=100, **of)  # type: ignore[arg-type]
    ages = {days: item.age(day(10 + days), "UTC") for days in (-1, 0, 1, 30, 31, 60, 61, 90, 91)}
    assert list(ages.values()) == [
        "not due", "not due", "1 to 30", "1 to 30", "31 to 60", "31 to 60", "61 to 90", "61 to 90", "over 90",
    ]  # fmt: skip
    item.clear(day(5), day(5), 40)
    assert [item.open_at(day(on)) for on in (-1, 0, 5)] == [(0, 0), (100, 100), (60, 60)]


def test_what_is_due_today_is_overdue_tomorrow_by_the_calendar_of_the_plant() -> None:
    """Issued and due at 22:30 UTC: in Berlin, half an hour before midnight, so the next day has begun half an hour later."""
    at_us = day(0) + 22 * HOUR_US + HOUR_US // 2
    item = OpenItem(
        side="payable", item="I", party="foundry", order="", currency="", issued_us=at_us, due_us=at_us, amount_minor=1, booked_minor=1,
    )  # fmt: skip
    told = [(item.overdue_days(at_us + past_us, zone)) for zone in ("Europe/Berlin", "UTC") for past_us in (0, HOUR_US // 2, 2 * HOUR_US)]
    assert told == [0, 1, 1, 0, 0, 1]
    assert (item.age(at_us, "UTC"), item.age(at_us + 2 * HOUR_US, "UTC")) == ("not due", "1 to 30")
    desk = Desk()
    desk.receive(1, "PO1", 1, 4_199)
    desk.sell(1, "A1", 1, 6_000)
    run = desk.run()
    assert run.receivables()["overdue_days"].tolist() == [0], "nobody has agreed on terms: due when it was issued, and that is today"
    assert run.ageing().set_index("party").loc["all", "not due days"] == 60.0
    assert receivables_now(run).overdue_minor == 0


def test_no_invoice_is_lost_to_another_of_its_name() -> None:
    """The second invoice of 'A1' is not the first of 'A1-2', and no payment that a customer calls as an invoice takes its place."""
    desk = Desk()
    desk.receive(1, "PO1", 5, 4_199)
    desk.sell(2, "A1-2", 1, 6_000)
    asked = {"order": "A1", "customer": "acme", "material": "housing", "quantity": 6, "due_us": day(3), "unit_price_minor": 5_000}
    desk.round(SalesOrderConfirmed(effective_us=day(3), partial="allowed", **asked))  # type: ignore[arg-type]
    desk.receive(4, "PO2", 5, 4_199)
    receivables = desk.erp.settlement.items.receivables
    assert {name: it.open_minor for name, it in receivables.items()} == {"INV-A1-2": 6_000, "INV-A1": 20_000, "INV-A1-3": 10_000}
    desk.cash(5, "INV-A1-2", 6_500, payment="INV-A1-2")
    desk.cash(5, "", 500, payment="INV-A1")
    assert [it.partition(": ")[0] for it in desk.alerts()] == ["payment_refused"] * 2
    assert desk.erp.settlement.items.owed_by("acme") == desk.balances["accounts_receivable"] == 36_000


def test_a_payment_that_is_said_twice_leaves_the_rest_of_the_bill_due() -> None:
    desk = Desk(supplier={"due": "5 d"}, payments={"suppliers": "at_due"})
    desk.receive(1, "PO1", 2, 4_199)
    desk.bill(2, "PO1", "R-77", 8_398)
    for on in (3, 4):
        desk.pay(on, "R-77", 1_000, payment="P1")
    desk.passes(8)
    assert (desk.payable("R-77").open_minor, desk.balances["cash"]) == (0, -8_398)


def test_a_number_that_is_taken_keeps_no_bill_from_being_paid() -> None:
    desk = Desk(supplier={"due": "5 d"}, payments={"suppliers": "at_due"})
    desk.receive(1, "PO1", 2, 4_199)
    desk.bill(2, "PO1", "R-77", 8_398)
    legs = (("overhead", 900), ("cash", -900))
    desk.round(EntryProposed(effective_us=day(3), person="anna", terminal="office", document="PAY-foundry-R-77", legs=legs))
    desk.passes(8)
    assert desk.payable("R-77").open_minor == 0
