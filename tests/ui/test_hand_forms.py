"""The forms of terminals, quality page and scanner, each pressed in a real browser; badges with PINs. Nonsense is refused at its field."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ports import free_port
from tests.rooms.apps.hand_shop import FINAL, GUIDED, hand_shop, two_orders
from tests.rooms.apps.shown.signed import a_forgotten_pin, decisions, trail
from tests.rooms.apps.test_by_hand import Hands
from tests.rooms.apps.test_entries import said_by_users, wait_until
from tests.rooms.quality.test_nonconformances import png
from tests.ui.conftest import OpenPage
from tests.ui.floor.said.batch_reviews import accept_one
from tests.ui.floor.test_by_hand import Tablet
from tests.ui.test_pages import SIDEWAYS
from twin.apps.feed import Feed
from twin.apps.feeds import by_hand, live
from twin.apps.server import PageServer
from twin.apps.terminals.quality_forms import quality_forms
from twin.apps.terminals.terminal import WorkTablet
from twin.model import events as e
from twin.model.states import JobCommand
from twin.results.reports.batch_evidence import evidence_of
from twin.results.reports.batch_exceptions import verified_by_two

# The page with download buttons is made in this process: Panel Material UI itself gives Panel both names of one option.
from twin.store.proof.badges import CHANGE

pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("ignore:Both 'variant' and 'button_style':PendingDeprecationWarning")]
PHASED = {"boring": {**GUIDED["procedures"]["boring"], "unit_procedures": {"mill": {"cut": ["bore"]}}}}
SECRETS = 'quinn: {secret: correct horse, pin: "1357"}\nolga: {pin: "2468"}\n'


@pytest.fixture
def feed() -> Iterator[Feed]:
    feed = by_hand(hand_shop({**GUIDED, "procedures": PHASED}, final=FINAL), two_orders(), seed=1, speed=60)
    feed.signatures.enroll("quinn", "correct horse")
    feed.start()
    wait_until(lambda: len(feed.run.mes.job_orders) >= 4)
    yield feed
    feed.stop()
    assert not feed.failure, feed.failure


@pytest.fixture
def server(feed: Feed) -> Iterator[PageServer]:
    with PageServer(feed, free_port()) as server:
        yield server


class Forms(Tablet):
    """A person who fills in forms."""

    def fills(self, button: str, send: str = "", *, is_hasty: bool = False, **fields: str) -> None:
        """Press a button, fill in its form (a choice by what begins like that), and send it; twice, if somebody is hasty."""
        form = self._opened(button, fields)
        for name, text in fields.items():
            field = form.locator(f"[name='{name}']")
            kind = field.evaluate("it => it.tagName")
            if kind == "SELECT":
                field.select_option(field.locator("option", has_text=text).first.get_attribute("value"))
            elif field.get_attribute("type") == "file":
                field.set_input_files(text)
            elif kind == "FIELDSET":
                field.get_by_label(text).check()
            else:
                field.fill(text)
        sends = form.get_by_role("button", name=send or button, exact=True)
        sends.evaluate("it => { it.click(); it.click(); }") if is_hasty else sends.click()

    def _opened(self, button: str, fields: dict[str, str]) -> Locator:
        """The form of a button. What is open keeps its choices, so it is opened anew until what is chosen is one of them."""
        for _ in range(40):
            self.press(button)
            form = self.page.locator("form:visible").last
            form.wait_for()
            choices = {name: form.locator(f"select[name='{name}']") for name in fields}
            if all(not it.count() or it.locator("option", has_text=fields[name]).count() for name, it in choices.items()):
                return form
            self.press("Cancel")
            self.page.wait_for_timeout(500)
        raise AssertionError(f"{button} never offered {fields}")

    def refused(self, words: str, at: str = "") -> None:
        """It is said in the form, and right below the field that is wrong."""
        alert = self.page.get_by_role("alert").filter(has_text=words)
        expect(alert).to_be_visible()
        if at:
            assert alert.evaluate("it => it.previousElementSibling.querySelector('[name]')?.name ?? it.previousElementSibling.name") == at
        self.press("Cancel")


@pytest.mark.parametrize(("width", "theme"), [(390, "dark")])
def test_everything_else_that_a_person_says_at_a_work_center(
    open_page: OpenPage, server: PageServer, feed: Feed, width: int, theme: str
) -> None:
    run = feed.run
    page = open_page("/terminal?center=boring", at=server.address, width=width, height=1600, theme=theme)
    tablet = Forms(page)
    tablet.is_used_by("olga")
    job = run.mes.dispatching.queue("boring", run.now_us)[0][0].job_order
    guided_work_and_clocking(tablet, job)
    tools(tablet)
    splitting_and_merging(tablet, run.mes.job_orders[job].lot)
    assert page.evaluate(SIDEWAYS) == []
    users = said_by_users(run)
    said = {type(it) for it in users}
    assert said >= {
        e.ClockedOn,
        e.ClockedOff,
        e.StepConfirmed,
        e.StepCorrected,
        e.PhaseReported,
        e.ToolPlaced,
        e.ToolReconditioned,
        e.LotSplitRequested,
        e.LotMergeRequested,
    }
    assert all(it.person == "olga" and it.terminal == "terminal boring" for it in users)


def guided_work_and_clocking(tablet: Forms, job: str) -> None:
    page = tablet.page
    page.locator(f"li[data-job='{job}']").get_by_role("button").click()
    tablet.hears("step 'clear' is not confirmed: Clear the table")
    tablet.press("Done", within=page.locator(f"li[data-row='{job}/clear']"))
    tablet.hears(f"Step clear of {job}: done")
    tablet.fills("Clock on")
    tablet.refused("Job orders: choose one or more", at="job_order")
    tablet.fills("Clock on", job_order=job)
    tablet.hears("Clock on: done")
    expect(page.get_by_text(f"olga works on {job} since")).to_be_visible()
    assert tablet.starts_next() == job
    tablet.press("Set-up done")
    depth = page.locator(f"li[data-row='{job}/depth']")
    tablet.press("Enter", within=depth)
    depth.locator("[name='answer']").fill("12")
    tablet.press("Confirm", within=depth)
    expect(page.get_by_role("alert")).to_have_text("12 mm is out of limits; allowed: 9.5 to 10.5 mm")
    depth.locator("[name='answer']").fill("10,1")
    tablet.press("Confirm", within=depth)
    tablet.hears(f"Step depth of {job}: done")
    tablet.fills("Correct a step", "Correct it", confirmed=f"{job}, depth: 10.1", answer="10,2", reason="misread")
    tablet.hears("Correct a step: done")
    tablet.fills("Say of a phase", "It is so", phase=f"{job}: begin mill / cut / bore")
    tablet.hears("Say of a phase: done")
    tablet.fills("Say of a phase", "It is so", phase=f"{job}: hold mill / cut / bore")
    tablet.refused("it needs a reason: why the phase is held")
    tablet.fills("Say of a phase", "It is so", phase=f"{job}: end mill / cut / bore")
    tablet.hears("Say of a phase: done")
    tablet.press("Complete")
    expect(page.get_by_text("5 pieces have not been counted yet. Good?")).to_be_visible()
    tablet.press("Cancel")
    expect(page.get_by_text("0 of 5 good")).to_be_visible()  # and nothing is booked until somebody says so
    tablet.completes(job)
    expect(page.get_by_text("Nobody is clocked on.")).to_be_visible()
    tablet.fills("Other work, or a break", "Clock on to it", activity="Cleaning")
    tablet.hears("Other work, or a break: done")
    expect(page.get_by_text("olga works on Cleaning since")).to_be_visible()
    tablet.fills("Clock off", what="Cleaning")
    tablet.hears("Clock off: done")


def tools(tablet: Forms) -> None:
    tablet.fills("Mount a tool", "It is there", tool="reamer.2", equipment="the tool store")
    tablet.refused("tool reamer.2 is in the tool store already")
    tablet.fills("Mount a tool", "It is there", tool="reamer.2", equipment="mill_1")
    tablet.hears("Mount a tool: done")
    expect(tablet.page.get_by_text("reamer.2: mill_1, 0 of 100 pieces")).to_be_visible()
    tablet.fills("Tool is as new", tool="reamer.1", reason="ground")
    tablet.hears("Tool is as new: done")
    expect(tablet.page.get_by_text("reamer.1: the tool store, 0 of 100 pieces")).to_be_visible()


def splitting_and_merging(tablet: Forms, done: str) -> None:
    tablet.fills("Split a lot", "Split it", quantity="x")
    tablet.refused("Pieces that go on by themselves: 'x' is not a whole number; allowed: a whole number, as in 5", at="quantity")
    tablet.fills("Split a lot", "Split it", quantity="9")
    tablet.refused("allowed: 1 to 4")
    tablet.fills("Split a lot", "Split it", quantity="2")
    tablet.hears("Split a lot: done")
    tablet.fills("Put lots together", "Merge them", from_lots="open-CASTING", lot="open-CASTING")
    tablet.refused("each named once, that go on as another")


def test_quality_says_what_is_wrong_what_becomes_of_it_and_releases_the_batch(
    open_page: OpenPage, server: PageServer, feed: Feed, tmp_path: Path
) -> None:
    run, hands = feed.run, Hands(feed)
    job = hands.job("10")
    lot = run.mes.job_orders[job].lot
    hands.say(e.StepConfirmed, job_order=job, step="clear")
    for equipment, name in (("mill_1", job), ("grinder_1", f"{lot}/20")):
        assert hands.command(JobCommand.START, name, equipment, "pete") == ""
        hands.say(e.SetupDone, equipment)
        hands.say(e.StepConfirmed, job_order=name, step="depth", answer=10.0)
        assert hands.say(e.PiecesCounted, equipment, job_order=name, is_last=True) == ""
    desk = Forms(open_page("/quality", at=server.address, width=1400, height=1800))
    desk.is_used_by("olga")
    desk.fills("Something is wrong", "Raise it", lot=lot, quantity="1", description="scratched")
    desk.hears("Something is wrong: done")
    a_picture(desk, tmp_path)
    desk.fills("Contained", "Say so", action="set aside")
    desk.hears("Contained: done")
    desk.fills("Decide", disposition="use as is", reason="not seen")
    desk.refused("olga is no inspector")
    desk.is_used_by("quinn")
    desk.fills("Decide", disposition="use as is")
    desk.refused("to use it as it is needs a reason")
    desk.fills("Decide", disposition="use as is", reason="on the inside")
    desk.hears("Decide: done")
    desk.fills("Close", "All of it is done")
    desk.hears("Close: done")
    (wrong,) = run.mes.quality.nonconformances.all.values()
    assert (wrong.standing, wrong.disposition, wrong.reason, wrong.closed_by) == ("closed", "use as is", "on the inside", "quinn")
    corrective_action(desk, wrong.nonconformance)
    for asked, value in (("leak", "abc"), ("leak", "3,5"), ("finish", "1")):
        desk.fills("Enter a result", "Record", asked=asked, value=value)
        if value == "abc":
            desk.refused("how many were found: 'abc' is not a number; allowed: a number, as in 4.5", at="value")
        else:
            desk.hears("Enter a result: done")
    wait_until(lambda: run.mes.quality.inspections.all["final", lot].verdict == "passed")
    release(open_page("/batch-records", at=server.address, width=390, height=1600, theme="dark"), feed, lot)
    trail(feed, wrong.nonconformance)


def a_picture(desk: Forms, folder: Path) -> None:
    """Taken where it is seen; what is far larger than a page is drawn smaller before it is sent."""
    photo, other = folder / "edge.png", folder / "other.png"
    photo.write_bytes(png(3200, 400))
    other.write_bytes(b"no picture")
    desk.fills("Take a picture of it", "Keep it", picture=str(other))
    desk.refused("other.png is no picture that this browser can read", at="picture")
    desk.fills("Take a picture of it", "Keep it", picture=str(photo), note="left edge")
    desk.hears("Take a picture of it: done")
    shown = desk.page.get_by_role("img", name="left edge")
    expect(shown).to_be_visible()
    assert shown.evaluate("it => it.decode().then(() => [it.naturalWidth, it.naturalHeight])") == [1600, 200]


def corrective_action(desk: Forms, nonconformance: str) -> None:
    """Opened with cause, measure and date, then done; whether it helped is for the lots to say."""
    opening = {"nonconformance": nonconformance, "root_cause": "worn clamp", "measure": "new jaws", "lot_count": "2"}
    desk.fills("Keep it from coming again", "Open it", **opening, due="soon")
    desk.refused("Until: 'soon' is no time; allowed: date and time, as in 2026-03-02 14:00")
    desk.fills("Keep it from coming again", "Open it", **opening, due="2001-01-01 06:00")
    desk.refused("it is due before it is opened")
    desk.fills("Keep it from coming again", "Open it", **opening, due="2090-01-01 06:00")
    desk.hears("Keep it from coming again: done")
    expect(desk.page.get_by_text("new jaws; to be done until")).to_be_visible()
    desk.fills("Corrective action is done", "It is done", action="CA-")
    desk.hears("Corrective action is done: done")
    expect(desk.page.get_by_text(f"CA-{nonconformance}-1: new jaws; done; 0 of 2 lots have shown that it helped")).to_be_visible()


def release(page: Page, feed: Feed, lot: str) -> None:
    """Read on its page, exceptions first, and released there; whoever cannot sign releases nothing. A tablet signs it, too."""
    page.get_by_role("table", name="lots", exact=True).get_by_role("button", name=lot, exact=True).click()
    expect(page.locator("details[open] tr.bad", has_text="nonconformance").first).to_be_visible()
    expect(page.get_by_text("Steps: 2")).to_be_visible()
    page.get_by_role("combobox", name="who are you?").click()
    page.get_by_role("menuitem", name="quinn").click()
    accept_one(page, feed, lot)
    page.get_by_label("why", exact=True).fill("the nonconformance is closed")
    for secret, words in (("wrong horse", "Refused: that is not the secret of quinn"), ("correct horse", "It is released and signed.")):
        assert not feed.run.mes.records.releases
        page.get_by_label("secret", exact=True).fill(secret)
        page.get_by_role("button", name="Release and sign").click()
        expect(page.get_by_text(words).first).to_be_visible()
    expect(page.get_by_text("piece; released and signed")).to_be_visible()
    assert page.evaluate(SIDEWAYS) == []
    said = {"lot": lot, "meaning": "reviewed", "secret": "correct horse"}
    assert WorkTablet(feed, terminal="t")._take({"kind": "SignBatch", "person": "quinn", "terminal": "t", "id": "", "said": said}) == ""
    (record,) = feed.run.batch_record(lot)["lots"]
    assert record["release"]["standing"] == "released and signed"
    assert [(it.meaning, feed.signatures.doubt(it)) for it in feed.run.mes.quality.signatures] == [
        ("reviewed", ""), ("approved", ""), ("reviewed", ""),
    ]  # fmt: skip
    (signing,) = (it for group in quality_forms(feed.run) for it in group["forms"] if it["kind"] == "SignResult")
    found = next(option["id"] for option in signing["fields"][0]["options"] if lot in option["id"])
    said = {"result": "999|" + found.partition("|")[2], "meaning": "authored", "secret": "correct horse"}
    words = WorkTablet(feed, terminal="t")._take({"kind": "SignResult", "person": "olga", "terminal": "t", "id": "", "said": said})
    assert "by now, not 999.0; allowed: to read that, and to sign it" in words
    for meaning, person in (("authored", "olga"), ("reviewed", "quinn")):
        said = {"result": found, "meaning": meaning, "secret": "correct horse"}
        assert WorkTablet(feed, terminal="t")._take({"kind": "SignResult", "person": person, "terminal": "t", "id": "", "said": said}) == ""
    assert verified_by_two(evidence_of(feed.run, lot), {found.split("|")[1]})
    decisions(feed, lot)


def test_a_badge_needs_its_pin_at_a_terminal_and_at_the_scanner(
    open_page: OpenPage, server: PageServer, feed: Feed, tmp_path: Path
) -> None:
    secrets = tmp_path / "secrets.yaml"
    secrets.write_text(SECRETS)
    secrets.chmod(0o600)
    feed.enroll(secrets)
    page = open_page("/terminal?center=boring", at=server.address, width=390, height=1400)
    tablet = Forms(page)

    def badge(person: str, pin: str) -> None:
        page.get_by_label("Badge").fill(person)
        page.get_by_label("Badge").press("Enter")
        page.get_by_label("PIN").fill(pin)
        page.get_by_label("PIN").press("Enter")

    tablet.press("Call help")
    tablet.press("maintenance")
    tablet.refused("Sign on first: choose your name or scan your badge, then type your PIN.")
    badge("olga", "1111")
    tablet.hears("that is not the PIN of olga; 4 more tries")
    page.get_by_label("PIN").fill("2468")
    page.get_by_role("button", name="Sign on as olga").click()
    tablet.hears("Hello, olga.")
    tablet.fills("Other work, or a break", "Clock on to it", activity="Cleaning")
    tablet.hears("Other work, or a break: done")
    tablet.fills(CHANGE, "It is this now", was="2468", new="8642", again="8462")
    tablet.refused("the new one was not typed twice alike")
    tablet.fills(CHANGE, "It is this now", was="2468", new="8642", again="8642")
    tablet.hears("Your PIN is another now: sign on with it.")
    badge("olga", "8642")
    tablet.hears("Hello, olga.")
    feed.badges.idle_s = 0.0
    expect(page.get_by_text("olga works on Cleaning since")).to_be_visible()
    tablet.fills("Clock off")
    tablet.refused("the session of olga has ended; allowed: badge and PIN again")
    feed.badges.idle_s = 300.0
    tablet.press("Sign off")
    expect(page.get_by_label("Badge")).to_be_visible()
    a_forgotten_pin(feed)
    a_session_that_is_left(open_page, server, feed)
    at_the_scanner(open_page, server, feed)


def a_session_that_is_left(open_page: OpenPage, server: PageServer, feed: Feed) -> None:
    """It ends by itself."""
    feed.badges.idle_s = 2.0
    other = Forms(open_page("/terminal?center=grinding", at=server.address))
    feed.badges.idle_s = 300.0
    other.page.get_by_label("Who are you?").select_option("olga")
    other.page.get_by_label("PIN").fill("8642")
    other.page.get_by_label("PIN").press("Enter")
    other.hears("Signed off: nobody has pressed anything for a while.")


def at_the_scanner(open_page: OpenPage, server: PageServer, feed: Feed) -> None:
    """The PIN is scanned or typed after the badge, and shown to nobody."""
    scanner = open_page("/scan?terminal=hand%20scanner", at=server.address, width=390, height=1400, theme="dark")
    for text, words in (
        ("PERSON:olga", "olga types the PIN next, or scans it"),
        ("0000", "That is not the PIN of olga; 4 more tries"),
        ("PERSON:olga", "olga types the PIN next, or scans it"),
        ("8642", "olga scans here"),
        ("UNIT:mill_1", "At mill_1"),
    ):
        scanner.get_by_label("Scan or type a code").fill(text)
        scanner.get_by_label("Scan or type a code").press("Enter")
        expect(scanner.get_by_role("status").filter(has_text=words).first).to_be_visible()
    expect(scanner.get_by_text("8642")).to_have_count(0)
    held = Forms(scanner)
    held.fills("Clock off")
    held.hears("Clock off: done")
    assert [(type(it).__name__, it.person, it.terminal) for it in said_by_users(feed.run)][-7:] == [
        ("ClockedOn", "olga", "terminal boring"), ("SecretChanged", "olga", "terminal boring"), ("SecretChanged", "quinn", "t"),
        ("SecretChanged", "olga", "t"), ("SignedOff", "olga", "terminal grinding"),
        ("SecretRefused", "olga", "hand scanner"), ("ClockedOff", "olga", "hand scanner"),
    ]  # fmt: skip


def test_whoever_presses_where_nobody_answers_holds_nobody_else_up(open_page: OpenPage, tmp_path: Path) -> None:
    """Of a live plant whose bridge has said nothing yet nobody hears an entry; the pages of all others go on.

    Who has signed on at a page of the office with name and PIN is signed on there still when it is loaded anew.
    """
    feed = live(hand_shop(), two_orders(), f"sqlite:///{tmp_path}/plant.db").start()  # type: ignore[arg-type]
    try:
        with PageServer(feed, free_port()) as server:
            feed.badges.enroll("olga", "2468")
            page = open_page("/supervisor", at=server.address)
            page.get_by_role("combobox", name="who are you?").click()
            page.get_by_role("menuitem", name="olga").click()
            for pin, words in (("1111", "Refused: that is not the PIN of olga; 4 more tries"), ("2468", "olga is signed on.")):
                page.get_by_label("PIN").fill(pin)
                page.get_by_label("PIN").press("Enter")
                expect(page.get_by_text(words)).to_be_visible()
            page.reload()
            expect(page.get_by_text("olga is signed on.")).to_be_visible()
            page.get_by_role("button", name="Change", exact=True).click()
            page.wait_for_timeout(300)
            with urllib.request.urlopen(f"{server.address}/liveness", timeout=3) as answer:
                assert answer.status == 200
    finally:
        feed.stop()
