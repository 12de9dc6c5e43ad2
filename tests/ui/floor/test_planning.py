"""The page Schedule as a planner uses it: plan anew, see what would change, publish; and then the MES goes by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import LEAD
from tests.ui.floor.conftest import PHONE, Viewer, shop
from tests.ui.test_pages import SIDEWAYS

pytestmark = pytest.mark.ui


@pytest.fixture(scope="module")
def planned(root: Path) -> Iterator[str]:
    with shop(root, LEAD) as (_, address):
        yield f"{address}/schedule"


def test_a_planner_sees_what_would_change_and_publishes(viewer: Viewer, planned: str) -> None:
    page = viewer.look(planned)
    expect(page.get_by_text("No schedule is published").first).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).not_to_be_visible()
    page.get_by_role("button", name="Re-plan").click()
    expect(page.get_by_text(re.compile(r"By the rule .*: \d+ of \d+ open orders late; .* keep unit and sequence\.")).first).to_be_visible()
    expect(page.locator("td[data-name='Leaves by this schedule']").first).to_be_visible()
    page.get_by_text(re.compile(r"What each of \d+ rules gives from the same start")).first.click()
    expect(page.locator("tr", has_text="what needs the shortest set-up (set-up avoidance)").first).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Not published: nobody has signed it").first).to_be_visible()
    page.get_by_role("combobox", name="who are you?").click()
    page.get_by_role("menuitem", name="Nora", exact=True).click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published: job orders go in this sequence from now on.").first).to_be_visible()
    expect(page.locator("td[data-name='Standing']", has_text=re.compile("late|at risk|on track")).first).to_be_visible()
    again = viewer.look(planned, anew=True, theme="dark", width=PHONE, height=844)
    expect(again.get_by_text("The schedule that holds was published by").first).to_be_visible()
    assert again.evaluate(SIDEWAYS) == []
