"""The pages of the office as people use them: from an order to its requests, from a figure to its events, a period that is closed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

import twin
from tests.ui.conftest import OpenPage
from tests.ui.test_pages import SIDEWAYS, wait_until
from twin.apps.components.leaving import leaves_words
from twin.apps.theme import GROUPS, NAVIGATION
from twin.apps.words import day_words, exact, material_title
from twin.results.planning.plans_now import plans_now
from twin.results.settlement.opening.shown import margins_now, stock_worth_now
from twin.results.views.business.finance import statements_of, work_of
from twin.results.views.business.orders import made_for, orders_now
from twin.results.views.business.plan import plan_now
from twin.results.views.business.purchasing import purchasing_now
from twin.results.views.overview import order_risks

pytestmark = pytest.mark.ui


def table(page: Page, title: str) -> object:
    return page.get_by_role("table", name=title, exact=True)


def a_phone_shows_one_menu_and_a_desk_one_row_of_groups(page: Page) -> None:
    ways = page.get_by_role("navigation", name="Pages")
    expect(ways.get_by_role("link")).to_have_count(0)
    menu = ways.get_by_role("button", name="Menu")
    menu.click()
    expect(ways.get_by_role("link")).to_have_count(len(NAVIGATION))
    expect(ways.locator("a[aria-current=page]")).to_contain_text("Finance")
    assert page.evaluate(SIDEWAYS) == []
    page.keyboard.press("Escape")
    expect(ways.get_by_role("link")).to_have_count(0)
    page.set_viewport_size({"width": 1440, "height": 900})
    for group in GROUPS[1:]:
        ways.get_by_role("button", name=group).click()
        shown = [it["label"] for it in NAVIGATION if it.get("group", "Business") in ("", group)]
        expect(ways.get_by_role("link")).to_have_count(len(shown))
    assert ways.bounding_box()["height"] < 60, "the groups do not stand in one row"


def test_an_order_that_is_picked_shows_what_is_made_for_it(open_page: OpenPage, same_run: twin.Run) -> None:
    """And where it was picked while the rest of the page was still being drawn."""
    page, now = open_page("/orders", theme="dark", width=390, height=844, slowly=True), orders_now(same_run)
    chosen = next(it for it in now.orders[1:] if it.is_open and made_for(it.order)(same_run))
    row = table(page, "customer orders").locator("tr", has_text=chosen.order).first
    row.get_by_role("button", name=chosen.order).click()
    expect(row).to_contain_text(exact(chosen.net_minor))
    expect(row).to_contain_text("played once")
    its = [table(page, "requests of the order").locator("tr", has_text=it.request).first for it in made_for(chosen.order)(same_run)[:3]]
    for it in its:
        expect(it).to_be_visible()
    expect(page.get_by_text(re.compile(f"{chosen.order} of .*: {chosen.stands.risk}")).first).to_be_visible()
    wait_until(page, dark=True)
    assert page.evaluate(SIDEWAYS) == []


def test_the_plan_opens_from_a_message_to_both_ends(open_page: OpenPage, same_run: twin.Run) -> None:
    page, plan = open_page("/material-plan"), plan_now(same_run)
    first = next(it for it in plan.proposals if it.is_waited_for)
    message = first.message
    lines = table(page, "what to do").locator("tbody tr")
    expect(lines.first).to_contain_text(re.compile(f"{message.order}.*{first.orders[0]}.*{first.late_days} days? late", re.DOTALL))
    page.get_by_role("combobox", name="show").click()
    page.get_by_role("menuitem", name="defer", exact=True).click()
    expect(lines).to_have_text(["There is nothing to defer."])
    page.get_by_role("combobox", name="show").click()
    page.get_by_role("menuitem", name="everything", exact=True).click()
    table(page, "what to do").get_by_role("button", name=re.compile(message.order)).first.click()
    served = plan.up(message.order)[-1].peg.demand
    expect(page.get_by_role("treeitem").filter(has_text=served).first).to_be_visible()
    expect(page.get_by_role("cell", name="Left at the end", exact=True)).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("button", name="Menu")).to_be_visible()
    assert page.evaluate(SIDEWAYS) == []


def test_plans_say_what_is_over_late_and_promisable(open_page: OpenPage, same_run: twin.Run) -> None:
    page, now = open_page("/plans", theme="dark", width=390, height=844), plans_now(same_run)
    late = now.finite[0]
    expect(table(page, "orders on equipment").locator("tbody tr").first).to_contain_text(late.order)
    assert late.late_us
    its = next(it for it in order_risks(same_run) if it.order == late.customer_order)
    told = (
        table(page, "orders on equipment").locator("tbody tr").first.locator('td[data-name="Customer\'s order leaves, as on page Orders"]')
    )
    expect(told).to_have_text(f"{its.order}: {leaves_words(same_run.plant, its)}")  # one date for one question, on both pages
    made = next(it for it in now.master if it.made)
    expect(table(page, "master schedule").locator("tr", has_text=day_words(made.day)).first).to_contain_text(f"{made.made:,}")
    expect(table(page, "load").locator("tbody tr").first).to_contain_text(re.compile(r"\d h"))
    expect(page.get_by_role("button", name="Play the plan 20 times")).to_be_enabled()
    expect(page.get_by_text("Nothing is forecast: the scenario says nothing of it")).to_be_visible()
    expect(page.get_by_role("button", name="Try each method")).to_be_enabled()
    assert page.evaluate(SIDEWAYS) == []


def test_what_is_on_order_comes_in_parts_and_is_found(open_page: OpenPage, same_run: twin.Run) -> None:
    page, now = open_page("/purchasing", theme="dark", width=390, height=844), purchasing_now(same_run)
    expect(page.get_by_text(f"{now.late_count:,} late").first).to_be_visible()
    for it in now.orders[:5]:
        expect(table(page, "purchase orders").locator("tr", has_text=it.order).first).to_contain_text(exact(it.value_minor))
    assert page.evaluate(SIDEWAYS) == []


def test_a_figure_opens_to_its_entries_and_on_to_the_fact(open_page: OpenPage, same_run: twin.Run) -> None:
    page, now = open_page("/finance", theme="dark", width=390, height=844), statements_of("since the start")(same_run)
    a_phone_shows_one_menu_and_a_desk_one_row_of_groups(page)
    income = table(page, "income statement")
    expect(income.locator("tr", has_text="Revenue")).to_contain_text(exact(now.revenue_minor))
    debit, credit = (table(page, "trial balance").locator("tr.total td").nth(place) for place in (2, 3))
    expect(credit).to_have_text(debit.inner_text())
    assert debit.inner_text() != "0.00"
    income.get_by_role("button", name="Cost of goods sold").click()
    expect(page.get_by_text(re.compile(r"Cost of goods sold.*: [\d,]+ entries")).first).to_be_visible()
    table(page, "entries of the account").get_by_role("button").first.click()
    way = page.locator("td[data-name='How it came about']")
    expect(way.filter(has_text="GoodsShipped").first).to_be_visible()
    expect(page.locator("td[data-name='Said by']").last).to_have_text("simulated")  # the end of the way is a fact
    income.get_by_role("button", name="Revenue").click()
    entry = table(page, "entries of the account").locator("tbody tr").first
    expect(entry.locator("td[data-name='Credit, EUR']")).not_to_have_text("")  # what is earned stands on the credit side, and says so
    expect(entry.locator("td[data-name='Debit, EUR']")).to_have_text("")
    figures_that_no_account_is_open_too(page, same_run)


def figures_that_no_account_is_open_too(page: Page, same_run: twin.Run) -> None:
    """A variance, a total, cash flow, work, stock, a margin: each opens to portions, on to an entry. The plant goes on, so do amounts."""

    def opens(title: str, button: str, figure: str) -> None:
        table(page, title).get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_text(re.compile(rf"{re.escape(figure)}: -?[\d,.]+ EUR, of [\d,]+ parts")).first).to_be_visible()

    def turns_to(part: str) -> None:
        page.get_by_role("button", name=part, exact=True).click()

    kind, _ = work_of("since the start")(same_run).by_kind[0]
    made_of = table(page, "what it is made of")
    opens("income statement", "Gross profit", "Gross profit")
    turns_to("Cash and bank")
    opens("cash flow, indirect", "Operating result", "cash flow: Operating result")
    turns_to("Work, stock, variances")
    opens("variances by kind", kind, f"variance: {kind}")
    dearest = stock_worth_now(same_run)[0]
    opens("stock by material", material_title(same_run.plant, dearest.material), f"stock: {dearest.material}")
    expect(made_of.locator("tr", has_text="opening").first).to_be_visible()
    in_work = work_of("since the start")(same_run).wip[0]
    opens("work in progress", in_work.request, f"work in progress: {in_work.request}")
    turns_to("Margins, budgets")
    expect(table(page, "work in progress")).to_have_count(0)  # one part at a time
    best = margins_now("customer")(same_run)[0]
    table(page, "margins").get_by_role("button", name=best.title, exact=True).click()
    expect(page.get_by_text(re.compile(rf"{best.figure}: [\d,.]+ EUR, of \d+ parts")).first).to_be_visible()
    expect(made_of.locator("tr", has_text="invoice").first).to_contain_text("Revenue")
    made_of.get_by_role("button").first.click()
    expect(page.locator("td[data-name='How it came about']").last).to_be_visible()
    assert page.evaluate(SIDEWAYS) == []


def test_a_period_is_closed_by_a_person_and_both_answers_stand_there(open_page: OpenPage) -> None:
    page = open_page("/month-end", width=390, height=844)
    close = page.get_by_role("button", name="Close the books")
    close.click()
    expect(page.get_by_text("Refused: nobody has signed it").first).to_be_visible()
    page.get_by_role("combobox", name="who are you?").click()
    page.get_by_role("menuitem", name="Clara", exact=True).click()
    close.click()
    expect(page.get_by_text("Clara has closed 2026-03-02.").first).to_be_visible()
    expect(table(page, "periods").locator("tr", has_text="2026-03-02").first).to_contain_text("by Clara")
    expect(page.get_by_text("Nothing has become known of it since it was closed.").first).to_be_visible()
    expect(close).to_be_disabled()
    assert page.evaluate(SIDEWAYS) == []
