"""What a scenario lets happen by itself: bills, payments, reminders, what has accrued; and what persons say, taken or refused."""

from __future__ import annotations

import pytest

from tests.rooms.erp.small_shop import of_type
from tests.rooms.settlement.desk import Desk, day
from twin.model.events import (
    BillReceived,
    CashReceived,
    DunningIssued,
    EntryProposed,
    JournalPosted,
    LiabilityPaid,
    PaymentMade,
    PaymentOrdered,
    PeriodCloseRequested,
)


def test_bills_come_are_paid_and_customers_pay_each_at_its_time() -> None:
    desk = Desk(
        supplier={"due": "10 d", "tax": "vat", "currency": "CZK"}, customer={"due": "5 d", "tax": "vat"},
        payments={"bills": "2 d", "suppliers": "at_due", "customers": "1 d", "customers_late": {"zenith": "4 d"}}, finance=None,
    )  # fmt: skip
    desk.receive(0, "PO1", 3, 5_000)
    desk.sell(1, "A1", 1, 6_000)
    desk.sell(1, "Z1", 1, 6_000, "zenith")
    desk.passes(13)
    (bill,) = of_type(desk.journal, BillReceived)
    assert (bill.effective_us, bill.bill, bill.net_minor, bill.tax_minor, bill.currency) == (day(2), "PO1/1", 375_000, 75_000, "CZK")
    (paid,) = of_type(desk.journal, PaymentMade)
    assert (paid.effective_us, paid.amount_minor, paid.paid_minor) == (day(12), 450_000, 17_308)
    assert [(it.effective_us, it.invoice, it.paid_minor) for it in of_type(desk.journal, CashReceived)] == [
        (day(5), "INV-Z1", 6_000), (day(7), "INV-A1", 7_200),
    ]  # fmt: skip
    assert desk.balances["exchange_difference"] == 17_308 - 18_000
    assert not desk.erp.settlement.items.open["payable"]
    assert not desk.erp.settlement.items.open["receivable"]


def test_the_odd_cent_of_another_currency_blocks_no_bill() -> None:
    """48 at 26.50 are 1,194.54 CHF at 0.9391, and these are 1,272.01: a cent above the order, which nobody has asked for."""
    finance = {"currencies": {"CHF": [{"since": "2026-03-01", "rate": "0.9391"}]}}
    desk = Desk(supplier={"currency": "CHF", "due": "1 d"}, payments={"bills": "1 d", "suppliers": "at_due"}, finance=finance)
    desk.receive(0, "PO1", 48, 2_650)
    desk.passes(4)
    assert (desk.payable("PO1/1").amount_minor, desk.payable("PO1/1").booked_minor, desk.payable("PO1/1").open_minor) == (
        119_454,
        127_201,
        0,
    )
    assert not desk.erp.ledger.balances["goods_received_not_billed"]
    desk.receive(5, "PO2", 48, 2_650)
    desk.bill(5, "PO2", "F2", 119_456, currency="CHF", quantity=48)
    assert "is 0.03 above the 1272.00 of the order" in desk.payable("F2").blocked, "more than rounding can explain"


def test_a_customer_is_reminded_until_he_pays() -> None:
    desk = Desk(customer={"due": "5 d", "tax": "vat"})
    desk.receive(0, "PO1", 2, 4_199)
    desk.sell(1, "A1", 1, 6_000)
    desk.sell(1, "A2", 1, 6_000)
    desk.cash(3, "INV-A2", 7_200)
    desk.passes(40)
    issued = [(it.effective_us, it.invoice, it.stage, it.open_minor, it.fee_minor) for it in of_type(desk.journal, DunningIssued)]
    assert issued == [(day(13), "INV-A1", 1, 7_200, 0), (day(27), "INV-A1", 2, 7_200, 500)]
    assert desk.receivable("INV-A1").open_minor == 7_700
    assert desk.balances["dunning_fees"] == -500


def test_nobody_is_reminded_twice_at_one_instant_where_his_credit_was_paid_back_late() -> None:
    """72.00 on account cover an invoice of the 6th until the 30th: then its first reminder, and 14 days later its second."""
    desk = Desk(customer={"due": "5 d", "tax": "vat"})
    desk.receive(0, "PO1", 1, 4_199)
    desk.sell(1, "A1", 1, 6_000)
    desk.cash(2, "", 7_200, payment="K1")
    desk.passes(29)
    assert of_type(desk.journal, DunningIssued) == []
    desk.cash(30, "K1", -7_200, payment="BACK")
    desk.passes(50)
    issued = [(it.effective_us, it.stage) for it in of_type(desk.journal, DunningIssued)]
    assert issued == [(day(30), 1), (day(44), 2)]
    old = Desk(customer={"due": "5 d", "tax": "vat"})
    old.receive(0, "PO1", 1, 4_199)
    old.sell(1, "A1", 1, 6_000)
    for stage, fee in ((1, 0), (2, 500)):
        old.round(DunningIssued(effective_us=day(30), customer="acme", invoice="INV-A1", stage=stage, open_minor=7_200, fee_minor=fee))
    assert old.receivable("INV-A1").stage == 2, "a journal in which both went out is gone on with"


