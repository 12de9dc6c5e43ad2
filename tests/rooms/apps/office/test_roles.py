"""Roles of the office on pages: a packer pays no bills, a role that nobody has is everybody's, and a program goes by its token."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.rooms.apps.test_entries import said_by_users, wait_until
from twin.apps.feeds import by_hand
from twin.apps.pages.page_frame import _controls, _who_may_speak
from twin.apps.speaking.speaker import Speaker
from twin.library import read_plant
from twin.model import events as e
from twin.model.personnel.roles import having, lacks_role
from twin.model.personnel.staff import Staff

AT: dict[str, Any] = {"effective_us": 0, "terminal": "purchasing page"}


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        (e.PaymentOrdered(**AT, person="marek", supplier="steel", bill="1", amount_minor=1), "clara"),
        (e.PeriodCloseRequested(effective_us=0, person="marek", period="2026-03", until_us=1), "clara"),
        (e.SupplierStockCounted(**AT, person="clara", supplier="s", material="GB1", lot="x", quantity=1, reason="x"), "fatma, marek"),
        (e.CreditLimitChanged(**AT, person="", customer="mixers", limit_minor=1, reason="x"), "clara"),
    ],
)
def test_whoever_has_not_the_role_is_refused_with_who_has_it(root: Path, said: Any, allowed: str) -> None:
    persons = read_plant(root / "plant_models/gearbox_shop").layout.persons
    assert lacks_role(persons, said).endswith(f"which this takes; allowed: {allowed}")
    assert not lacks_role(persons, e.SetupDone(effective_us=0, terminal="t", person="emil", equipment="saw_1"))


def test_a_role_whose_last_holder_has_left_is_nobodys_and_not_everybodys(root: Path) -> None:
    persons = Staff(read_plant(root / "plant_models/gearbox_shop").layout.persons)
    paid = e.PaymentOrdered(**AT, person="marek", supplier="steel", bill="1", amount_minor=1)
    persons.left.update(having(persons, "finance"))
    assert lacks_role(persons, paid).endswith("allowed: nobody who is here has it; somebody to whom plant.yaml gives it")


def test_the_door_of_pages_keeps_to_roles_and_a_token_has_its_own() -> None:
    plant = hand_shop()
    plant.layout.persons["olga"].roles.append("finance")
    feed = by_hand(plant, two_orders(), seed=1, speed=60).start()
    try:
        wait_until(lambda: feed.run.now_us > 0)
        limit = e.CreditLimitChanged(**AT, person="pete", customer="acme", limit_minor=100, reason="new here")
        words = "pete has not the role 'finance', which this takes; allowed: olga"
        assert feed.enter(limit) == feed.enter(lambda at_us: limit) == words
        assert not [it for it in said_by_users(feed.run) if isinstance(it, e.CreditLimitChanged)]
        assert feed.enter(limit, has_token=True) == words, "no token gives him what the plant does not"
        assert feed.enter(replace(limit, person="olga"), has_token=True) == ""
        assert _who_may_speak(feed) == (
            "Nobody has to sign on here: whoever opens a page may speak in any name. Only these may say what takes a role: finance: olga."
        )
        feed.badges.enroll("olga", "1357")
        assert _who_may_speak(feed).startswith("Only these may say")
    finally:
        feed.stop()


def test_where_nobody_has_a_role_a_page_says_that_everybody_may_say_everything() -> None:
    feed = by_hand(hand_shop(), two_orders(), seed=1, speed=60)
    assert _who_may_speak(feed).endswith("No person has a role: everybody may say everything.")


def test_nobody_at_a_machine_pauses_the_plant_and_where_there_is_a_trainer_nobody_else_does() -> None:
    plant = hand_shop()
    feed = by_hand(plant, two_orders(), seed=1, speed=60)
    assert feed.pace
    assert _controls(feed, "/terminal", None) == _controls(feed, "/scan", None) == []
    assert [it.visible for it in _controls(feed, "/", None)] == [True] * 3
    plant.layout.persons["olga"].roles.append("trainer")
    speaker = Speaker(feed, "supervisor page")
    assert _controls(feed, "/", None) == [], "nobody knows who stands there"
    hold, step, speed = _controls(feed, "/supervisor", speaker)
    for person, may in (("", False), ("pete", False), ("olga", True)):
        speaker.who.value = person
        hold.clicks, speed.value = hold.clicks + 1, 600.0  # as a browser may say, whatever is shown there
        assert (hold.visible, step.visible, feed.pace.is_paused, feed.pace.factor) == (may, may, may, 600.0 if may else 60.0)
        assert (hold.icon, hold.description) == (("play_arrow", "go on") if may else ("pause", "pause"))
        hold.clicks, speed.value = hold.clicks + 1, 60.0
