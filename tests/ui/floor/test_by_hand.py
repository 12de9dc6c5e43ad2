"""A whole shift worked by hand through the pages, in a real browser: two orders from release to close, with a breakdown, a scrap, a rework,
a hold and a signature. At the end the books balance, and the record of the shift, replayed, is the same shift."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ports import free_port
from tests.rooms.apps.hand_shop import FINAL, hand_shop, two_orders
from tests.rooms.apps.test_entries import said_by_users, wait_until
from tests.rooms.quality.valve_shop import LAYOUT
from tests.rooms.results.test_users import told
from tests.ui.conftest import OpenPage
from twin.apps.feed import Feed
from twin.apps.feeds import by_hand
from twin.apps.server import PageServer
from twin.model.events import (
    AlarmCleared,
    AlarmRaised,
    CountCorrected,
    EntryRefused,
    Heartbeat,
    JobOrderCommandRefused,
    LotSplit,
    PiecesCounted,
    RecordSigned,
    StopReasonCorrected,
)
from twin.results.run import Run
from twin.run import replay

pytestmark = pytest.mark.ui
SECRET = "correct horse"


@pytest.fixture
def feed() -> Iterator[Feed]:
    layout, scenario = LAYOUT["work_units"], two_orders()
    mill = {**layout["mill_1"], "batch": {"maximum": 2}}
    last = scenario.demand.orders[0].model_copy(update={"order": "C", "due": 4 * 86_400_000_000})
    demand = scenario.demand.model_copy(update={"orders": [*scenario.demand.orders, last]})
    alarms = {"equipment": {"mill": {"door_open": {"title": "Door is open", "response": "Close the door."}}}}
    shop = hand_shop({"work_units": {**layout, "mill_1": mill}, "alarms": alarms}, final=FINAL)
    feed = by_hand(shop, scenario.model_copy(update={"demand": demand}), seed=1, speed=600)
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
        """By badge at a tablet; at a page of the office by name, on top of it."""
        name = self.page.get_by_role("combobox", name="who are you?", exact=True)
        name.or_(self.page.get_by_label("Badge")).first.wait_for()  # whichever this page has is drawn by now
        if name.count():
            name.click()
            self.page.get_by_role("menuitem", name=re.compile(f"^{person}$", re.IGNORECASE)).click()
            return
        self.page.get_by_label("Badge").fill(person)
        self.page.get_by_label("Badge").press("Enter")
        expect(self.page.get_by_text("Hello, ")).to_be_visible()

    def press(self, name: str, *, within: Locator | None = None) -> None:
        (within or self.page).get_by_role("button", name=name, exact=True).first.click()

    def hears(self, words: str) -> None:
        expect(self.page.get_by_role("status").filter(has_text=words)).to_be_visible()

    def starts_next(self) -> str:
        self.page.locator("section[data-unit] button", has_text="Start").first.click()
        started = re.compile(r"^Start (.+): done$")  # what is next may have changed until it is pressed
        status = self.page.get_by_role("status").filter(has_text=started)
        expect(status).to_be_visible()
        return str(started.sub(r"\1", status.inner_text()))

    def completes(self, job: str) -> None:
        """Nothing that nobody has counted is booked unasked."""
        self.press("Complete")
        self.page.get_by_role("button", name=re.compile("^(All [0-9]+ are good|It is good)$")).click()
        self.hears(f"Complete {job}: done")

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
    first_row = mill.page.locator("li[data-job]").first
    expect(first_row).to_contain_text("order A · due in")
    expect(mill.page.get_by_label("speed")).to_have_count(0)  # the plant's time is no matter of who works at it
    what_is_wrong_is_refused_at_its_field(mill)
    grinder.is_used_by("pete")
    first = a_breakdown_and_a_scrap(mill)
    assert run.mes.job_orders[first].due_us == min(it.due_us for it in run.mes.job_orders.values())
    an_alarm(mill, feed)
    starts_two_together(mill)
    for name, reason in (("Pause", "break"), ("Resume", "")):
        mill.press(name)
        if reason:
            mill.press(reason)
        mill.hears(f"{name}: done")
    completes_both(mill, run)
    job = grinder.starts_next()
    grinder.counts(rework="1", why_rework="surface")
    grinder.hears("Count: done")
    grinder.completes(job)
    inspector = Tablet(open_page("/terminal?center=grinding", at=server.address, theme="dark"))
    inspector.is_used_by("quinn")
    a_hold(grinder, inspector, run.mes.queue("grinding")[-1].lot)
    # The rest: the piece that is reworked, what is made anew for the scrap, and the final check of every lot
    works_off(run, mill, grinder, inspector)
    a_signature(inspector)
    ended(feed)


def what_is_wrong_is_refused_at_its_field(mill: Tablet) -> None:
    """Who has not said who he is may say nothing."""
    mill.press("Call help")
    mill.press("maintenance")
    expect(mill.page.get_by_role("alert")).to_have_text("Say who you are first: choose your name, or scan your badge.")
    mill.press("Cancel")
    mill.page.get_by_label("Badge").fill("stranger")
    mill.page.get_by_label("Badge").press("Enter")
    mill.hears("Nobody has the badge 'stranger'.")
    mill.is_used_by("olga")


def a_breakdown_and_a_scrap(mill: Tablet) -> str:
    """The first job order at the mill; its id."""
    job = mill.starts_next()
    mill.press("Set-up done")
    mill.hears("Set-up done: done")
    mill.counts(good="9")
    expect(mill.page.get_by_role("alert")).to_contain_text("9 good, 0 scrap, 0 rework; allowed: 1 to 5 pieces in all")
    mill.press("Cancel")
    mill.counts(scrap="1")
    expect(mill.page.get_by_role("alert")).to_have_text("scrap: it needs a reason")
    form = mill.page.locator("form")
    form.get_by_label("Why scrap").select_option("surface")
    form.get_by_role("button", name="Count", exact=True).click()
    mill.hears("Count: done")
    for name, reason in (("Machine down", "breakdown"), ("Call help", "maintenance"), ("maintenance is here", ""), ("Works again", "")):
        mill.press(name)
        if reason:
            mill.press(reason)
        mill.hears(f"{name}: done")
    corrections(mill)
    mill.completes(job)
    return job


def an_alarm(mill: Tablet, feed: Feed) -> None:
    """What stands at the machine stands with it, with what to do; whoever is there answers for it."""
    raised = AlarmRaised(effective_us=0, equipment="mill_1", person="olga", alarm="door_open", message="The door is open")
    assert feed.enter(raised) == ""
    alarm = mill.page.locator("section[data-unit=mill_1] .alarm")
    expect(alarm).to_contain_text("What to do: Close the door.")
    expect(alarm).to_contain_text("unacknowledged, since ")
    mill.press("I have seen it", within=alarm)
    mill.hears("Door is open is seen: done")
    expect(alarm).to_contain_text("acknowledged, since ")
    assert said_by_users(feed.run)[-1].terminal == "terminal boring"
    assert feed.enter(AlarmCleared(effective_us=0, equipment="mill_1", person="olga", alarm="door_open")) == ""
    expect(alarm).to_have_count(0)


def starts_two_together(mill: Tablet) -> None:
    """The mill takes two lots at once; both are proposed, and one alone may be chosen."""
    mill.press("Start several")
    form = mill.page.locator("form")
    expect(form.get_by_role("checkbox", checked=True)).to_have_count(2)
    for box in form.get_by_role("checkbox").all():
        box.uncheck()
    mill.press("Start them together")
    expect(mill.page.get_by_role("alert")).to_have_text("choose one or more")
    for box in form.get_by_role("checkbox").all():
        box.check()
    mill.press("Start them together")
    mill.hears(" and ")
    if mill.page.get_by_role("button", name="Set-up done").count():
        mill.press("Set-up done")


def completes_both(mill: Tablet, run: Run) -> None:
    """Each lot is counted by itself, scrap too."""
    first, second = run.mes.equipment.records["mill_1"].job_orders
    mill.press(f"Count {second}")
    form = mill.page.locator("form")
    form.get_by_label("Scrap", exact=True).fill("1")
    form.get_by_label("Why scrap").select_option("surface")
    form.get_by_role("button", name="Count", exact=True).click()
    mill.hears("Count: done")
    mill.press("Complete all")
    expect(mill.page.locator("form:visible")).to_contain_text(f"5 of {first}, 4 of {second}: not counted yet. Good?")
    mill.press("All of 2 lots are good")
    mill.hears(f"Complete {second}: done")
    assert [(run.mes.job_orders[it].good, run.mes.job_orders[it].scrap) for it in (first, second)] == [(5, 0), (4, 1)]


def corrections(mill: Tablet) -> None:
    """Both were said wrong, and are said again."""
    mill.press("Correct a count")
    form = mill.page.locator("form")
    for name, text in (("Good pieces", "1"), ("Scrap", "1"), ("Rework", "0"), ("Why it is corrected", "one was good")):
        form.get_by_label(name, exact=True).fill(text)
    assert form.last.evaluate("it => it.scrollWidth <= it.clientWidth"), "what can be chosen is longer than there is room"
    form.get_by_label("Why scrap or rework").select_option("surface")
    mill.press("It was this", within=form)
    mill.hears("Correct a count: done")
    mill.press("Correct a stop")
    form = mill.page.locator("form")
    form.get_by_label("It stood for").select_option("material jam")
    form.get_by_label("Why it is corrected").fill("a chip")
    mill.press("It was this", within=form)
    mill.hears("Correct a stop: done")


def a_hold(grinder: Tablet, inspector: Tablet, lot: str) -> None:
    """A person keeps a lot from the grinder, and one who has the authority lets it go."""
    grinder.press("Hold a lot")
    form = grinder.page.locator("form")
    form.get_by_label("Lot", exact=True).select_option(lot)
    grinder.press("Hold it")
    expect(grinder.page.get_by_role("alert")).to_contain_text("it needs a reason")
    form.get_by_label("Reason").fill("scratches")
    grinder.press("Hold it")
    grinder.hears(f"Hold lot {lot}: done")
    expect(grinder.page.locator("li[data-job]", has_text="scratches").first).to_be_visible()
    expect(inspector.page.get_by_text(f"{lot} is on hold: held by pete: scratches")).to_be_visible()
    inspector.press("Release a lot")
    inspector.page.locator("form").get_by_label("Held lot").select_option(lot)
    inspector.press("Release it")
    inspector.hears(f"Release lot {lot}: done")


def a_signature(inspector: Tablet) -> None:
    """With another secret than one's own nothing is signed."""
    inspector.press("Sign a record")
    form = inspector.page.locator("form")
    form.get_by_label("Meaning").select_option("approved")
    form.get_by_label("Your secret").fill("wrong horse")
    form.get_by_role("button", name="Sign", exact=True).click()
    expect(inspector.page.get_by_role("alert")).to_contain_text("that is not the secret of quinn")
    form.get_by_label("Your secret").fill(SECRET)
    form.get_by_role("button", name="Sign", exact=True).click()
    inspector.hears("Sign ")


