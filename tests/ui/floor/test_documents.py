"""The documents page of a shop with a new work instruction: it is read and acknowledged there, by hand, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.floor.conftest import Viewer, shop
from tests.ui.floor.test_by_hand import Tablet

pytestmark = pytest.mark.ui
LEAD = "1 d 3 h"


@pytest.fixture(scope="module")
def instructed(root: Path) -> Iterator[str]:
    """The page of the shop on Tuesday morning, three hours after revision C became valid."""
    with shop(root, LEAD, "new_instruction") as (_, address):
        yield address


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("menuitem", name=option, exact=True).click()


def test_who_has_not_read_the_valid_revision_reads_it_acknowledges_it_and_is_refused_the_second_time(
    viewer: Viewer, instructed: str
) -> None:
    page = viewer.look(f"{instructed}/documents")
    row = page.locator("tr", has_text="Hob teeth")
    expect(row).to_contain_text("Clara, Karim")
    expect(page.get_by_text("Clamp on the bore.")).to_be_visible()
    button = page.get_by_role("button", name="I have read and understood it")
    button.click()
    expect(page.get_by_text("nobody has signed it; allowed: one person, by id")).to_be_visible()
    choose(page, "who are you?", "Clara")
    button.click()
    expect(page.get_by_text("Clara has acknowledged revision C of WI-30.")).to_be_visible()
    expect(row).not_to_contain_text("Clara")
    button.click()
    expect(page.get_by_text("Clara has acknowledged it already")).to_be_visible()


def test_the_page_fits_a_phone_and_the_dark(viewer: Viewer, instructed: str) -> None:
    for theme in ("light", "dark"):
        viewer.fits_a_phone(f"{instructed}/documents", theme)
        expect(viewer.page.get_by_text("Clamp on the bore.")).to_be_visible()


def test_the_tablet_shows_the_released_revision_and_whoever_reads_it_there_may_start(viewer: Viewer, instructed: str) -> None:
    page = viewer.look(f"{instructed}/terminal?center=hobbing")
    waiting = page.locator("li[data-job]", has=page.locator("[data-document='WI-30']")).first
    waiting.get_by_text("Hob teeth, instruction WI-30, revision C").click()
    words = waiting.get_by_text("Clamp on the bore.")
    expect(words).to_be_visible()
    expect(waiting).not_to_contain_text("Clamp on the journal.")
    expect(waiting).not_to_contain_text("Karim")
    tablet = Tablet(page)
    read = waiting.get_by_role("button", name="I have read and understood it")
    read.click()
    expect(page.get_by_role("status")).to_contain_text("Say who you are first")
    tablet.is_used_by("karim")
    read.click()
    tablet.hears("Revision C of WI-30 is read and understood: done")
    expect(waiting).to_contain_text("Karim")
    expect(words).to_be_visible()
    read.click()
    tablet.hears("Karim has acknowledged it already")
    for theme in ("light", "dark"):
        viewer.fits_a_phone(viewer.at, theme)
