"""The performance page in a real browser: a figure opened down to the journal, the bottleneck, downtime, output against plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

import twin
from tests.ui.floor.conftest import Viewer, shop
from tests.ui.floor.test_handover import choose

pytestmark = pytest.mark.ui
LEAD = "1 d 9 h"


@pytest.fixture(scope="module")
def performed(root: Path) -> Iterator[tuple[twin.Run, str]]:
    """The shop on Tuesday afternoon, nearly at rest: figures hardly move while we look."""
    with shop(root, LEAD) as (feed, address):
        yield feed.run, f"{address}/performance"


def test_a_figure_opens_down_to_what_was_reported(viewer: Viewer, performed: tuple[twin.Run, str]) -> None:
    run, address = performed
    with run.lock:
        opened, first = run.drill("setup_rate", "equipment", "grinder_1"), run.bottleneck().iloc[0]["equipment"]
    for theme in ("dark", "light"):
        page = viewer.look(address, theme=theme)
        choose(page, "of", "Grinding machine 1")
        choose(page, "indicator", "setup rate")
        expect(page.locator("tr.total", has_text="setup rate").first).to_contain_text("ASUT / (APT + ASUT)")
        shown = opened.table[opened.table["element"] == "asut"].iloc[0]
        expect(page.locator("tr", has_text=shown["entry"][:12]).first).to_contain_text(shown["job_order"])
        title = run.plant.layout.work_units[first].title
        expect(page.locator("tr.bad", has_text=title).first).to_be_visible()
        expect(page.get_by_text("Their signals are not kept here: a plant that is simulated has none")).to_be_visible()
        whole = page.locator("tr.total", has_text="All that was bought, at standard cost").first
        expect(whole).to_contain_text(re.compile(r"[\d,]+\.\d\d EUR\s*\d+\.\d%\s*\d+\.\d%\s*\d+\.\d%\s*0\.0%\s*0\.0%"))
        expect(page.get_by_text("Output against forecast and plan, pieces").first).to_be_visible()
        viewer.fits_a_phone(address, theme)
    viewer.look(address)
    choose(page, "scope", "area")
    choose(page, "of", "hard machining")
    choose(page, "indicator", "teep")
    figure = page.locator("tr.total", has_text="teep").first
    expect(figure).to_contain_text("OEE * PBT / calendar time")
    expect(figure).to_contain_text(re.compile(r"\d\d\.\d\d%"))  # which number, time goes on to change
