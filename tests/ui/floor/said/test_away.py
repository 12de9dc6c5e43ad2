"""A tablet whose server is away: loaded anew it is there still, what is written on it is not lost, and entries arrive once and in order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.ports import free_port
from tests.rooms.apps.hand_shop import FINAL, hand_shop, two_orders
from tests.rooms.apps.test_entries import said_by_users, wait_until
from tests.ui.conftest import OpenPage
from tests.ui.floor.test_by_hand import Tablet
from tests.ui.test_pages import SIDEWAYS
from twin.apps.feed import Feed
from twin.apps.feeds import by_hand
from twin.apps.server import PageServer
from twin.apps.terminals.terminal import WorkTablet

pytestmark = pytest.mark.ui
WORKS = "navigator.serviceWorker.getRegistration('/terminal').then((it) => Boolean(it && it.active))"
SHOWN = "JSON.parse(localStorage.getItem('twin-shown:/terminal?center=boring') ?? '{}').WorkTablet?.props.now.units[0].state"
EXECUTE = 6


@pytest.fixture
def feed() -> Iterator[Feed]:
    feed = by_hand(hand_shop(final=FINAL), two_orders(), seed=1, speed=600)
    feed.start()
    wait_until(lambda: len(feed.run.mes.job_orders) >= 4)
    yield feed
    feed.stop()
    assert not feed.failure, feed.failure


def at_work(open_page: OpenPage, at: str) -> tuple[Tablet, str]:
    """A tablet at which olga works on a job order."""
    tablet = Tablet(open_page("/terminal?center=boring", at=at, width=390, height=844, theme="dark", may_fail=True))
    tablet.is_used_by("olga")
    job = tablet.starts_next()
    tablet.press("Set-up done")
    tablet.hears("Set-up done: done")
    expect(tablet.page.get_by_role("button", name="Count", exact=True)).to_be_visible()
    return tablet, job


def fails(route: Route) -> None:
    route.abort()


def test_what_is_entered_while_the_server_is_away_arrives_once_and_in_order_though_the_tablet_is_loaded_anew(
    open_page: OpenPage, feed: Feed
) -> None:
    port = free_port()
    with PageServer(feed, port) as server:
        tablet, job = at_work(open_page, server.address)
        page = tablet.page
        a_slow_server_loses_nothing_that_is_written(tablet)
        page.wait_for_function(WORKS)
        page.wait_for_function(f"{SHOWN} === {EXECUTE}")
    before = len(said_by_users(feed.run))
    tablet.counts(good="2")
    expect(page.get_by_text("1 entry is kept here")).to_be_visible()
    page.reload()
    line = page.get_by_text("The server is away. 1 entry is kept here and sent when it is back. What stands here is as of ")
    expect(line).to_be_visible()
    expect(page.locator("section[data-unit=mill_1]")).to_contain_text(job)
    assert page.evaluate(SIDEWAYS) == []
    tablet.counts(scrap="1", why_scrap="dimension")
    another_tab_knows_what_is_kept(page)
    tablet.press("Machine down")
    tablet.press("material jam")
    tablet.press("Count")
    form = page.locator("form")
    form.get_by_label("Good pieces", exact=True).fill("1")
    assert len(said_by_users(feed.run)) == before
    with PageServer(feed, port):
        expect(page.get_by_text("The server is back. End what you write")).to_be_visible()
        expect(form.get_by_label("Good pieces", exact=True)).to_have_value("1")
        form.get_by_role("button", name="Count", exact=True).click()
        expect(page.get_by_text("Connected")).to_be_visible()
        expect(page.get_by_role("button", name="Works again")).to_be_visible()
        wait_until(lambda: len(said_by_users(feed.run)) == before + 4)
        users = said_by_users(feed.run)[before:]
        assert [type(it).__name__ for it in users] == ["PiecesCounted", "PiecesCounted", "StopReported", "PiecesCounted"]
        assert [getattr(it, "good", None) for it in users] == [2, 0, None, 1]
        assert users[0].effective_us < users[1].effective_us < users[2].effective_us < users[0].recorded_us, "as of when each was pressed"
        assert feed.run.mes.equipment.records["mill_1"].since_us == users[2].effective_us
        report = feed.run.mes.execution.reports[job]
        assert (report.good, report.scrap) == (3, 1)


def a_slow_server_loses_nothing_that_is_written(tablet: Tablet) -> None:
    """It was taken for away, but it is the same: the page goes on as it is."""
    page = tablet.page
    tablet.press("Count")
    good = page.locator("form").get_by_label("Good pieces", exact=True)
    good.fill("4")
    page.context.route("**/liveness", fails)
    expect(page.get_by_text("The server is away.")).to_be_visible()
    page.context.unroute("**/liveness", fails)
    expect(page.get_by_text("Connected")).to_be_visible()
    expect(good).to_have_value("4")
    tablet.press("Cancel")


def another_tab_knows_what_is_kept(page: Page) -> None:
    """A page of the same work center that is opened now; of another, which this device never showed, there is nothing."""
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_text("2 entries are kept here")).to_be_visible()
    other.goto(page.url.replace("boring", "grinding"))
    expect(other.get_by_text("this page was never shown on this device")).to_be_visible()
    other.close()


def test_a_page_whose_session_is_gone_though_the_server_answers_is_loaded_anew(open_page: OpenPage, feed: Feed) -> None:
    """A server that was away between two looks, a connection that broke alone: the page said "Connected", and what stood there stayed."""
    with PageServer(feed, free_port()) as server:
        page = open_page("/terminal?center=grinding", at=server.address, may_fail=True)
        page.evaluate("window.isOld = true; WebSocket.prototype.send = () => {}")  # what the page says is heard by nobody
        page.wait_for_function("!window.isOld && document.readyState === 'complete'")
        expect(page.get_by_text("Connected")).to_be_visible()


def test_what_was_lost_on_the_way_to_a_page_is_sent_once_more(feed: Feed) -> None:
    """The page says what it shows; a tablet that shows another state than there is hears it again."""
    tablet = WorkTablet(feed, terminal="terminal boring", now={"units": [{"id": "mill_1", "state": EXECUTE, "job_order": "A"}]})
    sent: list[object] = []
    tablet.param.watch(lambda event: sent.append(event.new), "now")
    tablet._look({"look": 1, "shows": {"mill_1": [EXECUTE, "A"]}})
    assert (tablet.looked, sent) == (1, [])
    tablet._look({"look": 2, "shows": {"mill_1": [4, ""]}})
    assert tablet.looked == 2
    assert len(sent) == 1
