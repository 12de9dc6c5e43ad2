"""The stock page in a real browser: what is there, the filter, what a person says, and that it fits a phone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

import twin
from tests.pdf_text import words_of
from tests.ui.conftest import OpenPage, served
from tests.ui.test_pages import SIDEWAYS, wait_until
from twin.results.warehouse.packages import packages_now

pytestmark = pytest.mark.ui
LEAD = "1 d 6 h"
SCENARIO = "scenarios/gearbox_shop/packed.yaml"


@pytest.fixture(scope="module")
def stock_address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The shop with a warehouse, in real time."""
    with served(root, tmp_path_factory.mktemp("stock"), "--scenario", SCENARIO, "--lead", LEAD) as where:
        yield where


@pytest.fixture(scope="module")
def same_run(root: Path) -> twin.Run:
    """What the page must show."""
    return twin.simulate(root / "plant_models/gearbox_shop", root / SCENARIO, until=LEAD, seed=1)


def test_the_page_shows_lots_bins_and_picks_and_leaves_what_was_asked_for(
    open_page: OpenPage, stock_address: str, same_run: twin.Run
) -> None:
    page = open_page("/stock", at=stock_address, theme="dark", width=390, height=844)
    wait_until(page, dark=True)
    expect(page.get_by_text("Cycle counts").first).to_be_visible()
    page.wait_for_timeout(800)
    assert page.evaluate(SIDEWAYS) == []
    page.emulate_media(color_scheme="light")
    wait_until(page, dark=False)
    page.set_viewport_size({"width": 1440, "height": 900})
    oil = same_run.bins().query("lot == 'open-OIL'").iloc[0]
    row = page.locator("tr", has_text="open-OIL").first
    expect(row).to_contain_text(f"{oil['quantity']:,}")
    expect(row).to_contain_text(oil["bin"])
    expect(row).to_contain_text("Sat 7 Mar, 23:00")
    shipped = same_run.pick_lists().iloc[-1]
    expect(page.locator("tr", has_text=shipped["pick_list"]).first).to_contain_text(shipped["order"])
    expect(page.locator("tr", has_text="open-CAST1").first).to_be_visible()
    page.get_by_label("material, lot, bin or order").fill("open-oil")
    expect(page.locator("tr", has_text="open-CAST1")).to_have_count(0)
    expect(page.locator("tr", has_text="open-OIL").first).to_be_visible()
    a_count_that_makes_no_sense_is_refused_in_words_below_the_fields(page)
    what_was_packed_has_its_weight_and_its_list(page, same_run)
    stock_is_taken_away_as_a_workbook(page)


def stock_is_taken_away_as_a_workbook(page: Page) -> None:
    """Every material that the page shows, and all lots, whatever the filter says."""
    with page.expect_download() as taken:
        page.get_by_role("button", name="Excel").or_(page.get_by_role("link", name="Excel")).first.click()
    assert taken.value.suggested_filename == "gearbox_shop_stock.xlsx"
    found = load_workbook(io.BytesIO(Path(taken.value.path()).read_bytes()))
    assert {"Materials", "Lots", "Bins"} <= set(found.sheetnames)
    assert {"open-OIL", "open-CAST1"} <= {row[0] for row in found["Lots"].iter_rows(min_row=5, values_only=True)}


def what_was_packed_has_its_weight_and_its_list(page: Page, run: twin.Run) -> None:
    """On the page, on the list that is taken away, and by the run."""
    first = packages_now(run)[-1]
    row = page.locator("tr", has_text=first.package).last
    expect(row).to_contain_text(f"{first.quantity} of {first.content[0][0]}")
    expect(row).to_contain_text(first.weight)
    page.get_by_role("combobox", name="packing list of order").click()
    page.get_by_role("menuitem", name=first.order, exact=True).click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Packing list").or_(page.get_by_role("link", name="Packing list")).first.click()
    said = words_of(Path(taken.value.path()).read_bytes())
    assert said[0].endswith(f"Packing list of {first.order}")
    assert {first.package, first.weight, "Packages: 1"} <= set(said)


def say(page: Page, quantity: str, person: str = "Marek") -> None:
    """Count the small castings in the first bin of blanks and castings."""
    if person:
        page.get_by_role("combobox", name="who are you?", exact=True).click()
        page.get_by_role("menuitem", name=person).click()
    page.get_by_label("lot", exact=True).fill("open-CAST1")
    page.get_by_label("quantity", exact=True).fill(quantity)
    page.get_by_role("combobox", name="bin", exact=True).click()
    page.get_by_role("menuitem", name="cellar_1", exact=True).click()
    page.get_by_role("button", name="Counted").click()


def a_count_that_makes_no_sense_is_refused_in_words_below_the_fields(page: Page) -> None:
    say(page, "many", person="")
    expect(page.get_by_text("Refused: 'many' is no number of units").first).to_be_visible()
    say(page, "5")
    expect(page.get_by_text("Refused: 'CAST1' may not lie in zone 'cellar'").first).to_be_visible()
