"""The quality page of a shop in which teeth are measured and the hob wears: charts, holds, nonconformances, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import twin
from tests.ui.floor.conftest import Viewer, shop
from twin.model.events import GaugeMeasured

pytestmark = pytest.mark.ui
LEAD = "4 d"


@pytest.fixture(scope="module")
def measured(root: Path) -> Iterator[tuple[twin.Run, str]]:
    """The run that the page shows four days after its start, and where."""
    with shop(root, LEAD, "measured_teeth") as (feed, address):
        for n, (person, part) in enumerate((person, part) for person in ("anna", "boris") for part in (1, 2, 1, 2)):
            about = {"study": "tester", "characteristic": "tooth_trace", "part": str(part), "entry_id": f"measured {n}"}
            said = GaugeMeasured(effective_us=0, person=person, terminal="lab", value=5.0 * part + 0.1 * (n % 3), **about)
            assert feed.enter(said) == ""
        yield feed.run, f"{address}/quality"


def points_drawn(page: Page) -> list[int]:
    """How many points each figure of the page holds."""
    return page.evaluate("""() => Bokeh.documents.flatMap(d => [...d._all_models.values()])
        .filter(m => m.type === "ColumnDataSource" && m.data.signal !== undefined).map(m => m.data.value.length)""")  # type: ignore[no-any-return]


def test_the_page_shows_what_is_held_and_why(viewer: Viewer, measured: tuple[twin.Run, str]) -> None:
    run, address = measured
    with run.lock:
        held, wrong, inspected = run.holds, run.nonconformances, len(run.mes.quality.inspections.all)
    assert len(held), "nothing is held at this moment: take another LEAD"
    for theme in ("light", "dark"):
        page = viewer.look(address, theme=theme)
        for _, row in held.iterrows():
            expect(page.locator("tr", has_text=row["reason"]).first).to_contain_text(row["lot"])
        expect(page.locator("tr", has_text=wrong["description"][0]).first).to_contain_text("contained")
        expect(page.get_by_text(f"{inspected} of {inspected}").first).to_be_visible()
        judged = page.locator("tr", has_text="passed, on hold").first
        expect(judged).to_contain_text(re.compile(f"({'|'.join(held['lot'])}).*[0-9] [a-zA-Zµ]+"))
        expect(page.get_by_text("Nonconformances and corrective actions").first).to_be_visible()
        study = page.locator("tr", has_text="tester").first
        expect(study).to_contain_text(f"{run.gauge_studies['gauge_share'].iloc[0]:.1%}")
        expect(study).to_contain_text("good")
        expect(page.locator("tr", has_text=run.gauge_measurements()["entry"].iloc[0][:12]).first).to_contain_text("Anna")
        viewer.fits_a_phone(address, theme)


def test_a_chart_is_drawn_with_its_points_and_another_can_be_chosen(viewer: Viewer, measured: tuple[twin.Run, str]) -> None:
    run, address = measured
    with run.lock:
        count, count_of_noise = len(run.control_chart("tooth_trace")), len(run.control_chart("noise"))
    page = viewer.look(address)
    expect(page.get_by_text("Chart of mean and range of each sample (X-bar and R); limits stand since point 8").first).to_be_visible()
    assert sorted(points_drawn(page)) == [count, count]
    page.get_by_role("combobox", name="chart").click()
    page.get_by_role("menuitem", name="noise").click()
    expect(page.get_by_text("Chart of single values and their moving range (I and MR);").first).to_be_visible()
    page.wait_for_timeout(1200)
    assert max(points_drawn(page)) == count_of_noise
