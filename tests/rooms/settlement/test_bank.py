"""Lines of the bank: matched by reference, by amount, or left with the reason."""

from __future__ import annotations

import pytest

from tests.rooms.settlement.desk import Desk, day
from twin.model.events import BankLineAssigned, BankLineReceived, BankStatementEntered, EntryProposed, SetOffEntered


def line(on: int, number: int, amount: int, reference: str = "", party: str = "") -> BankLineReceived:
    return BankLineReceived(effective_us=day(on), statement="S1", number=number, amount_minor=amount, reference=reference, party=party)


@pytest.fixture
def desk() -> Desk:
    """Two invoices of 60.00, one of 50.00, one bill of 41.99."""
    desk = Desk(finance={"currencies": {"CZK": [{"since": "2026-03-01", "rate": 25}]}})
    desk.receive(1, "PO1", 5, 4_199)
    desk.bill(2, "PO1", "R-77", 4_199)
    for name, price, customer in (("A1", 6_000, "acme"), ("A2", 6_000, "acme"), ("Z1", 5_000, "zenith")):
        desk.sell(2, name, 1, price, customer)
    return desk


def found(desk: Desk) -> dict[int, tuple[str, str, str]]:
    return {number: (it.payment, it.by, it.reason) for (_, number), it in desk.erp.settlement.bank.lines.items()}


def test_a_reference_pays_just_what_it_names(desk: Desk) -> None:
    desk.round(line(5, 1, 6_000, "invoice INV-A2, thanks"), line(5, 2, -4_199, "R-77"))
    assert found(desk) == {1: ("S1/1", "reference", ""), 2: ("S1/2", "reference", "")}
    assert (desk.receivable("INV-A2").open_minor, desk.receivable("INV-A1").open_minor) == (0, 6_000)
    assert desk.balances["cash"] == 6_000 - 4_199


def test_one_line_pays_two_invoices_if_it_is_their_sum(desk: Desk) -> None:
    desk.round(line(5, 1, 12_000, "INV-A1 INV-A2"))
    assert found(desk) == {1: ("S1/1+S1/1.2", "reference", "")}
    assert desk.erp.settlement.items.owed_by("acme") == 0
    desk.round(line(6, 2, 4_000, "INV-Z1 INV-A1"))
    assert found(desk)[2] == ("S1/2", "reference", ""), "of the two only one is open, and it may be paid in part"


def test_an_amount_is_enough_where_it_fits_one_thing_alone(desk: Desk) -> None:
    desk.round(line(5, 1, 5_000, "thank you"), line(5, 2, 6_000))
    assert found(desk)[1] == ("S1/1", "amount", "")
    assert found(desk)[2] == ("", "", "2 are of 60.00: INV-A1, INV-A2, and there is no reference")
    assert desk.balances["cash"] == 5_000, "what nobody knows is in no account"
    assert desk.erp.settlement.bank.difference_minor() == -6_000


def test_two_lines_of_one_instant_do_not_pay_the_same_invoice(desk: Desk) -> None:
    desk.round(line(5, 1, 5_000), line(5, 2, 5_000))
    assert found(desk)[1] == ("S1/1", "amount", "")
    assert found(desk)[2][2] == "nothing open is of 50.00, and there is no reference"
    assert desk.balances["cash"] == 5_000


def test_a_payment_that_is_booked_is_confirmed_and_not_booked_again(desk: Desk) -> None:
    desk.pay(3, "R-77", 4_199, payment="PAY1")
    desk.cash(3, "INV-Z1", 5_000, payment="K1", customer="zenith")
    desk.round(line(5, 1, -4_199, "PAY1"), line(5, 2, 5_000), line(5, 3, 5_000))
    assert found(desk) == {
        1: ("PAY1", "reference", ""), 2: ("K1", "amount", ""), 3: ("", "", "nothing open is of 50.00, and there is no reference"),
    }  # fmt: skip
    assert desk.balances["cash"] == 801
    assert desk.erp.settlement.bank.difference_minor() == -5_000


def test_of_two_payments_of_one_amount_none_is_guessed(desk: Desk) -> None:
    for name, payment in (("INV-A1", "K1"), ("INV-A2", "K2")):
        desk.cash(3, name, 6_000, payment=payment)
    desk.round(line(5, 1, 6_000), line(5, 2, 6_000, "K2"))
    assert found(desk) == {1: ("", "", "2 are of 60.00: K1, K2, and there is no reference"), 2: ("K2", "reference", "")}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (line(6, 1, -5_000, "R-77"), "41.99 are open of 'R-77', the line is of -50.00"),
        (line(6, 1, 11_000, "INV-A1 INV-Z1"), "'INV-A1', 'INV-Z1' are not of one party"),
        (line(6, 1, 11_999, "INV-A1 INV-A2"), "120.00 are open of 'INV-A1', 'INV-A2', the line is of 119.99"),
        (line(6, 1, -77, "charges"), "nothing open is of -0.77; 'charges' names none"),
    ],
)
def test_what_does_not_fit_is_left_with_its_reason(desk: Desk, told: BankLineReceived, words: str) -> None:
    before = desk.balances
    desk.round(told)
    assert found(desk)[1] == ("", "", words)
    assert desk.balances == before


