"""What stops a work unit: failures and their crews, calendars, persons who leave, disturbances, commands."""

from __future__ import annotations

from typing import Any

from tests.rooms.simulation.small_floor import (
    MIN_US,
    OPEN_BY_DAY,
    WITH_ANNA,
    Desk,
    alarms,
    counts_of,
    minutes,
    plant_of,
    play,
    refusal,
    scenario_of,
    start,
    states_of,
)
from twin.model.events import EquipmentStateChanged, Heartbeat
from twin.model.measures import Exponential
from twin.model.states import JobCommand
from twin.simulation.streams import RandomStream, drawing

JAM = {"work_units/lathe/failures": "[{reason: jam, clock: busy, time_to_failure: 8 min, repair: 3 min}]"}


def test_a_busy_clock_counts_work_alone_and_work_goes_on_where_it_stopped() -> None:
    facts = play(plant_of(**JAM), scenario_of("shaft 1, shaft 1 @ 10 min, shaft 1 @ 20 min"))
    assert states_of(facts, "lathe") == [
        (0, "IDLE", ""), (0, "EXECUTE", ""), (5, "COMPLETE", ""), (5, "IDLE", ""),
        (10, "EXECUTE", ""), (13, "HELD", "jam"), (16, "EXECUTE", ""), (18, "COMPLETE", ""), (18, "IDLE", ""),
        (20, "EXECUTE", ""), (25, "COMPLETE", ""), (25, "IDLE", ""),
    ]  # fmt: skip
    assert alarms(facts) == [(13, "AlarmRaised", "lathe", "jam"), (16, "AlarmCleared", "lathe", "jam")]


def test_a_calendar_clock_counts_all_time_and_aborts_an_idle_unit() -> None:
    wear = {"work_units/lathe/failures": "[{reason: rust, clock: calendar, time_to_failure: 8 min, repair: 3 min}]"}
    facts = play(plant_of(**wear), scenario_of("shaft 1 @ 20 min, shaft 1 @ 9 min", horizon="24 min"))
    assert states_of(facts, "lathe") == [
        (0, "IDLE", ""), (8, "ABORTED", "rust"), (11, "IDLE", ""), (11, "EXECUTE", ""), (16, "COMPLETE", ""), (16, "IDLE", ""),
        (19, "ABORTED", "rust"), (22, "IDLE", ""), (22, "EXECUTE", ""),
    ]  # fmt: skip


def test_a_failure_that_falls_on_the_end_of_a_job_does_not_touch_it() -> None:
    exact = {"work_units/lathe/failures": "[{reason: jam, clock: calendar, time_to_failure: 5 min, repair: 3 min}]"}
    facts = play(plant_of(**exact), scenario_of("shaft 1", horizon="9 min"))
    assert states_of(facts, "lathe")[2:] == [(5, "COMPLETE", ""), (5, "ABORTED", "jam"), (8, "IDLE", "")]


def test_two_causes_at_once_keep_the_unit_down_until_both_are_over() -> None:
    two = {
        "work_units/lathe/failures": "[{reason: a, clock: calendar, time_to_failure: 10 min, repair: 4 min},"
        " {reason: b, clock: calendar, time_to_failure: 8 min, repair: 3 min}]"
    }
    facts = play(plant_of(**two), scenario_of("shaft 4", horizon="16 min"))
    assert states_of(facts, "lathe")[2:] == [(8, "HELD", "b"), (11, "HELD", "a"), (14, "EXECUTE", "")]
    assert [(at, kind, alarm) for at, kind, _, alarm in alarms(facts)] == [
        (8, "AlarmRaised", "b"), (10, "AlarmRaised", "a"), (11, "AlarmCleared", "b"), (14, "AlarmCleared", "a"),
    ]  # fmt: skip


def test_a_crew_repairs_who_has_waited_longest_and_then_in_declared_order() -> None:
    floor: dict[str, Any] = {
        "repair_crews": "{fitters: {size: 1}}",
        "work_units": {
            name: {
                "equipment_class": "lathe", "work_center": "turning",
                "failures": [{"reason": "f", "clock": "calendar", "time_to_failure": f"{at} min", "repair": "10 min", "crew": "fitters"}],
            }
            for name, at in (("c", 6), ("a", 6), ("b", 5))
        },
    }  # fmt: skip
    facts = play(plant_of(**floor), scenario_of(horizon="36 min"))
    repaired = [(at, equipment) for at, kind, equipment, _ in alarms(facts) if kind == "AlarmCleared"]
    assert repaired == [(15, "b"), (25, "c"), (35, "a")]


def test_a_unit_that_needs_nobody_waits_for_its_calendar_and_goes_on_by_itself() -> None:
    facts = play(plant_of(**OPEN_BY_DAY), scenario_of("shaft 3", horizon="2 h"))
    assert states_of(facts, "lathe") == [
        (0, "IDLE", ""), (0, "EXECUTE", ""), (10, "SUSPENDED", "off_shift"), (15, "EXECUTE", ""), (20, "COMPLETE", ""), (20, "IDLE", ""),
        (60, "STOPPED", "off_shift"),
    ]  # fmt: skip
    assert [minutes(f) for f in facts if isinstance(f, Heartbeat) and f.reason == "shift"] == [10, 15, 60]