def test_what_accrued_in_a_month_is_paid_when_it_is_over() -> None:
    desk = Desk(supplier={"tax": "vat"}, customer={"tax": "vat"}, payments={"accrued": "monthly"})
    desk.receive(0, "PO1", 1, 4_000)
    desk.bill(1, "PO1", "R-1", 4_000, tax_minor=800)
    desk.sell(1, "A1", 1, 6_000)
    desk.passes(31)
    paid = {it.account: (it.effective_us, it.paid_minor) for it in of_type(desk.journal, LiabilityPaid)}
    april = day(30)
    wages = paid.pop("wages_payable")
    assert wages[0] == april
    assert wages[1] > 0
    assert paid == {"tax_payable": (april, 1_200), "tax_receivable": (april, -800)}
    assert desk.balances["cash"] == -wages[1] - 400


def test_an_order_to_pay_is_carried_out_or_refused_in_words() -> None:
    desk = Desk()
    desk.receive(0, "PO1", 2, 4_199)
    desk.bill(1, "PO1", "R-1", 8_398)
    base = {"effective_us": day(2), "terminal": "office", "supplier": "foundry"}
    desk.round(PaymentOrdered(**base, person="anna", bill="R-2"))  # type: ignore[arg-type]
    assert desk.refusals() == ["no bill 'R-2' of 'foundry'; open are: R-1"]
    desk.round(PaymentOrdered(**base, person="eve", bill="R-1", amount_minor=9_000))  # type: ignore[arg-type]
    assert desk.refusals()[-1] == (
        "nobody knows a person 'eve'; allowed: anna, ben; 90.00 of 'R-1' of 'foundry', of which 83.98 are open"
    )  # fmt: skip
    first = PaymentOrdered(**base, person="anna", bill="R-1", amount_minor=8_000)  # type: ignore[arg-type]
    again = PaymentOrdered(**base, person="ben", bill="R-1", amount_minor=8_000)  # type: ignore[arg-type]
    desk.round(first, again)
    assert desk.refusals()[-1] == "of 'R-1' all but 3.98 is on its way"
    assert desk.balances["cash"] == -8_000


@pytest.mark.parametrize(
    ("legs", "words"),
    [
        ((("overhead", 100), ("cash", -99)), "debits and credits differ by 0.01"),
        ((("overheads", 100), ("cash", -100)), "no account 'overheads' (did you mean 'overhead'?)"),
        ((("raw_material", 100), ("cash", -100)), "raw_material: documents say what stands there; by hand: cash,"),
        ((), "an entry needs a document and amounts"),
        ((("overhead", "100"), ("cash", -100)), "legs are pairs of an account and minor units"),
    ],
)
def test_an_entry_by_hand_that_makes_no_sense_is_refused(legs: tuple[tuple[str, int], ...], words: str) -> None:
    desk = Desk()
    desk.round(EntryProposed(effective_us=day(1), person="anna", terminal="office", document="rent", legs=legs))
    assert words in desk.refusals()[-1]
    assert not of_type(desk.journal, JournalPosted)


def test_nothing_is_posted_by_hand_into_a_closed_period() -> None:
    desk = Desk()
    rent = (("overhead", 90_000), ("cash", -90_000))
    desk.round(EntryProposed(effective_us=day(1), person="anna", terminal="office", document="rent", legs=rent))
    assert desk.balances == {"overhead": 90_000, "cash": -90_000}
    assert [(it.kind, it.amount_minor) for it in desk.erp.variances()] == [("overhead spending", 90_000)]
    desk.round(PeriodCloseRequested(effective_us=day(31), period="2026-03", until_us=day(30)))
    desk.round(EntryProposed(effective_us=day(2), recorded_us=day(31), person="anna", terminal="office", document="rent", legs=rent))
    assert desk.refusals() == ["it is effective 2026-03-04T00:00:00Z, and all before 2026-04-01T00:00:00Z is closed"]
    desk.round(EntryProposed(effective_us=day(32), person="anna", terminal="office", document="rent", legs=rent))
    assert desk.balances == {"overhead": 180_000, "cash": -180_000}
