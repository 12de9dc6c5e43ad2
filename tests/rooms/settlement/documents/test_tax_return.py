"""Tax by code: what was sold and bought by each, to the cent, and all of it what its account has changed by."""

from __future__ import annotations

from typing import Any

from tests.rooms.settlement.desk import FINANCE, Desk, day
from twin.model import events as e
from twin.results.exports.finance import finance_book
from twin.results.settlement.taxes.tax_return import TaxRow, tax_rows

SAID: dict[str, Any] = {"person": "anna", "terminal": "office"}
CODES = {**FINANCE["tax_codes"], "exempt": {"rate": "0 %", "title": "Exempt"}}


def told(rows: list[TaxRow]) -> dict[tuple[str, str], tuple[int, int]]:
    return {(it.side, it.code or it.title): (it.net_minor, it.tax_minor) for it in rows}


def at(on: int) -> dict[str, Any]:
    return {"effective_us": day(on), "recorded_us": day(on), **SAID}


def test_a_return_has_sales_and_purchases_by_code_with_what_lowers_them_and_adds_up_to_its_accounts() -> None:
    discount = {"share": "2 %", "within": "5 d"}
    desk = Desk(
        supplier={"due": "10 d", "tax": "vat"}, customer={"due": "10 d", "tax": "vat", "discount": discount},
        payments={"accrued": "monthly"}, finance={**FINANCE, "tax_codes": CODES},
    )  # fmt: skip
    desk.receive(0, "PO1", 10, 1_000)
    desk.bill(1, "PO1", "R1", 10_000, tax_minor=2_000)
    lines = (("services", 3_000, ""), ("rent", 50_000, ""), ("services", 1_000, ""))
    desk.round(e.CostBillEntered(**at(1), supplier="foundry", bill="C1", cost_lines=lines, line_codes=("reduced", "exempt", "vat")))
    desk.sell(1, "S1", 2, 5_000)
    desk.sell(1, "Z1", 1, 5_000, "zenith")  # without terms, so without tax
    desk.cash(2, "INV-S1", 11_760)  # 2 % less: 2.00 net, 0.40 of tax
    desk.round(e.ReturnAccepted(**at(3), order="S1", quantity=1, reason="dent"))
    desk.round(
        e.FreeInvoiceEntered(**at(3), customer="acme", earning_lines=(("other_revenue", 10_000),), reason="repair", tax_code="exempt")
    )
    desk.round(e.FreeInvoiceEntered(**at(3), customer="acme", earning_lines=(("other_revenue", 1_000),), reason="fee", invoice="F2"))
    desk.round(e.DebtWrittenOff(**at(4), invoice="F2", reason="goodwill", amount_minor=600))  # half of it
    assert desk.refusals() == []
    run = desk.run()
    expected = {
        ("sales", "vat"): (10_000 - 200 - 5_000 + 100 + 1_000 - 500, 2_000 - 40 - 1_000 + 20 + 200 - 100), ("sales", "exempt"): (10_000, 0),
        ("sales", "without a tax code"): (5_000, 0),
        ("purchases", "vat"): (11_000, 2_200), ("purchases", "reduced"): (3_000, 210), ("purchases", "exempt"): (50_000, 0),
    }  # fmt: skip
    assert told(tax_rows(run)) == expected
    assert told(tax_rows(run, day(3))) == {
        ("sales", "vat"): (-4_400, -880), ("sales", "exempt"): (10_000, 0),
    }, "of a window"  # fmt: skip
    assert next(it for it in finance_book(run).sheets if it.title == "Tax by code").rows
    assert set(run.tax_return().columns) == {"side", "code", "title", "rate", "net_eur", "tax_eur"}
    desk.round(e.BillRejected(**at(5), supplier="foundry", bill="C1", reason="not ours"))
    desk.round(e.EntryProposed(**at(5), document="correction", legs=(("tax_payable", 5), ("services", -5))))
    desk.passes(31)
    rows = tax_rows(desk.run())
    assert told(rows)["purchases", "vat"] == (10_000, 2_000)
    assert told(rows)["sales", "entered by hand"] == (0, -5)
    balances = desk.erp.ledger.balances
    for side, account, sign in (("sales", "tax_payable", -1), ("purchases", "tax_receivable", 1)):
        assert sum(it.tax_minor for it in rows if it.side == side) == sign * balances[account] == 0, "handed on at the end of the month"


def test_what_was_paid_in_advance_is_in_the_return_when_it_is_asked_for_and_once() -> None:
    desk = Desk(customer={"tax": "vat", "down_payment": "50 %"})
    desk.round(
        e.SalesOrderConfirmed(
            effective_us=day(0), order="S", customer="acme", material="housing", quantity=1, due_us=day(9), unit_price_minor=10_000
        )
    )
    assert told(tax_rows(desk.run())) == {("sales", "vat"): (5_000, 1_000)}
    desk.receive(2, "PO1", 1, 1_000)
    assert told(tax_rows(desk.run())) == {("sales", "vat"): (10_000, 2_000)}
