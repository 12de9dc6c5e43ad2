"""Credits against what is owed, and what did not hold: payments that bounce, lines that were taken for another's, set-offs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.erp.small_shop import of_type
from tests.rooms.settlement.desk import Desk, day
from twin.model import events as e
from twin.results.papers.selling import invoice
from twin.results.settlement.cash_flow import cash_flow
from twin.results.settlement.opening.figures import figure_opened
from twin.results.settlement.opening.portions import total

SAID: dict[str, Any] = {"person": "anna", "terminal": "office"}


@pytest.fixture
def desk() -> Desk:
    """Two invoices of 60.00, one of 50.00, a bill of 41.99 and a credit note of 10.00."""
    desk = Desk()
    desk.receive(1, "PO1", 5, 4_199)
    desk.bill(2, "PO1", "R-77", 4_199, quantity=1)
    desk.bill(2, "PO1", "CN-1", -1_000)
    for name, price, customer in (("A1", 6_000, "acme"), ("A2", 6_000, "acme"), ("Z1", 5_000, "zenith")):
        desk.sell(2, name, 1, price, customer)
    return desk


def line(on: int, number: int, amount: int, reference: str = "") -> e.BankLineReceived:
    return e.BankLineReceived(effective_us=day(on), statement="S1", number=number, amount_minor=amount, reference=reference)


def say(desk: Desk, on: int, kind: type[e.OfficeEntry], **about: Any) -> list[e.OperationsEvent]:
    return desk.round(kind(effective_us=day(on), **SAID, **about))


def take_back(desk: Desk, on: int, payment: str, reason: str = "debit returned") -> str:
    """ "", or why not."""
    return next((it.reason for it in of_type(say(desk, on, e.PaymentTakenBack, payment=payment, reason=reason), e.EntryRefused)), "")


def test_credits_are_set_off_and_reminders_ask_for_the_net(desk: Desk) -> None:
    """100.00 on account are more than the first invoice: nobody is reminded of it, and of the second 20.00 are left."""
    desk.cash(3, "", 10_000, payment="K1")
    desk.passes(15)
    assert [(it.invoice, it.open_minor) for it in desk.erp.settlement.dunning.issued] == [("INV-A2", 2_000), ("INV-Z1", 5_000)]
    before = desk.balances
    (made, posted) = say(desk, 15, e.SetOffEntered, side="receivable", party="acme", item="INV-A1", credit="K1")
    assert isinstance(made, e.ItemsSetOff)
    assert (made.amount_minor, isinstance(posted, e.JournalPosted), desk.balances) == (6_000, True, before)
    say(desk, 15, e.SetOffEntered, side="receivable", party="acme", item="INV-A2", credit="K1", amount_minor=1_500)
    say(desk, 15, e.SetOffEntered, side="payable", party="foundry", item="R-77", credit="CN-1")
    assert [desk.receivable(it).open_minor for it in ("INV-A1", "INV-A2", "K1")] == [0, 4_500, -2_500]
    assert (desk.payable("R-77").open_minor, desk.payable("CN-1").open_minor) == (3_199, 0)
    run = desk.run()
    for figure in ("receivables: acme, INV-A2", "receivables: acme, K1", "payables: all", "receivables: all"):
        opened = figure_opened(run, figure, None, None)
        assert total(opened.portions) == opened.amount_minor


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"side": "both"}, "side 'both'; allowed: payable, receivable"),
        ({"item": "INV-Z1"}, "nothing is open of 'INV-Z1' of 'acme' (did you mean 'INV-A1'?); allowed: INV-A1, INV-A2"),
        ({"credit": "K"}, "'K' is no credit of 'acme' of which something is left; allowed: K1"),
        ({"amount_minor": 6_001}, "60.01 of both; allowed: above zero, and 60.00 at most"),
        ({"amount_minor": -1}, "-0.01 of both; allowed: above zero, and 60.00 at most"),
        ({"person": ""}, "nobody has signed it"),
    ],
)
def test_what_cannot_be_set_off_is_refused_in_words(desk: Desk, about: dict[str, Any], words: str) -> None:
    desk.cash(3, "", 10_000, payment="K1")
    before = desk.balances
    wanted: dict[str, Any] = {"side": "receivable", "party": "acme", "item": "INV-A1", "credit": "K1"}
    desk.round(e.SetOffEntered(**{"effective_us": day(4), **SAID, **wanted, **about}))
    assert words in desk.refusals()[-1]
    assert (desk.balances, desk.receivable("INV-A1").open_minor) == (before, 6_000)


def test_a_customer_who_pays_by_himself_takes_off_what_stands_to_his_credit() -> None:
    desk = Desk(payments={"customers": "1 d", "credits": "set_off"})
    desk.receive(1, "PO1", 5, 4_199)
    desk.cash(1, "", 4_000, payment="K1")
    desk.sell(2, "A1", 1, 6_000)
    desk.passes(4)
    assert [it.paid_minor for it in of_type(desk.journal, e.CashReceived) if it.payment != "K1"] == [2_000]
    assert (desk.balances["cash"], desk.erp.settlement.items.owed_by("acme")) == (6_000, 0)


def test_a_line_that_was_taken_for_anothers_is_free_again(desk: Desk) -> None:
    """What it paid is open, the line may be assigned anew, and the money is in the books once."""
    desk.round(line(5, 1, 6_500, "INV-A1"))
    say(desk, 6, e.BankMatchUndone, statement="S1", number=1, reason="zenith has paid it")
    left = desk.erp.settlement.bank.lines["S1", 1]
    assert (left.payment, left.reason) == ("", "it was taken for 'S1/1': zenith has paid it")
    assert (desk.receivable("INV-A1").open_minor, desk.receivable("S1/1").open_minor, desk.balances.get("cash")) == (6_000, 0, None)
    assert desk.erp.settlement.bank.difference_minor() == -6_500
    desk.round(e.BankLineAssigned(effective_us=day(7), **SAID, statement="S1", number=1, item="INV-Z1"))
    assert (left.payment, desk.receivable("INV-Z1").open_minor, desk.balances["cash"]) == ("S1/1-2", 0, 6_500)
    assert desk.erp.settlement.bank.difference_minor() == 0
    say(desk, 8, e.BankMatchUndone, statement="S1", number=2, reason="?")
    assert "line 2 of statement 'S1' is not known" in desk.refusals()[-1]
    desk.round(line(8, 3, -150, "charges"))
    desk.round(e.BankLineAssigned(effective_us=day(8), **SAID, statement="S1", number=3, account="rent"))
    say(desk, 9, e.BankMatchUndone, statement="S1", number=3, reason="it was for charges")
    assert (desk.balances["cash"], "rent" in desk.balances, desk.erp.settlement.bank.lines["S1", 3].payment) == (6_500, False, "")
    assert sum(it.minor for it in desk.erp.settlement.paying.payments.values()) == 6_500


def test_a_debit_that_bounces_opens_its_invoice_again_and_its_line_is_awaited(desk: Desk) -> None:
    desk.cash(3, "INV-A1", 7_000, payment="K1")
    desk.round(line(4, 1, 7_000, "K1"))
    assert take_back(desk, 5, "K1", "") == "what is taken back did not hold for a reason"
    assert take_back(desk, 5, "K1") == ""
    assert [desk.receivable(it).open_minor for it in ("INV-A1", "K1")] == [6_000, 0]
    assert take_back(desk, 6, "K1") == "payment 'K1' is taken back already"
    say(desk, 6, e.BankMatchUndone, statement="S1", number=1, reason="it bounced")
    assert "what the line is, 'K1', is taken back" in desk.refusals()[-1], "else it could pay something again, with money that went back"
    desk.round(line(7, 2, -7_000))
    found = desk.erp.settlement.bank.lines["S1", 2]
    assert (found.payment, found.by, desk.erp.settlement.bank.difference_minor()) == ("K1/back", "amount", 0)
    assert "no payment or set-off is called 'K9'" in take_back(desk, 8, "K9")
    desk.passes(12)
    assert "INV-A1" in [it.invoice for it in desk.erp.settlement.dunning.issued]


def test_what_never_came_awaits_no_line_and_what_was_used_is_taken_back_first(desk: Desk) -> None:
    desk.cash(3, "INV-A1", 7_000, payment="K1")
    say(desk, 4, e.SetOffEntered, side="receivable", party="acme", item="INV-A2", credit="K1")
    assert take_back(desk, 5, "K1") == "what 'K1' left on account was used since; allowed: to take that back before"
    desk.cash(5, "INV-A2", 100, payment="SET-1")
    assert desk.alerts()[-1].endswith("payment 'SET-1' is booked already")  # who takes it back would take back the other
    assert take_back(desk, 5, "SET-1", "wrong invoice") == ""
    assert (desk.receivable("INV-A2").open_minor, take_back(desk, 6, "K1")) == (6_000, "")
    assert desk.erp.settlement.bank.difference_minor() == 0
    desk.round(line(7, 1, 7_000))
    assert desk.erp.settlement.bank.lines["S1", 1].reason == "nothing open is of 70.00, and there is no reference"
    run = desk.run()
    assert total(figure_opened(run, "receivables: all", None, None).portions) == 17_000


def test_the_exchange_difference_of_a_payment_goes_back_with_it() -> None:
    """1,050 CZK booked at 25 as 42.00 were paid with 43.00; taken back, nothing is lost, and it is owed at 42.00 again."""
    desk = Desk(supplier={"currency": "CZK", "due": "9 d"}, payments={"suppliers": "at_due"})
    desk.receive(1, "PO1", 1, 4_200)
    desk.bill(2, "PO1", "F1", 105_000, currency="CZK")
    desk.pay(3, "F1", 105_000, 4_300, currency="CZK")
    assert desk.balances["exchange_difference"] == 100
    assert take_back(desk, 4, "P3-F1", "the bank sends it back") == ""
    assert "exchange_difference" not in desk.balances
    assert (desk.payable("F1").open_minor, desk.balances["accounts_payable"], desk.balances.get("cash")) == (105_000, -4_200, None)
    desk.passes(12)
    assert (desk.payable("F1").open_minor, desk.payable("F1").settled_us) == (0, day(11))


IN_TEN = {"due": "30 d", "tax": "vat", "discount": {"share": "2 %", "within": "10 d"}}


def traded(**about: Any) -> Desk:
    """A bill of 209.95 with 41.99 tax, of day 3, and an invoice of 100.00 with 20.00 tax, of day 2: 2 % less within ten days."""
    desk = Desk(supplier=IN_TEN, customer=IN_TEN, **about)
    desk.receive(1, "PO1", 5, 4_199)
    desk.sell(2, "A1", 1, 10_000)
    desk.bill(3, "PO1", "R", 20_995, tax_minor=4_199)
    return desk


def test_who_pays_in_time_pays_less_and_the_rest_is_closed_with_its_tax_on_both_sides() -> None:
    desk = traded()
    before = desk.balances
    desk.cash(12, "INV-A1", 11_760, payment="IN")
    desk.pay(13, "R", 24_690, payment="OUT")
    assert (desk.receivable("INV-A1").open_minor, desk.payable("R").open_minor) == (0, 0)
    changed = {it: desk.balances.get(it, 0) - before.get(it, 0) for it in {*desk.balances, *before}}
    assert {it: minor for it, minor in changed.items() if minor} == {
        "cash": 11_760 - 24_690, "accounts_receivable": -12_000, "accounts_payable": 25_194,
        "discounts_given": 200, "tax_payable": 40, "discounts_taken": -420, "tax_receivable": -84,
    }  # fmt: skip
    flow = {(it.method, it.line): it.amount_minor for it in cash_flow(desk.erp.ledger, None, None)}
    assert (flow["direct", "Received from customers"], flow["direct", "Paid to suppliers"]) == (11_760, -24_690)
    for payment in ("IN", "OUT"):
        desk.round(e.PaymentTakenBack(effective_us=day(14), payment=payment, reason="returned", person="anna", terminal="office"))
    assert desk.balances == before
    desk.cash(15, "INV-A1", 11_760)
    desk.pay(15, "R", 24_690)
    assert (desk.receivable("INV-A1").open_minor, desk.payable("R").open_minor) == (240, 504), "too late"


def test_what_is_less_by_its_discount_is_found_at_the_bank_and_paid_by_itself_and_by_hand() -> None:
    """The last of the ten days counts whole; who pays less than may be left has paid a part."""
    lines = ((11_760, "", "Acme"), (-24_690, "R", ""))
    desk = traded()
    desk.round(e.BankStatementEntered(effective_us=day(12), statement="S", bank_lines=lines, person="anna", terminal="office"))
    assert (desk.receivable("INV-A1").open_minor, desk.payable("R").open_minor) == (0, 0)
    by_hand = traded()
    by_hand.cash(3, "INV-A1", 11_759)
    order: dict[str, Any] = {"supplier": "foundry", "bill": "R", "person": "anna", "terminal": "office"}
    (paid, *_) = of_type(by_hand.round(e.PaymentOrdered(effective_us=day(14) - 1, **order)), e.PaymentMade)
    assert (by_hand.receivable("INV-A1").open_minor, paid.amount_minor) == (241, 24_690)
    by_itself = traded(payments={"suppliers": "at_discount"})
    by_itself.passes(14)
    (paid,) = of_type(by_itself.journal, e.PaymentMade)
    assert (paid.effective_us, paid.paid_minor, by_itself.payable("R").open_minor) == (day(13), 24_690, 0)
    said = invoice(by_itself.run(), "INV-A1").words
    assert "Paid by 14 Mar 2026, 117.60 EUR are enough: that is 2.40 less." in said


def test_a_discount_of_a_bill_in_another_currency_is_none_of_exchange() -> None:
    """Of 2,500 CZK (100.00 at 25) 2,450 are paid on a day on which they are 81.67 (at 30): 2.00 is discount, 16.33 exchange."""
    desk = Desk(supplier={"currency": "CZK", "due": "9 d", "discount": {"share": "2 %", "within": "9 d"}})
    desk.receive(1, "PO1", 5, 2_000)
    desk.bill(1, "PO1", "R", 250_000, currency="CZK")
    desk.round(
        e.BankStatementEntered(effective_us=day(3), statement="S", bank_lines=((-8_167, "R", ""),), person="anna", terminal="office")
    )
    assert desk.payable("R").open_minor == 0
    assert (desk.balances["discounts_taken"], desk.balances["exchange_difference"]) == (-200, 8_167 - 9_800)


def test_a_set_off_of_which_one_side_rounds_to_nothing_is_opened_to_what_it_is_of() -> None:
    """0.13 CZK are a cent of the bill at 25 CZK, and none of a credit of 0.30 CZK that stands in the books with one."""
    desk = Desk(supplier={"currency": "CZK", "due": "9 d"})
    desk.receive(1, "PO1", 1, 4_200)
    desk.bill(2, "PO1", "F1", 105_000, currency="CZK")
    desk.bill(2, "PO1", "CN-1", -30, currency="CZK")
    say(desk, 3, e.SetOffEntered, side="payable", party="foundry", item="F1", credit="CN-1", amount_minor=13)
    assert [desk.payable(it).open_minor for it in ("F1", "CN-1")] == [104_987, -17]
    opened = figure_opened(desk.run(), "payables: foundry, F1", None, None)
    assert total(opened.portions) == opened.amount_minor == 4_199
