"""Who is really there: absences, extra hours and swapped shifts are said, and all that asks for persons goes by them."""

from __future__ import annotations

from typing import Any

from tests.rooms.apps.office.test_supervising_forms import offered, presses
from tests.rooms.labour.clocked_shop import PEOPLE, START_US, ClockedShop
from tests.rooms.quality.valve_shop import ITEMS, MIN_US
from twin import study
from twin.apps.terminals.supervising_forms import supervisor_forms
from twin.model.events import AbsenceEntered, AttendanceEntered, Heartbeat, JobOrderCommand, ShiftsSwapped
from twin.model.materials import Materials
from twin.model.plant import Plant, PlantFile
from twin.model.scenario import Scenario
from twin.model.states import WorkUnitState as S
from twin.results.readiness.queues import queue_now
from twin.results.reports.handover import handover
from twin.results.run import Run
from twin.run import replay, simulate

HOUR_US = 60 * MIN_US
LATE = {"shifts": {"late": {"days": ["mon", "tue", "wed", "thu", "fri"], "start": "14:00", "end": "22:00"}}}
TEAM = {name: PEOPLE["persons"][name] for name in ("olga", "sam")}
STOCKED = {**ITEMS, "materials": {**ITEMS["materials"], "CASTING": {**ITEMS["materials"]["CASTING"], "opening_stock": 100}}}
SICK = {"worker": "olga", "absence": "sickness", "from": "2026-03-02 07:00", "reason": "flu"}


def attendance_h(run: Run, person: str, by: str = "person") -> dict[str, float]:
    table = run.labour(by)
    return {str(it[by]): round(it["attendance_h"], 3) for _, it in table.iterrows() if it["attendance_h"] and person in (it[by], "")}


def test_whoever_is_away_is_sent_nowhere_until_he_is_back_and_hours_queue_states_and_hand_over_say_so() -> None:
    shop = ClockedShop(persons=TEAM)
    shop.staffed("mill_1", "A-VALVE.1/10", "olga")
    assert "olga is no supervisor; allowed: sam" in presses(shop, supervisor_forms, "AbsenceEntered", "olga", **SICK)
    assert presses(shop, supervisor_forms, "AbsenceEntered", "sam", **SICK) == ""
    shop.at(75).tell(shop.done("mill_1", "A-VALVE.1/10", 5), shop._state("mill_1", S.COMPLETE, "A-VALVE.1/10"))
    shop.tell(shop._state("mill_1", S.IDLE))
    assert shop.started() == ["A-VALVE.1/10"], "there is another, and nobody to do it"
    assert queue_now(shop.run, "boring")[0].blocked_by == "no operator at work: olga is absent until further notice (sickness)"
    start = JobOrderCommand(
        effective_us=shop.now_us, equipment="mill_1", job_order="A-VALVE.2/10", person="olga", command="Start", terminal="tablet 1"
    )  # fmt: skip
    assert [it.reason for it in shop.tell(start)] == ["olga is absent until further notice (sickness)"]
    resources = shop.run.resources.set_index("resource")
    assert (resources.loc["olga", "state"], resources.loc["olga", "is_free"]) == ("absent until further notice (sickness)", False)
    (held,) = offered(supervisor_forms(shop.run), "AbsenceEnded")
    assert presses(shop, supervisor_forms, "AbsenceEnded", "sam", held=held, until="2026-03-02 08:00") == ""
    shop.at(120).tell(Heartbeat(effective_us=shop.now_us, reason="clock"))
    assert shop.started() == ["A-VALVE.1/10", "A-VALVE.2/10"]
    longer = {"worker": "olga", "from": "2026-03-02 13:00", "until": "2026-03-02 16:00"}
    assert "olga works from Mon 2 Mar, 13:00 to Mon 2 Mar, 14:00 anyhow" in presses(
        shop, supervisor_forms, "AttendanceEntered", "sam", **longer
    )
    assert presses(shop, supervisor_forms, "AttendanceEntered", "sam", **{**longer, "from": "2026-03-02 14:00"}) == ""
    shop.at(660).tell(Heartbeat(effective_us=shop.now_us, reason="clock"))
    assert attendance_h(shop.run, "olga") == {"olga": 7.5 - 1 + 2}
    assert attendance_h(shop.run, "", "shift") == {"early": 6.5, "all": 11, "extra": 2}
    states = shop.run.resource_states("person")
    away = states[(states["resource"] == "olga") & (states["state"] == "absent")]
    assert [(it["start"].hour, it["end"].hour, it["why"]) for _, it in away.iterrows()] == [(7, 8, "sickness")]
    told = [(it["person"], it["what"], it["until"][-5:]) for it in handover(shop.run, "2026-03-02 early")["presence"]]
    assert told == [("olga", "sickness", "08:00"), ("olga", "extra hours", "16:00")]
    assert shop.is_the_same_from_every_source(lambda run: run.labour(), lambda run: run.resource_states("person"))


