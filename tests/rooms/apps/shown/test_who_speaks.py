"""Where persons have PINs no page believes a name that is chosen: walked page by page, and pressed on each whatever can be pressed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import panel_material_ui as pmui
import pytest

from tests.rooms.apps.hand_shop import GUIDED, hand_shop, two_orders
from tests.rooms.apps.test_entries import running, said_by_users, wait_until
from twin.apps.feed import Feed
from twin.apps.feeds import by_hand
from twin.apps.pages.shifts.signing import release_batch
from twin.apps.server import PAGES
from twin.apps.speaking.speaker import LEFT, Speaker
from twin.apps.terminals.terminal import WorkTablet
from twin.model import events as e
from twin.store.proof.badges import Session

# The page with download buttons is made in this process: Panel Material UI itself gives Panel both names of one option.
pytestmark = pytest.mark.filterwarnings("ignore:Both 'variant' and 'button_style':PendingDeprecationWarning")
WORK_OF_ITS_OWN = ("Run 200 futures from now", "Re-plan", "What if", "Put it there", "Play the run without each of the 8 longest")
"""Buttons that enter nothing and take their time."""
DOCUMENTS: dict[str, Any] = {
    "WI-10": {"title": "Bore", "kind": "instruction", "revisions": {"A": {"text": "Clamp."}}, "operations": ["10"], "acknowledge": True}
}
TERMINAL = "supervisor page"


@pytest.fixture
def feed() -> Iterator[Feed]:
    with running(by_hand(hand_shop({**GUIDED, "documents": DOCUMENTS}), two_orders(), seed=1, speed=60)) as feed:
        wait_until(lambda: len(feed.run.mes.job_orders) >= 4)
        yield feed


def parts(part: Any) -> Iterator[Any]:
    yield part
    for inner in getattr(part, "objects", None) or getattr(part, "main", None) or ():
        yield from parts(inner)


def presses_everything(feed: Feed, person: str, pages: Iterable[str] = tuple(PAGES)) -> dict[str, list[str]]:
    """On these pages, in that person's name: by page what its tablet answers."""
    heard: dict[str, list[str]] = {}
    for path in pages:
        found = list(parts(PAGES[path](feed)))
        for it in found:
            if isinstance(it, pmui.Select) and person in list(it.options.values() if isinstance(it.options, dict) else ()):
                it.value = person
        for it in found:
            if isinstance(it, pmui.Button) and it.label not in WORK_OF_ITS_OWN:
                it.param.trigger("clicks")
            if isinstance(it, WorkTablet):
                groups = it.now.get("forms", [])
                forms = [form for group in groups for form in [*group["forms"], *(one for row in group["rows"] for one in row["forms"])]]
                said = [{"kind": form["kind"], "said": form["values"]} for form in forms] + [{"kind": "HelpCalled", "said": {}}]
                heard[path] = [it._take({**one, "id": "", "person": person, "terminal": it.terminal}) for one in said]
    return heard


def test_no_page_takes_anything_in_the_name_of_somebody_who_has_not_signed_on(feed: Feed) -> None:
    presses_everything(feed, "olga", ["/supervisor", "/documents", "/handover"])
    believed = {getattr(it, "terminal", "") for it in said_by_users(feed.run)}
    assert believed == {TERMINAL, "documents page", "hand-over page"}, "it presses what can be pressed"
    feed.badges.enroll("olga", "2468")
    before = len(said_by_users(feed.run))
    heard = presses_everything(feed, "olga")
    office = {"/stock", "/supervisor", "/maintenance", "/documents", "/orders", "/material-plan", "/purchasing", "/finance"}
    assert set(heard) == {*office, "/quality", "/scan"}
    assert all("is not signed on at" in words for answers in heard.values() for words in answers)
    assert len(said_by_users(feed.run)) == before


def test_the_door_itself_asks_who_has_signed_on_whatever_a_page_says(feed: Feed) -> None:
    note = e.ShiftNoteLeft(effective_us=0, person="olga", terminal=TERMINAL, shift="day", start_us=0, text="mine")
    feed.badges.enroll("olga", "2468")
    feed.badges.enroll("pete", "1357")
    of_pete = Session(person="pete", terminal=TERMINAL, token=feed.badges.sign_on("pete", "1357", TERMINAL))
    for session, words in (
        (None, "olga is not signed on here; allowed: badge and PIN first"),
        (of_pete, "olga is not signed on here; allowed: badge and PIN first"),
        (replace(of_pete, person="olga"), f"olga is not signed on at '{TERMINAL}'; allowed: badge and PIN first"),
    ):
        assert feed.enter(note, session=session) == feed.enter(lambda at_us: note, session=session) == words
    assert "olga is not signed on" in feed.sign("x", "olga", "long enough", "reviewed", terminal="t")
    assert "is not signed on at" in release_batch(feed, Session(person="olga", terminal="t"), "x", "long enough", "")
    assert "ShiftNoteLeft" not in {type(it).__name__ for it in said_by_users(feed.run)}


def test_a_name_and_its_pin_begin_a_session_that_ends_by_itself_and_wrong_pins_lock_out(feed: Feed) -> None:
    feed.badges.enroll("olga", "2468")
    speaker, answers = Speaker(feed, TERMINAL), list[str]()
    note = e.ShiftNoteLeft(effective_us=0, person="olga", terminal=TERMINAL, shift="day", start_us=0, text="mine")

    def tries(pin: str) -> str:
        speaker.who.value, speaker.pin.value = "olga", pin
        speaker.sign_on()
        return str(speaker.answer.pane.object)

    assert (tries(""), speaker.person) == ("Type your PIN.", "")
    assert tries("1111") == "Refused: that is not the PIN of olga; 4 more tries"
    assert tries("2468") == "olga is signed on."
    assert (speaker.person, speaker.who.visible, speaker.off.visible, speaker.pin.value) == ("olga", False, True, "")
    again = Speaker(feed, TERMINAL)  # the page is loaded anew in the same tab
    again._hear({"kept": speaker.keeper.kept})
    assert again.person == "olga"
    again.enter(note, answers.append)
    assert "is not signed on" not in answers.pop()
    feed.badges.idle_s = -1.0
    speaker.attend()
    assert (speaker.person, speaker.answer.pane.object) == ("", LEFT)
    feed.badges.idle_s = 300.0
    again.enter(note, answers.append)
    assert answers.pop() == "the session of olga has ended; allowed: badge and PIN again"
    assert [tries("1111") for _ in range(5)][-1] == "Refused: that is not the PIN of olga, who is locked out now; allowed: again in 15 min"
    assert "is locked out after 5 wrong PINs" in tries("2468")
