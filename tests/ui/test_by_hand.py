"""A whole shift worked by hand through the pages, in a real browser: two orders from release to close, with a breakdown, a scrap, a rework, a
hold and a signature. At the end the books balance, and the record of the shift, replayed, is the same shift."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.rooms.apps.hand_shop import FINAL, hand_shop, two_orders
from tests.rooms.apps.test_entries import said_by_users, wait_until
from tests.rooms.results.test_users import told
from tests.ui.conftest import OpenPage, free_port
from tests.ui.test_pages import SIDEWAYS
from twin.apps.feed import Feed
from twin.apps.feeds import by_hand
from twin.apps.server import PageServer
from twin.model.events import EntryRefused, JobOrderCommandRefused, LotSplit, PiecesCounted, RecordSigned
from twin.run import replay

pytestmark = pytest.mark.ui
SECRET = "correct horse"


@pytest.fixture
def feed() -> Iterator[Feed]:
    feed = by_hand(hand_shop(final=FINAL), two_orders(), seed=1, speed=600)
    feed.signatures.enroll("quinn", SECRET)
    feed.start()
    yield feed
    feed.stop()
    assert not feed.failure, feed.failure


@pytest.fixture
def server(feed: Feed) -> Iterator[PageServer]:
    with PageServer(feed, free_port()) as server:
        yield server


class Tablet:
    """One terminal, and the person at it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def is_used_by(self, person: str) -> None:
        self.page.get_by_label("Badge").fill(person)
        self.page.get_by_label("Badge").press("Enter")
        expect(self.page.get_by_text("Hello, ")).to_be_visible()

    def press(self, name: str, *, within: Locator | None = None) -> None:
        (within or self.page).get_by_role("button", name=name, exact=True).first.click()

    def hears(self, words: str) -> None:
        expect(self.page.get_by_role("status").filter(has_text=words)).to_be_visible()

    def starts_next(self) -> str:
        button = self.page.get_by_role("button", name="Start V").or_(self.page.locator("section[data-unit] button", has_text="Start")).first
        name = button.inner_text()
        button.click()
        self.hears(f"{name}: done")
        return name.removeprefix("Start ")

    def counts(self, **numbers: str) -> None:
        self.press("Count")
        form = self.page.locator("form")
        names = {"good": "Good pieces", "scrap": "Scrap", "rework": "Rework", "why_scrap": "Why scrap", "why_rework": "Why rework"}
        for name, text in numbers.items():
            field = form.get_by_label(names[name], exact=True)
            field.select_option(text) if name.startswith("why") else field.fill(text)
        form.get_by_role("button", name="Count", exact=True).click()


def test_a_whole_shift_is_worked_by_hand(open_page: OpenPage, server: PageServer, feed: Feed) -> None:
    run = feed.run
    wait_until(lambda: len(run.mes.job_orders) >= 4)
    mill = Tablet(open_page("/terminal?center=boring", at=server.address, width=1024, height=1200))
    grinder = Tablet(open_page("/terminal?center=grinding", at=server.address, width=390, height=1400))
    # What is entered wrong is refused at its field
    mill.press("Call help")
    mill.press("maintenance")
    expect(mill.page.get_by_role("alert")).to_have_text("Say who you are first: choose your name, or scan your badge.")
    mill.press("Cancel")
    mill.is_used_by("olga")
    grinder.is_used_by("pete")
    first_row = mill.page.locator("li[data-job]").first
    expect(first_row).to_contain_text("order A")
    expect(first_row).to_contain_text("earliest due: due")
    # Order A: set-up, a scrap, a breakdown with a call for help, a rework
    job = mill.starts_next()
    assert run.mes.job_orders[job].due_us == min(it.due_us for it in run.mes.job_orders.values())
    mill.press("Set-up done")
    mill.hears("Set-up done: done")
    mill.counts(good="9")
    expect(mill.page.get_by_role("alert")).to_contain_text("9 + 0 + 0 pieces good, scrap, rework; allowed: 1 to 5 together")
    mill.press("Cancel")
    mill.counts(scrap="1")
    expect(mill.page.get_by_role("alert")).to_have_text("scrap: it needs a reason")
    mill.page.locator("form").get_by_label("Why scrap").select_option("surface")
    mill.page.locator("form").get_by_role("button", name="Count", exact=True).click()
    mill.hears("Count: done")
    mill.press("Machine down")
    mill.press("breakdown")
    mill.hears("Machine down: done")
    mill.press("Call help")
    mill.press("maintenance")
    mill.hears("Call help: done")
    mill.press("maintenance is here")
    mill.hears("maintenance is here: done")
    mill.press("Works again")
    mill.hears("Works again: done")
    mill.press(f"Complete {job}") if mill.page.get_by_role("button", name=f"Complete {job}").count() else mill.press("Complete")
    mill.hears(f"Complete {job}: done")
    second = mill.starts_next()
    mill.press("Pause")
    mill.press("break")
    mill.hears("Pause: done")
    mill.press("Resume")
    mill.hears("Resume: done")
    mill.press("Complete")
    mill.hears(f"Complete {second}: done")
    grinder.starts_next()
    grinder.counts(rework="1", why_rework="surface")
    grinder.hears("Count: done")
    grinder.press("Complete")
    grinder.hears("Complete")
    # The piece that is reworked is bored and ground again, after whatever is more urgent
    for _ in range(2):
        mill_jobs = [it.job_order for it in run.mes.queue("boring")]
        if not mill_jobs:
            break
        again = mill.starts_next()
        mill.press("Complete")
        mill.hears(f"Complete {again}: done")
    # A hold by a person keeps lots from the grinder, until it is released
    held = run.mes.queue("grinding")[-1].lot
    grinder.press("Hold a lot")
    grinder.page.locator("form").get_by_label("Lot", exact=True).select_option(held)
    grinder.press("Hold it")
    expect(grinder.page.get_by_role("alert")).to_contain_text("it needs a reason")
    grinder.page.locator("form").get_by_label("Reason").fill("scratches")
    grinder.press("Hold it")
    grinder.hears(f"Hold lot {held}: done")
    expect(grinder.page.locator("li[data-job]", has_text="scratches").first).to_be_visible()
    quinn = Tablet(open_page("/terminal?center=grinding", at=server.address, theme="dark"))
    quinn.is_used_by("quinn")
    quinn.press("Release a lot")
    quinn.page.locator("form").get_by_label("Held lot").select_option(held)
    quinn.press("Release it")
    quinn.hears(f"Release lot {held}: done")
    while run.mes.queue("grinding"):
        job = grinder.starts_next()
        grinder.press("Complete")
        grinder.hears(f"Complete {job}: done")
    # The final check of every lot, and the signature under one record
    checks = quinn.page.locator("li[data-check]")
    expect(checks.first).to_be_visible()
    while checks.count():
        row, name = checks.first, checks.first.get_attribute("data-check")
        if row.get_by_role("button", name="Yes").count():
            row.get_by_role("button", name="Yes").click()
        else:
            row.get_by_role("button", name="Enter").click()
            quinn.page.locator("form").get_by_role("textbox").fill("abc")
            quinn.press("Record")
            expect(quinn.page.get_by_role("alert")).to_contain_text("'abc' is no number")
            quinn.page.locator("form").get_by_role("textbox").fill("3,5")
            quinn.press("Record")
        expect(quinn.page.locator(f"li[data-check='{name}']")).to_have_count(0)
    for secret, words in (("wrong horse", "that is not the secret of quinn"), (SECRET, "")):
        if not words:
            quinn.press("Cancel")
        quinn.press("Sign a record")
        quinn.page.locator("form").get_by_label("Meaning").select_option("approved")
        quinn.page.locator("form").get_by_label("Your secret").fill(secret)
        quinn.press("Sign")
        expect(quinn.page.get_by_role("alert")).to_contain_text(words) if words else quinn.hears("Sign")
    wait_until(lambda: all(order.shipped == order.quantity for order in run.erp.customer_orders.orders.values()) or bool(short(feed)))
    ended(feed)