def test_a_statement_that_comes_twice_is_booked_once(desk: Desk) -> None:
    desk.round(line(5, 1, 5_000))
    desk.round(line(6, 1, 5_000))
    assert "line 1 of statement 'S1' is booked already" in desk.alerts()[-1]
    assert desk.balances["cash"] == 5_000


def test_a_person_says_what_a_line_is(desk: Desk) -> None:
    desk.round(line(5, 1, -150, "quarterly charges"), line(5, 2, 6_000))
    base = {"effective_us": day(6), "person": "anna", "terminal": "office", "statement": "S1"}
    desk.round(BankLineAssigned(**base, number=1, account="revenue"))  # type: ignore[arg-type]
    assert "nothing is posted to 'revenue' by hand; allowed: tax_receivable" in desk.refusals()[-1]
    desk.round(BankLineAssigned(**base, number=1, account="overhead"))  # type: ignore[arg-type]
    desk.round(BankLineAssigned(**base, number=2, item="INV-A2"))  # type: ignore[arg-type]
    assert [it[:2] for it in found(desk).values()] == [("S1/1", "person"), ("S1/2", "person")]
    assert (desk.balances["cash"], desk.balances["overhead"]) == (5_850, 150)
    assert desk.erp.settlement.bank.difference_minor() == 0
    desk.round(BankLineAssigned(**base, number=2, item="INV-A1"))  # type: ignore[arg-type]
    assert "line 2 of statement 'S1' is payment 'S1/2'" in desk.refusals()[-1]


def test_a_statement_is_handed_in_once_and_whole(desk: Desk) -> None:
    """A line is then the rent that was posted by hand, another an invoice, a third nobody knows."""
    base = {"effective_us": day(5), "person": "anna", "terminal": "office"}
    rent = (("overhead", 90_000), ("cash", -90_000))
    desk.round(EntryProposed(**base, document="rent", legs=rent))  # type: ignore[arg-type]
    lines = ((-90_000, "march", "landlord"), (6_000, "INV-A1", "acme"), (-150, "charges", "bank"))
    desk.round(BankStatementEntered(**base, statement="S7", bank_lines=lines))  # type: ignore[arg-type]
    assert list(found(desk).values()) == [
        ("rent-1", "amount", ""), ("S7/2", "reference", ""), ("", "", "nothing open is of -1.50; 'charges' names none"),
    ]  # fmt: skip
    assert desk.balances["cash"] == 6_000 - 90_000
    for statement, told, words in (
        ("S7", lines, "statement 'S7' was handed in already"),
        ("S8", ((-90_000, "march"),), "lines are minor units, reference and party"),
        ("S8", (("90", "march", "x"),), "lines are minor units, reference and party"),
        ("", lines, "a statement has a number"),
    ):
        desk.round(BankStatementEntered(**base, statement=statement, bank_lines=told))  # type: ignore[arg-type]
        assert words in desk.refusals()[-1]


def test_a_line_in_our_money_pays_a_foreign_bill_whole() -> None:
    desk = Desk(supplier={"currency": "CZK"})
    desk.receive(1, "PO1", 1, 4_199)
    desk.bill(2, "PO1", "F1", 104_975, currency="CZK")
    desk.round(line(5, 1, -4_300, "F1"))
    assert found(desk) == {1: ("S1/1", "reference", "")}
    assert (desk.balances["cash"], desk.balances["exchange_difference"]) == (-4_300, 101)


