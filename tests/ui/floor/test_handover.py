"""The hand-over page in a real browser: what the shift did, a note, the hand-over, and the signatures of both shifts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import twin
from tests.ui.floor.conftest import Viewer, shop

pytestmark = pytest.mark.ui
LEAD = "1 d 9 h"
SHIFT = "2026-03-03 early"


@pytest.fixture(scope="module")
def handed_over(root: Path) -> Iterator[tuple[twin.Run, str]]:
    """The shop on Tuesday at three in the afternoon: the early shift is over, the late one has begun."""
    with shop(root, LEAD, "third_hobber") as (feed, address):  # a lathe has stood in the early shift
        yield feed.run, f"{address}/handover"


def choose(page: Page, label: str, option: str, which: int = 0) -> None:
    page.get_by_role("combobox", name=label).nth(which).click()
    page.get_by_role("menuitem", name=option, exact=True).click()


def test_the_page_shows_what_the_early_shift_did(viewer: Viewer, handed_over: tuple[twin.Run, str]) -> None:
    run, address = handed_over
    with run.lock:
        report = run.handover(SHIFT)
    assert report["stops"]
    assert report["people"]
    dearest = report["stops"][0]
    best = max(report["people"], key=lambda it: it["work_h"])
    for theme in ("dark", "light"):
        page = viewer.look(address, theme=theme)
        choose(page, "shift", SHIFT)
        expect(page.locator("tr", has_text=dearest["title"]).filter(has_text=f"{dearest['cost']:,.2f}").first).to_be_visible()
        expect(page.locator("tr", has_text=best["person"].title()).filter(has_text=f"{best['work_h']:,.2f} h").first).to_be_visible()
        expect(page.get_by_text("Hand over and sign").first).to_be_visible()
        viewer.fits_a_phone(address, theme)


def test_a_note_is_left_and_both_shifts_sign(viewer: Viewer, handed_over: tuple[twin.Run, str]) -> None:
    page = viewer.look(handed_over[1])
    choose(page, "shift", SHIFT)
    choose(page, "who are you?", "Anna")
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
    choose(page, "who are you?", "Ivan")
    choose(page, "meaning", "I take this over")
    page.get_by_role("textbox", name="secret").fill("short")
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_text("a secret needs 8 signs or more").first).to_be_visible()
    page.get_by_role("textbox", name="secret").fill("another secret")
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_text("Signed by both shifts by Anna").first).to_be_visible()
    expect(page.locator("tr", has_text="taken over").first).to_contain_text("Ivan")
