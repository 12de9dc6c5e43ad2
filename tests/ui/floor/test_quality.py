"""The quality page of a shop in which teeth are measured and the hob wears: charts, holds, nonconformances, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import twin
from tests.ui.conftest import OpenPage, served
from tests.ui.test_pages import SIDEWAYS, wait_until

pytestmark = pytest.mark.ui
LEAD = "4 d"
SCENARIO = "scenarios/gearbox_shop/measured_teeth.yaml"


@pytest.fixture(scope="module")
def quality_address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The shop four days after its start, in real time."""
    with served(root, tmp_path_factory.mktemp("quality"), "--scenario", SCENARIO, "--lead", LEAD) as where:
        yield where


@pytest.fixture(scope="module")
def same_run(root: Path) -> twin.Run:
    """What the page must show."""
    return twin.simulate(root / "plant_models/gearbox_shop", root / SCENARIO, until=LEAD, seed=1)


def points_drawn(page: Page) -> list[int]:
    """How many points each figure of the page holds."""
    return page.evaluate("""() => Bokeh.documents.flatMap(d => [...d._all_models.values()])
        .filter(m => m.type === "ColumnDataSource" && m.data.signal !== undefined).map(m => m.data.value.length)""")  # type: ignore[no-any-return]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_shows_what_is_held_and_why(open_page: OpenPage, quality_address: str, same_run: twin.Run, theme: str) -> None:
    page = open_page("/quality", at=quality_address, theme=theme)
    wait_until(page, dark=theme == "dark")
    held = same_run.holds
    assert len(held), "nothing is held at this moment: take another LEAD"
    for _, row in held.iterrows():
        shown = page.locator("tr", has_text=row["reason"]).first
        expect(shown).to_contain_text(row["lot"])
    wrong = same_run.nonconformances
    expect(page.locator("tr", has_text=wrong["description"][0]).first).to_contain_text("contained")
    expect(
        page.get_by_text(f"{len(same_run.mes.quality.inspections.all)} of {len(same_run.mes.quality.inspections.all)}").first
    ).to_be_visible()


def test_a_chart_is_drawn_with_its_points_and_another_can_be_chosen(open_page: OpenPage, quality_address: str, same_run: twin.Run) -> None:
    page = open_page("/quality", at=quality_address)
    count = len(same_run.control_chart("tooth_trace"))
    expect(page.get_by_text("xbar r, limits stand since point 8").first).to_be_visible()
    assert sorted(points_drawn(page)) == [count, count]
    page.get_by_role("combobox", name="chart").click()
    page.get_by_role("menuitem", name="noise").click()
    expect(page.get_by_text("i mr, ").first).to_be_visible()
    page.wait_for_timeout(1200)
    assert max(points_drawn(page)) == len(same_run.control_chart("noise"))


def test_nothing_scrolls_sideways_on_a_phone(open_page: OpenPage, quality_address: str) -> None:
    page = open_page("/quality", at=quality_address, width=390, height=844)
    expect(page.get_by_text("Nonconformances and corrective actions").first).to_be_visible()
    page.wait_for_timeout(800)
    assert page.evaluate(SIDEWAYS) == []
