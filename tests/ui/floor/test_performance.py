"""The performance page in a real browser: a figure opened down to the journal, the bottleneck, downtime, output against plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

import twin
from tests.ui.conftest import OpenPage, served
from tests.ui.floor.test_handover import choose
from tests.ui.test_pages import SIDEWAYS, wait_until

pytestmark = pytest.mark.ui
LEAD = "1 d 9 h"


@pytest.fixture(scope="module")
def performance_address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The shop on Tuesday afternoon, in real time: figures hardly move while we look."""
    with served(root, tmp_path_factory.mktemp("performance"), "--lead", LEAD) as where:
        yield where


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_figure_opens_down_to_what_was_reported(open_page: OpenPage, performance_address: str, root: Path, theme: str) -> None:
    run = twin.simulate(root / "plant_models/gearbox_shop", until=LEAD, seed=1)
    page = open_page("/performance", at=performance_address, theme=theme)
    wait_until(page, dark=theme == "dark")
    choose(page, "of", "Grinding machine 1")
    choose(page, "indicator", "setup rate")
    opened = run.drill("setup_rate", "equipment", "grinder_1")
    expect(page.locator("tr.total", has_text="setup rate").first).to_contain_text("ASUT / (APT + ASUT)")
    shown = opened.table[opened.table["element"] == "asut"].iloc[0]
    expect(page.locator("tr", has_text=shown["entry"][:12]).first).to_contain_text(shown["job_order"])
    first = run.bottleneck().iloc[0]["equipment"]
    title = run.plant.layout.work_units[first].title
    expect(page.locator("tr.bad", has_text=title).first).to_be_visible()
    whole = page.locator("tr.total", has_text="All that was bought, at standard cost").first
    expect(whole).to_contain_text(re.compile(r"[\d,]+\.\d\d EUR\s*\d+\.\d%\s*\d+\.\d%\s*\d+\.\d%\s*0\.0%\s*0\.0%"))
    choose(page, "scope", "area")
    choose(page, "of", "hard machining")
    choose(page, "indicator", "teep")
    shown = page.locator("tr.total", has_text="teep").first
    expect(shown).to_contain_text("OEE * PBT / calendar time")
    expect(shown).to_contain_text(re.compile(r"\d\d\.\d\d%"))  # which number, time goes on to change


def test_nothing_scrolls_sideways_on_a_phone(open_page: OpenPage, performance_address: str) -> None:
    page = open_page("/performance", at=performance_address, width=390, height=844)
    expect(page.get_by_text("Output against forecast and plan, pieces").first).to_be_visible()
    page.wait_for_timeout(800)
    assert page.evaluate(SIDEWAYS) == []