def test_a_unit_waits_for_somebody_when_the_break_of_its_person_begins() -> None:
    facts = play(plant_of(**WITH_ANNA), scenario_of("shaft 3", horizon="2 h"))
    assert states_of(facts, "lathe")[1:] == [
        (0, "EXECUTE", ""), (10, "SUSPENDED", "no_operator"), (15, "EXECUTE", ""), (20, "COMPLETE", ""), (20, "IDLE", ""),
    ]  # fmt: skip
    persons = [fact.person for fact in facts if isinstance(fact, EquipmentStateChanged)]
    assert persons == ["", "anna", "", "anna", "", ""]


def test_somebody_who_is_needed_for_the_set_up_alone_may_leave_after_it() -> None:
    changes = {
        **WITH_ANNA,
        "process_segments/turn/attended": "setup",
        "setups": "{lathe: {default: 2 min}}",
        "routings/shaft/10/setup_family": "a",
    }
    facts = play(plant_of(**changes), scenario_of("shaft 3", horizon="2 h"))
    told = [(minutes(f), f.state, f.person) for f in facts if isinstance(f, EquipmentStateChanged)]
    assert told == [(0, 4, ""), (0, 3, "anna"), (2, 6, ""), (17, 17, ""), (17, 4, "")]


def test_after_the_night_a_staffed_unit_waits_until_somebody_is_named() -> None:
    desk = Desk(plant_of(**WITH_ANNA, **{"work_units/lathe/calendar": "day"}), scenario_of(horizon="3 d"))
    desk.start("x", quantity=12, person="anna")  # 60 min of work
    desk.wait(10)
    assert states_of(desk.facts, "lathe")[-1] == (10, "SUSPENDED", "off_shift")
    assert "off shift" in refusal(desk.command(JobCommand.RESUME, person="anna"))
    desk.wait(15)
    assert states_of(desk.facts, "lathe")[-1] == (15, "SUSPENDED", "no_operator")
    desk.command(JobCommand.RESUME, person="anna")
    assert states_of(desk.facts, "lathe")[-1] == (15, "EXECUTE", "")


def test_a_disturbance_stops_a_unit_when_and_for_as_long_as_the_scenario_says() -> None:
    stop = {"equipment": "lathe", "at": "4 min", "lasts": "6 min", "reason": "visitors"}
    facts = play(plant_of(), scenario_of("shaft 2", disturbances=[stop]))
    assert states_of(facts, "lathe")[1:4] == [(0, "EXECUTE", ""), (4, "HELD", "visitors"), (10, "EXECUTE", "")]
    assert counts_of(facts, "lathe")[0][0] == 16


def test_pause_and_resume_leave_the_work_where_it_was() -> None:
    desk = Desk(plant_of())
    desk.start("x")
    desk.wait(15)
    desk.command(JobCommand.PAUSE)
    assert states_of(desk.facts, "lathe")[-1] == (15, "SUSPENDED", "paused")
    desk.wait(45)
    desk.command(JobCommand.RESUME)
    desk.wait(50)
    assert counts_of(desk.facts, "lathe") == [(50, "x/10", 4, 0, 0)]


def test_hold_keeps_the_reason_and_restart_goes_on() -> None:
    desk = Desk(plant_of())
    desk.start("x")
    desk.wait(15)
    desk.command(JobCommand.HOLD, reason="look at the burr")
    assert states_of(desk.facts, "lathe")[-1] == (15, "HELD", "look at the burr")
    desk.wait(30)
    desk.command(JobCommand.RESTART)
    assert states_of(desk.facts, "lathe")[-1] == (30, "EXECUTE", "")


def test_an_aborted_lot_may_be_started_again_and_draws_a_new_run_time() -> None:
    desk = Desk(plant_of(**{"routings/shaft/10/run": "{exponential: 30 min}"}))
    desk.start("x", quantity=1)
    desk.wait(0.1)
    facts = desk.command(JobCommand.ABORT, reason="wrong drawing")
    assert [(f.state, f.reason, f.job_order) for f in facts if isinstance(f, EquipmentStateChanged)] == [
        (9, "wrong drawing", "x/10"),
        (4, "", ""),
    ]
    desk.start("x", quantity=1)
    desk.wait(400)
    ((done, *_),) = counts_of(desk.facts, "lathe")
    runs = RandomStream(1, "run", "x/10")
    draw = drawing(Exponential(mean="30 min"))
    assert [draw(runs), draw(runs)][1] == round((done - 0.1) * MIN_US)


def test_a_pause_during_the_night_ends_when_both_are_over() -> None:
    desk = Desk(plant_of(**OPEN_BY_DAY))
    desk.start("x")
    desk.wait(5)
    assert "not idle" in refusal(desk.send(start("y"), pause()))  # the start is refused, the pause is taken
    desk.wait(15)
    assert states_of(desk.facts, "lathe")[-1] == (15, "SUSPENDED", "paused")


def pause() -> Any:
    return type(start("x"))(effective_us=0, equipment="lathe", command=JobCommand.PAUSE)
