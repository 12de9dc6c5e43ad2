"""What people and programs see of a shift is the same of events that are told, recorded, live, and heard over OPC UA and Modbus."""

from __future__ import annotations

import json
from functools import partial

import pytest

from tests.rooms.apps.sources.as_shown import answers, of_the_plant, page
from tests.rooms.apps.sources.told_shift import a_shift
from twin.apps.server import PAGES
from twin.results.reports.batch_written import record_text
from twin.results.reports.handover_written import handover_text
from twin.results.run import Run

# The page with download buttons is made in this process: Panel Material UI itself gives Panel both names of one option.
pytestmark = pytest.mark.filterwarnings("ignore:Both 'variant' and 'button_style':PendingDeprecationWarning")
VIEWS = {
    "plant manager": {"/": "acme", "/performance": "jam", "/costs": "", "/floor": "coolant"},
    "shift leader": {"/handover": "it waits for coolant", "/supervisor": "coolant is low", "/schedule": "", "/maintenance": "Greasing"},
    "process engineer and quality": {
        "/quality": "dents", "/trace": "", "/documents": "WI-10", "/batch-records": "A-VALVE.1", "/audit-trail": "dents",
    },
    "operator": {"/terminal": "", "/scan": "Scan your badge", "/stock": "CASTING"},
    "office": dict.fromkeys(("/orders", "/material-plan", "/plans", "/purchasing", "/finance", "/month-end"), ""),
}  # fmt: skip
"""Who opens which page, and what stands there of the shift."""


def test_everyone_has_a_view_of_his_own_and_every_page_is_somebodys() -> None:
    assert sorted(path for paths in VIEWS.values() for path in paths) == sorted(PAGES)


@pytest.mark.parametrize("viewer", VIEWS)
def test_each_page_shows_the_same_told_recorded_and_live(viewer: str) -> None:
    shop = a_shift()
    for path, words in VIEWS[viewer].items():
        assert words in "\n".join(page(shop.run, path)), path
    assert shop.is_the_same_from_every_source(*(partial(page, path=path) for path in VIEWS[viewer]))


def test_a_program_elsewhere_is_answered_the_same_at_every_address() -> None:
    shop = a_shift()
    said = answers(shop.run)
    assert len(said) > 30
    assert {it.partition(" ")[0] for it in said.values()} == {"200"}
    assert "coolant is low" in said["/alarms"]
    assert shop.is_the_same_from_every_source(answers)


def handed_over(run: Run) -> str:
    return handover_text(run.handover())


def reviewed(run: Run) -> str:
    return of_the_plant(record_text(run.batch_record("A-VALVE.1")))


def performed(run: Run) -> str:
    """What another ERP is told."""
    return json.dumps(run.b2mml("performance"))


def test_a_report_is_the_same_the_moment_it_is_asked_for() -> None:
    shop = a_shift()
    assert "it waits for coolant" in handed_over(shop.run)
    assert "temperature is 56.5" in reviewed(shop.run)
    assert "A-VALVE.1/10" in performed(shop.run)
    assert shop.is_the_same_from_every_source(handed_over, reviewed, performed)
