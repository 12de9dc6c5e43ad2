"""The hand-over page in a real browser: what the shift did, a note, the hand-over, and the signatures of both shifts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import twin
from tests.ui.conftest import OpenPage, served
from tests.ui.test_pages import SIDEWAYS, wait_until

pytestmark = pytest.mark.ui
LEAD = "1 d 9 h"
SHIFT = "2026-03-03 early"


@pytest.fixture(scope="module")
def handover_address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The shop on Tuesday at three in the afternoon: the early shift is over, the late one has begun."""
    with served(root, tmp_path_factory.mktemp("handover"), "--lead", LEAD) as where:
        yield where


def choose(page: Page, label: str, option: str, which: int = 0) -> None:
    page.get_by_role("combobox", name=label).nth(which).click()
    page.get_by_role("menuitem", name=option).click()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_shows_what_the_early_shift_did(open_page: OpenPage, handover_address: str, root: Path, theme: str) -> None:
    page = open_page("/handover", at=handover_address, theme=theme)
    wait_until(page, dark=theme == "dark")
    choose(page, "shift", SHIFT)
    report = twin.simulate(root / "plant_models/gearbox_shop", until=LEAD, seed=1).handover(SHIFT)
    assert report["stops"]
    assert report["people"]
    dearest = report["stops"][0]
    expect(page.locator("tr", has_text=dearest["title"]).filter(has_text=f"{dearest['cost']:,.2f}").first).to_be_visible()
    best = max(report["people"], key=lambda it: it["work_h"])
    expect(page.locator("tr", has_text=best["person"].title()).filter(has_text=f"{best['work_h']:,.2f} h").first).to_be_visible()


def test_a_note_is_left_and_both_shifts_sign(open_page: OpenPage, handover_address: str) -> None:
    page = open_page("/handover", at=handover_address)
    choose(page, "shift", SHIFT)
    page.get_by_role("button", name="Leave note").click()
    expect(page.get_by_text("it says nothing").first).to_be_visible()
    page.get_by_role("textbox", name="note to the next shift").fill("hobber 2 sings at high speed")
    page.get_by_role("button", name="Leave note").click()
    expect(page.locator("tr", has_text="hobber 2 sings at high speed").first).to_contain_text("Anna")
    page.get_by_role("textbox", name="secret").fill("long enough")
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_text("the shift is not handed over yet; allowed: Hand over, then sign").first).to_be_visible()
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("The shift is handed over; both shifts sign now.").first).to_be_visible()
    page.get_by_role("textbox", name="secret").fill("long enough")
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_text("Signed by the old shift alone by Anna").first).to_be_visible()
    choose(page, "person", "Ivan", which=1)
    choose(page, "meaning", "I take this over")
    page.get_by_role("textbox", name="secret").fill("short")
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_text("a secret needs 8 signs or more").first).to_be_visible()
    page.get_by_role("textbox", name="secret").fill("another secret")
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_text("Signed by both shifts by Anna").first).to_be_visible()
    expect(page.locator("tr", has_text="taken over").first).to_contain_text("Ivan")


def test_nothing_scrolls_sideways_on_a_phone(open_page: OpenPage, handover_address: str) -> None:
    page = open_page("/handover", at=handover_address, width=390, height=844)
    expect(page.get_by_text("Hand over and sign").first).to_be_visible()
    page.wait_for_timeout(800)
    assert page.evaluate(SIDEWAYS) == []
