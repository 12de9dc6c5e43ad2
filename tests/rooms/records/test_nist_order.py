"""The sixty parts that two machines of NIST made in February 2017, as facts. Figures are counted in the csv, not in our reader."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from twin.model.events import (
    CountObserved,
    EquipmentStateChanged,
    Heartbeat,
    OperationsEvent,
    SalesOrderConfirmed,
    StockCounted,
    TestResultRecorded,
)
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import WorkUnitState
from twin.store.files import read_plant, read_scenario
from twin.store.records import Record, read_record

MACHINES = ("Hurco04", "Hurco02")


@pytest.fixture(scope="module")
def plant(root: Path) -> Plant:
    return read_plant(root / "plant_models/nist_cell")


@pytest.fixture(scope="module")
def scenario(root: Path, plant: Plant) -> Scenario:
    return read_scenario(root / "scenarios/nist_cell/order_60.yaml", plant)


@pytest.fixture(scope="module")
def record(root: Path, plant: Plant, scenario: Scenario) -> Record:
    return read_record(root / "plant_models/nist_cell", plant, scenario)


@pytest.fixture(scope="module")
def rows(root: Path) -> list[dict[str, str]]:
    with (root / "plant_models/nist_cell/record/operations.csv").open() as file:
        return list(csv.DictReader(file))


def states_of(record: Record, machine: str) -> list[EquipmentStateChanged]:
    return [fact for fact in record.facts if isinstance(fact, EquipmentStateChanged) and fact.equipment == machine]


def seconds_by_state(record: Record, machine: str, end_us: int) -> dict[WorkUnitState, float]:
    changes = states_of(record, machine)
    lasted: dict[WorkUnitState, float] = defaultdict(float)
    for change, after_us in zip(changes, [*(c.effective_us for c in changes[1:]), end_us], strict=True):
        lasted[WorkUnitState(change.state)] += (after_us - change.effective_us) / 1e6
    return lasted


def test_the_record_has_184_operations_of_60_parts(rows: list[dict[str, str]]):
    assert len(rows) == 184
    assert len({row["unit"] for row in rows}) == 60


def test_every_operation_in_a_routing_becomes_a_job_order_with_one_good_part(record: Record, rows: list[dict[str, str]]):
    counts = [fact for fact in record.facts if isinstance(fact, CountObserved)]
    assert all(fact.good == 1 and fact.scrap == 0 for fact in counts)
    assert Counter(fact.equipment for fact in counts) == {"Hurco04": 100, "Hurco02": 80}
    assert len({fact.job_order for fact in counts}) == 180 == sum(row["operation"] != "OP4" for row in rows)


@pytest.mark.parametrize("machine", MACHINES)
def test_a_machine_executes_as_long_as_the_csv_says_its_programs_were_active(record, rows, scenario, machine):
    active_s = sum(float(row["program_active_s"]) for row in rows if row["machine"] == machine)
    lasted = seconds_by_state(record, machine, scenario.start_us + scenario.horizon)
    assert lasted[WorkUnitState.EXECUTE] == pytest.approx(active_s, abs=0.1 * len(rows))  # the csv rounds each to 0.1 s


@pytest.mark.parametrize("machine", MACHINES)
def test_a_machine_is_busy_as_long_as_the_csv_says_its_operations_lasted(record, rows, scenario, machine):
    duration_s = sum(float(row["duration_s"]) for row in rows if row["machine"] == machine)
    overlap_s = 36.297 if machine == "Hurco04" else 0.0  # Plate-09 begins before Plate-08 has ended
    out_of_order_s = 949.3 if machine == "Hurco02" else 0.0  # OP4 of Box-01 has no job order: only its active 426.2 s are not Idle
    busy = (WorkUnitState.STARTING, WorkUnitState.EXECUTE, WorkUnitState.HELD, WorkUnitState.SUSPENDED)
    lasted = seconds_by_state(record, machine, scenario.start_us + scenario.horizon)
    expected_s = duration_s - overlap_s - out_of_order_s + (426.2 if out_of_order_s else 0.0)
    assert sum(lasted[state] for state in busy) == pytest.approx(expected_s, abs=0.1 * len(rows))
    assert sum(lasted.values()) == pytest.approx(scenario.horizon / 1e6)


def test_a_machine_has_one_job_order_at_a_time_from_start_to_complete(record: Record):
    for machine in MACHINES:
        open_job = ""
        for change in states_of(record, machine):
            if change.state == WorkUnitState.STARTING:
                assert open_job == ""
                open_job = change.job_order
            elif change.job_order:
                assert change.job_order == open_job
            if change.state in (WorkUnitState.COMPLETE, WorkUnitState.IDLE):
                open_job = ""


def test_plate_07_is_the_seventh_lot_of_its_order(record: Record):
    plate_07 = [fact.job_order for fact in record.facts if isinstance(fact, CountObserved) and ".07/" in fact.job_order]
    assert plate_07 == ["N1-PLATE.07/Op1", "N1-PLATE.07/Op2", "N3-BOX.07/OP1", "N2-COVER.07/Op1", *plate_07[4:]]
    assert len(plate_07) == 2 + 3 + 4


def test_what_did_not_fit_is_told_with_its_line(record: Record):
    told = {problem.line: problem.what for problem in record.problems}
    assert set(told) == {10, 122, 123, 124, 125}
    assert "Plate-09 begins 36.3 s before Hurco04 has ended the part before it" in told[10]
    assert all("OP4" in told[line] for line in (122, 123, 124, 125))


def test_all_programs_ran_within_the_hours_of_the_plant_file(record: Record):
    for fact in record.facts:
        if isinstance(fact, EquipmentStateChanged) and fact.state == WorkUnitState.EXECUTE:
            hour = fact.effective_us // 3_600_000_000 % 24
            assert 9 <= hour < 21


def test_the_measured_plates_agree_with_the_counts_in_the_report(record: Record):
    """ "Samples in tol" of the report, for the characteristics that fail most and two that never do."""
    results = [fact for fact in record.facts if isinstance(fact, TestResultRecorded)]
    passed = Counter(fact.characteristic for fact in results if fact.passed)
    assert len(results) == 31 * 20
    assert passed["CYLINDER3.RADIUS1"] == 0
    assert passed["SIMPLE_HOLE7.DIAMETER5"] == 17
    assert passed["SIMPLE_HOLE3.DIAMETER5"] == 14
    assert passed["PLANE1.FLATNESS1"] == passed["DISTANCEBETWEEN5.DISTANCEBETWEEN5"] == 20
    flatness = next(fact for fact in results if fact.lot == "N1-PLATE.02" and fact.characteristic == "PLANE1.FLATNESS1")
    assert (flatness.value, flatness.lower, flatness.upper) == (0.082, None, 0.5)


def test_the_run_opens_with_stock_and_orders_and_hears_every_hour(record: Record, scenario: Scenario):
    opening = [fact for fact in record.facts if fact.effective_us == scenario.start_us]
    assert [type(fact) for fact in opening] == [Heartbeat, *[StockCounted] * 3, *[SalesOrderConfirmed] * 3, *[EquipmentStateChanged] * 2]
    beats = [fact.effective_us for fact in record.facts if isinstance(fact, Heartbeat)]
    assert beats[0] == scenario.start_us
    assert beats[-1] == scenario.start_us + scenario.horizon
    assert max(b - a for a, b in pairwise(beats)) == 3_600_000_000


def test_facts_come_in_time_and_read_the_same_twice(root: Path, record: Record, plant: Plant, scenario: Scenario):
    times = [fact.effective_us for fact in record.facts]
    assert times == sorted(times)
    again: tuple[OperationsEvent, ...] = read_record(root / "plant_models/nist_cell/record/record.yaml", plant, scenario).facts
    assert again == record.facts


def test_the_operations_file_alone_gives_the_same_operations_without_their_interruptions(root, record, plant, scenario):
    alone = read_record(root / "plant_models/nist_cell/record/operations.csv", plant, scenario)
    counts = [fact for fact in record.facts if isinstance(fact, CountObserved)]
    assert [fact for fact in alone.facts if isinstance(fact, CountObserved)] == counts
    assert not any(isinstance(fact, EquipmentStateChanged) and fact.state == WorkUnitState.HELD for fact in alone.facts)


def test_broken_rows_are_told_and_left_out(tmp_path: Path, plant: Plant, scenario: Scenario):
    path = tmp_path / "operations.csv"
    path.write_text(
        "product,unit,operation,machine,start,end\n"
        "Plate,Plate-01,Op1,Hurco04,2017-02-02T09:00:00,2017-02-02T10:00:00\n"
        "Plate,Plate-01,Op1,Hurco04,2017-02-02T11:00:00,2017-02-02T12:00:00\n"  # again
        "Lid,Lid-01,Op1,Hurco04,2017-02-02T11:00:00,2017-02-02T12:00:00\n"
        "Plate,Plate-21,Op1,Hurco04,2017-02-02T11:00:00,2017-02-02T12:00:00\n"
        "Plate,Plate-02,Op1,Hurco99,2017-02-02T11:00:00,2017-02-02T12:00:00\n"
        "Plate,Plate-03,Op1,Hurco04,yesterday,2017-02-02T12:00:00\n"
        "Plate,Plate-04,Op1,Hurco04,2017-02-02T12:00:00,2017-02-02T11:00:00\n"
        "Plate,Plate-05\n"
    )
    read = read_record(path, plant, scenario)
    assert [fact.job_order for fact in read.facts if isinstance(fact, CountObserved)] == ["N1-PLATE.01/Op1"]
    assert [problem.line for problem in read.problems if problem.line] == [3, 4, 5, 6, 7, 8, 9]
    assert any("Op2 of N1-PLATE.01 is not recorded" in problem.what for problem in read.problems)
