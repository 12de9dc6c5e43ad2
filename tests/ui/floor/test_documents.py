"""The documents page of a shop with a new work instruction: it is read and acknowledged there, by hand, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import OpenPage, served
from tests.ui.test_pages import SIDEWAYS, wait_until

pytestmark = pytest.mark.ui
LEAD = "1 d 3 h"
SCENARIO = "scenarios/gearbox_shop/new_instruction.yaml"


@pytest.fixture(scope="module")
def documents_address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The shop on Tuesday morning, three hours after revision C became valid, in real time."""
    with served(root, tmp_path_factory.mktemp("documents"), "--scenario", SCENARIO, "--lead", LEAD) as where:
        yield where


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("menuitem", name=option, exact=True).click()


def test_who_has_not_read_the_valid_revision_reads_it_acknowledges_it_and_is_refused_the_second_time(
    open_page: OpenPage, documents_address: str
) -> None:
    page = open_page("/documents", at=documents_address)
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


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1440)])
def test_the_page_fits_a_phone_and_the_dark(open_page: OpenPage, documents_address: str, theme: str, width: int) -> None:
    page = open_page("/documents", at=documents_address, theme=theme, width=width)
    wait_until(page, dark=theme == "dark")
    expect(page.get_by_text("Clamp on the bore.")).to_be_visible()
    assert page.evaluate(SIDEWAYS) == []
