"""Persons, tools and work units are promised ahead to a job order, or kept for a while; conflicts are refused, dispatching heeds it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.apps.office.test_supervising_forms import presses
from tests.rooms.quality.valve_shop import LAYOUT, MIN_US, SCENARIO
from tests.rooms.readiness.turning_shop import TURNING, TurningShop
from twin.apps.api.entries import document_of, entry_said
from twin.apps.terminals.supervising_forms import supervisor_forms
from twin.model import events as e
from twin.model.states import WorkUnitState as S
from twin.study.scheduling.scheduling import schedule

HOUR_US = 60 * MIN_US
UNITS = {"mill_1": LAYOUT["work_units"]["mill_1"], "mill_2": LAYOUT["work_units"]["mill_1"], "grinder_1": LAYOUT["work_units"]["grinder_1"]}
JIG = {"jig": {"title": "Jig", "operations": ["10"], "count": 2}}


def shop(**sections: Any) -> TurningShop:
    return TurningShop(work_units=UNITS, **sections)


def reserve(it: TurningShop, resource: str, kind: str = "equipment", name: str = "V-1", **said: Any) -> str:
    return it.say(e.ResourceReserved, "ida", reservation=name, resource_kind=kind, resource=resource, **said)


def begun(it: TurningShop) -> list[tuple[str, str, str]]:
    """What was sent where, with whom."""
    return [(each.job_order, each.equipment, each.person) for each in it.commands if isinstance(each, e.JobOrderCommand)]


def frees(it: TurningShop, *units: str) -> None:
    it.tell(*(it._state(unit, S.IDLE) for unit in units))


def holds(it: TurningShop, *units: str) -> None:
    it.tell(*(it._state(unit, S.HELD) for unit in units))


def beat(it: TurningShop, at_us: int) -> None:
    it.now_us = at_us
    it.tell(e.Heartbeat(effective_us=at_us, reason="clock"))


def test_a_unit_that_is_kept_for_a_trial_begins_nothing_that_would_run_into_it() -> None:
    it = shop()
    holds(it, "mill_1", "mill_2", "grinder_1")
    trial_us = it.now_us + HOUR_US
    assert reserve(it, "mill_1", from_us=trial_us, until_us=trial_us + HOUR_US, reason="a trial of the new cutter") == ""
    it.order("A", 5).order("B", 5)
    frees(it, "mill_1")
    assert begun(it) == [("A-VALVE/10", "mill_1", "bo")], "30 minutes: it is done by then"
    it.does("mill_1", "A-VALVE/10", 5, minutes=34)
    assert len(begun(it)) == 1
    why = it.obstacle("boring", "B-VALVE/10")
    assert (why.why, why.detail.startswith("mill_1 is reserved for a trial of the new cutter from Mon 2 Mar, 0")) == ("requirement", True)
    assert why.detail.endswith("and B-VALVE/10 takes 30 min; allowed: what is done by then")
    beat(it, trial_us + MIN_US)
    assert it.obstacle("boring", "B-VALVE/10").detail.endswith("until Mon 2 Mar, 08:03")
    assert "mill_1 is reserved for a trial" in it.say(
        e.MaintenanceRequested, "ida", equipment="mill_1", maintenance="X", category="planned", description="grease"
    ) + it.say(e.MaintenanceScheduled, "ida", maintenance="X", from_us=it.now_us, until_us=trial_us + 2 * HOUR_US)
    mill = it.run.resources.set_index("resource").loc["mill_1"]
    assert (mill["is_free"], mill["reserved"]) == (False, "for a trial of the new cutter from Mon 2 Mar, 07:03 until Mon 2 Mar, 08:03")
    beat(it, trial_us + HOUR_US)
    assert begun(it)[1:] == [("B-VALVE/10", "mill_1", "bo")]
    assert list(it.run.reserved_resources["standing"]) == ["over"]
    assert it.is_the_same_from_every_source(lambda run: run.reserved_resources, lambda run: run.resources)


def test_a_job_order_is_done_by_whom_and_where_it_was_promised_and_nobody_else_has_them() -> None:
    it = shop()
    holds(it, "mill_1", "mill_2", "grinder_1")
    it.order("A", 5).order("B", 5)
    assert reserve(it, "eve", "person", job_order="B-VALVE/10") == ""
    assert reserve(it, "mill_2", name="V-2", job_order="B-VALVE/10") == ""
    frees(it, "mill_1")
    assert begun(it) == [("A-VALVE/10", "mill_1", "bo")]
    assert "B-VALVE/10 is promised mill_2; allowed: there" in it.say(
        e.JobOrderReassigned, "ida", job_order="B-VALVE/10", equipment="mill_1"
    )
    it.begins("mill_1", "A-VALVE/10", "bo")
    frees(it, "mill_2")
    assert begun(it)[1:] == [("B-VALVE/10", "mill_2", "eve")]
    it.begins("mill_2", "B-VALVE/10", "eve")
    it.does("mill_2", "B-VALVE/10", 5)
    assert list(it.run.reserved_resources["ended_because"]) == ["done", "done"]
    assert it.is_the_same_from_every_source(lambda run: run.reserved_resources)


def test_a_tool_waits_for_its_job_order_until_it_is_given_back() -> None:
    it = shop(tools={"jig": {**JIG["jig"], "count": 1}})
    holds(it, "mill_1", "mill_2", "grinder_1")
    it.order("A", 5).order("B", 5)
    press = {"resource": "tool|jig.1", "job_order": "B-VALVE/10"}
    assert presses(it, supervisor_forms, "ResourceReserved", "ida", **press) == ""
    assert reserve(it, "bo", "person", "V-9", job_order="B-VALVE/10", from_us=it.now_us + 5 * HOUR_US) == ""
    kept = it.obstacle("boring", "A-VALVE/10").others[0].detail
    assert kept.startswith("tool jig (Jig) is missing: jig.1 is reserved for B-VALVE/10 from Mon 2 Mar, 06:0")
    assert "V-1: jig.1 for B-VALVE/10 from Mon 2 Mar" in str(supervisor_forms(it.run))
    frees(it, "mill_1")
    assert begun(it) == [("B-VALVE/10", "mill_1", "bo")], "it goes first, though the other is due first"
    assert presses(it, supervisor_forms, "ResourceReservationEnded", "ida", reservation="V-1", reason="another jig came") == ""
    assert it.is_the_same_from_every_source()


@pytest.mark.parametrize(
    ("resource", "kind", "said", "words"),
    [
        ("mill_9", "equipment", {"job_order": "A-VALVE/10"}, "no equipment is called 'mill_9' (did you mean 'mill_2'?)"),
        ("mill_1", "machine", {"job_order": "A-VALVE/10"}, "nothing of the kind 'machine' is reserved; allowed: equipment, person, tool"),
        ("grinder_1", "equipment", {"job_order": "A-VALVE/10"}, "grinder_1 cannot do A-VALVE/10; allowed: mill_1, mill_2"),
        ("mill_1", "equipment", {"job_order": "A-VALVE/11"}, "nobody released job order 'A-VALVE/11' (did you mean 'A-VALVE/10'?)"),
        ("ida", "person", {"job_order": "A-VALVE/10"}, "ida is no turner, which A-VALVE/10 asks for; allowed: bo, eve"),
        ("jig.1", "tool", {"job_order": "A-VALVE/20"}, "A-VALVE/20 needs no jig; allowed: none"),
        ("mill_2", "equipment", {}, "it does not say what for; allowed: a job order, or a reason; it has no end; allowed: until when"),
        ("mill_2", "equipment", {"reason": "x", "from_us": 9, "until_us": 5}, "its time ends before it begins"),
        ("mill_2", "equipment", {"reason": "x", "until_us": 10**18}, "it is more than ten years away; allowed: within ten years"),
        ("mill_1", "equipment", {"reason": "x", "from_us": 30, "until_us": 90}, "mill_1 is reserved for a trial from"),
        ("mill_2", "equipment", {"reason": "x", "from_us": 20, "until_us": 90, "name": "V-0"}, "reservation 'V-0' is there already"),
        ("bo", "person", {"reason": "x", "from_us": 1, "until_us": 90}, "bo is for M1 until Mon 2 Mar"),
        ("ida", "person", {"reason": "x", "from_us": 200, "until_us": 290}, "ida does not work between"),
    ],
)
def test_what_cannot_be_is_refused_in_words(resource: str, kind: str, said: dict[str, Any], words: str) -> None:
    day = {"shifts": {"day": {"days": ["mon"], "start": "06:00", "end": "08:00"}}}
    calendars = {**LAYOUT["calendars"], "day": day}
    persons = {**TURNING["persons"], "ida": {**TURNING["persons"]["ida"], "calendar": "day"}}
    it = shop(tools=JIG, calendars=calendars, persons=persons)
    it.order("A", 5)
    trial = {"from_us": it.now_us + 20 * MIN_US, "until_us": it.now_us + 50 * MIN_US, "reason": "a trial"}
    assert reserve(it, "mill_1", name="V-0", **trial) == ""
    it.say(e.MaintenanceRequested, "ida", equipment="grinder_1", maintenance="M1", category="planned", description="grease")
    window = {"from_us": it.now_us, "until_us": it.now_us + 60 * MIN_US, "assigned": ("bo",)}
    assert it.say(e.MaintenanceScheduled, "ida", maintenance="M1", **window) == ""
    said = {name: it.now_us + value * MIN_US if name.endswith("_us") and value < 10**9 else value for name, value in said.items()}
    assert words in reserve(it, resource, kind, **said)
    assert list(it.run.reserved_resources["reservation"]) == ["V-0"]


def test_what_has_ended_is_not_ended_again_and_needs_a_reason() -> None:
    it = shop()
    reserve(it, "mill_1", until_us=it.now_us + HOUR_US, reason="a trial")
    assert "no reservation is called 'V-2'; allowed: V-1" in it.say(e.ResourceReservationEnded, "ida", reservation="V-2", reason="x")
    assert it.say(e.ResourceReservationEnded, "ida", reservation="V-1", reason=" ") == "it needs a reason"
    assert it.say(e.ResourceReservationEnded, "ida", reservation="V-1", reason="no cutter came") == ""
    assert it.say(e.ResourceReservationEnded, "ida", reservation="V-1", reason="again") == "reservation V-1 has ended; allowed: none"


def test_the_schedule_heeds_what_is_reserved_and_a_program_reserves_it() -> None:
    it = shop()
    holds(it, "mill_2", "grinder_1")
    holds(it, "mill_1")
    it.order("A", 5)
    sent = document_of(e.ResourceReserved).model_validate(
        {"reservation": "V-7", "resource_kind": "equipment", "resource": "mill_1", "until": "2026-03-02T10:00:00Z", "reason": "a trial"}
    )
    it.tell(entry_said(e.ResourceReserved, sent, "ida", "p-1")(it.now_us))
    assert reserve(it, "mill_2", "equipment", "V-8", until_us=SCENARIO.start_us + 5 * HOUR_US, reason="another") == ""
    frees(it, "mill_1")
    plan = schedule(it.run, "edd")
    first = next(each for each in plan.operations if each.job_order.endswith("/10"))
    assert (first.equipment, first.start_us) == ("mill_1", SCENARIO.start_us + 4 * HOUR_US)
    assert plan.window_table["maintenance"].tolist() == ["V-7 for a trial", "V-8 for another"]
