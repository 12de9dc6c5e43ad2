"""What a work unit does with a job order."""

from __future__ import annotations

from dataclasses import replace

from tests.rooms.simulation.small_floor import (
    BATCH,
    FAMILIES,
    OPEN_BY_DAY,
    TWO,
    WITH_ANNA,
    Desk,
    counts_of,
    minutes,
    plant_of,
    play,
    scenario_of,
    start,
    states_of,
)
from twin.model.events import EnergyMetered, EquipmentStateChanged, Heartbeat, JobOrderCommandRefused
from twin.model.states import WorkUnitState
from twin.run import simulate
from twin.simulation.engines import ENGINES


def test_a_lot_runs_for_its_pieces_and_is_counted_before_the_unit_is_free() -> None:
    facts = play(plant_of(), scenario_of("shaft 8"))
    assert states_of(facts, "lathe") == [
        (0, "IDLE", ""),
        (0, "EXECUTE", ""),
        (20, "COMPLETE", ""),
        (20, "IDLE", ""),
        (20, "EXECUTE", ""),
        (40, "COMPLETE", ""),
        (40, "IDLE", ""),
    ]
    assert counts_of(facts, "lathe") == [(20, "A-shaft.1/10", 4, 0, 0), (40, "A-shaft.2/10", 4, 0, 0)]


def test_a_run_per_lot_does_not_count_pieces() -> None:
    facts = play(plant_of(**{"routings/shaft/10/per": "lot"}), scenario_of("shaft 4"))
    assert counts_of(facts, "lathe") == [(5, "A-shaft/10", 4, 0, 0)]


def test_set_up_takes_what_the_matrix_says_from_family_to_family() -> None:
    facts = play(plant_of(materials=TWO, **FAMILIES), scenario_of("shaft 1, shaft 1 @ 1 min, bolt 1 @ 2 min, shaft 1 @ 3 min"))
    set_ups = [(at, reason) for at, state, reason in states_of(facts, "lathe") if state == "STARTING"]
    assert set_ups == [(0, "setup"), (8, "setup"), (14, "setup"), (26, "setup")]
    runs = [at for at, state, _ in states_of(facts, "lathe") if state == "EXECUTE"]
    assert runs == [3, 9, 24, 29]  # thick (as it stood) -> thin 3 min, thin -> thin 1 min, thin -> thick 10 min, thick -> thin 3 min


def test_an_operation_without_a_family_needs_no_set_up_and_leaves_the_unit_as_it_stands() -> None:
    plant = plant_of(materials=TWO, **{**FAMILIES, "routings/bolt/10": "{segment: turn, run: 2 min}"})
    facts = play(plant, scenario_of("shaft 1, bolt 1 @ 1 min, shaft 1 @ 2 min"))
    assert [(at, state) for at, state, _ in states_of(facts, "lathe") if state in ("STARTING", "EXECUTE")] == [
        (0, "STARTING"), (3, "EXECUTE"), (8, "EXECUTE"), (10, "STARTING"), (11, "EXECUTE"),
    ]  # fmt: skip


def test_a_batch_runs_once_for_all_its_lots_and_counts_each() -> None:
    desk = Desk(plant_of(**BATCH))
    facts = desk.start("x+y")
    assert [(type(fact), fact.job_order) for fact in facts] == [(EquipmentStateChanged, "x/10+y/10")]
    desk.wait(5)
    assert counts_of(desk.facts, "lathe") == [(5, "x/10", 4, 0, 0), (5, "y/10", 4, 0, 0)]
    assert states_of(desk.facts, "lathe")[-2:] == [(5, "COMPLETE", ""), (5, "IDLE", "")]


def test_the_longest_lot_of_a_batch_decides_how_long_it_runs() -> None:
    changes = {**BATCH, "routings/bolt": '{"10": {segment: turn, run: 7 min, per: lot}}'}
    desk = Desk(plant_of(materials=TWO, **changes))
    desk.send(replace(start("x+y"), materials=("shaft", "bolt")))
    desk.wait(7)
    assert [at for at, *_ in counts_of(desk.facts, "lathe")] == [7, 7]


