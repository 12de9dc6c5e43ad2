"""Bills, invoices and credits for which no goods move: owed, aged, paid and matched as all others; and bills that are sent back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.settlement.desk import Desk, day
from twin.model import events as e
from twin.results.settlement.cash_flow import cash_flow
from twin.results.settlement.dimensions import dimension_table

SAID: dict[str, Any] = {"person": "anna", "terminal": "office"}
TERMS = {"due": "14 d", "tax": "vat"}


def bill(on: int, number: str, *lines: tuple[str, int, str], **fields: Any) -> e.CostBillEntered:
    return e.CostBillEntered(**SAID, effective_us=day(on), supplier="foundry", bill=number, cost_lines=lines, **fields)


def test_a_bill_for_rent_and_services_is_owed_ages_is_paid_and_found_on_the_bank() -> None:
    """Rent 1,200.00 and 300.00 for cutting, 20 % tax: 1,800.00 are owed by day 16, and cash goes when they are paid."""
    desk = Desk(supplier=TERMS)
    desk.round(bill(2, "R-7", ("rent", 120_000, ""), ("services", 30_000, "cutting"), tax_code="vat"))
    item = desk.payable("R-7")
    assert (item.open_minor, item.tax_minor, item.due_us) == (180_000, 30_000, day(16))
    assert desk.balances == {"rent": 120_000, "services": 30_000, "tax_receivable": 30_000, "accounts_payable": -180_000}
    run = desk.run()
    assert run.ageing("payable", day(20)).iloc[0][["party", "1 to 30 days"]].tolist() == ["foundry", 1_800.0]
    for dimension, name, minor in (("work_center", "cutting", 30_000), ("supplier", "foundry", 150_000)):
        table = dimension_table(run, dimension, None, None)
        costs = table[(table["name"] == name) & table["account"].isin(["rent", "services"])]
        assert round(costs["amount_eur"].sum() * 100) == minor
    desk.round(e.BankLineReceived(effective_us=day(17), statement="S1", number=1, amount_minor=-180_000, reference="R-7", party="x"))
    assert (item.open_minor, desk.balances["cash"], desk.balances.get("accounts_payable", 0)) == (0, -180_000, 0)
    assert desk.erp.settlement.bank.lines["S1", 1].by == "reference"


def test_lines_of_a_bill_have_a_tax_each() -> None:
    """Services of 33.33 and 33.34 at 20 %, rounded once, beside rent without tax: 13.33."""
    desk = Desk(supplier=TERMS, finance={"tax_codes": {"vat": {"rate": "20 %"}, "exempt": {"rate": "0 %"}}})
    lines = (("services", 3_333, ""), ("rent", 100_000, ""), ("services", 3_334, "cutting"))
    desk.round(bill(2, "R-8", *lines, line_codes=("vat", "exempt", "vat")))
    assert (desk.payable("R-8").tax_minor, desk.balances["tax_receivable"]) == (1_333, 1_333)


def test_what_is_accrued_is_cleared_by_its_bill_and_no_more_than_stands_there() -> None:
    """Of an overhead 70.00 stand there: the bill asks for 80.00, of which 10.00 are services."""
    desk = Desk()
    accrued = (("overhead", 7_000), ("overhead_payable", -7_000))
    desk.round(e.EntryProposed(**SAID, effective_us=day(1), document="heating", legs=accrued))
    desk.round(bill(2, "R-8", ("overhead_payable", 8_000, "")))
    assert "80.00 on 'overhead_payable', where 70.00 stand; allowed: that at most, and the rest on a cost" in desk.refusals()[-1]
    desk.round(bill(3, "R-8", ("overhead_payable", 7_000, ""), ("services", 1_000, "")))
    assert desk.balances.get("overhead_payable", 0) == 0
    assert (desk.balances["services"], desk.balances["accounts_payable"]) == (1_000, -8_000)
    desk.round(bill(4, "C-8", ("services", -400, "")))
    assert desk.payable("C-8").open_minor == -400, "a credit note"
    desk.round(e.EntryProposed(**SAID, effective_us=day(5), document="heating", legs=accrued))
    desk.round(*(bill(6, number, ("overhead_payable", 5_000, "")) for number in ("R-9", "R-10")))
    assert "R-10" not in [it.item for it in desk.erp.settlement.items.of_side("payable")], "both at one instant: the first clears it"
    assert "50.00 on 'overhead_payable', where 20.00 stand" in desk.alerts()[-1]
    desk.round(bill(7, "R-11", ("overhead_payable", 2_000, "")))
    assert desk.balances.get("overhead_payable", 0) == 0


@pytest.mark.parametrize(
    ("lines", "fields", "words"),
    [
        ((("wip", 5, ""),), {}, "'wip': there is no such account"),
        ((("raw_material", 5, ""),), {}, "'raw_material': documents of another kind say what stands there"),
        ((("rent", 5, "moon"),), {}, "no work center or equipment is called 'moon'"),
        ((("rent", 5, ""), ("rent", -4, "")), {}, "lines and tax; allowed: all above zero, or all below it for a credit note"),
        ((), {}, "lines are an account, minor units and a work center"),
        ((("rent", 10_000, ""),), {"tax_code": "vat", "tax_minor": 1_900}, "tax 19.00; allowed by 'vat': 20.00"),
        ((("rent", 100, ""),), {"tax_minor": 101}, "tax 1.01 on 1.00; allowed: no more than that, or a tax code"),
        ((("rent", 100, ""),), {"due_us": 5}, "it is due on 1970-01-01"),
        ((("rent", 10_000, ""),), {"tax_code": "vats"}, "no tax code is called 'vats' (did you mean 'vat'?)"),
        ((("rent", 100, ""), ("energy", 100, "")), {"line_codes": ("vat",)}, "1 tax codes for 2 lines; allowed: one for each"),
        ((("rent", 10_000, ""),), {"supplier": "lord"}, "no supplier is called 'lord'"),
        ((("rent", 10_000, ""),), {"bill": "R-1"}, "bill 'R-1' of 'foundry' is booked already"),
        ((("rent", 10_000, ""),), {"currency": "USD"}, "nobody knows the rate of 'USD'; allowed: EUR, CZK"),
        ((("rent", 10_000, ""),), {"person": ""}, "nobody has signed it"),
    ],
)
def test_a_bill_that_cannot_be_is_refused_in_words_and_nothing_is_posted(lines: Any, fields: dict[str, Any], words: str) -> None:
    desk = Desk()
    desk.round(bill(1, "R-1", ("rent", 100, "")))
    before, said = desk.balances, {**SAID, "effective_us": day(2), "supplier": "foundry", "bill": "R-2", "cost_lines": lines, **fields}
    desk.round(e.CostBillEntered(**said))
    assert words in desk.refusals()[-1]
    assert desk.balances == before


def test_a_wrong_bill_is_sent_back_and_the_right_one_takes_its_place() -> None:
    """Twice as dear as ordered: it is blocked, sent back, and owed no more; the right one matches, and what is paid cannot be sent back."""
    desk = Desk(supplier={"tax": "vat"})
    desk.receive(1, "PO1", 10, 4_199)
    desk.bill(2, "PO1", "R-77", 83_980, tax_minor=16_796)
    assert desk.payable("R-77").blocked
    before = desk.balances
    desk.round(e.BillRejected(**SAID, effective_us=day(3), supplier="foundry", bill="R-77", reason=""))
    assert "a bill is rejected for a reason" in desk.refusals()[-1]
    assert desk.balances == before
    desk.round(e.BillRejected(**SAID, effective_us=day(3), supplier="foundry", bill="R-77", reason="twice the price"))
    assert desk.balances == {"raw_material": 41_990, "goods_received_not_billed": -41_990}
    desk.round(e.BillRejected(**SAID, effective_us=day(3), supplier="foundry", bill="R-77", reason="twice the price"))
    assert "'R-77' of 'foundry' was sent back already; allowed: none" in desk.refusals()[-1]
    desk.round(e.PaymentOrdered(**SAID, effective_us=day(3), supplier="foundry", bill="R-77"))
    assert "rejected: twice the price" in desk.refusals()[-1]
    desk.bill(4, "PO1", "R-78", 41_990, tax_minor=8_398)
    assert not desk.payable("R-78").blocked
    desk.pay(5, "R-78", 50_000)
    desk.round(e.BillRejected(**SAID, effective_us=day(6), supplier="foundry", bill="R-78", reason="late"))
    assert "500.00 of 'R-78' are paid or on their way; allowed: a credit note for it" in desk.refusals()[-1]
    assert desk.balances == {"raw_material": 41_990, "tax_receivable": 8_398, "accounts_payable": -388, "cash": -50_000}


def test_a_customer_is_asked_for_work_credited_and_what_he_will_not_pay_is_lost() -> None:
    """Work for 100.00 and 20 % tax; 30.00 are credited for a late delivery; of the 120.00 half is paid, half is lost, with its tax."""
    desk = Desk(customer=TERMS, finance={"tax_codes": {"vat": {"rate": "20 %"}}})
    asked = {**SAID, "customer": "acme", "reason": "repair"}
    desk.round(e.FreeInvoiceEntered(**asked, effective_us=day(1), earning_lines=(("nonsense", 10_000),)))
    assert "nothing is asked for on 'nonsense'" in desk.refusals()[-1]
    desk.round(e.FreeInvoiceEntered(**asked, effective_us=day(1), earning_lines=(("other_revenue", 10_000),)))
    desk.round(e.FreeInvoiceEntered(**asked, effective_us=day(1), invoice="CR-1", earning_lines=(("sales_allowances", -3_000),)))
    name = next(it.item for it in desk.erp.settlement.items.of_side("receivable") if it.item != "CR-1")
    item = desk.receivable(name)
    assert name == "INV-acme/F", "what was refused has taken no number"
    assert (item.open_minor, item.due_us, desk.receivable("CR-1").open_minor) == (12_000, day(15), -3_600)
    desk.cash(2, name, 6_000)
    lost = {**SAID, "effective_us": day(40), "invoice": name, "reason": "insolvent"}
    for fields, words in (({"amount_minor": 6_001}, "of which 60.00 are open"), ({"invoice": "X"}, "no invoice is called 'X'")):
        desk.round(e.DebtWrittenOff(**{**lost, **fields}))
        assert words in desk.refusals()[-1]
    desk.round(e.DebtWrittenOff(**lost))
    assert item.open_minor == 0
    assert desk.balances == {
        "cash": 6_000, "accounts_receivable": -3_600, "tax_payable": -2_000 + 600 + 1_000, "other_revenue": -10_000,
        "sales_allowances": 3_000, "bad_debts": 5_000,
    }  # fmt: skip
    desk.round(e.FreeInvoiceEntered(**asked, effective_us=day(41), earning_lines=(("revenue", 10_000),)))
    assert "nothing is asked for on 'revenue'" in desk.refusals()[-1]
    table = dimension_table(desk.run(), "customer", None, None)
    assert table[table["account"] == "other_revenue"]["name"].tolist() == ["acme"]


@pytest.mark.parametrize("is_one_round", [True, False])
def test_what_is_lost_in_parts_gets_back_the_tax_that_was_asked_for_and_no_more(is_one_round: bool) -> None:
    """1.00 and 0.20 tax, lost in three parts of 0.40: 0.07, 0.06 and 0.07 of tax are got back."""
    desk = Desk(customer=TERMS)
    desk.round(e.FreeInvoiceEntered(**SAID, effective_us=day(1), customer="acme", reason="repair", earning_lines=(("other_revenue", 100),)))
    parts = [e.DebtWrittenOff(**SAID, effective_us=day(2), invoice="INV-acme/F", amount_minor=40, reason="insolvent")] * 4
    for together in [parts] if is_one_round else [[it] for it in parts]:
        desk.round(*together)
    assert desk.balances == {"other_revenue": -100, "bad_debts": 100}
    assert "0.40 of 'INV-acme/F', of which 0.00 are open" in desk.refusals()[-1]


def test_a_machine_that_is_bought_by_bill_is_an_investment_once_it_is_paid() -> None:
    """1,000.00 and 100.00 for its setting up, with 20 % tax: half is paid, then the rest; both methods say the same of each activity."""
    desk = Desk(supplier=TERMS)
    desk.round(bill(2, "M-1", ("fixed_assets", 100_000, ""), ("services", 10_000, ""), tax_code="vat"))
    desk.pay(4, "M-1", 66_000)
    desk.pay(6, "M-1", 66_000)
    run = desk.run()
    for from_on, to_on, operating, investing in (
        (0, 3, 0, 0),
        (3, 5, -16_000, -50_000),
        (5, 9, -16_000, -50_000),
        (0, 9, -32_000, -100_000),
    ):
        rows = cash_flow(run.erp.ledger, day(from_on), day(to_on))
        for method in ("direct", "indirect"):
            said = [row for row in rows if row.method == method]
            found = [sum(it.amount_minor for it in said if it.section == f"{name} activities") for name in ("Operating", "Investing")]
            assert (found, said[-1].amount_minor) == ([operating, investing], operating + investing), (method, from_on)
    for line in ("Change of Fixed assets, at cost", "Other: Fixed assets, at cost", "Paid to suppliers"):
        opened = run.behind(f"cash flow: {line}")
        assert round(opened.table["amount_eur"].sum() * 100) == opened.amount_minor, line


def test_a_company_begins_with_what_it_owes_and_is_owed() -> None:
    desk = Desk(payments={"suppliers": "at_due"}, finance={})
    begun = {**SAID, "effective_us": day(0)}
    desk.round(
        e.OpeningItemEntered(**begun, side="payable", party="foundry", item="OLD-1", amount_minor=50_000, due_us=day(3)),
        e.OpeningItemEntered(**begun, side="receivable", party="acme", item="OLD-2", amount_minor=80_000, due_us=day(-40)),
        e.OpeningItemEntered(**begun, side="payables", party="foundry", item="OLD-3", amount_minor=1, due_us=day(1)),
    )
    assert "nothing is 'payables' (did you mean 'payable'?)" in desk.refusals()[-1]
    assert desk.balances == {"accounts_receivable": 80_000, "accounts_payable": -50_000, "opening_equity": -30_000}
    desk.round(e.BillRejected(**begun, supplier="foundry", bill="OLD-1", reason="never came"))
    assert "'OLD-1' of 'foundry' was owed at the start, before any bill came; allowed: none" in desk.refusals()[-1]
    assert desk.receivable("OLD-2").age(day(0), "UTC") == "31 to 60"
    desk.passes(4)
    assert desk.payable("OLD-1").open_minor == 0, "it is paid when it is due"
    desk.cash(5, "OLD-2", 80_000)
    assert (desk.balances["cash"], desk.balances["opening_equity"], desk.balances.get("accounts_receivable", 0)) == (30_000, -30_000, 0)
