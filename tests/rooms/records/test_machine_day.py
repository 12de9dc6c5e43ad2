"""One day of a turn-mill centre as its adapter wrote it: states, what nobody knows, and lines that cannot be read."""

from __future__ import annotations

import gzip
from datetime import datetime
from pathlib import Path

import pytest

from twin.model.events import AlarmCleared, AlarmRaised, EquipmentModeChanged, EquipmentStateChanged, ProcessValueObserved
from twin.model.plant import Plant
from twin.model.problems import PlantFileError
from twin.model.scenario import Scenario
from twin.model.states import WorkUnitMode, WorkUnitState
from twin.store.files import apply_changes, read_plant, read_scenario
from twin.store.records import Record, read_machine_day, read_record


@pytest.fixture(scope="module")
def plant(root: Path) -> Plant:
    return read_plant(root / "plant_models/nist_cell")


@pytest.fixture(scope="module")
def scenario(root: Path, plant: Plant) -> Scenario:
    return read_scenario(root / "scenarios/nist_cell/mazak_day.yaml", plant)


@pytest.fixture(scope="module")
def record(root: Path, plant: Plant, scenario: Scenario) -> Record:
    return read_record(root / "plant_models/nist_cell", plant, scenario)


def second_of(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def intervals(record: Record, scenario: Scenario) -> list[tuple[float, float, EquipmentStateChanged]]:
    """Start and end in UTC seconds, and the state."""
    changes = [f for f in record.facts if isinstance(f, EquipmentStateChanged) and f.equipment == "Mazak01"]
    ends = [*(change.effective_us for change in changes[1:]), scenario.start_us + scenario.horizon]
    return [(change.effective_us / 1e6, end / 1e6, change) for change, end in zip(changes, ends, strict=True)]


def test_the_states_tile_the_day(record: Record, scenario: Scenario):
    stretches = intervals(record, scenario)
    assert stretches[0][0] == scenario.start_us / 1e6
    assert all(start <= end for start, end, _ in stretches)
    assert sum(end - start for start, end, _ in stretches) == pytest.approx(86_400)


def test_the_day_is_unknown_where_the_stream_is_silent_or_unavailable(record: Record, scenario: Scenario):
    """Times read in the file: lines 146 (first execution), 91143 to 91254 (adapter lost), 98780 (end)."""
    unknown: list[list[float]] = []
    for start, end, change in intervals(record, scenario):
        if change.state == WorkUnitState.UNKNOWN:
            if unknown and unknown[-1][1] == start:
                unknown[-1][1] = end
            else:
                unknown.append([start, end])
    day = "2018-09-27T"
    assert unknown == [
        [second_of(day + "00:00:00Z"), second_of(day + "09:50:04.124Z")],
        [second_of(day + "18:25:31.535Z"), second_of(day + "18:26:49.517Z")],
        [second_of(day + "19:29:06.658739Z"), second_of("2018-09-28T00:00:00Z")],
    ]


def test_execute_lasts_as_long_as_execution_says_active(root: Path, record: Record, scenario: Scenario):
    """Counted once more, from the lines of the file alone: what is ACTIVE when the adapter is lost ends with the last line before."""
    active_s, since, last = 0.0, None, 0.0
    with gzip.open(root / "plant_models/nist_cell/record/mazak01_day.txt.gz", "rt") as lines:
        for line in lines:
            at, tag, value = line.rstrip("\n").split("|")[:3]
            last = max(last, second_of(at))
            if tag == "execution":
                if since is not None:
                    active_s += last - since
                since = last if value == "ACTIVE" else None
    executed_s = sum(end - start for start, end, change in intervals(record, scenario) if change.state == WorkUnitState.EXECUTE)
    assert executed_s == pytest.approx(active_s, abs=0.001)
    assert executed_s == pytest.approx(9284.494, abs=0.001)


@pytest.mark.slow
def test_alarms_modes_and_programs_are_heard(record: Record):
    alarms = [fact for fact in record.facts if isinstance(fact, AlarmRaised)]
    assert len(alarms) == 19
    assert [a.alarm for a in alarms if a.message.startswith("Fault")] == ["motion_cond.763", "motion_cond.624"]
    assert len([fact for fact in record.facts if isinstance(fact, AlarmCleared)]) == 19
    modes = {fact.mode for fact in record.facts if isinstance(fact, EquipmentModeChanged)}
    assert modes == {WorkUnitMode.PRODUCTION, WorkUnitMode.MANUAL}
    programs = [fact.value for fact in record.facts if isinstance(fact, ProcessValueObserved)]
    assert programs[0] == 793
    assert programs[-4:] == [999, 999, 1003, 1000]  # 999 is said again after the loss


def test_every_silence_and_the_step_back_in_time_are_told(record: Record):
    told = [problem.what for problem in record.problems]
    assert sum(what.startswith("silent for") for what in told) == 5
    assert [problem.line for problem in record.problems if "before the line above" in problem.what] == [91144]


@pytest.fixture
def day(tmp_path: Path, plant: Plant, scenario: Scenario):
    """Reads a made-up stream; two minutes without a line are a silence."""

    def read(*lines: str) -> Record:
        path = tmp_path / "Mazak01.txt"
        path.write_text("".join(f"{line}\n" for line in lines))
        return read_machine_day(path, apply_changes(plant, scenario), scenario, equipment="Mazak01", silence_us=120_000_000)

    return read


def said(record: Record) -> list[tuple[int, str]]:
    return [(f.state, f.reason) for f in record.facts if isinstance(f, EquipmentStateChanged) and f.equipment == "Mazak01"][1:]


def test_lines_that_cannot_be_read_are_told_with_their_number_and_left_out(day):
    record = day(
        "2018-09-27T10:00:00Z|execution|ACTIVE",
        "not a line",
        "2018-09-27T10:00:30|execution|READY|more",
        "ten o'clock|execution|READY",
        "2018-09-27T10:01:00Z|execution|DANCING",
        "2018-09-27T10:02:00Z|execution|READY",
        "2018-09-27T10:03:00Z|Xabs|1.0",
    )
    assert [problem.line for problem in record.problems if problem.line] == [2, 3, 4, 5]
    assert said(record)[:3] == [
        (WorkUnitState.EXECUTE, ""),
        (WorkUnitState.UNKNOWN, "unavailable"),
        (WorkUnitState.IDLE, ""),
    ]


def test_an_emergency_stop_counts_more_than_what_the_program_does(day):
    record = day(
        "2018-09-27T10:00:00Z|execution|ACTIVE",
        "2018-09-27T10:01:00Z|estop|TRIGGERED",
        "2018-09-27T10:02:00Z|estop|ARMED",
        "2018-09-27T10:02:00Z|execution|INTERRUPTED",
        "2018-09-27T10:03:00Z|Xabs|1.0",
    )
    assert said(record)[:3] == [
        (WorkUnitState.EXECUTE, ""),
        (WorkUnitState.ABORTED, "emergency_stop"),
        (WorkUnitState.HELD, "interrupted"),
    ]


def test_after_a_silence_the_machine_is_what_it_last_said_unless_it_says_otherwise(day):
    record = day(
        "2018-09-27T10:00:00Z|execution|ACTIVE",
        "2018-09-27T10:01:00Z|Xabs|1.0",
        "2018-09-27T10:04:00Z|Xabs|2.0",
        "2018-09-27T10:05:00Z|Xabs|3.0",
    )
    assert said(record) == [
        (WorkUnitState.EXECUTE, ""),
        (WorkUnitState.UNKNOWN, "silence"),
        (WorkUnitState.EXECUTE, ""),
        (WorkUnitState.UNKNOWN, "silence"),
    ]


def test_a_record_that_covers_another_time_is_refused_in_words(root: Path, plant: Plant, scenario: Scenario):
    later = scenario.model_copy(update={"start": datetime.fromisoformat("2020-01-01T00:00:00Z")})
    with pytest.raises(PlantFileError, match=r"no record covers 2020-01-01.*allowed: order_60"):
        read_record(root / "plant_models/nist_cell", plant, later)


def test_a_folder_without_a_record_is_refused_in_words(root: Path, plant: Plant, scenario: Scenario):
    with pytest.raises(PlantFileError, match="no record lies here"):
        read_record(root / "plant_models/gearbox_shop", plant, scenario)