def test_the_job_order_is_named_in_all_states_that_have_one() -> None:
    changes = {"work_units/lathe/failures": "[{reason: jam, time_to_failure: 8 min, repair: 2 min}]"}
    facts = play(plant_of(**FAMILIES, **changes, materials=TWO), scenario_of("shaft 4"))
    with_job = {
        fact.job_order for fact in facts
        if isinstance(fact, EquipmentStateChanged) and fact.state not in (WorkUnitState.IDLE, WorkUnitState.ABORTED)
    }  # fmt: skip
    assert with_job == {"A-shaft/10"}


def test_energy_is_counted_to_the_watt_hour_and_the_rest_is_carried() -> None:
    power = {"work_units/lathe/power": "{idle: 100 W, setup: 1 kW, execute: 1000 W, down: 10 W}"}
    facts = play(plant_of(**power, **{"routings/shaft/10/run": "1 min"}), scenario_of("shaft 1 @ 6 min, shaft 1, shaft 1"))
    read = [(minutes(fact), fact.job_order, fact.energy_wh) for fact in facts if isinstance(fact, EnergyMetered)]
    # a minute of work is 16 2/3 Wh; 4 minutes of idling are 6 2/3 Wh, and with the 1/3 Wh left over before them 7 Wh
    assert read == [(1, "B-shaft/10", 16), (2, "C-shaft/10", 17), (6, "", 7), (7, "A-shaft/10", 16)]


def test_the_first_round_says_how_everything_stands() -> None:
    plant = plant_of(
        materials="materials: {shaft: {kind: finished, opening_stock: 3}, bar: {kind: purchased, opening_stock: 9}, nut: {kind: made}}",
        calendars="{late: {shifts: {late: {days: [mon], start: '14:00', end: '22:00'}}}}",
        **{"work_units/mill": "{equipment_class: lathe, work_center: turning, calendar: late}"},
    )
    first = Desk(plant).facts
    assert [type(fact).__name__ for fact in first] == ["Heartbeat", "StockCounted", "StockCounted", *["EquipmentStateChanged"] * 2]
    assert [getattr(fact, "reason", None) or getattr(fact, "material", None) or fact.lot for fact in first[:3]] == ["start", "bar", "shaft"]
    assert [fact.lot for fact in first[1:3]] == ["open-bar", "open-shaft"]
    assert states_of(first, "lathe") == [(0, "IDLE", "")]
    assert states_of(first, "mill") == [(0, "STOPPED", "off_shift")]


def test_a_clock_beats_every_quarter_of_an_hour() -> None:
    beats = [fact for fact in play(plant_of(), scenario_of(horizon="2 h")) if isinstance(fact, Heartbeat)]
    assert [(fact.effective_us - beats[0].effective_us) // 60_000_000 for fact in beats] == [0, 15, 30, 45, 60, 75, 90, 105, 120]
    assert [fact.reason for fact in beats] == ["start", *["clock"] * 7, "end"]


def test_nobody_is_refused_by_the_scripted_control() -> None:
    facts = play(plant_of(**FAMILIES, materials=TWO), scenario_of("shaft 8, bolt 3, shaft 2 @ 1 h"))
    assert not any(isinstance(fact, JobOrderCommandRefused) for fact in facts)


def test_who_has_gone_home_does_not_stand_at_a_unit_that_fails_afterwards() -> None:
    """Anna leaves at 7:00 in the midst of a job; at 7:05 the lathe fails. She may be at another unit by then, so it names nobody."""
    failing = {"work_units/lathe/failures": "[{reason: jam, clock: calendar, time_to_failure: 65 min, repair: 10 min}]"}
    plant = plant_of(**{**OPEN_BY_DAY, **WITH_ANNA, **failing, "routings/shaft/10/run": "40 min"})
    for engine in ENGINES:
        run = simulate(plant, scenario_of("shaft 4", horizon="3 h"), engine=engine)
        told = [entry.event for entry in run.journal.entries() if isinstance(entry.event, EquipmentStateChanged)]
        held = [(minutes(fact), fact.person) for fact in told if fact.state == WorkUnitState.HELD]
        assert held == [(65, ""), (140, "")]