def short(feed: Feed) -> bool:
    return not any(it.status not in ("Completed", "Aborted") for it in feed.run.mes.job_orders.values())


def ended(feed: Feed) -> None:
    """What the shift has left behind."""
    feed.stop()
    run = feed.run
    assert run.violations(whole=True) == []
    assert sum(run.erp.ledger.balances.values()) == 0
    users = said_by_users(run)
    assert all(it.person and getattr(it, "terminal", "terminal") for it in users), "who, when, and from where"
    assert [it for it in users if isinstance(it, PiecesCounted) and it.scrap]
    assert [it.event for it in run.journal.entries() if isinstance(it.event, LotSplit)], "a piece was reworked"
    assert "breakdown" in set(run.stops()["reason"])
    signature = next(it for it in users if isinstance(it, RecordSigned))
    assert feed.signatures.doubt(signature) == ""
    refused = [it.event for it in run.journal.entries() if isinstance(it.event, EntryRefused | JobOrderCommandRefused)]
    assert {it.reason for it in refused} == {"9 + 0 + 0 pieces good, scrap, rework; allowed: 1 to 5 together", "it needs a reason"}
    again = replay(list(run.journal.entries()), run.plant, run.scenario)
    assert told(again) == told(run)
    assert again.trace_hash == run.trace_hash


def test_what_is_entered_while_the_server_is_away_arrives_once_and_in_order(open_page: OpenPage, feed: Feed) -> None:
    run = feed.run
    wait_until(lambda: len(run.mes.job_orders) >= 4)
    port = free_port()
    with PageServer(feed, port) as server:
        page = open_page("/terminal?center=boring", at=server.address, width=390, height=844, may_fail=True)
        tablet = Tablet(page)
        tablet.is_used_by("olga")
        job = tablet.starts_next()
        tablet.press("Set-up done")
        tablet.hears("Set-up done: done")
        expect(page.get_by_role("button", name="Count", exact=True)).to_be_visible()
    expect(page.get_by_text("The server is away.")).to_be_visible()
    before = len(said_by_users(run))
    tablet.counts(good="2")
    tablet.counts(scrap="1", why_scrap="dimension")
    tablet.press("Machine down")
    tablet.press("material jam")
    expect(page.get_by_text("3 entries are kept here")).to_be_visible()
    assert len(said_by_users(run)) == before
    with PageServer(feed, port):
        expect(page.get_by_text("Connected")).to_be_visible()
        expect(page.get_by_role("button", name="Works again")).to_be_visible()
        users = said_by_users(run)[before:]
        assert [type(it).__name__ for it in users] == ["PiecesCounted", "PiecesCounted", "StopReported"]
        assert [getattr(it, "good", None) for it in users] == [2, 0, None]
        report = run.mes.execution.reports[job]
        assert (report.good, report.scrap) == (2, 1)
        assert page.evaluate(SIDEWAYS) == []
