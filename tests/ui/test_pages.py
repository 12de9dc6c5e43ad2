"""What a viewer sees on the pages."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

import twin
from tests.ui.conftest import DRAWN, INSIDE, OpenPage
from twin.apps.theme import NAVIGATION
from twin.apps.words import equipment_title
from twin.results.readiness.queues import obstacle_words, queue_now
from twin.results.views.floor import floor_now
from twin.results.views.overview import overview
from twin.results.views.requests import request_costs
from twin.results.views.schedule import schedule

pytestmark = pytest.mark.ui

FIND_DATASET = """(name) => {
  const search = (root) => {
    for (const node of root.querySelectorAll('*')) {
      if (node.dataset && node.dataset[name]) return node.dataset[name];
      if (node.shadowRoot) { const found = search(node.shadowRoot); if (found) return found; }
    }
  };
  return search(document);
}"""


class LatePage:
    """A page whose script is held back, while other tests go on, for longer than Bokeh alone keeps a session that nobody claims."""

    HELD_S = 36

    def __init__(self, browser: Browser, address: str) -> None:
        self.page, self.outside, self._held = browser.new_page(), list[str](), list[Route]()
        self.page.on("request", lambda request: None if INSIDE.match(request.url) else self.outside.append(request.url))
        self.page.route("**/bokeh.min.js*", self._hold)
        self.page.goto(address, wait_until="commit", timeout=120_000)
        while not self._held:
            self.page.wait_for_timeout(50)
        self._goes_on_s = time.monotonic() + self.HELD_S

    def _hold(self, route: Route) -> None:
        self._held.append(route)

    def go_on(self, *, wait: bool) -> None:
        """Give the script to the page once it is time; `wait`: until then."""
        if wait:
            time.sleep(max(0.0, self._goes_on_s - time.monotonic()))
        if self._held and time.monotonic() >= self._goes_on_s:
            self._held.pop().continue_()


@pytest.fixture(scope="module")
def late_page(browser: Browser, address: str) -> LatePage:
    """Opened before the first test of this file, and looked at in the last."""
    return LatePage(browser, address)


@pytest.fixture(autouse=True)
def _goes_on_in_time(late_page: LatePage) -> Iterator[None]:
    yield
    late_page.go_on(wait=False)


SIDEWAYS = """() => {
  const found = [];
  const search = (root) => {
    for (const node of root.querySelectorAll('*')) {
      const style = getComputedStyle(node);
      const isWider = node.clientWidth && node.scrollWidth > node.clientWidth + 1;
      if (isWider && /auto|scroll/.test(style.overflowX)) found.push(node.className || node.tagName);
      if (node.shadowRoot) search(node.shadowRoot);
    }
  };
  search(document);
  if (document.documentElement.scrollWidth > window.innerWidth + 1) found.push('the page');
  return found;
}"""


IS_DARK = """(dark) => {
  const color = document.body && getComputedStyle(document.body).backgroundColor;
  if (!color || color === "rgba(0, 0, 0, 0)") return false;
  return (color.match(/\\d+/g).slice(0, 3).map(Number).reduce((a, b) => a + b) < 3 * 128) === dark;
}"""


def wait_until(page: Page, dark: bool) -> None:
    """By what is seen: the ground of the page is nearer to black than to white. A page may be asked for twice at first."""
    page.wait_for_function(IS_DARK, arg=dark)


def go_to(page: Page, label: str) -> None:
    """By the menu, as a viewer does."""
    group = next(it["group"] for it in NAVIGATION if it["label"] == label)
    if group:
        page.get_by_role("navigation", name="Pages").get_by_role("button", name=group).click()
    page.get_by_role("link", name=label, exact=False).first.click()
    page.wait_for_function("window.Bokeh && Bokeh.documents.length && Bokeh.documents[0].is_idle")


def dataset(page: Page, name: str) -> int:
    return int(page.evaluate(FIND_DATASET, name) or 0)


def shows_the_orders_and_can_be_paused(page: Page, run: twin.Run) -> None:
    shown = overview(run)
    first = shown.orders[0]
    row = page.locator("tr", has_text=first.order).first
    expect(row).to_contain_text(str(first.quantity))
    expect(row).to_contain_text(first.risk)
    expect(page.get_by_text(f"{shown.count('late')} late, {shown.count('at risk')} at risk").first).to_be_visible()
    clock = page.get_by_text(re.compile(r"· simulated|· paused")).first
    expect(clock).to_be_visible()
    hold = page.get_by_role("button", name=re.compile("^(pause|go on)$"))  # the pause button
    hold.click()
    expect(page.get_by_text(re.compile("· paused")).first).to_be_visible()
    at = page.get_by_text(re.compile("· paused")).first.inner_text()
    page.wait_for_timeout(1500)
    assert page.get_by_text(re.compile("· paused")).first.inner_text() == at, "a paused plant went on"
    hold.click()
    expect(page.get_by_text(re.compile("· simulated")).first).to_be_visible()


def is_live_and_says_why_a_machine_stands(page: Page, run: twin.Run) -> None:
    """Expected from the MES of the same run: what its dispatching found in the way."""
    expect(page.locator(".unit")).to_have_count(18)
    before = dataset(page, "frames")
    page.wait_for_timeout(2500)
    assert dataset(page, "frames") >= before, "the floor went backwards"
    page.locator('.unit[data-id="lathe_1"]').click()
    expect(page.get_by_text("CNC lathe 1 since").first).to_be_visible()
    expect(page.get_by_role("cell", name=re.compile("Running|Set-up|Waiting|Idle|Down|Stopped")).first).to_be_visible()
    standing = {it.equipment: it.obstacle for it in floor_now(run).units if it.obstacle and it.obstacle.why != "lot"}
    assert standing, "nothing stands at this moment: take another LEAD"
    for equipment, obstacle in standing.items():
        expect(page.locator(f'.unit[data-id="{equipment}"] .why')).to_have_text(obstacle_words(run.plant, obstacle, run.now_us))
    equipment, obstacle = next(iter(standing.items()))
    page.locator(f'.unit[data-id="{equipment}"]').click()
    expect(page.get_by_text(f"{equipment_title(run.plant, equipment)} since").first).to_be_visible()
    row = page.locator("tr", has_text=obstacle.job_order).first
    expect(row).to_contain_text(obstacle_words(run.plant, obstacle, run.now_us))
    center = run.mes.equipment.records[equipment].work_center
    there = sum(it.since_us >= 0 for it in queue_now(run, center))
    expect(page.get_by_text(f"{there} waiting", exact=True).first).to_be_visible()


def has_every_job_order_that_was_started(page: Page, run: twin.Run) -> None:
    expect(page.get_by_text("Started last").first).to_be_visible()
    page.wait_for_timeout(1200)
    assert abs(dataset(page, "bars") - len(schedule(run))) <= 1  # the page may be a moment further
    page.locator("canvas").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status").first).to_contain_text(" on ")
    expect(page.get_by_role("status").first).to_contain_text("who: ")
    assert dataset(page, "stops") > 0, "a night has passed, and no bar is hatched"


def ends_with_a_total_and_says_how_many_more_there_are(page: Page, run: twin.Run) -> None:
    costs = request_costs(run)
    total = page.locator("tr.total", has_text="requests")
    expect(total).to_contain_text(f"All {len(costs.requests)} requests")
    expect(total).to_contain_text(f"{costs.count('done')} done, {costs.count('in work')} in work")
    for twice, once in (("Material cost", "Labour"), ("Total", "Machine")):
        expect(total.locator(f"td[data-name='{twice}']")).to_have_text("")
        expect(total.locator(f"td[data-name='{once}']")).to_contain_text(".")
    expect(page.locator("tr", has_text=re.compile(r"and \d+ more|not started")).first).to_be_visible()
    page.get_by_label("show all requests").check()
    expect(page.locator("tr", has_text=costs.requests[-1].request).first).to_be_visible()


PAGES = [
    ("/", "Overview", "Customer orders", shows_the_orders_and_can_be_paused),
    ("/floor", "Plant floor", "Every work unit", is_live_and_says_why_a_machine_stands),
    ("/schedule", "Schedule", "What ran where", has_every_job_order_that_was_started),
    ("/quality", "Quality", "Lots that are held", None),
    ("/trace", "Traceability", "What went into it", None),
    ("/costs", "Costs", "From revenue to result", ends_with_a_total_and_says_how_many_more_there_are),
]


@pytest.mark.parametrize(("path", "title", "heading", "shows"), PAGES, ids=[path for path, *_ in PAGES])
def test_each_page_fits_a_phone_follows_the_system_to_light_and_shows_the_run(
    open_page: OpenPage, same_run: twin.Run, path: str, title: str, heading: str, shows: Callable[[Page, twin.Run], None] | None
) -> None:
    """Opened on a phone in the dark, then in the light, then at a desk: each page is loaded once."""
    page = open_page(path, theme="dark", width=390, height=844)
    expect(page.get_by_text(heading).first).to_be_visible()
    assert page.title() == f"{title} · Gearbox shop"
    wait_until(page, dark=True)
    page.wait_for_timeout(800)
    if path == "/floor":
        page.locator(".unit").first.click()
        expect(page.locator("td[data-name=State]").first).to_be_visible()
    assert page.evaluate(SIDEWAYS) == []
    page.emulate_media(color_scheme="light")
    wait_until(page, dark=False)
    page.set_viewport_size({"width": 1440, "height": 900})
    if shows:
        shows(page, same_run)


def test_what_the_viewer_chose_stays_from_page_to_page(open_page: OpenPage) -> None:
    page = open_page("/trace", theme="light")
    wait_until(page, dark=False)
    page.locator("header button").first.click()
    wait_until(page, dark=True)
    go_to(page, "Overview")
    wait_until(page, dark=True)
    expect(page.get_by_role("button", name="pause", exact=True)).to_be_visible()  # a screen reader says what it does
    page.locator("header button").first.click()
    wait_until(page, dark=False)
    page.emulate_media(color_scheme="dark")  # the system changes its mind: the viewer's choice counts
    go_to(page, "Quality")
    page.wait_for_timeout(1500)
    wait_until(page, dark=False)


def test_a_browser_that_is_slow_to_come_back_is_sent_to_no_other_host(late_page: LatePage) -> None:
    """Half a minute may pass between the page and its connection on a busy machine; Bokeh alone would have forgotten the session."""
    late_page.go_on(wait=True)
    late_page.page.wait_for_function(DRAWN, timeout=120_000)
    late_page.page.wait_for_timeout(1000)
    late_page.page.close()
    assert late_page.outside == []
