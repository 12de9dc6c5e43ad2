"""The traceability page in a real browser: the tree both ways, where everything is, the recall drill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import twin
from tests.ui.conftest import LEAD
from tests.ui.floor.conftest import Viewer, shop
from tests.ui.test_pages import SIDEWAYS
from twin.results.tracing.on_page import trees

# The button for downloads of Panel's own makers gives Panel both names of one property, old and new.
pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("ignore:Both 'variant' and 'button_style':PendingDeprecationWarning")]
DELIVERY = "open-OIL"
FIELD = "Lot or serial number, typed or scanned"


@pytest.fixture(scope="module")
def traced(root: Path) -> Iterator[tuple[twin.Run, str]]:
    """The run that the pages show, and where."""
    with shop(root, LEAD) as (feed, address):
        yield feed.run, address


@pytest.fixture(scope="module")
def shipped(traced: tuple[twin.Run, str]) -> str:
    """A lot that a customer has."""
    run, _ = traced
    with run.lock:
        return run.recall(DELIVERY).customers[0].lots[0]


@pytest.fixture
def page(viewer: Viewer, traced: tuple[twin.Run, str]) -> Page:
    """Where nothing is asked for yet."""
    return viewer.look(f"{traced[1]}/trace?lot=nothing-like-it")


def ask_for(page: Page, lot: str) -> None:
    page.get_by_label(FIELD).fill(lot)
    page.get_by_label(FIELD).press("Enter")


def test_without_a_lot_there_is_no_label_to_press(page: Page) -> None:
    label = page.get_by_role("button", name="Label", exact=True)
    expect(page.get_by_label(FIELD)).to_be_visible()
    expect(label).to_have_count(0)
    ask_for(page, DELIVERY)
    expect(label).to_be_visible()


def test_a_lot_is_shown_with_a_quantity_at_each_edge_backward_and_forward(
    page: Page, viewer: Viewer, traced: tuple[twin.Run, str], shipped: str
) -> None:
    run, _ = traced
    with run.lock:
        back, _ = trees(run, run.trace(shipped))
        _, forward = trees(run, run.trace(DELIVERY))
    assert back
    assert len(forward) > 3
    for theme, lot, tree in (("light", shipped, back), ("dark", DELIVERY, forward)):
        viewer.look(viewer.at, theme=theme)
        ask_for(page, lot)
        nodes = page.get_by_role("treeitem")
        expect(nodes.first).to_contain_text(tree[0].lot)
        expect(nodes).to_have_count(len(tree))
        for line, node in zip(nodes.all_inner_texts(), tree, strict=True):
            assert node.quantity in line
            assert node.lot in line
        expect(page.locator("tr", has_text="shipped").filter(has_text=shipped).first).to_be_visible()
        if lot == shipped:
            expect(page.get_by_text("piece = ").first).to_be_visible()
        viewer.fits_a_phone(viewer.at, theme)


def test_a_lot_of_the_tree_is_traced_next_and_a_scanned_one_too(page: Page, shipped: str) -> None:
    ask_for(page, shipped)
    page.get_by_role("treeitem").filter(has_text=DELIVERY).get_by_role("button").first.click()
    expect(page.get_by_label(FIELD)).to_have_value(DELIVERY)
    expect(page.get_by_text("Nothing: it came from outside.")).to_be_visible()
    field = page.get_by_label(FIELD)
    field.fill("")
    field.press_sequentially(f"LOT:{shipped}", delay=5)
    field.press("Enter")
    expect(field).to_have_value(shipped)
    ask_for(page, "LOT:nothing-like-it")
    expect(page.get_by_text("No lot 'nothing-like-it'").first).to_be_visible()


def test_the_label_of_the_lot_can_be_printed(page: Page, shipped: str) -> None:
    ask_for(page, shipped)
    with page.expect_download() as waiting:
        page.get_by_text("Label", exact=True).first.click()
    sheet = Path(waiting.value.path()).read_text()
    assert f"<p class='title'>{shipped}</p>" in sheet


def test_a_recall_lists_customers_and_what_is_in_house(page: Page, viewer: Viewer, traced: tuple[twin.Run, str]) -> None:
    run, _ = traced
    ask_for(page, DELIVERY)
    page.get_by_role("button", name="Recall this lot").click()
    with run.lock:
        found = run.recall(DELIVERY)
    assert found.customers
    expect(page.get_by_text(found.headline)).to_be_visible()
    for it in found.customers:
        expect(page.locator("tr.bad", has_text=it.order).first).to_contain_text(f"{it.quantity:,} {it.unit}")
    for it in found.in_house:
        expect(page.locator("tr.warn", has_text=it.lot).first).to_be_visible()
    expect(page.get_by_role("heading", name="Lots affected")).to_be_visible()
    viewer.fits_a_phone(viewer.at)
    hold = page.get_by_role("button", name="Hold all that is in house")
    hold.click()
    expect(page.get_by_text("Refused: Say who you are first, above.").first).to_be_visible()
    page.get_by_role("combobox", name="who are you?").click()
    page.get_by_role("menuitem", name="Clara", exact=True).click()
    hold.click()
    expect(page.get_by_text("Refused: a hold needs a reason").first).to_be_visible()
    page.get_by_label("reason").fill("water in the oil")
    with run.lock:
        loose = run.recall(DELIVERY).to_hold
    hold.click()
    expect(page.get_by_text(f"Held: {loose[0]}").first).to_be_visible()
    with run.lock:
        assert set(loose) <= set(run.mes.tracking.restricted)
        assert not set(loose) & set(run.recall(DELIVERY).to_hold)
    page.get_by_label("from, as 2026-03-03 06:00").fill("yesterday")
    page.get_by_role("button", name="Recall what was on it").click()
    expect(page.get_by_text("'yesterday' is no instant").first).to_be_visible()


def test_how_a_lot_was_built_is_shown_when_it_is_asked_for(page: Page, traced: tuple[twin.Run, str], shipped: str) -> None:
    ask_for(page, shipped)
    page.get_by_role("button", name="How it was built").click()
    expect(page.get_by_text(f"Lot {shipped}: ").first).to_be_visible()
    run, _ = traced
    with run.lock:
        first = run.as_built(shipped).operations[0]
    expect(page.locator("tr", has_text=first["persons"][0]).filter(has_text=first["start"]).first).to_be_visible()
    assert page.evaluate(SIDEWAYS) == []
