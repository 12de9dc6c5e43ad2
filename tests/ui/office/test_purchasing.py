"""An office at work on its pages: bought from the requisition to the payment, sold from the question to the order, taken away as a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.pdf_text import words_of
from tests.ports import free_port
from tests.rooms.apps.hand_shop import hand_shop
from tests.rooms.apps.test_entries import wait_until
from tests.rooms.quality.valve_shop import ITEMS
from tests.ui.conftest import OpenPage
from tests.ui.test_hand_forms import Forms
from tests.ui.test_pages import SIDEWAYS
from tests.ui.test_pages import wait_until as wait_until_drawn
from twin.apps.feed import Feed
from twin.apps.feeds import by_hand
from twin.apps.server import PageServer
from twin.model.materials import Materials
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.upkeep.supervising import supervisor_now
from twin.results.views.business.orders import promise_for

# The page with download buttons is made in this process: Panel Material UI itself gives Panel both names of one option.
pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("ignore:Both 'variant' and 'button_style':PendingDeprecationWarning")]
DAY_US = 86_400_000_000
OFFICE: dict[str, Any] = {
    **ITEMS,
    "suppliers": {"foundry": {"lead_time": "2 d"}, "forge": {"lead_time": "1 d"}},
    "overheads": {"heating": {"per": "labour_hour", "rate": "2 EUR"}},
    "purchasing": {"approval_above": "100 EUR", "approved_by": "inspector", "released_by": "inspector", "match": {"price": 0.02}},
}
NOTHING_TO_DO = {"title": "An office", "plant": "valve_shop", "start": "2026-03-02T06:00:00Z", "horizon": "60 d", "demand": {"orders": []}}


@pytest.fixture(scope="module")
def feed() -> Iterator[Feed]:
    plant = Plant(layout=hand_shop().layout, materials=Materials.model_validate(OFFICE))
    feed = by_hand(plant, Scenario.model_validate(NOTHING_TO_DO), seed=1, speed=60)
    feed.start()
    wait_until(lambda: feed.run.now_us > 0)
    yield feed
    feed.stop()
    assert not feed.failure, feed.failure
    assert feed.run.violations(whole=True) == []


@pytest.fixture(scope="module")
def server(feed: Feed) -> Iterator[PageServer]:
    with PageServer(feed, free_port()) as server:
        yield server


def ahead(feed: Feed, days: int) -> str:
    """An instant as a buyer writes it; the shop is in UTC."""
    return datetime.fromtimestamp((feed.now_us + days * DAY_US) // 1_000_000, UTC).strftime("%Y-%m-%d %H:%M")


def test_what_is_wanted_is_bought_received_and_paid(open_page: OpenPage, server: PageServer, feed: Feed) -> None:
    page = open_page("/purchasing", at=server.address, theme="dark", width=390, height=1600)
    desk, erp = Forms(page), feed.run.erp
    wait_until_drawn(page, dark=True)
    desk.is_used_by("olga")
    desk.fills("Want something", "Raise it", material="CASTING", quantity="", due="soon")
    tomorrow = ahead(feed, 1)[:10]
    no_time = f"Wanted by: 'soon' is no time; allowed: date and time, as in {tomorrow} 14:00"
    desk.refused(f"Quantity: it is empty; allowed: a whole number, as in 5\n{no_time}", at="quantity")
    wanted = {"material": "CASTING", "quantity": "40", "due": ahead(feed, 10), "reason": "valves sell well"}
    desk.fills("Want something", "Raise it", is_hasty=True, **wanted)
    desk.hears("Want something: entered, and waits for approval by somebody else")
    desk.press("Approve")
    expect(page.get_by_text("None waits for you.")).to_be_visible()
    desk.press("Cancel")
    assert list(erp.sourcing.requisitions) == ["R-1"], "pressed twice, and wanted once"
    desk.is_used_by("quinn")
    desk.fills("Approve", "It may be bought", requisition="R-1")
    desk.hears("Approve: done")
    quotes_are_compared(desk, feed)
    order = erp.sourcing.rfqs["Q-1"].order
    assert (erp.sourcing.requisitions["R-1"].standing, order) == ("ordered", "PO-Q-1")
    comes(desk, feed, order)
    bills_are_matched_and_paid(desk, feed, order)
    a_price_is_agreed_and_called_off(desk, feed)
    wait_until_drawn(page, dark=True)
    assert page.evaluate(SIDEWAYS) == []
    what_is_bought_is_taken_away(page, order)
    what_it_was_worth_is_said_on_the_finance_page(Forms(open_page("/finance?part=work", at=server.address)), feed, order)


def what_is_bought_is_taken_away(page: Page, order: str) -> None:
    """As a PDF, with what the order is worth: 50 at 8.00."""
    with page.expect_download() as taken:
        page.get_by_role("button", name="PDF").or_(page.get_by_role("link", name="PDF")).first.click()
    said = words_of(Path(taken.value.path()).read_bytes())
    assert said[0].endswith(": Purchasing")
    assert "400.00" in said[said.index(order) :][:14]


def what_it_was_worth_is_said_on_the_finance_page(desk: Forms, feed: Feed, order: str) -> None:
    """Freight, a price that was another, an overhead, another method: 50 came at 8.00."""
    erp = feed.run.erp
    desk.is_used_by("quinn")
    desk.fills("Share out freight or duty", "Share it out", order="F-1", amount="60", split="weight", deliveries=order)
    desk.refused("CASTING: no unit_weight is declared; allowed: another split, or unit_weight in items.yaml")
    desk.fills("Share out freight or duty", "Share it out", order="F-1", amount="60", split="quantity", deliveries=order)
    desk.hears("Share out freight or duty: done")
    desk.fills("A delivery was another", "Correct it", delivery=order, quantity="50", unit_price="8.40", reason="as billed")
    desk.hears("A delivery was another: done")
    desk.fills("An overhead has cost", "Enter it", overhead="heating", amount="75.50", budget="70", order="H-9")
    desk.hears("An overhead has cost: done")
    desk.fills("Count stock by another method", "Change it", material="CASTING", method="first in", reason="prices move")
    desk.hears("Count stock by another method: done")
    assert erp.corrections.deliveries[order, order] == [50, 42_000]
    assert (erp.ledger.balances["landed_cost_accrued"], [it[1:] for it in erp.corrections.incurred]) == (
        -6_000,
        [("heating", 7_550, 7_000)],
    )
    assert erp.book.actual.method["CASTING"] == "fifo"
    rent_is_owed_the_bank_is_known_and_an_entry_is_made_by_hand(desk, feed)


def rent_is_owed_the_bank_is_known_and_an_entry_is_made_by_hand(desk: Forms, feed: Feed) -> None:
    """A bill of 120.00, 75.50 of it for what was accrued; two lines of the bank, of which one nobody knows before a person says it."""
    page, erp = desk.page, feed.run.erp
    before_minor = erp.ledger.balances["cash"]
    what = {"supplier": "foundry", "bill": "H-9", "account": "2500", "net": "75.50"}
    desk.press("Receivables, payables")
    desk.fills("Enter a bill for rent, energy, freight, services", "Enter it", **{**what, "net": "80"})
    desk.refused("80.00 on 'overhead_payable', where 75.50 stand")
    desk.fills("Enter a bill for rent, energy, freight, services", "Enter it", **what, more="rent: 44.50")
    desk.hears("Enter a bill for rent, energy, freight, services: done")
    rent = page.get_by_role("table", name="Payables, item by item", exact=True).locator("tr", has_text="H-9").first
    expect(rent.locator("td[data-name='Order']")).to_have_text("")
    with NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("-120.00; H-9; Foundry\n-9.90; charges")
        file.flush()
        desk.press("Cash and bank")
        desk.fills("Hand in a statement", "Hand it in", statement="S-1", bank_lines=file.name)
    desk.hears("Hand in a statement: done")
    assert erp.settlement.items.payables["foundry", "H-9"].open_minor == 0
    left = page.get_by_role("table", name="lines of the bank", exact=True).locator("tr", has_text="charges")
    expect(left).to_contain_text("left: nothing open is of -9.90")
    desk.fills("A line is something else", "It is this", line="S-1, line 2", account="6800")
    expect(left).to_contain_text("S-1/2, by person")
    desk.press("Margins, budgets")
    desk.fills("Post an entry", "Post it", document="wear of the office", debit="6700", credit="1590", amount="20")
    desk.hears("Post an entry: done")
    assert {it: erp.ledger.balances[it] for it in ("rent", "bank_charges", "depreciation", "overhead_payable", "cash")} == {
        "rent": 4_450, "bank_charges": 990, "depreciation": 2_000, "overhead_payable": 0, "cash": before_minor - 12_990,
    }  # fmt: skip
    cells = page.get_by_role("table", name="the window by dimension", exact=True)
    page.get_by_label("by", exact=True).click()
    page.get_by_role("option", name="supplier", exact=True).or_(page.get_by_role("menuitem", name="supplier", exact=True)).first.click()
    cells.locator("tr", has_text="Rent").get_by_role("button").click()
    expect(page.get_by_text("dimension: supplier foundry, rent: 44.50 EUR, of 1 parts").first).to_be_visible()
    what_is_owed_without_goods(desk, feed)


def what_is_owed_without_goods(desk: Forms, feed: Feed) -> None:
    """A debt from before that a line of the bank pays in part, a bill that is sent back, an invoice of which a part is lost, a budget."""
    items, month = feed.run.erp.settlement.items, ahead(feed, 0)[:7]
    desk.fills("Plan an account for a month", "Plan it", month=month, account="6800", amount="x")
    desk.refused("So much is planned: 'x' is not an amount", at="amount")
    desk.fills("Plan an account for a month", "Plan it", month=month, account="6800", amount="30")
    desk.hears("Plan an account for a month: done")
    desk.press("Receivables, payables")
    begun = {"side": "We owe it", "party": "foundry", "item": "OLD-1", "amount": "80", "due": ahead(feed, 30)}
    desk.fills("An open item from before", "It is open", **begun)
    desk.hears("An open item from before: done")
    wrong = {"supplier": "forge", "bill": "X-1", "account": "6300", "net": "10"}
    desk.fills("Enter a bill for rent, energy, freight, services", "Enter it", **wrong)
    desk.hears("Enter a bill for rent, energy, freight, services: done")
    desk.fills("Send a bill back", "It is sent back", bill="X-1 of forge", reason="not ours")
    desk.hears("Send a bill back: done")
    desk.fills("Invoice or credit for no goods", "Send it", customer="acme", net="50", reason="a drawing")
    desk.hears("Invoice or credit for no goods: done")
    desk.fills("Write off a bad debt", "It is lost", invoice="50.00", amount="20", reason="half of it was never wanted")
    desk.hears("Write off a bad debt: done")
    assert [it.open_minor for it in items.receivables.values()] == [3_000]
    desk.press("Cash and bank")
    with NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("-30.00; thank you")
        file.flush()
        desk.fills("Hand in a statement", "Hand it in", statement="S-2", bank_lines=file.name)
    desk.hears("Hand in a statement: done")
    desk.fills("A line pays a bill or an invoice", "It is for this", line="S-2, line 1", item="OLD-1 of foundry")
    desk.hears("It pays this: done")
    assert (items.payables["foundry", "OLD-1"].open_minor, items.payables["forge", "X-1"].open_minor) == (5_000, 0)


def quotes_are_compared(desk: Forms, feed: Feed) -> None:
    """The dearer offer is awarded for a reason alone."""
    desk.fills("Ask for quotes", "Send it", requisition="R-1", suppliers="foundry", answer_by=ahead(feed, 3))
    desk.hears("Ask for quotes: done")
    desk.press("Enter a quote")
    expect(desk.page.locator("form:visible select[name=asked] option")).to_have_count(1)  # the forge was not asked
    desk.press("Cancel")
    offer = {"asked": "Q-1: foundry", "lead_time": "2", "valid_until": ahead(feed, 20)}
    desk.fills("Enter a quote", "Enter it", quote="F-1", unit_price="12.505", **offer)
    desk.refused("'12.505' is not an amount; allowed: an amount, as in 12.50 or 1,250.00")
    desk.fills("Enter a quote", "Enter it", quote="F-1", unit_price="10.50", breaks="50: 8.00", **offer)
    desk.hears("Enter a quote: done")
    desk.fills("Enter a quote", "Enter it", quote="F-2", unit_price="10.00", delivery="15", **offer)
    desk.hears("Enter a quote: done")
    desk.fills("Award", "Order by it", offer="Q-1, 2.: F-2 of foundry, 415.00 in all")
    desk.refused("quote 'F-2' costs 415.00 in all and is not the best")
    desk.fills("Award", "Order by it", offer="Q-1, 1.: F-1 of foundry, 400.00 in all")
    desk.hears("Award: done")


def comes(desk: Forms, feed: Feed, order: str) -> None:
    """Thirty come, and somebody says so; the supplier delivers the rest after its lead time; until then the clock goes fast."""
    known = feed.run.erp.purchasing.orders
    wait_until(lambda: order in known)
    desk.fills("Receive goods", "They have come", order=f"{order}: 50", quantity="51")
    desk.refused(f"51 have come on '{order}', of which 50 are open; allowed: that at most")
    desk.fills("Receive goods", "They have come", order=f"{order}: 50", quantity="30")
    desk.hears("Receive goods: done")
    assert (known[order].received, feed.run.erp.corrections.deliveries[order, order]) == (30, [30, 24_000])
    assert feed.pace
    feed.pace.factor = 40_000.0
    wait_until(lambda: known[order].received == known[order].quantity)
    feed.pace.factor = 60.0


def bills_are_matched_and_paid(desk: Forms, feed: Feed, order: str) -> None:
    """50 came at 8.00; a bill for more is blocked until an inspector accepts the difference."""
    erp = feed.run.erp
    desk.fills("Enter a bill", "Enter it", order=order, bill="4711", net="420", quantity="50")
    desk.hears("Enter a bill: entered, and blocked until a person releases it, or it fits: price: ")
    wait_until(lambda: bool(erp.settlement.items.payables["foundry", "4711"].blocked))
    desk.press("Pay a bill")
    expect(desk.page.get_by_text("No bill may be paid: 1 is blocked, release it first.")).to_be_visible()
    desk.press("Cancel")
    desk.is_used_by("olga")
    desk.fills("Release a blocked bill", "It may be paid", bill="4711 of foundry", reason="surcharge")
    desk.refused("olga is no inspector, which a release asks for; allowed: quinn")
    desk.is_used_by("quinn")
    desk.fills("Release a blocked bill", "It may be paid", bill="4711 of foundry", reason="surcharge")
    desk.hears("Release a blocked bill: done")
    desk.fills("Pay a bill", "Pay it", bill="4711 of foundry: 420.00")
    desk.hears("Pay a bill: done")
    wait_until(lambda: erp.settlement.items.payables["foundry", "4711"].open_minor == 0)
    assert erp.ledger.balances["cash"] == -42_000
    assert erp.ledger.balances["accounts_payable"] == 0


def a_price_is_agreed_and_called_off(desk: Forms, feed: Feed) -> None:
    """No more is called off than was agreed, or than one person may order; an order without quotes is at the declared price."""
    erp = feed.run.erp
    agreed = {"supplier": "foundry", "material": "CASTING", "quantity": "100", "unit_price": "9.20"}
    desk.fills("Agree on a blanket order", "It is agreed", **agreed, until=ahead(feed, 40))
    desk.hears("Agree on a blanket order: done")
    desk.fills("Call off", "Call it off", blanket="BO-1", quantity="101", due=ahead(feed, 5))
    desk.refused("101 called off 'BO-1', of which 100 are open; allowed: that at most")
    desk.fills("Call off", "Call it off", blanket="BO-1", quantity="60", due=ahead(feed, 5))
    desk.refused("it is worth 600.00, and above 100.00 another person approves; allowed: for a requisition")
    desk.fills("Call off", "Call it off", blanket="BO-1", quantity="9", due=ahead(feed, 5))
    desk.hears("Call off: done")
    desk.fills("Order at a supplier", "Release the order", material="CASTING", quantity="7", due=ahead(feed, 5))
    desk.hears("Order at a supplier: done")
    wait_until(lambda: {"PO-BO-1", "PO-1"} <= set(erp.purchasing.orders))
    placed = [erp.purchasing.orders[name] for name in ("PO-BO-1", "PO-1")]
    assert [(it.quantity, it.unit_price_minor, it.blanket) for it in placed] == [(9, 920, "BO-1"), (7, 1000, "")]
    desk.fills("Change an order", "The supplier has agreed", order="PO-1: 7", quantity="8", due=ahead(feed, 9), reason="one more, later")
    desk.hears("Change an order: done")
    wait_until(lambda: erp.purchasing.orders["PO-1"].quantity == 8)
    expect(desk.page.get_by_role("table", name="purchase orders", exact=True)).to_contain_text("at first")
    desk.fills("Nothing more will come", "Close it", order="PO-1: 8", reason="ordered twice")
    desk.hears("Nothing more will come: done")
    assert erp.purchasing.orders["PO-1"].open_quantity == 0
    expect(desk.page.get_by_role("table", name="blanket orders", exact=True)).to_contain_text("9 of 100")


def test_the_overview_of_a_day_on_which_nothing_was_made_says_so(open_page: OpenPage, server: PageServer, feed: Feed) -> None:
    page = open_page("/", at=server.address)
    expect(page.locator(".figure", has_text="OEE today")).to_contain_text("nothing made yet today")
    calling = supervisor_now(feed.run).calling_count
    words = f"{calling} to be answered, on page Supervisor" if calling else "no alarm or alert is to be answered"
    expect(page.get_by_text(words)).to_be_visible()


def test_a_quote_becomes_an_order_and_its_file_says_what_it_is_worth(open_page: OpenPage, server: PageServer, feed: Feed) -> None:
    page, run = open_page("/orders", at=server.address, theme="dark", width=390, height=1600), feed.run
    desk = Forms(page)
    may = page.get_by_text(re.compile(r"^(Promise |No date can be promised)"))

    def answered(quantity: int) -> None:
        told = promise_for("VALVE", quantity)(run)
        expect(may).to_contain_text(told.why)
        for why in [why for it in told.methods for _, _, why in [it.differs.partition(": ")] if why]:
            expect(page.get_by_text(why)).to_be_visible()

    answered(1)
    page.get_by_label("how many").fill("7")
    page.get_by_label("how many").press("Enter")
    answered(7)
    for written in ("-3", "1.5", "x", "0", "", "9" * 30, "1000001"):
        page.get_by_label("how many").fill(written)
        page.get_by_label("how many").press("Enter")
        expect(page.get_by_text("allowed: a whole number from 1 to 1,000,000")).to_be_visible()
        expect(page.get_by_text(f"'{written[:18]}' cannot be promised" if written else "It is empty;")).to_be_visible()
        expect(may).to_have_count(0)
    page.get_by_label("how many").fill(" 100000 ")
    page.get_by_label("how many").press("Enter")
    expect(may).to_have_count(1)
    expect(page.get_by_text("allowed: a whole number")).to_have_count(0)
    desk.is_used_by("olga")
    offer = {"customer": "acme", "material": "VALVE", "quantity": "7", "discount": "10"}
    desk.fills("Offer something", "Offer it", **offer, valid_until="2001-01-01 06:00")
    desk.refused("it is not valid any more")
    desk.fills("Offer something", "Offer it", **offer, valid_until=ahead(feed, 9))
    desk.hears("Offer something: done")
    quotes = page.get_by_role("table", name="quotes to customers", exact=True)
    expect(quotes.locator("tr", has_text="S-1")).to_contain_text("45.00 (less 10 %)")
    desk.fills("The customer takes it", "It is an order", quote="S-1: 7", order="WEB-7")
    desk.hears("The customer takes it: done")
    expect(quotes.locator("tr", has_text="S-1")).to_contain_text("WEB-7")
    row = page.get_by_role("table", name="customer orders", exact=True).locator("tr", has_text="WEB-7")
    expect(row).to_contain_text("315.00")
    assert run.erp.customer_orders.orders["WEB-7"].unit_price_minor == 4_500
    desk.fills("How much may be owed", "Change it", customer="acme", limit="100", reason="new here")
    desk.hears("How much may be owed: done")
    assert run.erp.credit.limits == {"acme": 10_000}
    with page.expect_download() as taken:
        page.get_by_role("button", name="PDF").or_(page.get_by_role("link", name="PDF")).first.click()
    said = words_of(Path(taken.value.path()).read_bytes())
    assert "315.00" in said[said.index("WEB-7") :][:14]
    assert page.evaluate(SIDEWAYS) == []
    what_a_planner_says_is_left_alone(Forms(open_page("/material-plan", at=server.address, width=390, height=1600)), feed)


def what_a_planner_says_is_left_alone(desk: Forms, feed: Feed) -> None:
    """A forecast makes the plan propose something; what is firm stays until somebody lets it go."""
    frozen = feed.run.erp.frozen.orders
    desk.is_used_by("olga")
    week = ahead(feed, 14)[:10]
    desk.fills("Enter or change a forecast", "Plan for it", material="VALVE", week=week, pieces="400 x")
    desk.refused("x: no whole numbers; allowed: one for each, as in 2, 1")
    desk.fills("Enter or change a forecast", "Plan for it", material="VALVE", week=week, pieces="400")
    desk.hears("Enter or change a forecast: done")
    desk.fills("Make a planned order firm", "It is firm", planned="VALVE", quantity="9")
    desk.hears("Make a planned order firm: done")
    (name,) = frozen
    assert (frozen[name].material, frozen[name].quantity) == ("VALVE", 9)
    desk.fills("Firm no more", "The plan may change it", firm=name)
    desk.hears("Firm no more: done")
    assert not frozen
    assert desk.page.evaluate(SIDEWAYS) == []
