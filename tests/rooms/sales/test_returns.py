"""What comes back from customers: what becomes of it, and that it is credited as it was sold, asked for and paid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.rooms.erp.small_shop import of_type
from tests.rooms.settlement.desk import Desk, day
from twin.model import events as e
from twin.results.papers.selling import invoice
from twin.results.settlement.opening.owed import owed_figures, owed_opened
from twin.store.journal.memory_journal import refuse_another


def sold(quantity: int = 3, price: int = 6_000, **customer: Any) -> Desk:
    """Housings at 40.00 each are here and leave at once; acme pays with 20 % of tax after 14 days."""
    desk = Desk(customer={"due": "14 d", "tax": "vat", **customer}, housing={"price": "60 EUR"})
    desk.receive(0, "PO1", quantity, 4_000)
    desk.sell(1, "S", quantity, price)
    return desk


def back(desk: Desk, on: int, quantity: int = 1, **fields: Any) -> list[Any]:
    said = e.ReturnAccepted(
        effective_us=day(on), recorded_us=day(on), order="S", quantity=quantity, reason="bent", person="anna", terminal="o"
    )
    return desk.round(replace(said, **fields))


def test_what_came_back_bent_waits_for_an_inspection_and_goes_to_nobody() -> None:
    """One of 3 is back and held; the next customer waits for another; a person lets it go, and it leaves."""
    desk = sold()
    back(desk, 2)
    desk.round(
        e.SalesOrderConfirmed(
            effective_us=day(3), order="T", customer="zenith", material="housing", quantity=1, due_us=day(3), unit_price_minor=6_000
        )
    )  # fmt: skip
    run = desk.run(as_said=True)
    assert run.mes.quality.holds.why("S-back") == "came back on S: bent; to be inspected"
    assert (run.erp.stock.shippable("housing"), run.erp.stock.on_hand["housing"]) == (0, 1)
    assert run.erp.customer_orders.orders["T"].shipped == 0
    assert desk.erp.customer_orders.orders["T"].shipped == 0, "and the books alone hold it, too"
    assert desk.balances["cost_of_goods_sold"] == 2 * 4_199
    desk.round(
        e.LotReleaseRequested(effective_us=day(4), recorded_us=day(4), lot="S-back", reason="straight again", person="anna", terminal="o")
    )
    run = desk.run(as_said=True)
    assert run.erp.customer_orders.orders["T"].shipped == 1
    assert run.mes.violations(run.now_us) == []


@pytest.mark.parametrize(("disposition", "there", "loss"), [("stock", 1, 0), ("scrap", 0, 4_199)])
def test_it_is_as_good_as_new_or_scrapped_where_somebody_says_so(disposition: str, there: int, loss: int) -> None:
    desk = sold()
    back(desk, 2, disposition=disposition)
    run = desk.run(as_said=True)
    assert (run.erp.stock.shippable("housing"), run.erp.stock.on_hand["housing"]) == (there, there)
    assert run.erp.ledger.balances["scrap_loss"] == loss
    assert run.erp.ledger.balances["cost_of_goods_sold"] == 2 * 4_199
    assert run.mes.quality.holds.reasons == {}
    assert run.mes.audit(run.now_us) == []


def test_what_becomes_of_it_is_one_of_three_things() -> None:
    desk = sold()
    back(desk, 2, disposition="free")
    assert desk.refusals() == ["disposition 'free'; allowed: inspect, stock, scrap"]


def test_what_was_asked_for_in_crowns_is_credited_with_these_crowns_whatever_they_are_worth_by_then() -> None:
    """3 at 60.00 and 20 % of tax, at 25: 5,400 CZK. They come back one by one, at 30 and at 26."""
    desk = sold(currency="CZK")
    asked = desk.receivable("INV-S")
    assert (asked.amount_minor, asked.booked_minor) == (540_000, 21_600)
    for on in (4, 5, 6):
        back(desk, on)
    credits = [desk.receivable(f"CR-S-{n}") for n in (1, 2, 3)]
    assert [(it.currency, it.amount_minor, it.booked_minor) for it in credits] == [("CZK", -180_000, -7_200)] * 3
    assert not {"revenue", "tax_payable", "accounts_receivable", "exchange_difference"} & set(desk.balances)
    assert "1,800.00 CZK (72.00 EUR)" in invoice(desk.run(as_said=True), "CR-S-1").words[0]


def test_nobody_gets_back_what_he_has_not_paid_because_he_has_paid_in_time() -> None:
    """60.00 and 20 % of tax each: 216.00, paid with 211.68; of each that comes back 1.44 were never paid, of which 0.24 are tax."""
    desk = sold(discount={"share": "2 %", "within": "10 d"})
    desk.cash(3, "INV-S", 21_168)
    assert desk.balances["discounts_given"] == 360
    assert desk.balances["tax_payable"] == -3_528
    back(desk, 4)
    credit = desk.receivable("CR-S-1")
    assert (credit.amount_minor, credit.booked_minor, credit.tax_minor) == (-7_056, -7_056, -1_176)
    assert (desk.balances["revenue"], desk.balances["discounts_given"], desk.balances["tax_payable"]) == (-12_000, 240, -2_352)
    run = desk.run(as_said=True)
    paper = invoice(run, "CR-S-1")
    assert [minor for _, minor in paper.sums] == [-6_000, -1_200, 144, -7_056]
    opened = owed_opened(run, "x", "receivable", owed_figures(run, "receivables")["all"])
    assert sum(it.amount_minor for it in opened.portions) == opened.amount_minor == -7_056
    back(desk, 5, 2)
    assert not {"revenue", "discounts_given", "tax_payable"} & set(desk.balances)
    assert desk.balances["accounts_receivable"] == -21_168


def test_of_what_was_credited_before_there_is_no_discount() -> None:
    """One of 3 comes back before they are paid: 2 % of 144.00 may be left, and not of 216.00."""
    desk = sold(discount={"share": "2 %", "within": "10 d"})
    back(desk, 2)
    said = {"effective_us": day(3), "recorded_us": day(3), "person": "anna", "terminal": "o", "side": "receivable", "party": "acme"}
    desk.round(e.SetOffEntered(item="INV-S", credit="CR-S-1", **said))
    assert desk.erp.settlement.discounts.may_be_left_minor(desk.receivable("INV-S"), day(3)) == 288
    desk.cash(3, "INV-S", 14_112)
    assert desk.balances["discounts_given"] == 240
    assert desk.receivable("INV-S").open_minor == 0


def test_an_invoice_that_is_paid_is_printed_as_it_went_out() -> None:
    desk = sold(discount={"share": "2 %", "within": "10 d"})
    as_issued = invoice(desk.run(as_said=True), "INV-S")
    assert any("211.68 EUR are enough: that is 4.32 less" in it for it in as_issued.words)
    desk.cash(3, "INV-S", 21_168)
    back(desk, 4)
    assert invoice(desk.run(as_said=True), "INV-S") == as_issued


def test_what_an_older_version_has_said_of_a_return_stands() -> None:
    """It went into stock, of no invoice by name: the journal keeps it so, and what follows is credited once."""
    desk = sold()
    back(desk, 2)
    (taken,) = of_type(desk.journal, e.GoodsTakenBack)
    before = replace(taken, invoices=(), disposition="", reason="", lot="S")
    known = next(it for it in desk.run(as_said=True).journal.entries() if isinstance(it.event, e.GoodsTakenBack))
    refuse_another(known._replace(event=before), taken)
    other = sold()
    other.round(before)
    assert other.erp.stock.shippable("housing") == 1
    assert other.receivable("CR-S-1").amount_minor == -7_200
