"""The cards of the office, each as it is read: work in progress, variances, what is owed by age, requisitions, quotes compared, suppliers,
advice. What stands there is what the run says; what is picked and taken is an entry of somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.rooms.apps.test_entries import said_by_users
from tests.ui.conftest import OpenPage
from tests.ui.floor.conftest import PHONE, shop
from tests.ui.test_pages import SIDEWAYS
from tests.ui.test_pages import wait_until as wait_until_drawn
from twin.apps.feed import Feed
from twin.apps.pages.business.books.owed_cards import owed_cards
from twin.apps.words import customer_title, exact, material_title, supplier_title
from twin.model.events import PlanningParametersSet
from twin.results.planning.advice_now import advice_now
from twin.results.settlement.opening.worth import worth_then
from twin.results.views.business.finance import work_of
from twin.results.views.business.owed import BUCKETS, owed_then, receivables_now
from twin.results.views.business.purchasing import purchasing_now
from twin.results.views.business.sourcing import sourcing_now
from twin.results.views.overview import local_time

# The page with download buttons is made in this process: Panel Material UI itself gives Panel both names of one option.
pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("ignore:Both 'variant' and 'button_style':PendingDeprecationWarning")]


@pytest.fixture(scope="module")
def office(root: Path) -> Iterator[tuple[Feed, str]]:
    """The shop that buys by quotes and off a blanket order, on its sixth day."""
    with shop(root, "6 d 4 h", "office") as both:
        yield both


def row(page: Page, table: str, words: str) -> Locator:
    return page.get_by_role("table", name=table, exact=True).locator("tr", has_text=words).first


def test_finance_says_what_is_in_work_what_was_dearer_and_who_owes(open_page: OpenPage, office: tuple[Feed, str]) -> None:
    feed, address = office
    page, plant = open_page("/finance?part=work", at=address, theme="dark", width=PHONE, height=3000), feed.run.plant
    work, owed = feed.look(work_of("since the start")), feed.look(receivables_now)
    for it in work.wip[:5]:
        expect(row(page, "work in progress", it.request)).to_contain_text(exact(it.value_minor))
    expect(row(page, "work in progress", "All")).to_contain_text(exact(work.wip_minor))
    for kind, amount in work.by_kind:
        expect(row(page, "variances by kind", kind)).to_contain_text(exact(amount))
    expect(row(page, "variances by kind", "All")).to_contain_text(exact(sum(amount for _, amount in work.by_kind)))
    expect(row(page, "variances", work.variances[0].kind)).to_contain_text(exact(work.variances[0].amount_minor))
    worth = worth_then(feed.run.now_us + 1)(feed.run)
    for table, dearest in (("stock at the end", worth.stock[0]), ("work at the end", worth.work[0])):
        expect(page.get_by_role("table", name=table, exact=True).locator("tbody tr").first).to_contain_text(exact(dearest.value_minor))
    page.get_by_role("button", name="Receivables, payables", exact=True).click()
    for party in owed.parties:
        of_party = row(page, "Receivables by age", customer_title(plant, party.party))
        expect(of_party).to_contain_text(exact(party.open_minor))
        for minor in filter(None, party.ages):
            expect(of_party).to_contain_text(exact(minor))
    expect(page.get_by_role("table", name="Receivables by age", exact=True).locator("tr.total")).to_contain_text(exact(owed.all.open_minor))
    wait_until_drawn(page, dark=True)
    assert page.evaluate(SIDEWAYS) == []


def test_who_owes_is_shown_as_of_the_end_of_a_window_that_is_over_and_opens_only_as_it_stands(office: tuple[Feed, str]) -> None:
    feed, _ = office
    cards, now = owed_cards(feed, lambda _: None)[0], feed.look(receivables_now)
    cards.show()
    assert next(it["id"] for it in cards.tables[0].shown.rows) == f"receivables: {now.parties[0].party}"
    assert all(re.fullmatch(r"\w+ \d+ \w+", it["cells"][3]) for it in cards.tables[1].shown.rows), "due on a day, not at an instant of it"
    overdue = {it["cells"][4] for it in cards.tables[1].shown.rows}
    assert "1 to 30 days" in overdue <= {BUCKETS[0], *(f"{it} days" for it in BUCKETS)}
    first_us = min(it.issued_us for it in feed.run.erp.settlement.items.of_side("receivable"))
    cards.show(first_us + 1)
    (then, every) = cards.tables[0].shown.rows
    (item,) = owed_then("receivable", first_us + 1)(feed.run).items
    assert (then["id"], then["cells"][-1], every["cells"][-1]) == ("", exact(item.open_minor), exact(item.open_minor))
    assert item.open_minor < now.all.open_minor


def test_purchasing_says_who_wanted_what_which_quote_was_better_and_who_serves_us(open_page: OpenPage, office: tuple[Feed, str]) -> None:
    feed, address = office
    page, plant = open_page("/purchasing", at=address, theme="dark", width=PHONE, height=5000), feed.run.plant
    bought, sourced = feed.look(purchasing_now), feed.look(sourcing_now)
    (wanted,) = sourced.requisitions
    of_wanted = row(page, "requisitions", wanted.requisition)
    for words in (material_title(plant, wanted.material), "ordered by Quirin", wanted.order, exact(wanted.value_minor)):
        expect(of_wanted).to_contain_text(words)
    taken, other = sourced.quotes
    assert (taken.is_accepted, taken.of.total_minor < other.of.total_minor) == (True, True)
    for quote in sourced.quotes:
        expect(row(page, "quotes", quote.of.quote)).to_contain_text(exact(quote.of.total_minor))
    expect(row(page, "quotes", taken.of.quote)).to_contain_text("accepted")
    order = next(it for it in bought.orders if it.order == wanted.order)
    for table, words in (("purchase orders", order.order), ("quotes", taken.of.quote)):  # what was promised is what is awaited
        expect(row(page, table, words)).to_contain_text(local_time(plant, order.due_us))
    for it in bought.suppliers:
        of_supplier = row(page, "suppliers", supplier_title(plant, it.supplier))
        expect(of_supplier).to_contain_text(f"{it.on_time:,} of {it.counted:,}, {it.on_time_share:.0%}" if it.counted else "–")
    wait_until_drawn(page, dark=True)
    assert page.evaluate(SIDEWAYS) == []


def test_advice_is_taken_by_somebody_and_plans_go_by_it(open_page: OpenPage, office: tuple[Feed, str]) -> None:
    feed, address = office
    page = open_page("/material-plan", at=address, height=2400)
    it = next(it for it in feed.look(advice_now).rows if not it.is_taken and it.safety_stock)
    take = page.get_by_role("button", name="Take the advice")
    expect(take).to_be_disabled()
    advised = row(page, "advice", material_title(feed.run.plant, it.material))
    expect(advised).to_contain_text(it.why)
    advised.get_by_role("button").first.click()
    expect(page.get_by_text(f"{material_title(feed.run.plant, it.material)}: {it.said}")).to_be_visible()
    take.click()
    expect(page.get_by_text("Refused: nobody has signed it").first).to_be_visible()
    page.get_by_role("combobox", name="who are you?").click()
    page.get_by_role("menuitem", name="Nora", exact=True).click()
    take.click()
    expect(page.get_by_text("It is taken: plans go by it from now on.").first).to_be_visible()
    said = said_by_users(feed.run)[-1]
    assert isinstance(said, PlanningParametersSet)
    assert (said.material, said.safety_stock, said.person, said.terminal) == (it.material, it.safety_stock, "nora", "planner's desk")
    expect(advised.locator("td").nth(2)).to_have_text(it.keep)
