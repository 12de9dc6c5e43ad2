"""Files as they come: missing, empty, in another encoding, too large, cut short; and several that are wrong at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rooms.files.small_plant import ITEMS, PLANT, SCENARIO, SIGNALS, put, write_plant
from twin.model.problems import PlantFileError
from twin.store.files import check_paths, read_plant, read_scenario
from twin.store.files.marked_yaml import MAX_BYTES, read_marked_bytes


def said_of(folder: Path) -> list[str]:
    with pytest.raises(PlantFileError) as raised:
        read_plant(folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in raised.value.problems]


def test_a_plant_is_read_with_its_numbers_in_exact_integers(tmp_path: Path) -> None:
    plant = read_plant(write_plant(tmp_path))
    assert plant.equipment == ["saw_1", "oven_1", "line_1", "filler", "capper"]
    assert plant.layout.work_units["saw_1"].hourly_cost == 2000
    assert plant.layout.work_units["saw_1"].power.execute == 4500
    assert plant.layout.calendars["day"].shifts["early"].start == 360
    assert plant.materials.materials["cake"].price == 1250
    assert plant.layout.routings["cake"]["fill"].run.mean_us == 0
    assert plant.signals is not None


def test_signals_may_be_left_out(tmp_path: Path) -> None:
    assert read_plant(write_plant(tmp_path, signals=None)).signals is None


def test_a_missing_folder_and_missing_files_are_problems(tmp_path: Path) -> None:
    assert said_of(tmp_path / "nowhere") == [
        f"{tmp_path}/nowhere:1:1: there is no such folder; allowed: a folder with plant.yaml and items.yaml"
    ]
    assert said_of(write_plant(tmp_path, items=None, plant=None)) == [
        "items.yaml:1:1: the file is missing",
        "plant.yaml:1:1: the file is missing",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "1:1: the file is empty; allowed: a table, as in 'plant: my_plant'"),
        (b"# nothing but words\n", "1:1: the file is empty; allowed: a table, as in 'plant: my_plant'"),
        (b"- plant\n", "1:1: a table is needed here, not a list; allowed: lines of 'key: value'"),
        (b"just words\n", "1:1: a table is needed here, not 'just words'; allowed: lines of 'key: value'"),
        ("plant: Café\n".encode("latin-1"), "1:11: byte 0xe9 is not UTF-8; allowed: text saved as UTF-8"),
        (b"plant: a\x00b\n", "1:9: character U+0000 cannot be printed"),
        (b"x" * (MAX_BYTES + 1), "1:1: the file is too large; allowed: 2 MB"),
        (b"[" * 100_000, "1:42: tables are nested too deep; allowed: 40 levels"),
        (b"a: &a [*a]\n", "1:8: '*a' repeats nothing; allowed: an anchor that is complete before it: none"),
    ],
    ids=lambda value: str(value[:20]),
)
def test_a_file_that_is_no_plant_is_one_problem(text: bytes, said: str, tmp_path: Path) -> None:
    assert said_of(write_plant(tmp_path, plant=text)) == [f"plant.yaml:{said}"]


@pytest.mark.slow
def test_aliases_cannot_make_a_small_file_large() -> None:
    """Ten tables of ten aliases each would be ten thousand million values."""
    lines = ["t0: &t0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]", *(f"t{n}: &t{n} [{', '.join([f'*t{n - 1}'] * 10)}]" for n in range(1, 10))]
    marked = read_marked_bytes("bomb.yaml", "\n".join(lines).encode())
    assert [problem.what for problem in marked.problems] == ["there is too much in this file"]


def test_an_alias_repeats_what_its_anchor_marked(tmp_path: Path) -> None:
    marked = read_marked_bytes("a.yaml", b"a: &x {b: [1, 2]}\nc: *x\n")
    assert marked.data == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}}
    assert marked.values["c", "b", 1] == marked.values["a", "b", 1] == (1, 15)


def test_words_stay_words_and_numbers_are_numbers() -> None:
    """YAML 1.1 makes false of `no`, 510 of `08:30`, 8 of `010` and 1000 of `1_000`, and leaves `1e3` a word."""
    text = (
        b"a: [no, on, off, yes, y, 08:30, 010, 1_000, 0x1F, 2026-03-02, .inf, 1e999]\nb: [1e3, -2, +3, 0.5, .5, 1., true, ~, null]\nno: 1\n"
    )
    data = read_marked_bytes("a.yaml", text).data
    assert data["a"] == ["no", "on", "off", "yes", "y", "08:30", "010", "1_000", "0x1F", "2026-03-02", ".inf", "1e999"]
    assert data["b"] == [1000, -2, 3, 0.5, 0.5, 1.0, True, None, None]
    assert data["no"] == 1


def test_problems_of_all_files_come_at_once_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    plant = put(put(PLANT, "capacity: 4", "capcity: 4"), "calendar: day\n    hourly", "calendar: dy\n    hourly")
    items = put(ITEMS, "supplier: miller", "supplier: millet")
    signals = put(SIGNALS, "unit: 1", "unit: 1000")
    assert said_of(write_plant(tmp_path, plant=plant, items=items, signals=signals)) == [
        "items.yaml:2:89: no supplier is called 'millet' (did you mean 'miller'?); allowed: miller",
        "plant.yaml:17:11: unknown key 'capcity' (did you mean 'capacity'?); allowed: title, capacity",
        "plant.yaml:26:15: no calendar is called 'dy' (did you mean 'day'?); allowed: day, night",
        "signals.yaml:6:36: the number 1000 is too large; allowed: 247 or less",
    ]


def test_a_misspelled_table_does_not_leave_every_reference_to_it_dangling(tmp_path: Path) -> None:
    said = said_of(write_plant(tmp_path, plant=put(PLANT, "calendars:\n", "calender:\n")))
    assert [line.partition(";")[0] for line in said] == ["plant.yaml:6:1: unknown key 'calender' (did you mean 'calendars'?)"]


def test_a_needed_measure_that_is_wrong_does_not_hide_the_rest(tmp_path: Path) -> None:
    """Two slips in one work unit, one in its failures, one in a weekday, one in another file."""
    plant = put(PLANT, "calendar: day\n    hourly_cost: 20 EUR/h", "calendar: dy\n    hourly_cost: 20 EUR")
    plant = put(put(plant, "{exponential: 20 h}", "{exponental: 20 h}"), "days: [mon, tue],", "days: [mon, tues],")
    said = said_of(write_plant(tmp_path, plant=plant, items=put(ITEMS, "bill: [{material: flour", "bill: [{material: cake")))
    assert [line.partition("; ")[0] for line in said] == [
        "items.yaml:8:20: the bill goes round in a circle: blank -> cake -> blank",
        "plant.yaml:10:26: 'tues' is not known here (did you mean 'tue'?)",
        "plant.yaml:26:15: no calendar is called 'dy' (did you mean 'day'?)",
        "plant.yaml:27:18: '20 EUR' is no hourly rate",
        "plant.yaml:30:40: unknown distribution 'exponental' (did you mean 'exponential'?)",
    ]


def test_a_single_file_is_checked_with_its_plant_and_by_itself(tmp_path: Path) -> None:
    folder = write_plant(tmp_path / "small", items=put(ITEMS, "supplier: miller", "supplier: millet"))
    assert check_paths([folder / "plant.yaml"]) == []
    assert [problem.line for problem in check_paths([folder / "items.yaml"])] == [2]
    alone = tmp_path / "my_materials.yaml"
    alone.write_text(put(ITEMS, "quantity: 20}", "quantity: 0}"), encoding="utf-8")
    assert [(problem.line, problem.column) for problem in check_paths([alone])] == [(9, 37)]


def test_a_folder_of_folders_is_checked_through(tmp_path: Path) -> None:
    write_plant(tmp_path / "plant_models" / "small")
    scenarios = tmp_path / "scenarios" / "small"
    scenarios.mkdir(parents=True)
    (scenarios / "right.yaml").write_text(SCENARIO, encoding="utf-8")
    assert check_paths([tmp_path]) == []
    (scenarios / "wrong.yaml").write_text(put(SCENARIO, "horizon: 7 d", "horizon: 7"), encoding="utf-8")
    assert [(Path(problem.file).name, problem.line) for problem in check_paths([tmp_path])] == [("wrong.yaml", 4)]
    assert [problem.what for problem in check_paths([tmp_path / "nowhere"])] == ["there is no such file or folder"]
    (tmp_path / "empty").mkdir()
    assert [problem.what for problem in check_paths([tmp_path / "empty"])] == ["there is no plant and no scenario in this folder"]


def test_the_plant_of_a_scenario_can_be_said(tmp_path: Path) -> None:
    folder = write_plant(tmp_path / "elsewhere")
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(SCENARIO, encoding="utf-8")
    assert [problem.what for problem in check_paths([scenario])] == ["no plant is called 'small'"]
    assert check_paths([scenario], plant_folder=folder) == []


def test_a_scenario_is_read_with_its_instants_in_microseconds(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SCENARIO, encoding="utf-8")
    scenario = read_scenario(tmp_path / "a.yaml", read_plant(write_plant(tmp_path / "small")))
    assert scenario.start_us == 1_772_427_600_000_000  # 2026-03-02T05:00:00Z
    assert scenario.horizon == 7 * 86_400_000_000


def test_a_plant_with_problems_says_so_when_its_scenario_is_checked(tmp_path: Path) -> None:
    write_plant(tmp_path / "plant_models" / "small", plant=put(PLANT, "currency: EUR", "currency: EURO"))
    scenario = tmp_path / "scenarios" / "small" / "a.yaml"
    scenario.parent.mkdir(parents=True)
    scenario.write_text(SCENARIO, encoding="utf-8")
    assert [(Path(problem.file).name, problem.line) for problem in check_paths([scenario])] == [("plant.yaml", 3)]
