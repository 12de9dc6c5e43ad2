"""Papers are of their own date: entered later, they count on it while its period is open; closed is closed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.rooms.erp.small_shop import of_type
from tests.rooms.settlement.desk import Desk, day
from twin.model import events as e
from twin.model.readiness.earlier import happened_at

TERMS: dict[str, Any] = {"supplier": "foundry", "unit_price_minor": 4_199}
SAID: dict[str, Any] = {"effective_us": 0, "person": "anna", "terminal": "office"}


def hand_in(desk: Desk, on: int, paper: e.Entry, of: int) -> list[e.OperationsEvent]:
    """On a day, a paper of a day before it."""
    return desk.round(happened_at(paper, day(of), day(on)))


def test_papers_entered_later_are_of_their_own_day_and_so_they_are_read_again() -> None:
    desk = Desk()
    desk.receive(1, "PO1", 5, 4_199)
    desk.sell(2, "A1", 1, 6_000)
    desk.passes(10)
    hand_in(desk, 11, e.EntryProposed(**SAID, document="accrual", legs=(("rent", 1_000), ("overhead_payable", -1_000))), 5)
    hand_in(desk, 12, e.BillEntered(**SAID, order="PO1", supplier="foundry", bill="R-77", net_minor=20_995), 3)
    hand_in(desk, 13, e.CostBillEntered(**SAID, supplier="foundry", bill="C-1", cost_lines=(("rent", 500, ""),)), 6)
    hand_in(desk, 14, e.BankStatementEntered(**SAID, statement="S1", bank_lines=((6_000, "INV-A1", "Acme"), (-20_995, "R-77", ""))), 8)
    desk.passes(15)
    for erp in (desk.erp, desk.run().erp):
        on_day = {
            it.document: it.effective_us for it in erp.ledger.entries if it.document in ("accrual", "bill", "cash receipt", "payment")
        }
        assert on_day == {"accrual": day(5), "bill": day(3), "cash receipt": day(8), "payment": day(8)}
        rent = [sum(it.amount_minor for it in erp.income_statement(None, day(to)) if it.account == "rent") for to in (5, 6, 7)]
        assert rent == [0, -1_000, -1_500]
        item = erp.settlement.items.payables["foundry", "R-77"]
        assert [item.open_at(day(on))[0] for on in (2, 3, 7, 8)] == [0, 20_995, 20_995, 0]


def test_goods_and_payments_are_of_the_day_on_which_they_came_and_left() -> None:
    desk = Desk(receipts="persons", housing={"valuation": "fifo"})
    desk.round(e.PurchaseOrderPlaced(effective_us=day(1), order="PO", material="housing", quantity=20, due_us=day(9), **TERMS))
    receipt = e.GoodsReceiptEntered(**SAID, order="PO", quantity=4, lot="HEAT")
    desk.passes(10)
    hand_in(desk, 11, receipt, 3)
    bill = e.BillEntered(**SAID, order="PO", supplier="foundry", bill="R", net_minor=16_796)
    hand_in(desk, 11, bill, 4)
    hand_in(desk, 12, e.PaymentOrdered(**SAID, supplier="foundry", bill="R"), 6)
    for erp in (desk.erp, desk.run().erp):
        on_day = {it.document: it.effective_us for it in erp.ledger.entries}
        assert (on_day["receipt"], on_day["payment"]) == (day(3), day(6))
        assert erp.stock.lots["housing"]["HEAT"].since_us == day(3)
        assert [erp.settlement.items.payables["foundry", "R"].open_at(day(on))[0] for on in (5, 6)] == [16_796, 0]
    early: list[tuple[e.Entry, int, str]] = [
        (receipt, 0, "'PO' was ordered "), (receipt, -40, "and the books begin "),
        (e.PaymentOrdered(**SAID, supplier="foundry", bill="S"), 13, "'S' is of "),
    ]  # fmt: skip
    hand_in(desk, 14, replace(receipt, quantity=5), 13)
    hand_in(desk, 14, replace(bill, bill="S", net_minor=20_995), 14)
    for paper, of, words in early:
        hand_in(desk, 15, paper, of)
        assert words in desk.refusals()[-1]
    hand_in(desk, 15, replace(receipt, quantity=1), 5)
    assert desk.erp.purchasing.orders["PO"].received_us == day(13), "the last of it came then"
    desk.round(e.PeriodCloseRequested(effective_us=day(16), period="P1", until_us=day(9), person="anna"))
    hand_in(desk, 17, receipt, 8)
    assert "is closed" in desk.refusals()[-1]


def test_each_line_of_a_statement_is_of_the_day_on_which_the_bank_has_booked_it() -> None:
    desk = Desk()
    desk.receive(1, "PO1", 5, 4_199)
    desk.sell(2, "A1", 1, 6_000)
    lines = ((2_000, "INV-A1", "Acme"), (4_000, "INV-A1", "Acme"))
    statement = e.BankStatementEntered(**{**SAID, "effective_us": day(9)}, statement="S", bank_lines=lines, booked=(day(4), day(6)))
    for wrong, words in (
        ({"booked": (day(4),)}, "as many times as lines, or none"),
        ({"booked": (day(4), day(10))}, "none of them to come"),
        ({"booked": (day(-9), day(4))}, "and the books begin"),
    ):
        desk.round(replace(statement, **wrong))
        assert words in desk.refusals()[-1]
    desk.round(statement)
    for erp in (desk.erp, desk.run().erp):
        assert [(it.effective_us, it.recorded_us) for it in erp.ledger.entries if it.document == "cash receipt"] == [
            (day(4), day(9)), (day(6), day(9))
        ]  # fmt: skip
        assert [erp.settlement.items.receivables["INV-A1"].open_at(day(on))[0] for on in (3, 4, 6)] == [6_000, 4_000, 0]


def test_what_is_closed_is_refused_in_words_or_posted_late_and_nothing_is_before_the_books() -> None:
    desk = Desk()
    desk.receive(1, "PO1", 5, 4_199)
    desk.passes(9)
    desk.round(e.PeriodCloseRequested(effective_us=day(10), period="P1", until_us=day(9), person="anna"))
    rent = e.EntryProposed(**SAID, document="accrual", legs=(("rent", 1_000), ("overhead_payable", -1_000)))
    answer = hand_in(desk, 11, rent, 5)
    assert [(type(it), it.effective_us) for it in answer] == [(e.EntryRefused, day(11))]
    assert "is closed" in desk.refusals()[-1]
    bill = e.BillEntered(**SAID, order="PO1", supplier="foundry", bill="R-77", net_minor=20_995)
    (late,) = of_type(hand_in(desk, 12, bill, 3), e.LateJournalPosted)
    assert (late.effective_us, late.concerns_us) == (day(12), day(3))
    assert [desk.payable("R-77").open_at(day(on))[1] for on in (8, 11, 12)] == [0, 0, 20_995], "as on its account, at the close and now"
    assert desk.payable("R-77").stood_at(day(3)) == (20_995, 20_995)
    for paper in (rent, bill, e.BankStatementEntered(**SAID, statement="S1", bank_lines=((6_000, "INV-A1", ""),))):
        hand_in(desk, 13, paper, -40)
        assert "and the books begin" in desk.refusals()[-1]