def test_what_makes_no_sense_is_refused_in_words() -> None:
    shop, day = ClockedShop(), {"from_us": START_US, "until_us": START_US + HOUR_US}
    wrong: list[tuple[type[Any], dict[str, Any], str]] = [
        (AbsenceEntered, {"worker": "olaf", "absence": "sickness"}, "nobody knows a person 'olaf' (did you mean 'olga'?)"),
        (AbsenceEntered, {"worker": "sam", "absence": "sickness"}, "sam cannot say that of himself; allowed: somebody else"),
        (AbsenceEntered, {"worker": "olga", "absence": "sicknes"}, "'sicknes' is no absence (did you mean 'sickness'?); allowed: sick"),
        (AbsenceEntered, {"worker": "olga", "absence": "other", "from_us": 0}, "allowed: an end after its beginning, that of a year"),
        (AbsenceEntered, {"worker": "olga", "absence": "other", "until_us": START_US}, "nobody has said anything of olga from Mon 2"),
        (AttendanceEntered, {"worker": "olga", "until_us": START_US + 30 * HOUR_US}, "that is longer than 12 h; allowed: no longer"),
        (ShiftsSwapped, {"worker": "olga", "other": "cleo"}, "olga and cleo both work by calendar 'early'"),
        (ShiftsSwapped, {"worker": "olga", "other": "olga"}, "olga cannot swap with himself"),
        (ShiftsSwapped, {"worker": "olga", "other": "cleo", "until_us": -1}, "it has no end; allowed: an absence alone has none"),
    ]
    for kind, said, words in wrong:
        assert words in shop.say(kind, "sam", **{**day, **said})


def test_two_who_swap_their_shifts_work_by_each_others_calendar_and_take_it_back() -> None:
    shop = ClockedShop(calendars={**PEOPLE["calendars"], "late": LATE}, persons={**TEAM, "lena": {**TEAM["olga"], "calendar": "late"}})
    at_work = shop.run.mes.personnel.is_on_shift
    swap = {"worker": "olga", "other": "lena", "from": "2026-03-03 00:00", "until": "2026-03-05 00:00"}
    assert presses(shop, supervisor_forms, "ShiftsSwapped", "sam", **swap) == ""
    hours = [START_US + (24 * day + hour) * HOUR_US for day in range(4) for hour in (1, 10)]
    assert [at_work("olga", it) for it in hours] == [True, False, False, True, False, True, True, False]
    assert [at_work("lena", it) for it in hours] == [False, True, True, False, True, False, False, True]
    (held,) = offered(supervisor_forms(shop.run), "PresenceTakenBack")
    assert presses(shop, supervisor_forms, "PresenceTakenBack", "sam", held=held) == ""
    assert [at_work("olga", it) for it in hours] == [True, False] * 4


def played(*said: tuple[str, str, str, dict[str, Any]]) -> tuple[Plant, Scenario]:
    """Two operators of one shift, sixty valves to make, and what the supervisor says so long after the start."""
    layout = {**PEOPLE, "persons": {**TEAM, "otto": TEAM["olga"]}}
    plant = Plant(layout=PlantFile.model_validate(layout), materials=Materials.model_validate(STOCKED))
    entries = [{"at": at, "person": who, "says": says, "about": about} for at, who, says, about in said]
    order = {"order": "A", "customer": "acme", "material": "VALVE", "quantity": 60, "due": "2 d", "at": "0 s"}
    asked = {"plant": "valve_shop", "start": "2026-03-02T06:00:00Z", "horizon": "3 d", "entries": entries, "demand": {"orders": [order]}}
    return plant, Scenario.model_validate(asked)


def test_a_simulated_person_is_away_and_there_longer_in_either_engine_and_who_looks_ahead_knows_what_was_said_by_then() -> None:
    away = ("1 h", "sam", "AbsenceEntered", {"worker": "olga", "absence": "holiday", "from_us": START_US + 2 * HOUR_US})
    until = {"from_us": START_US + 8 * HOUR_US, "until_us": START_US + 10 * HOUR_US}
    plant, scenario = played(away, ("7 h", "sam", "AttendanceEntered", {"worker": "otto", **until}))
    run = simulate(plant, scenario, until_us=12 * HOUR_US)
    assert simulate(plant, scenario, until_us=12 * HOUR_US, engine="simpy").trace_hash == run.trace_hash
    worked = [(it.person, it.end_us) for it in run.mes.labour.figures.stints(START_US, run.now_us)]
    assert [max(end for who, end in worked if who == name) - START_US for name in ("olga", "otto")] == [2 * HOUR_US, 35 * HOUR_US // 4]
    again = replay(run.journal.entries(), plant, scenario)
    assert [it.event for it in again.journal.entries()] == [it.event for it in run.journal.entries()]
    early = simulate(plant, scenario, until_us=3 * HOUR_US // 2)
    planned = study.schedule(early, rule="edd", until="2 d").operations
    assert [it.start_us for it in planned if it.person == "olga" and it.start_us >= START_US + 2 * HOUR_US] == []
    assert [it.job_order for it in planned if until["from_us"] <= it.start_us < until["until_us"]] == [], "nobody has said so yet"
    assert {it.person for it in planned} == {"olga", "otto"}
    ahead = study.futures(early, 1, until="2 d").table
    assert ahead["shipped_p50"][0].day == 3, "olga is away, and nobody has said yet that otto stays longer"
