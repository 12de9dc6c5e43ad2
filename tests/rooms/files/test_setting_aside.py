"""A slip hides nothing that stands elsewhere, and nothing is said of what it leaves unknown."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rooms.files.small_plant import ITEMS, PLANT, SCENARIO, SIGNALS, problems_with, put, write_plant
from twin.model.problems import PlantFileError
from twin.store.files import check_paths, read_plant


def said_of(plant: Path, scenario: str = SCENARIO) -> list[str]:
    """What is said of a plant and a scenario of it, without their folders."""
    (plant.parent / "scenario.yaml").write_text(scenario, encoding="utf-8")
    problems = check_paths([plant, plant.parent / "scenario.yaml"], plant_folder=plant)
    return sorted(str(problem).replace(f"{problem.file}:", f"{Path(problem.file).name}:", 1) for problem in problems)


def test_slips_in_every_file_are_said_at_once_and_the_same_by_the_library(tmp_path: Path) -> None:
    plant = put(PLANT, "run: 2 h", "run: 2 hours")
    plant = put(put(plant, "    work_center: baking\n", ""), "{storage: yard}", "{storage: yart}")
    items = put(ITEMS, "{material: blank, quantity: 2}", "{material: blnk, quantity: 0}")
    signals = put(put(SIGNALS, "driver: modbus", "driver: modbuss"), "business: plc_a", "business: plc_c")
    folder = write_plant(tmp_path / "small", plant=plant, items=items, signals=signals)
    said = said_of(
        folder,
        put(
            put(SCENARIO, "horizon: 7 d", "horizon: 7"),
            "customer: cafe, material: cake, quantity: 5",
            "customer: caff, material: flour, quantity: 5",
        ),
    )
    assert said == [
        "items.yaml:8:20: no material is called 'blnk' (did you mean 'blank'?); allowed: flour, blank, cake",
        "items.yaml:8:36: the number 0 is too small; allowed: 1 or more",
        "plant.yaml:19:21: no storage unit is called 'yart' (did you mean 'yard'?); allowed: yard, shelf",
        "plant.yaml:31:3: key 'work_center' is missing in 'work_units.oven_1'",
        (
            "plant.yaml:61:32: '2 hours' is no duration; allowed: a duration such as '4.5 min', or a distribution such as"
            " {exponential: {mean: 4.5 min}}"
        ),
        "scenario.yaml:10:31: no customer is called 'caff' (did you mean 'cafe'?); allowed: cafe",
        "scenario.yaml:10:47: 'flour' is purchased, and customers order what is finished; allowed: cake",
        "scenario.yaml:4:10: '7' is no duration; allowed: a number with us, ms, s, min, h, d or week, as in '4.5 min' or '1 d 6 h'",
        "signals.yaml:3:19: 'modbuss' is not known here (did you mean 'modbus'?); allowed: opcua, modbus",
        "signals.yaml:4:11: no connection is called 'plc_c' (did you mean 'plc_b'?); allowed: plc_a, plc_b",
    ]
    with pytest.raises(PlantFileError) as raised:
        read_plant(folder)
    assert [str(problem).removeprefix(f"{folder}/") for problem in raised.value.problems] == [
        line for line in said if line[:8] != "scenario"
    ]


def test_a_file_that_is_no_yaml_hides_nothing_in_the_others(tmp_path: Path) -> None:
    items = put(ITEMS, "  cake:\n", "  cake\n")
    said = said_of(write_plant(tmp_path / "small", plant=put(PLANT, "calendar: day\n    hourly", "calendar: dy\n    hourly"), items=items))
    assert [line.partition(";")[0] for line in said] == [
        "items.yaml:5:9: ':' is missing after this key",
        "plant.yaml:26:15: no calendar is called 'dy' (did you mean 'day'?)",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  yard: {}", "  yard: 5", "plant.yaml:16:9: a table is needed here, not the number 5"),
        ("  yard: {}", "  the yard: {}", "plant.yaml:16:3: 'the yard' is no id"),
        ("storage_units:\n  yard: {}\n", "storage_units: [yard, shelf]\nx:\n", "plant.yaml:15:16: a table is needed here, not a list"),
        ("    equipment_class: saw\n", "    equipment_class: []\n", "plant.yaml:24:22: text is needed here, not a list"),
        ("ada: {classes: [sawyer]", "ada: {classes: sawyer", "plant.yaml:52:18: a list is needed here, not 'sawyer'"),
        (
            "batch: {minimum: 2, maximum: 4,",
            "batch: {minimum: 2,",
            "plant.yaml:34:5: key 'maximum' is missing in 'work_units.oven_1.batch'",
        ),
        ("  night:\n", "  day:\n", "plant.yaml:12:3: duplicate key 'day' (first on line 7)"),
        (
            "{segment: cut, run: 3 min",
            "{segment: cutt, run: 3 min",
            "plant.yaml:61:20: no process segment is called 'cutt' (did you mean 'cut'?)",
        ),
        (
            "  bake: {work_center: baking}",
            "  bake: {work_center: bakin}",
            "plant.yaml:55:23: no work center is called 'bakin' (did you mean 'baking'?)",
        ),
    ],
)
def test_what_a_slip_leaves_unknown_is_no_second_problem(old: str, new: str, said: str, tmp_path: Path) -> None:
    first, *others = problems_with(tmp_path, "plant", (old, new))
    assert first.partition("; ")[0] == said
    assert [other for other in others if not other.startswith("plant.yaml:16:1: unknown key 'x'")] == []


def test_the_wrong_value_of_a_misspelled_key_is_said_too_at_its_place(tmp_path: Path) -> None:
    said = problems_with(tmp_path, "plant", ("storage_units:", "storage_unit:"), ("{capacity: 4}", "{capcity: 0}"))
    assert [line.partition(";")[0] for line in said] == [
        "plant.yaml:15:1: unknown key 'storage_unit' (did you mean 'storage_units'?)",
        "plant.yaml:17:11: unknown key 'capcity' (did you mean 'capacity'?)",
        "plant.yaml:17:20: the number 0 is too small",
    ]


def test_an_entry_of_a_list_that_is_set_aside_does_not_move_the_others(tmp_path: Path) -> None:
    said = problems_with(
        tmp_path,
        "items",
        ("- {material: blank, quantity: 2}", "- 5"),
        ("{material: flour, quantity: 20}", "{material: flower, quantity: 20}"),
    )
    assert [line.partition(";")[0] for line in said] == [
        "items.yaml:8:9: a table is needed here, not the number 5",
        "items.yaml:9:20: no material is called 'flower' (did you mean 'flour'?)",
    ]


def test_a_circle_of_bills_does_not_stop_the_check_of_a_scenario(tmp_path: Path) -> None:
    items = put(ITEMS, "bill: [{material: flour", "bill: [{material: cake")
    said = said_of(write_plant(tmp_path / "small", items=items), put(SCENARIO, "equipment: oven_1", "equipment: oven_2"))
    assert [line.partition(";")[0] for line in said] == [
        "items.yaml:8:20: the bill goes round in a circle: blank -> cake -> blank",
        "scenario.yaml:14:17: no equipment is called 'oven_2' (did you mean 'oven_1'?)",
    ]


def test_links_that_lead_back_pipes_and_impossible_names_are_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "round").mkdir()
    (tmp_path / "round" / "again").symlink_to(tmp_path / "round")
    (tmp_path / "round" / "and_again").symlink_to(tmp_path)
    write_plant(tmp_path / "piped", plant=None)
    os.mkfifo(tmp_path / "piped" / "plant.yaml")
    write_plant(tmp_path / "linked", signals=None)
    (tmp_path / "linked" / "signals.yaml").symlink_to("signals.yaml")
    said = {Path(problem.file).parent.name: problem.what for problem in check_paths([tmp_path])}
    assert said == {"piped": "this is no file", "linked": "the file cannot be read: Too many levels of symbolic links"}
    assert [problem.what for problem in check_paths(["a" * 5000])] == ["this cannot be read: File name too long"]


def test_the_command_prints_each_problem_and_ends_with_2(tmp_path: Path) -> None:
    huge = put(PLANT, "run: 2 h", "run: 1e999999999 h")
    write_plant(tmp_path / "small", plant=put(huge, "calendar: day\n    hourly", "calendar: dy\n    hourly"))
    done = subprocess.run(
        [sys.executable, "-m", "twin", "check", "small", "b" * 5000], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert [line[:60] for line in done.stdout.splitlines()] == [
        f"{'b' * 60}",
        "small/plant.yaml:26:15: no calendar is called 'dy' (did you ",
        "small/plant.yaml:62:32: '1e999999999 h' is longer than a run",
    ]