def works_off(run: Run, mill: Tablet, grinder: Tablet, inspector: Tablet) -> None:
    """Whatever waits is done, job order by job order, until every customer has everything."""
    orders = run.erp.customer_orders.orders
    while any(order.shipped < order.quantity for order in orders.values()):
        for tablet, center in ((mill, "boring"), (grinder, "grinding")):
            if run.mes.queue(center):
                job = tablet.starts_next()
                if tablet is mill and tablet.page.get_by_role("button", name="Set-up done").count():
                    tablet.press("Set-up done")
                tablet.completes(job)
        if run.mes.tracking.restricted:
            checks_one(inspector.page)


def checks_one(page: Page) -> None:
    """The first characteristic that is to be checked; a word is no number."""
    row = page.locator("li[data-check]").first
    name = row.get_attribute("data-check")
    if row.get_by_role("button", name="Yes").count():
        row.get_by_role("button", name="Yes").click()
    else:
        row.get_by_role("button", name="Enter").click()
        form = page.locator("form")
        form.get_by_label("leak, ml").fill("abc")
        form.get_by_role("button", name="Record").click()
        expect(page.get_by_role("alert")).to_contain_text("'abc' is no number")
        form.get_by_label("leak, ml").fill("3,5")
        form.get_by_role("button", name="Record").click()
    expect(page.locator(f"li[data-check='{name}']")).to_have_count(0)


