"""The futures on the Overview, as a manager asks for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

import twin
from tests.ports import copy_at_free_ports
from tests.rooms.command.script import script
from tests.ui.conftest import LEAD, OpenPage, served
from tests.ui.test_pages import SIDEWAYS

pytestmark = pytest.mark.ui


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The shop that ends after four days: some orders are due by then and some are not, and a future is booked in half the time."""
    folder = tmp_path_factory.mktemp("futures")
    said = (root / "scenarios/gearbox_shop/baseline.yaml").read_text()
    (folder / "four_days.yaml").write_text(said.replace("horizon: 7 d", "horizon: 4 d"))
    with served(root, folder, "--lead", LEAD, "--scenario", str(folder / "four_days.yaml")) as where:
        yield where


@pytest.fixture(scope="module")
def open_orders(root: Path) -> list[str]:
    """What the same plant owes at the time that the page shows, by due date."""
    run = twin.simulate(root / "plant_models/gearbox_shop", until=LEAD, seed=1)
    orders = [order for order in run.erp.customer_orders.orders.values() if order.open_quantity]
    return [order.order for order in sorted(orders, key=lambda it: (it.due_us, it.order))]


def start_of(page: Page) -> Locator:
    return page.get_by_role("button", name="Run 200 futures from now")


def forecasts(page: Page) -> Locator:
    """The rows that say how probable it is."""
    return page.locator("tr", has=page.locator("td[data-name='In time']"))


CUT_OFF = """() => {
  const found = [], walk = root => { for (const part of root.querySelectorAll('*')) {
    if (part.shadowRoot) walk(part.shadowRoot)
    if (part.classList.contains('bk-panel-models-esm-ReactComponent') && part.scrollHeight > part.clientHeight + 2)
      found.push([part.textContent.slice(0, 40), part.clientHeight, part.scrollHeight])
  } }
  walk(document)
  return found
}"""
"""Parts of a page that are higher than the place that they have, so that what follows covers their end."""


def test_every_open_order_gets_its_chance_while_the_page_stays_alive(open_page: OpenPage, open_orders: list[str]) -> None:
    page = open_page("/")
    start_of(page).click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    expect(page.get_by_role("progressbar").first).to_be_visible()
    for order in open_orders:
        row = forecasts(page).filter(has_text=order).first
        expect(row).to_contain_text(re.compile(r"to\s[0-9]+%|due\slater|late\salready"))
    page.get_by_role("button", name=re.compile("^(pause|go on)$")).click()  # the pause button, while they are booked
    expect(page.get_by_text(re.compile("· paused")).first).to_be_visible()
    expect(page.get_by_text(re.compile(r"^200 futures, .* in [0-9.]+ s\.$")).first).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).not_to_be_visible()
    for picture in ("Orders in time, of the", "Revenue, EUR, of what leaves", "Result, EUR, of 200 futures"):
        expect(page.locator(f".spread[aria-label^='{picture}']")).to_be_visible()
    page.get_by_role("button", name=re.compile("^(pause|go on)$")).click()
    expect(page.get_by_text(re.compile("· simulated")).first).to_be_visible()


def test_on_a_phone_no_card_covers_another_and_what_was_done_before_it_was_cancelled_is_shown(
    open_page: OpenPage, open_orders: list[str]
) -> None:
    page = open_page("/", theme="dark", width=390, height=844)
    expect(start_of(page)).to_be_visible()
    for height in (2000, 1200, 844):  # as high as the page, as a long phone, as a phone
        page.set_viewport_size({"width": 390, "height": height})
        assert page.evaluate(CUT_OFF) == [], height
    start_of(page).click()
    expect(page.get_by_text(re.compile(r"[0-9]+ of 200 are booked")).first).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled: not all that was asked for.").first).to_be_visible()
    expect(forecasts(page).filter(has_text=open_orders[0]).first).to_be_visible()
    expect(start_of(page)).to_be_enabled()
    assert page.evaluate(SIDEWAYS) == []


@pytest.mark.slow
@pytest.mark.interop
def test_a_live_plant_has_futures_and_says_what_nobody_knows(open_page: OpenPage, root: Path, tmp_path: Path) -> None:
    """Virtual controllers, the bridge over real sockets, MES and ERP, the page: nobody knows a seed, or a total of what is under way."""
    shop = copy_at_free_ports(root / "plant_models/gearbox_shop", tmp_path / "gearbox_shop")
    scenario = root / "scenarios/gearbox_shop/baseline.yaml"
    with script("twin", "live", shop, "--scenario", scenario, "--speed", 600, "--port", 0, cwd=root, log=tmp_path / "log") as lived:
        page = open_page("/", at=lived.wait_for("ready")["address"])
        expect(page.get_by_text(re.compile("· live")).first).to_be_visible()
        expect(page.locator("tr", has_text="B1").first).to_be_visible()
        page.get_by_role("combobox", name="machines from now on").click()
        page.get_by_role("menuitem", name="one more at Gear hobbing").click()
        start_of(page).click()
        done = re.compile(r"^200 futures, .*, with one more at Gear hobbing from now on, in [0-9.]+ s\.$")
        expect(page.get_by_text(done).first).to_be_visible(timeout=120_000)
        expect(page.get_by_text(re.compile("[0-9]+ things that nobody reported were assumed")).first).to_be_visible()
        expect(forecasts(page).first).to_contain_text(re.compile(r"to\s[0-9]+%|due\slater|late\salready"))
        page.close()
        assert lived.end() == 0
