"""Reasons in words: what an order waited for, why a machine stood, and what lies behind it; from any run, however it came about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import twin
from tests.rooms.simulation.small_floor import BATCH, COLA, LINE, ONE_UNIT, SHAFTS, SINGLE, TWO, TWO_STEPS, WITH_ANNA, plant_of, scenario_of
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.explain.ask import Causes, causes_of
from twin.results.explain.explanation import spoken
from twin.results.views.overview import overview
from twin.run import simulate

MIN_US = 60_000_000


def told(run: twin.Run, name: str) -> list[tuple[int, float, str]]:
    """(level, minutes, sentence) of every stretch, all levels in the order of the table."""
    return [(row.level, round(row.duration_h * 60, 1), row.what) for row in run.explain(name).table.itertuples()]


def test_a_queue_and_a_full_storage_are_told_with_what_lies_behind_them() -> None:
    run = simulate(plant_of(TWO_STEPS, SINGLE), scenario_of("shaft 1, shaft 3"))
    assert told(run, "B") == [
        (0, 15, "waited for lathe, busy with A-shaft/10, B-shaft.1/10, B-shaft.2/10"),
        (0, 10, "waited for lathe, which could not get rid of B-shaft.2/10"),
        (0, 5, "run on lathe (10)"),
        (0, 15, "done, but stuck on lathe: belt was full with B-shaft.2"),
        (1, 15, "waited for mill, busy with B-shaft.1/20"),
        (0, 20, "waited for mill, busy with B-shaft.2/20"),
        (0, 20, "run on mill (20)"),
    ]
    assert run.explain("B").causes[["cause", "duration_h"]].values.tolist()[:2] == [["mill busy", 35 / 60], ["lathe busy", 0.25]]
    start_us = run.scenario.start_us
    then = simulate(plant_of(TWO_STEPS, SINGLE), scenario_of("shaft 1, shaft 3"), until_us=50 * MIN_US)
    assert causes_of(then, ["B"]) == {"B": Causes(now="mill busy", since_us=start_us + 30 * MIN_US, most="mill busy")}
    then = simulate(plant_of(TWO_STEPS, SINGLE), scenario_of("shaft 1, shaft 3"), until_us=22 * MIN_US)
    assert causes_of(then, ["B"]) == {"B": Causes(now="lathe blocked", since_us=start_us + 15 * MIN_US, most="lathe busy")}


def test_a_machine_tells_its_stretches_the_longest_first_and_what_it_was_blocked_by() -> None:
    run = simulate(plant_of(TWO_STEPS, SINGLE), scenario_of("shaft 1, shaft 3"))
    text = str(run.explain("lathe"))
    assert "blocked: 25 min (5%)" in text
    first, *_, last = [line for line in text.splitlines() if "lathe" in line and line.startswith("Mon")]
    assert "lathe had nothing to do" in first
    assert "lathe could not get rid of B-shaft.2/10" in last
    assert "  Mon 2 Mar, 06:15       10 min  waited for mill, busy with A-shaft/20" in text.splitlines()


def test_failures_people_and_batches_are_causes() -> None:
    rusty = {"work_units/lathe/failures": "[{reason: rust, clock: calendar, time_to_failure: 3 min, repair: 20 min}]"}
    run = simulate(plant_of(ONE_UNIT, SINGLE, **rusty), scenario_of("shaft 2"))
    assert told(run, "A")[1:3] == [(0, 20, "waited for lathe, down: rust"), (0, 2, "waited for lathe, busy with A-shaft.1/10")]
    run = simulate(plant_of(ONE_UNIT, SHAFTS, **WITH_ANNA), scenario_of("shaft 4 @ 55 min", horizon="2 d"))
    assert told(run, "A") == [
        (0, 5, "run on lathe (10)"),
        (0, 23 * 60, "on lathe (10), with nobody to go on"),
        (0, 10, "run on lathe (10)"),
        (0, 5, "on lathe (10), with nobody to go on"),
        (0, 5, "run on lathe (10)"),
    ]
    run = simulate(plant_of(ONE_UNIT, SHAFTS, **WITH_ANNA), scenario_of("shaft 4 @ 65 min", horizon="2 d"))
    assert told(run, "A")[0] == (0, 22 * 60 + 55, "waited for somebody (turner) to work at lathe: anna off shift")
    assert (0, 22 * 60 + 55, "lathe had nobody to begin A-shaft/10") in told(run, "lathe")
    paused = simulate(plant_of(ONE_UNIT, SHAFTS, **WITH_ANNA), scenario_of("shaft 1 @ 10 min", horizon="2 d"))
    assert told(paused, "A")[0] == (0, 5, "waited for somebody (turner) to work at lathe: anna on a break")
    hours = dict(run.explain("lathe").facts)
    assert hours["operator"].startswith("23 h"), "22 h 55 min before it was begun, and 5 min within it; it was not starved"
    assert hours["starved"].startswith("1 h 5 min")
    run = simulate(plant_of(ONE_UNIT, SINGLE, **BATCH), scenario_of("shaft 1, shaft 1 @ 4 min"))
    assert told(run, "A")[0] == (0, 15, "waited for the batch on lathe to fill")


def test_whoever_is_off_shift_for_a_part_of_a_wait_is_named_so_for_that_part_alone() -> None:
    """Anna leaves ten minutes after six; bob goes on, at one lathe and then at the other, and mills last."""
    shifts = "{days: [mon], start: '06:00', end: '%s'}"
    changes = {
        "work_units/lathe_2": "{equipment_class: lathe, work_center: turning}",
        "work_units/mill": "{equipment_class: mill, work_center: milling}",
        "work_centers/milling": "{storage: rack}",
        "process_segments/mill": "{work_center: milling, personnel_class: turner}",
        "process_segments/turn/personnel_class": "turner",
        "routings/bolt": '{"10": {segment: mill, run: 2 min}}',
        "personnel_classes": "{turner: {}}",
        "persons": "{anna: {classes: [turner], calendar: short, hourly_cost: 1 EUR/h},"
        " bob: {classes: [turner], calendar: long, hourly_cost: 1 EUR/h}}",
        "calendars": f"{{short: {{shifts: {{early: {shifts % '06:10'}}}}}, long: {{shifts: {{early: {shifts % '08:00'}}}}}}}",
    }
    run = simulate(plant_of(ONE_UNIT, TWO, **changes), scenario_of("shaft 4, shaft 4, bolt 1 @ 2 min"))
    waits = [(minutes, what.partition("at mill: ")[2]) for _, minutes, what in told(run, "C")]
    assert waits[:2] == [(8, "anna at lathe, bob at lathe_2"), (20, "anna off shift, bob at lathe_2 and lathe")]
    assert all(words in str(run.explain("C")) for _, words in waits[:2]), "neighbours of one cause are told in one line, but not these"


def test_transport_and_a_release_that_is_put_off_are_causes() -> None:
    changes = {"routings/shaft/10/transport": "3 min"}
    items = "materials: {shaft: {kind: finished, planned_lead_time: 22 h}}"
    run = simulate(plant_of(TWO_STEPS, items, **changes), scenario_of("shaft 1", policies={"release": "due_date_offset"}))
    assert told(run, "A") == [
        (0, 120, "A-shaft waited for its release"),
        (0, 5, "run on lathe (10)"),
        (0, 3, "on the way from lathe to milling"),
        (0, 20, "run on mill (20)"),
    ]


def test_the_repair_crew_that_is_elsewhere_is_named() -> None:
    jam = "[{reason: jam, clock: calendar, time_to_failure: 10 min, repair: 30 min, crew: fitter}]"
    late = "[{reason: jam, clock: calendar, time_to_failure: 20 min, repair: 30 min, crew: fitter}]"
    changes = {"repair_crews/fitter/size": "1", "work_units/lathe/failures": jam, "work_units/mill/failures": late}
    rows = told(simulate(plant_of(TWO_STEPS, SINGLE, **changes), scenario_of("shaft 1", horizon="65 min")), "mill")
    place = rows.index((0, 45, "mill was down: jam"))
    assert rows[place + 1 : place + 3] == [(1, 20, "its crew (fitter) was at lathe"), (1, 25, "repair")]


def test_the_overview_says_what_orders_at_risk_waited_for_most() -> None:
    run = bought("3 h")
    assert overview(run).orders[0].main_cause == ""  # it has been shipped, if late
    waiting = bought("20 h")
    now = overview(waiting)
    assert [(it.risk, it.main_cause, it.waits_now) for it in now.orders] == [("late", "screw on order", "screw on order")]


def test_what_is_lost_and_what_is_done_again_is_one_cause_each() -> None:
    changes = {"routings/shaft/20/scrap": "0.4", "routings/shaft/20/rework": "0.4", "routings/shaft/20/rework_to": "'10'"}
    run = simulate(plant_of(TWO_STEPS, SINGLE, **changes), scenario_of("shaft 3"))
    first = told(run, "A")[0]
    assert first == (0, 465, "1 of A-shaft.F6 were lost: A-shaft.F7 makes up for them")
    assert (6, 60, "1 of A-shaft.1 were to be reworked at operation 20: done again as A-shaft.1.R") in told(run, "A")
    assert run.explain("A").causes["cause"].tolist()[0] == "shaft lost"


def test_a_station_that_is_starved_names_the_failure_upstream() -> None:
    jam = {"production_lines/line/stations/cap/failures": "[{reason: jam, clock: busy, time_to_failure: 12 min, repair: 30 min}]"}
    run = simulate(plant_of(LINE, COLA, **jam), scenario_of("cola 100"))
    rows = told(run, "pack")
    place = next(n for n, row in enumerate(rows) if row == (0, 34, "pack was starved"))
    assert rows[place + 1 : place + 4] == [(1, 1, "cap worked"), (1, 30, "cap was down: jam"), (1, 3, "cap worked")]
    assert (1, 30, "cap was down: jam") in told(run, "fill")


def bought(lead_time: str) -> twin.Run:
    """A box of screws that have to be bought first."""
    items: dict[str, Any] = {
        "suppliers": {"bolts": {"lead_time": lead_time}},
        "materials": {
            "screw": {"kind": "purchased", "supplier": "bolts", "standard_cost": "1 EUR"},
            "shaft": {"kind": "finished", "bill": [{"material": "screw", "quantity": 2}]},
        },
    }
    plant = Plant.model_validate({"layout": plant_of(ONE_UNIT).layout.model_dump(mode="json"), "materials": items})
    demand = {"orders": [{"order": "A", "customer": "us", "material": "shaft", "quantity": 4, "due": "2 h"}]}
    return simulate(plant, Scenario.model_validate({"plant": "any", "start": "2026-03-02T06:00:00Z", "horizon": "8 h", "demand": demand}))


def test_bought_parts_are_on_order_and_lateness_goes_to_them() -> None:
    run = bought("3 h")
    assert told(run, "A") == [
        (0, 180, "waited for material: screw was missing"),
        (1, 180, "PO-screw-1 was on order with bolts"),
        (0, 20, "run on lathe (10)"),
    ]
    answer = run.explain("A")
    assert answer.causes.values.tolist() == [["screw on order", 3.0, 80 / 60], ["run on lathe", 20 / 60, 0.0]]
    assert "Late by 1 h 20 min, because of\n    1 h 20 min  screw on order" in str(answer)


def test_of_two_parts_that_are_missing_the_one_that_comes_last_counts() -> None:
    tables = bought("3 h").plant.model_dump(mode="json")
    materials = tables["materials"]
    materials["suppliers"]["nuts"] = {"lead_time": "5 h"}
    materials["materials"]["nut"] = {"kind": "purchased", "supplier": "nuts", "standard_cost": "1 EUR"}
    materials["materials"]["shaft"]["bill"].append({"material": "nut", "quantity": 1})
    run = simulate(Plant.model_validate(tables), scenario_of("shaft 4"))
    assert told(run, "A")[:2] == [(0, 300, "waited for material: nut was missing"), (1, 300, "PO-nut-1 was on order with nuts")]


def test_whose_parts_went_to_whom_and_whose_came_is_told() -> None:
    """B is due first and takes what was made for A, who waits for the pins of B."""
    pins = "materials: {pin: {kind: made}, shaft: {kind: finished, bill: [{material: pin, quantity: 1}]}}"
    plant = plant_of(
        TWO_STEPS, pins, **{"routings/shaft": '{"10": {segment: turn, run: 5 min}}', "routings/pin": '{"10": {segment: mill, run: 20 min}}'}
    )
    asked = [
        {"order": name, "customer": "us", "material": "shaft", "quantity": 2, "at": at, "due": due}
        for name, at, due in (("A", 0, "1 d"), ("B", "10 min", "1 h"))
    ]
    run = simulate(plant, scenario_of(demand={"orders": asked}))
    waits = [row for row in told(run, "A") if "missing" in row[2]]
    assert waits == [
        (0, 80, "waited for material: pin was missing; its own, A-shaft-pin, went to B-shaft; what came is B-shaft-pin, for B")
    ]
    assert told(run, "B")[0] == (0, 30, "waited for material: pin was missing; what came is A-shaft-pin, for A")
    then = simulate(plant, scenario_of(demand={"orders": asked}), until_us=50 * MIN_US)
    assert told(then, "A")[0][2].endswith("; its own, A-shaft-pin, went to B-shaft; what is to come is B-shaft-pin, for B")


def test_a_supplier_who_is_late_is_named() -> None:
    plant = bought("3 h").plant
    slow = plant.model_dump(mode="json")
    slow["materials"]["suppliers"]["bolts"]["lead_time"] = {"exponential": "3 h"}
    scenario = scenario_of("shaft 4", horizon="3 d")
    texts = [str(simulate(Plant.model_validate(slow), scenario, seed=seed).explain("A")) for seed in range(6)]
    assert any("PO-screw-1 was overdue from bolts" in text for text in texts)
    assert any("overdue" not in text for text in texts)


def test_an_order_that_is_still_open_is_told_up_to_now() -> None:
    answer = simulate(plant_of(TWO_STEPS, SINGLE), scenario_of("shaft 9", horizon="1 h")).explain("A")
    assert ("shipped", "0 of 9 by Mon 2 Mar, 07:00") in answer.facts
    assert answer.duration_us == 60 * MIN_US


def test_an_id_that_nothing_has_is_answered_with_what_was_meant() -> None:
    run = simulate(plant_of(ONE_UNIT, SINGLE), scenario_of("shaft 1"))
    with pytest.raises(ValueError, match="nothing is called 'lath' \\(did you mean 'lathe'\\?\\); allowed: the id of an order"):
        run.explain("lath")


@pytest.mark.slow
def test_a_saved_and_a_replayed_run_give_the_same_reasons(root: Path, tmp_path: Path) -> None:
    shop = root / "plant_models" / "gearbox_shop"
    run = twin.simulate(shop, until="1 d 12 h", seed=1)
    loaded = twin.load(run.save(tmp_path / "kept"))
    replayed = twin.replay(shop, list(run.journal.entries()))
    for name in (*run.orders["order"], *run.plant.equipment):
        assert str(loaded.explain(name)) == str(replayed.explain(name)) == str(run.explain(name))
        pd.testing.assert_frame_equal(loaded.explain(name).table, run.explain(name).table)


def test_a_record_of_real_machines_can_be_asked_too(root: Path) -> None:
    cell = root / "plant_models" / "nist_cell"
    run = twin.replay(cell, cell / "record", root / "scenarios" / "nist_cell" / "order_60.yaml")
    answer = run.explain("N1")
    order = run.orders.set_index("order").loc["N1"]
    assert answer.table.loc[lambda t: t["level"] == 0, "duration_h"].sum() == pytest.approx(
        (order.shipped - order.confirmed).total_seconds() / 3600
    )
    assert "Hurco04 stood ready, and it was not started" in str(answer)


def test_a_notebook_shows_a_table_and_leaves_nothing_of_a_name_unescaped() -> None:
    run = simulate(plant_of(TWO_STEPS, SINGLE), scenario_of("shaft 3"))
    page = run.explain("A")._repr_html_()
    assert page.count("<tr>") > 5
    assert "waited for lathe, busy with" in page
    assert "print it" in repr(run.explain("A"))


@pytest.mark.parametrize(
    ("duration_us", "says"),
    [
        (0, "0 s"),
        (5_000_000, "5 s"),
        (90_000_000, "2 min"),
        (3_600_000_000, "1 h"),
        (95 * MIN_US, "1 h 35 min"),
        (51 * 60 * MIN_US, "2 d 3 h"),
    ],
)
def test_durations_are_spoken_in_two_units(duration_us: int, says: str) -> None:
    assert spoken(duration_us) == says
