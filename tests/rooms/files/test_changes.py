"""What a scenario changes in its plant, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.rooms.files.small_plant import write_plant
from twin.model.plant import Plant
from twin.model.problems import PlantFileError
from twin.model.scenario import Scenario
from twin.store.files import apply_changes, read_plant


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    return read_plant(write_plant(tmp_path))


def asking(**changes: Any) -> Scenario:
    return Scenario.model_validate({"plant": "small", "start": "2026-03-02T06:00:00Z", "horizon": "1 d", "changes": changes})


def test_without_changes_the_plant_is_the_same(plant: Plant) -> None:
    assert apply_changes(plant, asking()) is plant


def test_a_value_is_changed_and_nothing_else_is(plant: Plant) -> None:
    changed = apply_changes(plant, asking(**{"work_units.saw_1.hourly_cost": "50 EUR/h"}))
    assert changed.layout.work_units["saw_1"].hourly_cost == 5000
    assert apply_changes(changed, asking(**{"work_units.saw_1.hourly_cost": "20 EUR/h"})) == plant


def test_distributions_lists_and_materials_are_changed_by_their_paths(plant: Plant) -> None:
    changes = {
        "routings.blank.cut.run.lognormal.mean": "5 min",
        "work_units.saw_1.failures.0.repair": {"exponential": "9 min"},
        "work_units.saw_1.failures.1": {"reason": "dull", "time_to_failure": "40 h", "repair": "1 h"},
        "materials.cake.bill.1.quantity": 30,
        "suppliers.miller.lead_time": "3 d",
    }
    changed = apply_changes(plant, asking(**changes))
    assert changed.layout.routings["blank"]["cut"].run.mean_us == 300e6
    assert [failure.repair.mean_us for failure in changed.layout.work_units["saw_1"].failures] == [540e6, 3600e6]
    assert changed.materials.materials["cake"].bill[1].quantity == 30
    assert changed.materials.suppliers["miller"].lead_time.mean_us == 3 * 86_400e6


def test_null_takes_an_entry_away_and_an_optional_value_back(plant: Plant) -> None:
    changed = apply_changes(plant, asking(**{"work_units.saw_1.failures.0": None, "storage_units.shelf.capacity": None}))
    assert changed.layout.work_units["saw_1"].failures == []
    assert changed.layout.storage_units["shelf"].capacity is None


def test_a_new_work_unit_is_last_and_one_taken_away_loses_its_signals(plant: Plant) -> None:
    saw = {"equipment_class": "saw", "work_center": "sawing"}
    changed = apply_changes(plant, asking(**{"work_units.saw_2": saw, "work_units.saw_1": None}))
    assert list(changed.layout.work_units) == ["oven_1", "saw_2"]
    assert changed.signals is not None
    assert list(changed.signals.equipment) == ["oven_1"]


def test_ids_may_hold_dots(plant: Plant) -> None:
    dotted = apply_changes(plant, asking(**{"persons.b": {"classes": ["sawyer"], "calendar": "day", "hourly_cost": 0}}))
    layout = dotted.layout.model_copy(update={"persons": {**dotted.layout.persons, "b.c": dotted.layout.persons["b"]}})
    changed = apply_changes(dotted.model_copy(update={"layout": layout}), asking(**{"persons.b.c.hourly_cost": "9 EUR/h"}))
    assert {person: it.hourly_cost for person, it in changed.layout.persons.items()} == {"ada": 4000, "b": 0, "b.c": 900}


def test_changes_without_a_file_are_refused_all_at_once(plant: Plant) -> None:
    with pytest.raises(PlantFileError) as raised:
        apply_changes(plant, asking(**{"work_units.saw_9.power": 0, "title.x": 1}))
    assert [str(problem) for problem in raised.value.problems] == [
        "changes of 'small': 'title' is the value 'A small plant' and has no 'x'; allowed: a change of 'title' as a whole",
        "changes of 'small': 'work_units' has no 'saw_9' (did you mean 'saw_1'?); allowed: saw_1, oven_1",
    ]
