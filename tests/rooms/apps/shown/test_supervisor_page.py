"""The supervisor page without a browser: exceptions stand first, the most important of them first, and a call for help is one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import panel as pn
import panel_material_ui as pmui
import pytest

from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.rooms.apps.test_entries import running, wait_until
from tests.rooms.quality.valve_shop import LAYOUT
from tests.rooms.upkeep.kept_shop import KeptShop
from twin.apps.feed import Feed
from twin.apps.feeds import by_hand
from twin.apps.pages.supervision.supervisor import supervisor_page
from twin.model import events as e
from twin.results.upkeep.supervising import supervisor_now
from twin.store.replay import ReplaySource

ALARMS: dict[str, Any] = {
    "default": {"priority": "low"},
    "equipment": {
        "mill_1": {
            "coolant": {"priority": "medium", "response": "fill up"},
            "door": {"priority": "critical"},
            "air": {"priority": "medium"},
        },
        "grinder": {"pressure": {"priority": "high"}},
    },
}

PERSONS = LAYOUT["persons"].items()


def alarmed() -> KeptShop:
    """Raised a minute apart, the least important first, and of two alike not in the order of their names."""
    it = KeptShop(alarms=ALARMS, persons={name: {**known, "valid_until": {known["classes"][0]: "2027-12-31"}} for name, known in PERSONS})
    for equipment, alarm in (("mill_1", "noise"), ("mill_1", "coolant"), ("mill_1", "air"), ("grinder_1", "pressure"), ("mill_1", "door")):
        it.raises(equipment, alarm, f"{alarm} is wrong")
    return it


def panes(part: Any) -> Iterator[str]:
    """What is written on a page, from the top: titles of cards, and what stands in them."""
    if isinstance(part, pn.pane.HTML | pmui.Typography):
        yield str(part.object)
        return
    for inner in getattr(part, "objects", None) or getattr(part, "main", None) or ():
        yield from panes(inner)


def places(written: list[str], *words: str) -> list[int]:
    """Where each of these words stands first."""
    return [next(n for n, text in enumerate(written) if word in text) for word in words]


def test_the_most_important_alarm_that_is_there_comes_first_and_of_two_alike_the_one_that_waits_longer() -> None:
    shop = alarmed()
    now = supervisor_now(shop.run)
    assert [(it.declared.priority, it.alarm) for it in now.calling] == [
        ("critical", "door"), ("high", "pressure"), ("medium", "coolant"), ("medium", "air"), ("low", "noise"),
    ]  # fmt: skip
    assert now.calling_count == 5
    shop.clears("mill_1", "door")
    shop.clears("mill_1", "coolant")
    names = [it.alarm for it in supervisor_now(shop.run).calling]
    assert names == ["pressure", "air", "noise", "door", "coolant"], "what is there still, then what has returned to normal"


def test_on_the_page_they_stand_in_that_order_before_everything_else() -> None:
    shop = alarmed()
    written = list(panes(supervisor_page(Feed(shop.run, ReplaySource([]), "told"))))
    titles = [it for it in written if not it.startswith("<")]
    rows = [f"{name} is wrong" for name in ("door", "pressure", "coolant", "air", "noise")]
    cards = ["Answered, and still there", "What stands", "Orders that are late", "Lots that are held", "Send a job order to a unit"]
    assert [it for it in titles if it in ("To be answered", *cards)] == ["To be answered", *cards]
    found = places(written, *rows, *cards)
    assert found == sorted(set(found))
    (matrix,) = [it for it in written if "until 31 Dec 2027" in it]
    assert matrix.count("<tr") == 1 + len(shop.plant.layout.persons), "a person a row"
    assert places(written, "Who does what now") < places(written, "Who can do what, and is free") < places(written, "Where lots are")
    assert "fill up" in written[places(written, "coolant is wrong")[0]], "each says what to do"


@pytest.fixture
def feed() -> Iterator[Feed]:
    with running(by_hand(hand_shop(), two_orders(), seed=1, speed=600)) as feed:
        wait_until(lambda: len(feed.run.mes.job_orders) >= 4)
        yield feed


def test_whoever_calls_for_help_at_a_machine_is_seen_by_the_supervisor_until_somebody_is_there(feed: Feed) -> None:
    about: dict[str, Any] = {"effective_us": 0, "equipment": "mill_1", "help": "maintenance", "terminal": "tablet 1"}
    assert feed.enter(e.HelpCalled(**about, person="olga", note="no air")) == ""
    (call,) = feed.look(supervisor_now, 0.0).calling
    assert (call.equipment, call.alarm, call.is_active) == ("mill_1", "help: maintenance", True)
    written = list(panes(supervisor_page(feed)))
    (row,) = [text for text in written if "help: maintenance" in text]
    assert "no air" in row
    assert places(written, "help: maintenance") < places(written, "Answered, and still there")
    assert feed.enter(e.HelpAnswered(**about, person="pete")) == ""
    wait_until(lambda: not any(it.is_active for it in feed.look(supervisor_now, 0.0).calling))
