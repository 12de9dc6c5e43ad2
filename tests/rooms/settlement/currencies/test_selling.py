"""Sales in other currencies: what is agreed, asked for, credited and paid in them, and what that is in the books."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rooms.erp.small_shop import of_type
from tests.rooms.settlement.desk import Desk, day
from twin.apps.office.planning.orders import ordered_said
from twin.model import events as e
from twin.results.papers.selling import invoice, order_confirmation
from twin.results.trade.ordering import OrderWanted, confirmed

SAID: dict[str, Any] = {"customer": "acme", "currency": "CZK", "person": "anna", "terminal": "office"}


def stocked(quantity: int = 10, **customer: Any) -> Desk:
    """Housings are here, at 40.00 each; acme pays with 20 % of tax after 14 days."""
    desk = Desk(customer={"due": "14 d", "tax": "vat", **customer}, housing={"price": "60 EUR", "prices": {"CZK": 1500}})
    desk.receive(0, "PO1", quantity, 4_000)
    return desk


def entered(desk: Desk, on: int, *order_lines: tuple[str, int, int, int], order: str = "S", **fields: Any) -> list[Any]:
    about = {**SAID, **fields}
    return desk.round(e.SalesOrderEntered(effective_us=day(on), recorded_us=day(on), order=order, order_lines=order_lines, **about))


def test_an_order_is_agreed_asked_for_and_paid_in_crowns_and_the_books_know_what_they_are_worth_each_day() -> None:
    """4 at 1,500 CZK: ordered at 25 (240.00), invoiced at 30 (200.00 with 40.00 of tax), paid at 26 (276.92): 36.92 of exchange."""
    desk = stocked(quantity=2)
    (confirmed,) = of_type(entered(desk, 1, ("housing", 4, day(3), -1)), e.SalesOrderConfirmed)
    assert (confirmed.unit_price_minor, confirmed.agreed_price_minor, confirmed.currency) == (6_000, 150_000, "CZK")
    assert desk.erp.customer_orders.orders["S.1"].net_minor == 24_000
    paper = order_confirmation(desk.run(), "S")
    assert (paper.currency, list(paper.sums)) == ("CZK", [("Net", 600_000), ("Tax", 120_000), ("Total", 720_000)])
    desk.receive(3, "PO2", 2, 4_000)
    (asked,) = of_type(desk.journal, e.InvoiceIssued)
    assert (asked.net_minor, asked.agreed_minor, asked.currency) == (20_000, 600_000, "CZK")
    (taxed,) = of_type(desk.journal, e.TaxCharged)
    assert (taxed.tax_minor, taxed.agreed_tax_minor) == (4_000, 120_000)
    item = desk.receivable("INV-S")
    assert (item.currency, item.amount_minor, item.booked_minor) == ("CZK", 720_000, 24_000)
    assert (desk.balances["revenue"], desk.balances["tax_payable"]) == (-20_000, -4_000)
    desk.cash(4, "INV-S", 720_000, currency="CZK", paid=27_692)
    assert desk.balances["exchange_difference"] == 24_000 - 27_692
    assert "accounts_receivable" not in desk.balances
    told = invoice(desk.run(), "INV-S")
    assert (told.currency, list(told.sums)[-1]) == ("CZK", ("Total", 720_000))
    assert told.lines[0].price_minor == 150_000
    assert any("7,200.00 CZK by" in it for it in told.words)
    desk.run()


def test_a_quote_in_crowns_becomes_an_order_in_crowns_with_its_discount() -> None:
    desk = stocked()
    quote = e.SalesQuoteOffered(
        effective_us=day(0), recorded_us=day(0), quote="Q", material="housing", quantity=2, unit_price_minor=150_000,
        discount_percent=10, valid_until_us=day(9), **SAID,
    )  # fmt: skip
    desk.round(quote)
    desk.round(e.SalesQuoteAccepted(effective_us=day(3), recorded_us=day(3), quote="Q", person="anna", terminal="office"))
    order = desk.erp.customer_orders.orders["Q"]
    assert (order.currency, order.agreed_price_minor, order.unit_price_minor) == ("CZK", 135_000, 4_500), "worth what it is that day, at 30"
    desk.round(replace(quote, quote="Q2", currency="USD"))
    assert "nobody knows the rate of 'USD'; allowed: EUR, CZK" in desk.refusals()[-1]


def test_what_comes_back_is_credited_in_crowns_at_what_it_was_invoiced_at() -> None:
    """2 of 4 back: 3,000 CZK and 600 CZK of tax, half of what was booked, whatever a crown is worth by then; it is set off or paid back."""
    desk = stocked()
    entered(desk, 1, ("housing", 4, day(1), 150_000))
    back = e.ReturnAccepted(effective_us=day(3), recorded_us=day(3), order="S.1", quantity=2, reason="dents", person="anna", terminal="o")
    desk.round(back)
    credit = desk.receivable("CR-S.1-1")
    assert (credit.currency, credit.amount_minor, credit.booked_minor) == ("CZK", -360_000, -14_400)
    assert (desk.balances["revenue"], desk.balances["tax_payable"]) == (-12_000, -2_400)
    paper = invoice(desk.run(), "CR-S.1-1")
    assert (paper.currency, next(iter(paper.sums))) == ("CZK", ("Net", -300_000))
    desk.round(replace(back, effective_us=day(4), recorded_us=day(4), credit_minor=300_001))
    assert "allowed: 3000.00 at most" in desk.refusals()[-1]
    desk.round(replace(back, effective_us=day(4), recorded_us=day(4), credit_minor=300_000))
    assert not {"revenue", "tax_payable", "accounts_receivable"} & {it for it, minor in desk.balances.items() if minor}
    assert desk.erp.customer_orders.orders["S.1"].invoiced_agreed_minor == 600_000


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"currency": "USD"}, "nobody knows the rate of 'USD'; allowed: EUR, CZK"),
        ({"order": "S", "currency": ""}, "'S' is in CZK, and this in EUR; allowed: CZK, or another number"),
    ],
)
def test_what_cannot_be_is_refused_with_what_is_allowed(fields: dict[str, Any], words: str) -> None:
    desk = stocked()
    entered(desk, 0, ("housing", 1, day(9), 150_000))
    entered(desk, 0, ("housing", 1, day(9), 6_000), **{"order": "S2", **fields})
    assert words in desk.refusals()[-1]


def test_programs_and_pages_take_an_order_in_crowns_at_its_declared_price_or_another() -> None:
    run, at = stocked().run(), {"effective_us": day(5), "person": "anna"}
    wanted = OrderWanted(order="R", customer="acme", material="housing", quantity=2, due_us=day(6), currency="CZK")
    by_list, said = confirmed(run, wanted, at), confirmed(run, replace(wanted, unit_price_minor=130_000), at)
    assert [(it.agreed_price_minor, it.currency) for it in (by_list, said)] == [(150_000, "CZK"), (130_000, "CZK")]
    assert said.unit_price_minor == 5_000, "at 26"
    with pytest.raises(ValueError, match="nobody knows the rate of 'USD'; allowed: EUR, CZK"):
        confirmed(run, replace(wanted, currency="USD"), at)
    typed = {"customer": "acme", "material": "housing", "quantity": "2", "due": "2026-03-09 12:00", "currency": "CZK", "late": "taken"}
    event = ordered_said(run, typed, at)
    assert isinstance(event, e.SalesOrderConfirmed)
    assert event.agreed_price_minor == 150_000
    more = ordered_said(run, {**typed, "unit_price": "1400", "more": "housing: 1"}, at)
    assert isinstance(more, e.SalesOrderEntered)
    assert (more.currency, more.order_lines[0][3]) == ("CZK", 140_000)


def test_without_a_price_in_that_currency_one_has_to_be_said() -> None:
    desk = Desk(housing={"price": "60 EUR"})
    entered(desk, 0, ("housing", 1, day(9), -1))
    assert "line 1: what is declared is in EUR, the order in CZK; allowed: a price in CZK" in desk.refusals()[-1]


@given(
    price=st.integers(1, 10**7), parts=st.lists(st.integers(1, 5), min_size=1, max_size=4), back=st.lists(st.integers(1, 6), max_size=3),
    rates=st.lists(st.sampled_from(["0.37", "1", "7.0001", "25", "131.7"]), min_size=4, max_size=4),
)  # fmt: skip
def test_parts_and_returns_of_an_order_add_up_to_the_cent_in_both_currencies(
    price: int, parts: list[int], back: list[int], rates: list[str]
) -> None:
    """Shipped in parts at rates of each day, taken back in parts: what is asked for is the price, what is credited is what was booked."""
    desk = Desk(customer={"tax": "vat"}, housing={"price": "60 EUR"})
    entered(desk, 0, ("housing", sum(parts), day(0), price), partial="allowed")
    for on, (many, rate) in enumerate(zip(parts, rates, strict=False), start=1):
        desk.round(e.ExchangeRateEntered(effective_us=day(on), recorded_us=day(on), currency="CZK", rate=rate, person="anna", terminal="o"))
        desk.receive(on, f"PO{on}", many, 4_000)
    assert desk.refusals() == []
    order = desk.erp.customer_orders.orders["S.1"]
    assert order.invoiced_agreed_minor == sum(parts) * price == order.agreed_net_minor
    assert order.net_minor == order.invoiced_minor == -desk.balances["revenue"]
    asked = [it for it in desk.erp.settlement.items.receivables.values() if it.amount_minor > 0]
    assert sum(it.amount_minor - it.added[0].amount_minor for it in asked if it.added) == order.agreed_net_minor
    for on, many in enumerate(back, start=5):
        desk.round(
            e.ReturnAccepted(effective_us=day(on), recorded_us=day(on), order="S.1", quantity=many, reason="r", person="anna", terminal="o")
        )
    came = sum(it.quantity for it in of_type(desk.journal, e.GoodsTakenBack))
    credited = sum(it.agreed_credit_minor for it in of_type(desk.journal, e.GoodsTakenBack))
    assert credited == round(came * price)
    if came == sum(parts):
        assert "revenue" not in desk.balances
