"""What a viewer sees on the four pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import twin
from tests.ui.conftest import LEAD, OpenPage
from twin.results.views.overview import overview
from twin.results.views.schedule import schedule

pytestmark = pytest.mark.ui

PAGES = [("/", "Customer orders"), ("/floor", "Every work unit"), ("/schedule", "What runs where"), ("/costs", "From revenue to result")]

FIND_DATASET = """(name) => {
  const search = (root) => {
    for (const node of root.querySelectorAll('*')) {
      if (node.dataset && node.dataset[name]) return node.dataset[name];
      if (node.shadowRoot) { const found = search(node.shadowRoot); if (found) return found; }
    }
  };
  return search(document);
}"""


def dataset(page: Page, name: str) -> int:
    return int(page.evaluate(FIND_DATASET, name) or 0)


@pytest.fixture(scope="module")
def same_run(root: Path) -> twin.Run:
    """What the pages must show: the same plant, seed and time, without pages."""
    return twin.simulate(root / "plant_models/gearbox_shop", until=LEAD, seed=1)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("path", "heading"), PAGES)
def test_each_page_opens_in_light_and_in_dark(open_page: OpenPage, path: str, heading: str, theme: str) -> None:
    page = open_page(path, theme=theme)
    expect(page.get_by_text(heading).first).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.theme") in (theme, None)


@pytest.mark.parametrize(("path", "heading"), PAGES)
def test_each_page_fits_a_phone(open_page: OpenPage, path: str, heading: str) -> None:
    page = open_page(path, width=390, height=844)
    expect(page.get_by_text(heading).first).to_be_visible()
    page.wait_for_timeout(800)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), "the page scrolls sideways"


def test_the_overview_shows_the_orders_of_the_run(open_page: OpenPage, same_run: twin.Run) -> None:
    page = open_page("/")
    shown = overview(same_run)
    first = shown.orders[0]
    row = page.locator("tr", has_text=first.order).first
    expect(row).to_contain_text(str(first.quantity))
    expect(row).to_contain_text(first.risk)
    expect(page.get_by_text(f"{shown.count('late')} late, {shown.count('at risk')} at risk").first).to_be_visible()


def test_the_floor_is_live_and_tells_the_story_of_a_unit(open_page: OpenPage) -> None:
    page = open_page("/floor")
    expect(page.locator("g.unit")).to_have_count(18)
    before = dataset(page, "frames")
    page.wait_for_timeout(2500)
    assert dataset(page, "frames") >= before, "the floor went backwards"
    page.locator('g.unit[data-id="lathe_1"]').click()
    expect(page.get_by_text("lathe_1 since").first).to_be_visible()
    expect(page.get_by_role("cell", name=re.compile("Running|Set-up|Waiting|Idle|Down|Stopped")).first).to_be_visible()


def test_the_schedule_has_every_job_order_that_was_started(open_page: OpenPage, same_run: twin.Run) -> None:
    page = open_page("/schedule")
    expect(page.get_by_text("Started last").first).to_be_visible()
    page.wait_for_timeout(1200)
    assert abs(dataset(page, "bars") - len(schedule(same_run))) <= 1  # the page may be a moment further
    page.locator("canvas").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status")).to_contain_text(" on ")


def test_the_viewer_sets_the_speed_and_pauses(open_page: OpenPage) -> None:
    page = open_page("/")
    clock = page.get_by_text(re.compile(r"· simulated|· paused")).first
    expect(clock).to_be_visible()
    hold = page.locator("input[type=checkbox]").first  # the pause button
    hold.click()
    expect(page.get_by_text(re.compile("· paused")).first).to_be_visible()
    at = page.get_by_text(re.compile("· paused")).first.inner_text()
    page.wait_for_timeout(1500)
    assert page.get_by_text(re.compile("· paused")).first.inner_text() == at, "a paused plant went on"
    hold.click()
    expect(page.get_by_text(re.compile("· simulated")).first).to_be_visible()
