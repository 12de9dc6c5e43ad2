"""Papers to customers and suppliers say what the books say: sums are open items, lines are what was ordered and has left."""

from __future__ import annotations

import pytest

from tests.pdf_text import words_of
from tests.rooms.settlement.desk import Desk, day
from twin.model.events import FreeInvoiceEntered, GoodsTakenBack
from twin.results.papers.papers import paper_file, trade_paper
from twin.results.run import Run

ITS = {"person": "anna", "terminal": "office"}


@pytest.fixture(scope="module")
def run() -> Run:
    desk = Desk(customer={"tax": "vat", "due": "7 d", "currency": "CZK"})
    desk.receive(0, "P1", 20, 4_000)
    desk.sell(1, "S1", 4, 10_000)
    desk.sell(1, "S2", 1, 333, customer="zenith")
    back = {"effective_us": day(2), "order": "S2", "material": "housing", "lot": "P1", "quantity": 1}
    desk.round(GoodsTakenBack(**{**back, "order": "S1"}, credit_minor=10_000))
    desk.sell(2, "S3", 2, 5_000, customer="zenith")
    desk.round(*(GoodsTakenBack(**{**back, "order": "S3"}, credit_minor=100) for _ in range(2)))
    asked = FreeInvoiceEntered(effective_us=day(2), customer="acme", earning_lines=(("other_revenue", 9_900),), reason="a visit", **ITS)
    desk.round(asked)
    assert desk.refusals() == []
    desk.passes(40)
    return desk.run()


def test_every_invoice_and_credit_says_its_lines_with_tax_and_its_open_item(run: Run) -> None:
    items = run.erp.settlement.items.receivables
    papers = {name: trade_paper(run, "invoice", name) for name in items}
    for name, paper in papers.items():
        fees_minor = sum(it.fee_minor for it in run.erp.settlement.dunning.issued if it.invoice == name)
        assert paper.sums[-1][1] == items[name].booked_minor - fees_minor
        assert sum(minor for _, minor in paper.sums[:-1]) == paper.sums[-1][1]
        assert sum(it.net_minor for it in paper.lines) == paper.sums[0][1]
    first = papers["INV-S1"]
    assert (first.kind, first.sums) == ("Invoice", [("Net", 40_000), ("Value added tax, 20 %", 8_000), ("Total", 48_000)])
    assert [(it.title, it.quantity, it.price_minor) for it in first.lines] == [("housing", 4, 10_000)]
    assert first.words[0] == "We ask for 12,000.00 CZK (480.00 EUR) by 10 Mar 2026, with INV-S1 as its reference."
    assert papers["INV-S2"].sums == [("Net", 333), ("Total", 333)], "zenith is asked for no tax"
    credit = papers["CR-S1-1"]
    assert (credit.kind, credit.sums[-1], credit.lines[0].quantity) == ("Credit note", ("Total", -12_000), 1)
    free = next(it for name, it in papers.items() if "/F" in name)
    assert (free.lines[0].net_minor, free.sums[-1][1], free.words[0]) == (9_900, 11_880, "a visit")


def test_a_reminder_says_what_is_open_with_its_fees(run: Run) -> None:
    told = trade_paper(run, "reminder", "INV-S1")
    last = [it for it in run.erp.settlement.dunning.issued if it.invoice == "INV-S1"][-1]
    assert (told.kind, told.lines[0].net_minor, told.sums[0]) == ("Reminder 2", 48_000, ("Fees of reminders", 500))
    assert (told.sums[1:], last.open_minor) == ([("Less what stands to your credit", -11_995), ("Open", 36_505)], 900_000)
    assert "due 10 Mar 2026, 21 days ago" in told.lines[0].title
    assert "ask for 9,130.00 CZK (365.05 EUR) at once" in told.words[0]
    with pytest.raises(ValueError, match="nobody was reminded of invoice 'CR-S1-1'"):
        trade_paper(run, "reminder", "CR-S1-1")


def test_orders_are_confirmed_and_placed_on_paper_and_no_markup_is_believed(run: Run) -> None:
    confirmed, placed = trade_paper(run, "order_confirmation", "S1"), trade_paper(run, "purchase_order", "P1")
    assert confirmed.sums == [("Net", 40_000), ("Tax", 8_000), ("Total", 48_000)]
    assert (placed.receiver, placed.lines[0].quantity, placed.sums) == (["foundry"], 20, [("Net", 80_000)])
    words = words_of(paper_file(run, "purchase_order", "P1"))
    assert {"Purchase order P1", "800.00", "40.00"} <= set(words)
    assert paper_file(run, "purchase_order", "P1") == paper_file(run, "purchase_order", "P1")


@pytest.mark.parametrize(
    ("kind", "number", "words"),
    [
        ("order_confirmation", "S11", r"no customer order 'S11' \(did you mean 'S1'\?\); allowed: one that page Orders has"),
        ("purchase_order", "", "no purchase order ''; allowed: one that page Purchasing has"),
        ("invoice", "INV-S9", r"no invoice 'INV-S9' \(did you mean 'INV-S\d'\?\); allowed: one that page Finance has"),
        ("letter", "S1", "no paper 'letter'; allowed: order_confirmation, invoice, reminder, purchase_order"),
    ],
)
def test_what_nobody_knows_is_refused_in_words(run: Run, kind: str, number: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        run.trade_paper(kind, number)
