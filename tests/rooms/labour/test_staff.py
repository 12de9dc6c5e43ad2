"""Who works here and what each can do becomes otherwise while the plant runs: by entries, forms, and messages of another system."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from tests.rooms.apps.office.test_supervising_forms import form_of, offered, presses
from tests.rooms.exchange.said import message
from tests.rooms.labour.clocked_shop import PEOPLE, START_US, ClockedShop
from tests.rooms.labour.test_presence import TEAM, played
from tests.rooms.quality.valve_shop import MIN_US
from twin import study
from twin.apps.terminals.supervising_forms import supervisor_forms
from twin.mes.equipment import StateInterval
from twin.mes.performance.losses import NO_OPERATOR
from twin.model.events import Heartbeat, PersonnelChanged, SkillRecorded
from twin.model.exchange.messages import read_message
from twin.model.measures import US_PER_H
from twin.model.states import WorkUnitState as S
from twin.results.auditing.said_now import not_said_now
from twin.results.keeping import load, save
from twin.results.readiness.queues import queue_now
from twin.results.resources.resources_now import resources_now
from twin.run import simulate
from twin.store.exchange.taking import told_by_message

HOUR_US = 60 * MIN_US
NEW = {"worker": "jan", "title": "Jan", "classes": "operator", "calendar": "early", "hourly_cost": "24.00"}


def beat(shop: ClockedShop, minutes: int) -> None:
    shop.at(minutes).tell(Heartbeat(effective_us=shop.now_us, reason="clock"))


def test_somebody_joins_is_sent_learns_something_and_leaves_and_wages_hours_and_a_saved_run_know_it(tmp_path: Path) -> None:
    shop = ClockedShop(persons={"sam": TEAM["sam"], "cleo": PEOPLE["persons"]["cleo"]})
    run, before = shop.run, shop.run.plant
    assert (shop.started(), queue_now(run, "boring")[0].blocked_by) == ([], "no operator at work")
    assert "nobody knows a person 'jan'" in presses(shop, supervisor_forms, "PersonChanges", "sam", worker="jan", calendar="early")
    assert presses(shop, supervisor_forms, "PersonJoins", "sam", **NEW) == ""
    shop.tell(Heartbeat(effective_us=shop.now_us, reason="clock"))
    assert [(it.job_order, it.person) for it in shop.commands if getattr(it, "command", "")] == [("A-VALVE.1/10", "jan")]
    assert (list(before.layout.persons), list(run.plant.layout.persons)) == (["sam", "cleo"], ["sam", "cleo", "jan"])
    assert presses(shop, supervisor_forms, "SkillRecorded", "sam", worker="cleo", skill="operator", last_day="2026-03-02") == ""
    assert resources_now(run).skills["cleo"] == {"clerk": None, "operator": date(2026, 3, 2)}
    beat(shop, 20)
    (told,) = shop.alerts("skill")
    assert told == "cleo is qualified as operator until 2 Mar 2026: it ends unless somebody enters that it was renewed"
    later = {"worker": "jan", "from": "2026-03-02 12:00"}
    assert presses(shop, supervisor_forms, "PersonLeaves", "sam", **later) == ""
    assert form_of(supervisor_forms(run), "PersonLeaves")
    again = PersonnelChanged(effective_us=shop.now_us, person="sam", worker="jan", has_left=True, from_us=START_US + 7 * HOUR_US)
    assert not_said_now(run, again) == (
        "jan leaves Mon 2 Mar, 12:00 already; allowed: until then, or that jan joins again, with classes and calendar"
    )
    there_again = replace(again, has_left=False, classes=("operator",))
    assert not_said_now(run, there_again) == ""
    assert not_said_now(run, replace(again, from_us=START_US + 5 * HOUR_US)) == "", "who leaves sooner says so"
    assert "jan leaves" in not_said_now(run, replace(again, has_left=False, title="Boss"))
    beat(shop, 350)
    assert run.mes.personnel.is_on_shift("jan", shop.now_us)
    beat(shop, 361)
    assert not run.mes.personnel.is_on_shift("jan", shop.now_us)
    assert shop.say(PersonnelChanged, "jan", worker="cleo", title="C").startswith("jan works here no more; allowed: sam, cleo")
    assert "jan" not in offered(supervisor_forms(run), "PersonLeaves")
    hours = run.labour().set_index("person")["attendance_h"]
    came_us = next(it.event.effective_us for it in run.journal.entries() if getattr(it.event, "title", "") == "Jan")
    assert round(hours["jan"], 6) == round(6 - 0.5 - (came_us - START_US) / US_PER_H, 6), "from when he came to noon, without the break"
    beat(shop, 720)
    paid = run.erp.capacity.wages_minor
    assert abs(paid - (12 * 5000 + 7.5 * 2000 + hours["jan"] * 2400)) < 1
    assert shop.at(25 * 60).on("cleo", "A-VALVE.1/10") == "cleo was qualified as operator until 2 Mar 2026"
    assert load(save(run, tmp_path / "kept")).plant.layout.persons == run.plant.layout.persons
    assert shop.is_the_same_from_every_source(lambda it: it.labour(), lambda it: it.resource_states("person"))


def test_another_calendar_holds_from_then_on_and_a_skill_is_withdrawn() -> None:
    shop = ClockedShop()
    shop.at(120)
    pause = START_US + 3 * HOUR_US, START_US + 3 * HOUR_US + 30 * MIN_US
    nobody_there = StateInterval(
        equipment="bore_1", start_us=pause[0] - 1, end_us=pause[1] + 1, state=S.SUSPENDED, reason=NO_OPERATOR, job_order="A-VALVE.1/10",
        person="",
    )  # fmt: skip
    breaks = shop.run.mes.performance.adding.breaks_in
    assert breaks(nobody_there) == [pause]
    other = {"worker": "olga", "calendar": "always", "hourly_cost": "40.00"}
    assert presses(shop, supervisor_forms, "PersonChanges", "sam", **other) == ""
    at_work = shop.run.mes.personnel.is_on_shift
    assert [at_work("olga", START_US + hour * HOUR_US) for hour in (-1, 1, 3, 10, 20)] == [False, True, True, True, True]
    assert presses(shop, supervisor_forms, "SkillWithdrawn", "sam", had="otto|operator", evidence="eyes") == ""
    assert shop.run.plant.layout.persons["otto"].classes == ["clerk"]
    assert breaks(nobody_there) == [], "who could go on now has no break"
    assert shop.on("otto", "A-VALVE.1/10") == "otto is no operator, which A-VALVE.1/10 asks for; allowed: olga"


def test_what_makes_no_sense_is_refused_in_words() -> None:
    shop, new = ClockedShop(), {"worker": "jan", "classes": ("operator",), "calendar": "early", "hourly_cost_minor": 1}
    wrong: list[tuple[type[Any], dict[str, Any], str]] = [
        (SkillRecorded, {"worker": "olga", "skill": "welder"}, "no personnel class is called 'welder'; allowed: operator, supervisor, cl"),
        (SkillRecorded, {"worker": "olga", "skill": "clerk", "is_withdrawn": True}, "olga is no clerk; allowed: operator"),
        (SkillRecorded, {"worker": "olga", "skill": "operator", "is_withdrawn": True}, "olga has no other qualification; allowed"),
        (SkillRecorded, {"worker": "olga", "skill": "clerk", "last_day": "31.3.2027"}, "'31.3.2027' is no day; allowed: as in 2027-"),
        (SkillRecorded, {"worker": "olga", "skill": "clerk", "from_us": START_US - 1}, "allowed: from now on, or from a day of the"),
        (PersonnelChanged, {**new, "calendar": "erly"}, "no calendar is called 'erly' (did you mean 'early'?); allowed: always, e"),
        (PersonnelChanged, {**new, "worker": "a+b"}, "'a+b' is no id; allowed: letters"),
        (PersonnelChanged, {"worker": "olga"}, "it says nothing of him; allowed: title, classes"),
        (PersonnelChanged, {"worker": "sam", "title": "Boss"}, "sam cannot say that of himself; allowed: somebody else"),
    ]
    for kind, said, words in wrong:
        assert words in shop.say(kind, "sam", **said)
    assert shop.say(SkillRecorded, "olga", worker="otto", skill="clerk") == "olga is no supervisor; allowed: sam"


def test_a_message_of_another_system_is_taken_as_what_it_says_otherwise() -> None:
    shop = ClockedShop()
    persons = [
        {"ID": "olga", "PersonnelClassID": ["operator", "clerk"]},
        {
            "ID": "jan", "PersonName": "Jan", "PersonnelClassID": ["operator"],
            "PersonProperty": [
                {"ID": name, "Value": {"ValueString": value}} for name, value in (("WorkCalendarID", "early"), ("HourlyCost", "24 EUR/h"))
            ],
        },
    ]  # fmt: skip
    said = read_message(json.dumps(message("SyncPersonnelInformation", "hr/1", {"ID": "hr", "Person": persons})))
    for told in told_by_message(said, shop.run.plant, "mes", shop.now_us):
        shop.tell(told.event)
    now = shop.run.plant.layout.persons
    assert (now["olga"].classes, now["jan"].title, now["jan"].hourly_cost) == (["operator", "clerk"], "Jan", 2400)
    assert told_by_message(said, shop.run.plant, "mes", shop.now_us) == [], "it says the same now"
    assert shop.run.mes.personnel.is_qualified("olga", "clerk")


def test_a_simulated_person_joins_and_leaves_as_the_scenario_says_in_either_engine_and_schedules_have_him() -> None:
    new = {"worker": "jan", "classes": ["operator"], "calendar": "early", "hourly_cost_minor": 2400}
    gone = {"worker": "olga", "has_left": True, "from_us": START_US + HOUR_US}
    plant, scenario = played(("0 s", "sam", "PersonnelChanged", gone), ("30 min", "sam", "PersonnelChanged", new))
    run = simulate(plant, scenario, until_us=6 * HOUR_US)
    assert simulate(plant, scenario, until_us=6 * HOUR_US, engine="simpy").trace_hash == run.trace_hash
    worked = {(it.person, it.start_us) for it in run.mes.labour.figures.stints(START_US, run.now_us)}
    assert {who for who, at_us in worked if at_us >= START_US + HOUR_US} == {"otto", "jan"}
    assert {it.person for it in study.schedule(run, rule="edd", until="1 d").operations if not it.is_running} <= {"otto", "jan"}
