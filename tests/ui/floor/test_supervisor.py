"""The supervisor page and the maintenance page in a real browser: every press is an event with who, when and where, or is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.rooms.apps.office.test_supervising_forms import offered
from tests.ui.floor.conftest import Viewer, shop
from tests.ui.test_hand_forms import Forms
from twin.apps.feed import Feed
from twin.apps.terminals.supervising_forms import supervisor_forms
from twin.model.events import (
    AlarmAccepted,
    AlarmShelved,
    CalibrationPerformed,
    Entry,
    EntryRefused,
    JobOrderReassigned,
    LotExpedited,
    MaintenancePerformed,
    MaintenanceRequested,
    MaintenanceScheduled,
    MaintenanceStarted,
    PersonReassigned,
    RequestExpedited,
    SparePartIssued,
)
from twin.model.measures import US_PER_H
from twin.results.upkeep.supervising import supervisor_now

pytestmark = pytest.mark.ui


@pytest.fixture(scope="module")
def alarmed(root: Path) -> Iterator[tuple[Feed, str]]:
    with shop(root, "34 h", "answered_alarms") as both:
        yield both


@pytest.fixture(scope="module")
def maintained(root: Path) -> Iterator[tuple[Feed, str]]:
    with shop(root, "3 d 4 h", "maintained") as both:
        yield both


def said(feed: Feed, kind: type[Entry]) -> list[Any]:
    with feed.run.lock:
        return [entry.event for entry in feed.run.journal.entries() if isinstance(entry.event, kind)]


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).first.click()
    page.get_by_role("menuitem", name=option, exact=True).click()


def test_an_alarm_is_acknowledged_by_somebody_and_from_somewhere(viewer: Viewer, alarmed: tuple[Feed, str]) -> None:
    feed, address = alarmed
    page = viewer.look(f"{address}/supervisor")
    first = feed.look(lambda run: run.mes.alarms.calling()[0].alarm)
    page.get_by_role("button", name="Acknowledge").first.click()
    expect(page.get_by_text("Refused: nobody has signed it; allowed: one person, by id").first).to_be_visible()
    assert said(feed, AlarmAccepted) == []
    choose(page, "who are you?", "Ruth")
    page.get_by_role("button", name="Acknowledge").first.click()
    expect(page.get_by_text(f"{first} is acknowledged.").first).to_be_visible()
    event = said(feed, AlarmAccepted)[-1]
    assert (event.alarm, event.person, event.terminal) == (first, "ruth", "supervisor page")
    assert event.effective_us <= feed.now_us
    expect(page.get_by_text("acknowledged,").first).to_be_attached()


def test_shelving_needs_a_reason_and_is_refused_without_one(viewer: Viewer, alarmed: tuple[Feed, str]) -> None:
    feed, address = alarmed
    page = viewer.look(f"{address}/supervisor")
    choose(page, "who are you?", "Ruth")
    page.get_by_role("button", name="Shelve").first.click()
    expect(page.get_by_text("Refused: it needs a reason").first).to_be_visible()
    assert said(feed, EntryRefused)[-1].entry == "AlarmShelved"
    page.get_by_label("reason").fill("the insert is on order")
    page.get_by_label("reason").press("Tab")
    page.get_by_role("button", name="Shelve").first.click()
    expect(page.get_by_text("keeps quiet until").first).to_be_visible()
    event = said(feed, AlarmShelved)[-1]
    assert (event.person, event.terminal, event.reason) == ("ruth", "supervisor page", "the insert is on order")
    assert round((event.until_us - event.effective_us) / 3.6e9) == 1


def test_a_request_is_expedited(viewer: Viewer, alarmed: tuple[Feed, str]) -> None:
    feed, address = alarmed
    page = viewer.look(f"{address}/supervisor")
    choose(page, "who are you?", "Ruth")
    request, priority = next(
        iter(feed.look(lambda run: {n: it.priority for n, it in run.mes.requests.items() if it.answered_us < 0}).items())
    )
    assert priority != 10
    choose(page, "request", request)
    page.get_by_role("button", name="Expedite").click()
    expect(page.get_by_text(f"{request} has priority 10.").first).to_be_visible()
    assert feed.run.mes.requests[request].priority == 10
    assert said(feed, RequestExpedited)[-1].person == "ruth"
    expect(page.get_by_text(f"Priorities above 0: {request} 10").first).to_be_visible()
    page.get_by_role("button", name="Expedite").click()
    expect(page.get_by_text(f"Refused: request {request} has priority 10 already").first).to_be_visible()


def test_a_job_order_and_a_person_are_sent_to_another_unit(viewer: Viewer, alarmed: tuple[Feed, str]) -> None:
    feed, address = alarmed
    page = viewer.look(f"{address}/supervisor")
    choose(page, "who are you?", "Ruth")
    with feed.run.lock:
        waiting = supervisor_now(feed.run).waiting
        job, units = next((job, units) for job, units in waiting.items() if len(units) > 1)
        title, wanted = feed.run.plant.layout.work_units[units[-1]].title, feed.run.mes.supervision.wanted_at(units[-1])
        persons = feed.run.plant.layout.persons
    able, other = (next(it for it, known in persons.items() if bool(wanted & set(known.classes)) is may) for may in (True, False))
    choose(page, "job order", job)
    choose(page, "to unit", title)
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_text(f"{job} goes to {units[-1]}.").first).to_be_visible()
    event = said(feed, JobOrderReassigned)[-1]
    assert (event.job_order, event.equipment, event.person, event.terminal) == (job, units[-1], "ruth", "supervisor page")
    expect(page.get_by_text(f"{job} at {units[-1]}").first).to_be_visible()
    choose(page, "person", persons[other].title)
    page.get_by_role("combobox", name="to unit", exact=True).nth(1).click()
    page.get_by_role("menuitem", name=title, exact=True).click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text(f"Refused: {other} can do nothing at {units[-1]}").first).to_be_visible()
    choose(page, "person", persons[able].title)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text(f"{able} works at {units[-1]}.").first).to_be_visible()
    event = said(feed, PersonReassigned)[-1]
    assert (event.worker, event.equipment, event.person) == (able, units[-1], "ruth")
    expect(page.get_by_text(f"{able} at {units[-1]}").first).to_be_visible()


def test_a_lot_goes_first_and_an_alarm_is_out_of_service_until_it_is_returned(viewer: Viewer, alarmed: tuple[Feed, str]) -> None:
    feed, address = alarmed
    page = viewer.look(f"{address}/supervisor", anew=True)
    with feed.run.lock:
        lot, alarms = next(iter(offered(supervisor_forms(feed.run), "LotExpedited"))), feed.run.mes.alarms
        it = alarms.all[supervisor_now(feed.run).calling[0].key]
    desk = page.locator("[data-group=hot_lots]")
    desk.get_by_role("button", name="Let a lot go first").click()
    desk.get_by_label("Lot").select_option(lot)
    desk.get_by_role("button", name="It goes first").click()
    expect(desk.get_by_text("Reason: it is empty")).to_be_visible()
    desk.get_by_label("Reason").fill("their line stands")
    desk.get_by_role("button", name="It goes first").click()
    expect(page.get_by_text("Say who you are first, above.").first).to_be_visible()
    choose(page, "who are you?", "Ruth")
    desk.get_by_role("button", name="It goes first").click()
    expect(desk.get_by_text(f"{lot} is a hot lot: their line stands, says Ruth")).to_be_visible()
    event = said(feed, LotExpedited)[-1]
    assert (event.lot, event.person, event.terminal) == (lot, "ruth", "supervisor page")
    page.get_by_label("reason", exact=True).fill("its sensor is loose")
    page.get_by_label("reason", exact=True).press("Tab")
    page.get_by_role("button", name="Take out of service").first.click()
    expect(page.get_by_text(f"{it.alarm} is out of service until somebody returns it.").first).to_be_visible()
    assert it.state == "out of service"
    alarms_desk = page.locator("[data-group=alarms]")
    expect(alarms_desk.get_by_text("by Ruth: its sensor is loose")).to_be_visible()
    alarms_desk.get_by_role("button", name="Return an alarm to service").click()
    alarms_desk.get_by_role("button", name="It is heard again").click()
    expect(alarms_desk.get_by_text("Every alarm is in service.")).to_be_visible()
    assert it.state != "out of service"


def test_maintenance_is_started_and_done_with_its_parts(viewer: Viewer, maintained: tuple[Feed, str]) -> None:
    feed, address = maintained
    page = viewer.look(f"{address}/maintenance")
    expect(page.locator("tr", has_text="Grease the spindle").first).to_contain_text("overdue")
    choose(page, "maintenance", "M-spindle_1-1")
    choose(page, "who are you?", "Anna")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text("Refused: anna is no fitter, which this asks for; allowed: otto").first).to_be_visible()
    choose(page, "who are you?", "Otto")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text("It is in maintenance.").first).to_be_visible()
    page.get_by_role("button", name="Done", exact=True).click()
    expect(page.get_by_text("It is done.").first).to_be_visible()
    assert [(it.person, it.terminal) for it in [*said(feed, MaintenanceStarted)[-1:], *said(feed, MaintenancePerformed)]] == [
        ("otto", "maintenance page"), ("otto", "maintenance page"),
    ]  # fmt: skip
    assert [(it.material, it.quantity) for it in said(feed, SparePartIssued)] == [("GREASE", 1)]  # type: ignore[arg-type]
    assert feed.run.erp.ledger.balances["maintenance_material"] == 1250
    desk = Forms(page)
    desk.fills("Ask for it", equipment="CNC lathe 2", category="Before", description="new filter", due="2026-03-10 06:00")
    desk.hears("Ask for it: done")
    desk.fills(
        "Plan a window", "Keep it free", maintenance="R-lathe_2-1", begins="2026-03-10 08:00", ends="2026-03-10 06:00", assigned="Otto"
    )
    desk.refused("its window ends before it begins, or is past; allowed: from now on")
    desk.fills(
        "Plan a window", "Keep it free", maintenance="R-lathe_2-1", begins="2026-03-10 06:00", ends="2026-03-10 08:00", assigned="Otto"
    )
    desk.hears("Plan a window: done")
    expect(page.get_by_text("R-lathe_2-1, CNC lathe 2: Tue 10 Mar, 06:00 to Tue 10 Mar, 08:00, Otto")).to_be_visible()
    asked, planned = said(feed, MaintenanceRequested)[-1], said(feed, MaintenanceScheduled)[-1]
    assert (asked.category, asked.person, planned.assigned, planned.person) == ("planned", "otto", ("otto",), "otto")
    assert planned.until_us - planned.from_us == 2 * US_PER_H


def test_a_gauge_is_calibrated_by_who_may(viewer: Viewer, maintained: tuple[Feed, str]) -> None:
    feed, address = maintained
    page = viewer.look(f"{address}/maintenance")
    expect(page.locator("tr", has_text="Gear tester").first).to_contain_text("is not calibrated any more since Thu 5 Mar")
    choose(page, "who are you?", "Hanna")
    choose(page, "gauge", "Gear tester")
    page.get_by_role("button", name="It may be used").click()
    expect(page.get_by_text("It may be used again.").first).to_be_visible()
    assert said(feed, CalibrationPerformed)[-1].person == "hanna"
    expect(page.locator("tr", has_text="Gear tester").first).to_contain_text("may be used")


def test_nothing_scrolls_sideways_on_a_phone(viewer: Viewer, alarmed: tuple[Feed, str], maintained: tuple[Feed, str]) -> None:
    for path, (_, address) in (("maintenance", maintained), ("supervisor", alarmed)):
        for theme in ("light", "dark"):
            viewer.fits_a_phone(f"{address}/{path}", theme)
            expect(viewer.page.get_by_text("who are you?").first).to_be_visible()
