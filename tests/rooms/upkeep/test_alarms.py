"""Alarms and alerts go through the states of ISA-18.2, by what happens and what persons say, from whatever source."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.rooms.quality.valve_shop import MIN_US, of_type
from tests.rooms.upkeep.kept_shop import HOUR_US, KeptShop
from twin.mes.alarms.alarms import AlarmSystem
from twin.mes.alarms.indicators import floods
from twin.model.events import (
    AlarmAccepted,
    AlarmAcknowledged,
    AlarmCleared,
    AlarmEscalated,
    AlarmRaised,
    AlarmReset,
    AlarmReturnedToService,
    AlarmShelved,
    AlarmTakenOutOfService,
    AlarmUnshelved,
    EntryRefused,
    WorkAlertRaised,
)
from twin.model.states import WorkUnitState as S

COOLANT = {"equipment": "mill_1", "alarm": "coolant"}
ALARMS: dict[str, Any] = {
    "default": {"priority": "low"},
    "equipment": {
        "mill_1": {
            "coolant": {"priority": "medium", "within": "10 min", "escalate_to": ["operator", "inspector"], "response": "fill up"},
            "door": {"priority": "critical", "latched": True, "authority": "inspector"},
        },
        "grinder": {"low_pressure": {"priority": "high", "suppressed_in": ["Stopped", "Aborted"], "longest_shelf": "1 h"}},
    },
    "alerts": {"count": {"priority": "high", "within": "5 min", "escalate_to": ["inspector"]}},
}


def shop(**alarms: Any) -> KeptShop:
    return KeptShop(alarms={**ALARMS, **alarms})


def state(it: KeptShop, alarm: str) -> str:
    table = it.run.alarms()
    return str(table[table["alarm"] == alarm]["state"].iloc[0])


def test_an_alarm_is_raised_acknowledged_and_cleared() -> None:
    it = shop()
    it.raises("mill_1", "coolant", "level below 20 %")
    assert state(it, "coolant") == "unacknowledged"
    assert it.say(AlarmAccepted, **COOLANT) == ""
    assert state(it, "coolant") == "acknowledged"
    it.clears("mill_1", "coolant")
    assert state(it, "coolant") == "normal"
    row = it.run.alarms().iloc[0]
    assert (row["priority"], row["response"], row["acknowledged_by"], row["terminal"]) == ("medium", "fill up", "quinn", "tablet 3")
    assert it.is_the_same_from_every_source()


def test_what_has_gone_before_anybody_saw_it_still_wants_to_be_seen() -> None:
    it = shop()
    it.raises("mill_1", "coolant")
    it.clears("mill_1", "coolant")
    assert state(it, "coolant") == "returned to normal, unacknowledged"
    it.tell(AlarmAcknowledged(effective_us=it.now_us, **COOLANT))  # the button at the machine
    assert state(it, "coolant") == "normal"


def test_what_is_latched_stands_until_it_is_reset_by_somebody_who_has_seen_it() -> None:
    it = shop()
    door = {"equipment": "mill_1", "alarm": "door"}
    it.raises("mill_1", "door")
    assert it.say(AlarmReset, **door) == "door is still there; allowed: when its cause is gone"
    it.clears("mill_1", "door")
    assert state(it, "door") == "latched"
    assert it.say(AlarmReset, **door) == "nobody has acknowledged door; allowed: acknowledge it first"
    assert it.say(AlarmAccepted, **door) == ""
    assert state(it, "door") == "latched"
    assert it.say(AlarmReset, **door) == ""
    assert state(it, "door") == "normal"
    assert it.is_the_same_from_every_source()


def test_on_the_shelf_it_keeps_quiet_until_its_time_is_over_and_then_calls_again() -> None:
    it = shop()
    it.raises("mill_1", "coolant")
    assert it.say(AlarmShelved, **COOLANT, until_us=it.now_us + HOUR_US, reason="pump is on order") == ""
    assert state(it, "coolant") == "shelved"
    assert of_type(it.wait(45), AlarmEscalated, AlarmUnshelved) == [], "it calls nobody meanwhile"
    followed = it.wait(30)
    assert [(type(each).__name__, each.person) for each in of_type(followed, AlarmUnshelved, EntryRefused)] == [("AlarmUnshelved", "")]
    assert state(it, "coolant") == "unacknowledged"
    assert [each.to for each in of_type(followed, AlarmEscalated)] == ["operator"], "ten minutes after it was heard again"
    assert [each.to for each in of_type(it.wait(15), AlarmEscalated)] == ["inspector"]
    assert it.is_the_same_from_every_source()


def test_what_nobody_acknowledges_goes_to_the_next() -> None:
    it = shop()
    it.raises("mill_1", "coolant")
    assert of_type(it.wait(5), AlarmEscalated) == []
    assert [(each.to, each.escalation) for each in of_type(it.wait(6), AlarmEscalated)] == [("operator", 1)]
    followed = of_type(it.wait(30), AlarmEscalated)
    assert [(each.to, each.escalation) for each in followed] == [("inspector", 2)]
    assert followed[0].effective_us < it.now_us - 15 * MIN_US, "when it was due, not when the clock beat"
    assert of_type(it.wait(60), AlarmEscalated) == [], "nobody is left"
    assert it.run.alarms()["asked"].iloc[0] == "inspector"
    assert it.say(AlarmAccepted, **COOLANT) == ""
    assert it.is_the_same_from_every_source()


def test_a_state_in_which_it_means_nothing_suppresses_it_by_design() -> None:
    it = shop()
    it.is_in("grinder_1", S.STOPPED, "cleaning")
    it.raises("grinder_1", "low_pressure")
    assert state(it, "low_pressure") == "suppressed by design"
    assert it.run.mes.alarms.heard() == []
    it.is_in("grinder_1", S.RESETTING)
    assert state(it, "low_pressure") == "unacknowledged"
    assert len(it.run.mes.alarms.heard()) == 1
    assert it.is_the_same_from_every_source()


def test_out_of_service_it_is_quiet_until_somebody_returns_it() -> None:
    it = shop()
    it.raises("mill_1", "door")
    door = {"equipment": "mill_1", "alarm": "door"}
    refusal = "olga is no inspector, which door asks for; allowed: quinn"
    assert it.say(AlarmTakenOutOfService, person="olga", **door, reason="sensor is broken") == refusal
    assert it.say(AlarmTakenOutOfService, **door, reason=" ") == "it needs a reason"
    assert it.say(AlarmTakenOutOfService, **door, reason="sensor is broken") == ""
    assert state(it, "door") == "out of service"
    assert it.say(AlarmAccepted, **door) == "door is out of service, and calls nobody"
    assert it.say(AlarmReturnedToService, **door) == ""
    assert state(it, "door") == "unacknowledged"


@pytest.mark.parametrize(
    ("kind", "said", "words"),
    [
        (AlarmAccepted, {"person": ""}, "nobody has signed it; allowed: one person, by id"),
        (AlarmAccepted, {"terminal": ""}, "it does not say where it was said; allowed: the terminal"),
        (AlarmAccepted, {"person": "quin"}, "nobody knows a person 'quin' (did you mean 'quinn'?); allowed: quinn, olga"),
        (AlarmAccepted, {"alarm": "colant"}, "mill_1 has raised no alarm 'colant' (did you mean 'coolant'?); raised so far: coolant"),
        (AlarmUnshelved, {}, "coolant is unacknowledged, and not shelved"),
        (AlarmReset, {}, "coolant is still there; allowed: when its cause is gone"),
        (AlarmReturnedToService, {}, "coolant is unacknowledged, and in service"),
        (AlarmShelved, {"reason": "x", "until_us": -HOUR_US}, "allowed: from now on for 8 h at most"),
        (
            AlarmShelved,
            {"reason": "x", "until_us": 9 * HOUR_US},
            "coolant cannot be shelved until Mon 2 Mar, 15:02; allowed: from now on for 8 h at most",
        ),
        (AlarmShelved, {"reason": "", "until_us": HOUR_US}, "it needs a reason"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(kind: Any, said: dict[str, Any], words: str) -> None:
    it = shop()
    it.raises("mill_1", "coolant")
    said = {**COOLANT, **said}
    if said.get("until_us"):
        said["until_us"] += it.now_us
    assert it.say(kind, **said).endswith(words)
    assert state(it, "coolant") == "unacknowledged"


def test_it_is_acknowledged_once() -> None:
    it = shop()
    it.raises("mill_1", "coolant")
    it.say(AlarmAccepted, **COOLANT)
    assert it.say(AlarmAccepted, person="olga", **COOLANT).startswith("coolant is acknowledged already by quinn at Mon 2 Mar")


def test_an_alert_of_the_mes_has_the_same_life() -> None:
    it = shop()
    alert = {"equipment": "grinder_1", "alarm": "count", "is_alert": True}
    it.tell(WorkAlertRaised(effective_us=it.now_us, equipment="grinder_1", alert="count", message="fewer than none"))
    assert state(it, "count") == "unacknowledged"
    assert [each.to for each in of_type(it.wait(7), AlarmEscalated)] == ["inspector"]
    assert it.say(AlarmAccepted, **alert) == ""
    assert state(it, "count") == "acknowledged"
    assert it.say(AlarmReset, **alert, reason="recounted") == ""
    assert state(it, "count") == "normal"
    it.tell(WorkAlertRaised(effective_us=it.now_us, equipment="grinder_1", alert="count", message="again"))
    assert state(it, "count") == "unacknowledged"
    assert it.is_the_same_from_every_source()


def test_alarms_that_nobody_declared_are_low_and_tell_nobody() -> None:
    it = KeptShop()
    followed: list[Any] = []
    for _ in range(15):
        followed += it.raises("mill_1", "coolant") + it.clears("mill_1", "coolant")
    assert followed == []
    assert [type(each).__name__ for each in it.wait(600)] == ["JournalPosted"] * 3, (
        "wages and machines of two work centers, and nothing of alarms"
    )
    assert list(it.run.alarms()["priority"]) == ["low"]


def test_a_flood_is_told_once_and_counted() -> None:
    it = shop()
    followed: list[Any] = []
    for n in range(13):
        followed += it.tell(AlarmRaised(effective_us=it.now_us, equipment="mill_1", alarm=f"a{n}"))
        it.now_us -= MIN_US // 2
    told = of_type(followed, WorkAlertRaised)
    assert [(each.alert, each.message) for each in told] == [("alarm_flood", "11 alarms in 10 min, the last one a10 of mill_1")]
    found = it.run.alarm_floods()
    assert list(found["count"]) == [13]
    indicators = it.run.alarm_indicators().set_index("indicator")
    assert indicators.loc["floods", "value"] == 1
    assert not indicators.loc["alarms per operator in the worst 10 min", "is_acceptable"]


def test_chattering_and_standing_alarms_are_found() -> None:
    it = shop()
    at_us = it.now_us
    for n in range(3):
        it.tell(AlarmRaised(effective_us=at_us + n * 20_000_000, **COOLANT))
        it.tell(AlarmCleared(effective_us=at_us + n * 20_000_000 + 5_000_000, **COOLANT))
    it.raises("grinder_1", "low_pressure")
    it.wait(25 * 60)
    table = it.run.alarms().set_index("alarm")
    assert list(table["is_chattering"]) == [name == "coolant" for name in table.index]
    assert list(table["is_standing"]) == [name == "low_pressure" for name in table.index]
    assert table.loc["coolant", "count"] == 3


def test_floods_by_hand() -> None:
    minutes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9.5, 30, 31]
    found = floods([round(m * MIN_US) for m in minutes], 100 * MIN_US, times=11, within_us=10 * MIN_US)
    assert [(it.start_us, it.end_us // MIN_US, it.count) for it in found] == [(0, 19, 11)]


def test_the_state_is_the_same_in_whatever_order_facts_become_known() -> None:
    it = shop()
    draw = random.Random(4)
    facts: list[Any] = []
    at_us = it.now_us
    for _ in range(40):
        kind = draw.choice((AlarmRaised, AlarmRaised, AlarmCleared))
        at_us += draw.randrange(1, 5) * MIN_US
        facts.append(kind(effective_us=at_us, equipment="mill_1", alarm=draw.choice(("coolant", "door"))))

    def told(order: list[Any]) -> list[Any]:
        system = AlarmSystem(it.plant)
        for fact in order:
            system.apply(fact)
        return sorted((each.key, each.state, each.activations, each.heard) for each in system.all.values())

    clean = told(facts)
    for _ in range(20):
        shuffled = facts + draw.choices(facts, k=8)
        draw.shuffle(shuffled)
        assert told(shuffled) == clean


def test_it_went_to_the_next_before_somebody_answered_though_nothing_happened_meanwhile() -> None:
    it = shop()
    it.raises("mill_1", "coolant")
    it.now_us += 30 * MIN_US
    followed = it.tell(AlarmAccepted(effective_us=it.now_us, person="quinn", terminal="tablet 3", **COOLANT))
    assert [(type(each).__name__, each.to) for each in followed] == [("AlarmEscalated", "operator"), ("AlarmEscalated", "inspector")]
    assert of_type(it.wait(30), AlarmEscalated) == []
    assert it.is_the_same_from_every_source()


def test_what_nobody_answered_is_handed_on_though_it_comes_again_before_a_beat() -> None:
    """A source without a heartbeat near gives the same events as one that has it."""
    handed_on = []
    for beats in (True, False):
        it = shop()
        it.raises("mill_1", "coolant")
        it.clears("mill_1", "coolant")
        due_us = it.now_us + 8 * MIN_US  # ten minutes after it was raised
        if beats:
            it.wait(9)
        it.now_us = due_us + 2 * MIN_US
        it.raises("mill_1", "coolant")
        it.wait(10)
        told = [entry.event for entry in it.run.journal.entries() if isinstance(entry.event, AlarmEscalated)]
        handed_on.append([(each.effective_us - due_us, each.to, each.escalation) for each in told])
    assert handed_on == [[(0, "operator", 1), (12 * MIN_US, "operator", 1)]] * 2


def test_what_comes_after_its_time_on_the_shelf_was_over_is_heard_when_it_comes() -> None:
    heard = []
    for beats in (True, False):
        it = shop()
        it.raises("mill_1", "coolant")
        start_us = it.now_us
        it.say(AlarmAccepted, **COOLANT)
        it.clears("mill_1", "coolant")
        it.say(AlarmShelved, **COOLANT, until_us=start_us + 5 * MIN_US, reason="sensor is cleaned")
        if beats:
            it.wait(5)
        it.now_us = start_us + 10 * MIN_US
        it.raises("mill_1", "coolant")
        heard.append([at_us - start_us for at_us in it.run.mes.alarms.heard()])
    assert heard == [[-MIN_US, 10 * MIN_US]] * 2


@pytest.mark.parametrize("until_us", [2**62, -(2**62)])
def test_no_instant_is_too_far_away_to_be_refused_in_words(until_us: int) -> None:
    it = shop()
    it.raises("mill_1", "coolant")
    refused = it.say(AlarmShelved, **COOLANT, until_us=until_us, reason="noise")
    assert refused == "coolant cannot be shelved until at no time of a calendar; allowed: from now on for 8 h at most"
