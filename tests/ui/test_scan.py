"""The scanner page in a real browser: a scanner that types like a keyboard works a job order from badge to done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.ports import free_port
from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.rooms.apps.test_entries import wait_until
from tests.ui.conftest import OpenPage
from tests.ui.test_pages import SIDEWAYS
from tests.ui.test_pages import wait_until as wait_until_drawn
from twin.apps.feed import Feed
from twin.apps.feeds import by_hand
from twin.apps.scanning.scanner import ONE_SCAN_S
from twin.apps.server import PageServer
from twin.model.events import JobOrderCommand
from twin.model.states import DispatchStatus

pytestmark = pytest.mark.ui


@pytest.fixture(scope="module")
def feed() -> Iterator[Feed]:
    feed = by_hand(hand_shop(), two_orders(), seed=1, speed=1)
    feed.start()
    wait_until(lambda: len(feed.run.mes.job_orders) >= 4)
    yield feed
    feed.stop()
    assert not feed.failure, feed.failure


@pytest.fixture(scope="module")
def server(feed: Feed) -> Iterator[PageServer]:
    with PageServer(feed, free_port()) as server:
        yield server


def types(page: Page, code: str, hears: str) -> None:
    """As a scanner does: 5 ms a key, then Enter, wherever the focus is."""
    page.keyboard.type(code, delay=5)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text=hears)).to_be_visible()


def test_a_job_order_is_worked_with_a_scanner_alone(open_page: OpenPage, server: PageServer, feed: Feed) -> None:
    page = open_page("/scan?terminal=scanner 7", at=server.address, theme="dark")
    wait_until_drawn(page, dark=True)
    expect(page.get_by_text("Scan your badge.")).to_be_visible()
    expect(page.get_by_label("Scan or type a code")).to_be_focused()
    types(page, "PERSON:olga", "olga scans here")
    types(page, "UNIT:mill_1", "at mill_1")
    page.get_by_text("Scanned last").click()  # the focus is nowhere
    types(page, "JOB:A-VALVE/10", "A-VALVE/10 begins at mill_1")
    types(page, "LOT:A-VALVE", "Lot A-VALVE is at mill_1")
    types(page, "JOB:A-VALVE/10", "mill_1 is set up for A-VALVE/10")
    page.wait_for_timeout(ONE_SCAN_S * 1000)  # twice at once is one scan
    types(page, "JOB:A-VALVE/10", "5 are left; scan it again if all of them are good")
    page.wait_for_timeout(ONE_SCAN_S * 1000)
    types(page, "JOB:A-VALVE/10", "A-VALVE/10 is complete")
    assert feed.run.mes.job_orders["A-VALVE/10"].status == DispatchStatus.COMPLETED
    types(page, "DO:undo", "a count is not undone by a scan")
    types(page, "LOT:nothing", "No lot 'nothing'")
    expect(page.locator("tr.bad", has_text="LOT:nothing")).to_be_visible()
    expect(page.locator("tr.good", has_text="JOB:A-VALVE/10").first).to_be_visible()
    page.emulate_media(color_scheme="light")
    wait_until_drawn(page, dark=False)


def test_a_person_types_presses_undo_and_hears_that_there_is_no_camera(open_page: OpenPage, server: PageServer, feed: Feed) -> None:
    page = open_page("/scan", at=server.address, width=390, height=844)
    field = page.get_by_label("Scan or type a code")
    field.fill("olga")
    field.press("Enter")
    expect(page.get_by_role("status").filter(has_text="olga scans here")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").filter(has_text="Undone: olga signed on")).to_be_visible()
    page.get_by_role("button", name="Camera").click()
    expect(page.get_by_text("The camera cannot be used: ")).to_be_visible()
    page.wait_for_timeout(500)
    assert page.evaluate(SIDEWAYS) == []


def test_what_is_scanned_while_the_server_is_away_is_kept_and_arrives_once(open_page: OpenPage, feed: Feed) -> None:
    port = free_port()
    with PageServer(feed, port) as server:
        page = open_page("/scan", at=server.address, width=390, height=844, may_fail=True)
        types(page, "PERSON:olga", "olga scans here")
        types(page, "UNIT:grinder_1", "at grinder_1")
        page.wait_for_function("navigator.serviceWorker.getRegistration('/scan').then((it) => Boolean(it && it.active))")
        page.wait_for_function(
            "Object.entries(localStorage).some(([key, it]) => key.startsWith('twin-shown:/scan') && it.includes('olga at'))"
        )
    types(page, "JOB:A-VALVE/20", "The server is away. 1 scan is kept here")
    page.reload()  # drawn from what it showed last
    expect(page.get_by_role("status").filter(has_text="The server is away. 1 scan is kept here")).to_be_visible()
    expect(page.get_by_text("olga at grinder_1")).to_be_visible()
    with PageServer(feed, port):
        expect(page.get_by_text("olga at grinder_1")).to_be_visible()
        expect(page.get_by_role("status").filter(has_text="A-VALVE/20 begins at grinder_1")).to_be_visible()
    begun = [it.event for it in feed.run.journal.entries() if isinstance(it.event, JobOrderCommand) and it.event.job_order == "A-VALVE/20"]
    assert [(it.command, it.person) for it in begun] == [("Start", "olga")]
    assert begun[0].effective_us < begun[0].recorded_us, "when it was scanned"