def ended(feed: Feed) -> None:
    """What the shift has left behind."""
    feed.stop()
    run = feed.run
    assert run.violations(whole=True) == []
    assert sum(run.erp.ledger.balances.values()) == 0
    assert {name: order.shipped for name, order in run.erp.customer_orders.orders.items()} == {"A": 5, "B": 5, "C": 5}
    assert {it.order for it in run.erp.request_costs()} == {"A", "B", "C"}
    assert [it.request for it in run.erp.request_costs() if it.closed_us is None] == [], "every request is closed, with its costs"
    by_nobody = AlarmRaised | AlarmCleared | Heartbeat  # what a machine would have said, and when the shift was stopped
    users = [it for it in said_by_users(run) if not isinstance(it, by_nobody)]
    assert all(it.person and it.terminal and it.entry_id for it in users), "who, when, from where, and once"
    assert [it for it in users if isinstance(it, PiecesCounted) and it.scrap]
    assert [it.event for it in run.journal.entries() if isinstance(it.event, LotSplit)], "a piece was reworked"
    assert "material jam" in set(run.stops()["reason"])
    assert "surface" in set(run.scrap_reasons()["reason"])
    assert [it.good for it in users if isinstance(it, CountCorrected)] == [1]
    assert [it.was_reason for it in users if isinstance(it, StopReasonCorrected)] == ["breakdown"]
    signature = next(it for it in users if isinstance(it, RecordSigned))
    assert feed.signatures.doubt(signature) == ""
    refused = [it.event for it in run.journal.entries() if isinstance(it.event, EntryRefused | JobOrderCommandRefused)]
    assert {it.reason for it in refused} == {"9 good, 0 scrap, 0 rework; allowed: 1 to 5 pieces in all", "it needs a reason"}
    again = replay(list(run.journal.entries()), run.plant, run.scenario)
    assert told(again) == told(run)
    assert again.trace_hash == run.trace_hash
