"""The traceability page in a real browser: the tree both ways, where everything is, the recall drill."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

import twin
from tests.ui.conftest import LEAD, OpenPage
from tests.ui.test_pages import SIDEWAYS, wait_until
from twin.results.tracing.on_page import trees

pytestmark = pytest.mark.ui
DELIVERY = "open-OIL"


@pytest.fixture(scope="module")
def same_run(root: Path) -> twin.Run:
    """What the page must show."""
    return twin.simulate(root / "plant_models/gearbox_shop", until=LEAD, seed=1)


@pytest.fixture(scope="module")
def shipped(same_run: twin.Run) -> str:
    """A lot that a customer has."""
    return same_run.recall(DELIVERY).customers[0].lots[0]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_lot_is_shown_with_a_quantity_at_each_edge(
    open_page: OpenPage, same_run: twin.Run, shipped: str, theme: str
) -> None:  # fmt: skip
    page = open_page(f"/trace?lot={shipped}", theme=theme)
    wait_until(page, dark=theme == "dark")
    back, _ = trees(same_run, same_run.trace(shipped))
    assert back
    expect(page.get_by_role("treeitem").first).to_contain_text(back[0].lot)
    told = page.get_by_role("treeitem").all_inner_texts()
    assert len(told) == len(back)
    for line, node in zip(told, back, strict=True):
        assert node.quantity in line
        assert node.lot in line
    expect(page.locator("tr", has_text="shipped").first).to_contain_text(shipped)
    expect(page.get_by_text("piece = ").first).to_be_visible()


def test_without_a_lot_there_is_no_label_to_press(open_page: OpenPage) -> None:
    page = open_page("/trace?lot=nothing-like-it")
    label = page.get_by_role("button", name="Label", exact=True)
    expect(page.get_by_label("Lot, typed or scanned")).to_be_visible()
    expect(label).to_have_count(0)
    page.get_by_label("Lot, typed or scanned").fill(DELIVERY)
    page.get_by_label("Lot, typed or scanned").press("Enter")
    expect(label).to_be_visible()


def test_a_lot_of_the_tree_is_traced_next_and_a_scanned_one_too(open_page: OpenPage, shipped: str) -> None:
    page = open_page(f"/trace?lot={shipped}")
    field = page.get_by_label("Lot, typed or scanned")
    page.get_by_role("treeitem").filter(has_text=DELIVERY).get_by_role("button").first.click()
    expect(field).to_have_value(DELIVERY)
    expect(page.get_by_text("Nothing: it came from outside.")).to_be_visible()
    field.fill("")
    field.press_sequentially(f"LOT:{shipped}", delay=5)
    field.press("Enter")
    expect(field).to_have_value(shipped)
    field.fill("LOT:nothing-like-it")
    field.press("Enter")
    expect(page.get_by_text("No lot 'nothing-like-it'").first).to_be_visible()


def test_a_recall_lists_customers_and_what_is_in_house(open_page: OpenPage, same_run: twin.Run) -> None:
    page = open_page(f"/trace?lot={DELIVERY}")
    page.get_by_role("button", name="Recall this lot").click()
    found = same_run.recall(DELIVERY)
    assert found.customers
    expect(page.get_by_text(found.headline)).to_be_visible()
    for it in found.customers:
        expect(page.locator("tr.bad", has_text=it.order).first).to_contain_text(f"{it.quantity:,} {it.unit}")
    for it in found.in_house:
        expect(page.locator("tr.warn", has_text=it.lot).first).to_be_visible()
    page.get_by_label("from, as 2026-03-03 06:00").fill("yesterday")
    page.get_by_role("button", name="Recall what was on it").click()
    expect(page.get_by_text("'yesterday' is no instant").first).to_be_visible()


def test_the_label_of_the_lot_can_be_printed(open_page: OpenPage, shipped: str) -> None:
    page = open_page(f"/trace?lot={shipped}")
    with page.expect_download() as waiting:
        page.get_by_text("Label", exact=True).first.click()
    sheet = Path(waiting.value.path()).read_text()
    assert f"<p class='title'>{shipped}</p>" in sheet


def test_nothing_scrolls_sideways_on_a_phone(open_page: OpenPage) -> None:
    page = open_page(f"/trace?lot={DELIVERY}", width=390, height=844)
    page.get_by_role("button", name="Recall this lot").click()
    expect(page.get_by_role("heading", name="Lots affected")).to_be_visible()
    page.wait_for_timeout(800)
    assert page.evaluate(SIDEWAYS) == []
