"""A supervisor sends job orders and persons elsewhere, and lets a request go first; what makes no sense is refused in words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.quality.valve_shop import LAYOUT
from tests.rooms.upkeep.kept_shop import KeptShop
from twin.model.events import JobOrderReassigned, PersonReassigned, RequestExpedited
from twin.model.scenario import Policies
from twin.model.states import WorkUnitState as S

UNITS = {
    "mill_1": LAYOUT["work_units"]["mill_1"],
    "mill_2": LAYOUT["work_units"]["mill_1"],
    "grinder_1": LAYOUT["work_units"]["grinder_1"],
}
SEGMENTS = {"bore": {"work_center": "boring", "personnel_class": "operator"}, "grind": {"work_center": "grinding"}}


def shop(**sections: Any) -> KeptShop:
    return KeptShop(work_units=UNITS, **sections).stock(100)  # type: ignore[return-value]  # the shop itself


def test_a_job_order_goes_where_it_is_assigned_to() -> None:
    it = shop()
    it.is_in("mill_1", S.HELD)
    it.is_in("mill_2", S.HELD)
    it.order("A", 5)
    assert it.say(JobOrderReassigned, job_order="A-VALVE/10", equipment="mill_2", reason="mill_1 is being looked at") == ""
    it.is_in("mill_1", S.IDLE)
    assert it.started() == []
    waits = it.run.mes.dispatching.obstacles("boring", it.now_us)["A-VALVE/10"]
    assert waits.detail == "A-VALVE/10 was assigned to mill_2 by quinn; allowed: there"
    it.is_in("mill_2", S.IDLE)
    assert [(each.equipment, each.job_order) for each in it.commands if getattr(each, "command", "")] == [("mill_2", "A-VALVE/10")]
    assert it.is_the_same_from_every_source()


def test_an_assignment_is_taken_back() -> None:
    it = shop()
    it.is_in("mill_2", S.HELD)
    it.is_in("mill_1", S.HELD)
    it.order("A", 5)
    it.say(JobOrderReassigned, job_order="A-VALVE/10", equipment="mill_2")
    it.is_in("mill_1", S.IDLE)
    assert it.say(JobOrderReassigned, job_order="A-VALVE/10") == ""
    assert it.started() == ["A-VALVE/10"]


def test_a_person_works_where_the_supervisor_wants_and_nowhere_else() -> None:
    it = shop(process_segments=SEGMENTS)
    it.is_in("mill_2", S.HELD)
    assert it.say(PersonReassigned, worker="olga", equipment="mill_2", reason="help") == ""
    it.order("A", 5)
    assert it.started() == []
    assert it.run.mes.dispatching.obstacles("boring", it.now_us)["A-VALVE/10"].detail == "olga was assigned to mill_2 by quinn"
    it.is_in("mill_2", S.IDLE)
    assert [(each.equipment, each.person) for each in it.commands if getattr(each, "command", "")] == [("mill_2", "olga")]
    assert it.is_the_same_from_every_source()


def test_an_expedited_request_goes_first_where_the_rule_goes_by_priority() -> None:
    it = shop()
    it.run.mes.follow(Policies(dispatch="priority"))
    it.is_in("mill_1", S.HELD)
    it.is_in("mill_2", S.HELD)
    it.stock(50, "C1").order("A", 5).order("B", 5)
    assert it.say(RequestExpedited, request="B-VALVE", priority=5, reason="the customer waits") == ""
    it.is_in("mill_1", S.IDLE)
    assert it.started() == ["B-VALVE/10"]


@pytest.mark.parametrize(
    ("kind", "said", "words"),
    [
        (JobOrderReassigned, {"job_order": "A-VALVE/11", "equipment": "mill_2"}, "nobody released job order 'A-VALVE/11'"),
        (JobOrderReassigned, {"job_order": "A-VALVE/20", "equipment": "mill_2"}, "mill_2 cannot do A-VALVE/20; allowed: grinder_1"),
        (JobOrderReassigned, {"job_order": "A-VALVE/10", "equipment": "mill_2"}, "is Running on mill_1; allowed: before it starts"),
        (JobOrderReassigned, {"job_order": "A-VALVE/20"}, "was assigned to no equipment"),
        (PersonReassigned, {"worker": "olaf", "equipment": "mill_1"}, "nobody knows a person 'olaf' (did you mean 'olga'?)"),
        (PersonReassigned, {"worker": "quinn", "equipment": "mill_1"}, "quinn can do nothing at mill_1, which wants operator"),
        (PersonReassigned, {"worker": "olga"}, "olga was assigned to no equipment"),
        (RequestExpedited, {"request": "X", "priority": 1}, "nobody knows request 'X'"),
        (RequestExpedited, {"request": "A-VALVE", "priority": 0}, "request A-VALVE has priority 0 already"),
        (RequestExpedited, {"request": "A-VALVE", "priority": 5000}, "5000 is no priority; allowed: 0 to 1000"),
        (
            RequestExpedited,
            {"request": "A-VALVE", "priority": 2, "terminal": ""},
            "it does not say where it was said; allowed: the terminal",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(kind: Any, said: dict[str, Any], words: str) -> None:
    it = shop(process_segments=SEGMENTS).order("A", 5)
    it.is_in("mill_1", S.EXECUTE, job_order="A-VALVE/10")
    assert words in it.say(kind, **said)
