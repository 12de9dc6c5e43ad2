"""Lines: one job order, stations in series, conveyors with an end."""

from __future__ import annotations

from tests.rooms.simulation.small_floor import (
    COLA,
    LINE,
    WITH_ANNA,
    Desk,
    alarms,
    counts_of,
    plant_of,
    play,
    refusal,
    scenario_of,
    start,
    states_of,
)
from twin.model.events import CountObserved
from twin.model.states import JobCommand


def test_transfer_lots_flow_block_and_starve() -> None:
    facts = play(plant_of(LINE, COLA), scenario_of("cola 35"))
    assert states_of(facts, "line") == [(0, "IDLE", ""), (0, "EXECUTE", ""), (23, "COMPLETE", ""), (23, "IDLE", "")]
    assert states_of(facts, "fill") == [
        (0, "IDLE", ""), (0, "EXECUTE", ""),  # at 2 the first goes on, at 4 the second lies on the conveyor, at 6 the third stays
        (6, "SUSPENDED", "blocked"), (7, "EXECUTE", ""), (9, "SUSPENDED", "blocked"), (12, "SUSPENDED", "starved"), (23, "IDLE", ""),
    ]  # fmt: skip
    assert states_of(facts, "cap") == [
        (0, "IDLE", ""), (0, "SUSPENDED", "starved"), (2, "EXECUTE", ""), (22, "SUSPENDED", "starved"), (23, "IDLE", ""),
    ]  # fmt: skip
    assert [(at, good) for at, _, good, *_ in counts_of(facts, "fill")] == [(2, 10), (4, 10), (6, 10), (9, 5)]
    assert counts_of(facts, "line") == [
        (8, "A-cola/10", 10, 0, 0), (13, "A-cola/10", 10, 0, 0), (18, "A-cola/10", 10, 0, 0), (23, "A-cola/10", 5, 0, 0),
    ]  # fmt: skip


def test_a_line_takes_the_next_order_when_it_is_empty() -> None:
    facts = play(plant_of(LINE, COLA), scenario_of("cola 10, cola 10"))
    assert [(at, state) for at, state, _ in states_of(facts, "line") if state != "IDLE"] == [
        (0, "EXECUTE"), (8, "COMPLETE"), (8, "EXECUTE"), (16, "COMPLETE"),
    ]  # fmt: skip


def test_a_line_is_changed_over_as_a_whole_before_it_is_fed() -> None:
    changes = {"setups": "{line: {same: 1 min, default: 9 min, initial: sweet}}", "routings/cola/10/setup_family": "sweet"}
    stop = {"equipment": "line", "at": "30 s", "lasts": "2 min", "reason": "drill"}
    facts = play(plant_of(LINE, COLA, **changes), scenario_of("cola 10", disturbances=[stop]))
    assert states_of(facts, "line")[1:] == [
        (0, "STARTING", "setup"), (0.5, "HELD", "drill"), (2.5, "STARTING", "setup"), (3, "EXECUTE", ""),
        (11, "COMPLETE", ""), (11, "IDLE", ""),
    ]  # fmt: skip
    assert states_of(facts, "fill")[1:4] == [(0, "SUSPENDED", "starved"), (0.5, "HELD", "drill"), (2.5, "SUSPENDED", "starved")]


def test_every_piece_of_an_order_is_counted_once_on_the_line() -> None:
    scrap = {f"production_lines/line/stations/{station}/scrap": "0.2" for station in ("fill", "cap", "pack")}
    facts = play(plant_of(LINE, COLA, **scrap), scenario_of("cola 200"))
    on_line = counts_of(facts, "line")
    stations = [fact for fact in facts if isinstance(fact, CountObserved) and fact.equipment != "line"]
    assert sum(good + scrap for _, _, good, scrap, _ in on_line) == 200
    assert sum(scrap for _, _, _, scrap, _ in on_line) == sum(fact.scrap for fact in stations)
    assert sum(good for _, _, good, _, _ in on_line) == sum(fact.good for fact in stations if fact.equipment == "pack")


def test_a_transfer_lot_without_a_good_piece_is_gone() -> None:
    facts = play(plant_of(LINE, COLA, **{"production_lines/line/stations/fill/scrap": "1.0"}), scenario_of("cola 20"))
    assert counts_of(facts, "line") == [(2, "A-cola/10", 0, 10, 0), (4, "A-cola/10", 0, 10, 0)]
    assert states_of(facts, "line")[-2:] == [(4, "COMPLETE", ""), (4, "IDLE", "")]


def test_a_station_that_fails_holds_itself_alone() -> None:
    jam = {"production_lines/line/stations/cap/failures": "[{reason: jam, clock: busy, time_to_failure: 7 min, repair: 4 min}]"}
    facts = play(plant_of(LINE, COLA, **jam), scenario_of("cola 20"))
    assert states_of(facts, "cap")[1:6] == [
        (0, "SUSPENDED", "starved"), (2, "EXECUTE", ""), (9, "HELD", "jam"), (13, "EXECUTE", ""), (16, "SUSPENDED", "starved"),
    ]  # fmt: skip
    assert states_of(facts, "line")[1:3] == [(0, "EXECUTE", ""), (17, "COMPLETE", "")]
    assert [(at, kind) for at, kind, equipment, _ in alarms(facts) if equipment == "cap"] == [(9, "AlarmRaised"), (13, "AlarmCleared")]


def test_a_stop_of_the_line_stops_every_station() -> None:
    stop = {"equipment": "line", "at": "3 min", "lasts": "10 min", "reason": "drill"}
    facts = play(plant_of(LINE, COLA), scenario_of("cola 10", disturbances=[stop]))
    for equipment in ("line", "fill", "cap", "pack"):
        assert (3, "HELD", "drill") in states_of(facts, equipment)
    assert counts_of(facts, "line") == [(18, "A-cola/10", 10, 0, 0)]


def test_a_staffed_line_waits_for_its_leader() -> None:
    staffed = {key: value for key, value in WITH_ANNA.items() if "segments" not in key}
    facts = play(
        plant_of(LINE, COLA, **staffed, **{"process_segments/bottle/personnel_class": "turner"}), scenario_of("cola 20", horizon="50 min")
    )
    assert states_of(facts, "line")[1:] == [
        (0, "EXECUTE", ""), (10, "SUSPENDED", "no_operator"), (15, "EXECUTE", ""), (18, "COMPLETE", ""), (18, "IDLE", ""),
    ]  # fmt: skip
    assert (10, "SUSPENDED", "no_operator") in states_of(facts, "cap")


def test_a_line_cannot_be_broken_off_but_paused() -> None:
    desk = Desk(plant_of(LINE, COLA))
    desk.send(start("x", 20, equipment="line", material="cola"))
    desk.wait(1)
    assert "is a line" in refusal(desk.command(JobCommand.ABORT, "line"))
    desk.command(JobCommand.PAUSE, "line")
    desk.wait(11)
    desk.command(JobCommand.RESUME, "line")
    desk.wait(18)
    assert counts_of(desk.facts, "line") == [(18, "x/10", 10, 0, 0)]