def test_a_line_in_our_money_pays_a_part_of_a_foreign_invoice_and_what_is_beyond_it_is_on_account() -> None:
    """2,500 CZK at 25 are 100.00: 10.00 pay 250 CZK of it, and no exchange is lost; then 95.00 are 5.00 more than what is left."""
    desk = Desk(customer={"currency": "CZK"}, finance={"currencies": {"CZK": [{"since": "2026-03-01", "rate": 25}]}})
    desk.receive(1, "PO1", 5, 4_199)
    desk.sell(2, "A1", 1, 10_000)
    desk.round(line(5, 1, 1_000, "INV-A1, a part", "Acme"))
    assert (desk.receivable("INV-A1").open_minor, desk.balances["accounts_receivable"]) == (225_000, 9_000)
    desk.round(line(6, 2, 9_500, "INV-A1"))
    assert found(desk)[2] == ("S1/2+S1/2.2", "reference", "")
    beyond = desk.receivable("S1/2.2")
    assert (desk.receivable("INV-A1").open_minor, beyond.open_minor, beyond.currency, beyond.open_booked_minor) == (0, -12_500, "CZK", -500)
    assert (desk.balances["cash"], desk.balances["accounts_receivable"]) == (10_500, -500)
    assert "exchange_difference" not in desk.balances
    desk.sell(7, "A2", 1, 10_000)
    desk.cash(8, "INV-A2", 260_000, paid=10_400, currency="CZK", payment="K9")
    beyond = desk.receivable("K9")
    assert (beyond.currency, beyond.open_minor, beyond.open_booked_minor, desk.receivable("INV-A2").open_minor) == ("CZK", -10_000, -400, 0)
    assert (desk.balances["cash"], desk.balances["accounts_receivable"]) == (20_900, -900)
    desk.sell(9, "A3", 1, 10_000)
    about = {"side": "receivable", "party": "acme", "item": "INV-A3", "credit": "S1/2.2"}
    desk.round(SetOffEntered(effective_us=day(9), person="anna", terminal="office", **about))
    assert desk.receivable("INV-A3").open_minor == 237_500  # it stands to the credit of what comes next, in the currency in which he owes


def test_an_amount_is_of_whom_the_line_names(desk: Desk) -> None:
    desk.round(line(5, 1, 5_000, party="ACME Ltd."), line(5, 2, 5_000, party="stranger"))
    assert [it[2] for it in found(desk).values()] == [
        f"of 50.00 is INV-Z1 of zenith, and the line names '{name}'" for name in ("ACME Ltd.", "stranger")
    ]  # fmt: skip
    desk.cash(5, "INV-A1", 6_000, payment="K1")
    desk.round(line(6, 3, 6_000, party="zenith"), line(6, 4, 5_000, party="zenith"), line(6, 5, 6_000, party="acme"))
    assert found(desk)[3][2] == "of 60.00 is K1 of acme, and the line names 'zenith'"
    assert [found(desk)[n][:2] for n in (4, 5)] == [("S1/4", "amount"), ("K1", "amount")]


def test_money_that_goes_back_pays_back_a_credit_and_no_more(desk: Desk) -> None:
    """60.00 that acme had paid on account go back to it; a credit note of the foundry comes in."""
    desk.cash(3, "", 6_000, payment="K1")
    desk.bill(3, "PO1", "CN-1", -4_199)
    before = desk.balances["cash"]
    desk.round(line(5, 1, 6_000, "K1"), line(6, 2, -6_001, "back: K1"), line(6, 3, 100, "R-77"))
    assert [found(desk)[n][2] for n in (2, 3)] == [
        "60.00 are open of 'K1', the line is of -60.01", "nothing open is of 1.00; 'R-77' names none",
    ]  # fmt: skip
    desk.round(line(7, 4, -6_000, "back: K1"), line(7, 5, 4_199, party="Foundry"))
    assert [found(desk)[n][:2] for n in (4, 5)] == [("S1/4", "reference"), ("S1/5", "amount")]
    assert (desk.receivable("K1").open_minor, desk.payable("CN-1").open_minor) == (0, 0)
    assert desk.balances["cash"] == before - 6_000 + 4_199


def test_a_line_that_is_assigned_twice_at_one_instant_is_booked_once(desk: Desk) -> None:
    desk.round(line(5, 1, -150, "quarterly charges"))
    said = BankLineAssigned(effective_us=day(6), person="anna", terminal="office", statement="S1", number=1, account="overhead")
    desk.round(said, said)
    assert (desk.balances["cash"], desk.balances["overhead"]) == (-150, 150)
    assert "line 1 of statement 'S1' is payment 'that is just being booked'" in desk.refusals()[-1]


def test_a_line_is_a_payment_whose_number_has_a_plus_in_it(desk: Desk) -> None:
    base = {"effective_us": day(5), "person": "anna", "terminal": "office"}
    desk.round(EntryProposed(**base, document="rent+heat", legs=(("overhead", 900), ("cash", -900))))  # type: ignore[arg-type]
    desk.round(line(6, 1, -900))
    assert found(desk) == {1: ("rent+heat-1", "amount", "")}


def test_an_entry_of_more_than_there_can_be_is_refused(desk: Desk) -> None:
    before = desk.balances
    legs = (("overhead", 10**30), ("cash", -(10**30)))
    desk.round(EntryProposed(effective_us=day(5), person="anna", terminal="office", document="rent", legs=legs))
    assert "allowed: -" in desk.refusals()[-1]
    assert desk.balances == before
