"""Maintenance and modes as people write them; the shop that declares them has the same maintenance from its record."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import twin
from tests.rooms.files.small_plant import PLANT, write_plant
from twin import study
from twin.model.plant import Plant
from twin.model.problems import PlantFileError
from twin.simulation.rule_control import NotByRule
from twin.store.files import read_plant

SECTIONS = """\
maintenance_plans:
  blade: {title: Change the blade, equipment: saw_1, after_pieces: 500, personnel_class: sawyer, spare_parts: {flour: 2}, blocks: true}
  bearing: {equipment: saw_1, condition: {process_value: vibration, above: 4.5}, documents: [],
    steps: {play: {text: Play, asks: value, upper: 2}}}
calibrations:
  scale: {every_days: 30, last: 2026-02-01, calibrated_by: sawyer, segments: [cut]}
packml:
  edition: 2022
  modes:
    cleaning: {number: 4, change_in: [Idle]}
"""


def test_all_of_it_is_read_and_kept(tmp_path: Path) -> None:
    plant = read_plant(write_plant(tmp_path, plant=PLANT + SECTIONS))
    assert plant.layout.maintenance_plans["blade"].triggers == ["after_pieces"]
    assert plant.layout.packml is not None
    assert Plant.model_validate_json(plant.model_dump_json()) == plant


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("equipment: saw_1, after", "equipment: saw_9, after", "no equipment is called 'saw_9' (did you mean 'saw_1'?)"),
        ("{flour: 2}", "{flower: 2}", "no material is called 'flower' (did you mean 'flour'?)"),
        ("after_pieces: 500, ", "", "'blade' is never due; allowed: every, after_pieces, after_lots, after_busy, condition"),
        (", above: 4.5", "", "a condition without a limit is never met; allowed: above, below, or both"),
        ("process_value: vibration, ", "", "a condition looks at one thing; allowed: either process_value or indicator"),
        ("asks: value", "asks: words", "'play' asks for no value, and has a limit; allowed: asks: value, or no limit"),
        ("upper: 2", "lower: 3, upper: 2", "nothing lies between 3 and 2; allowed: more than 3"),
        ("documents: []", "documents: [WI-9]", "no document is called 'WI-9'"),
        ("calibrated_by: sawyer", "calibrated_by: sayer", "no personnel class is called 'sayer' (did you mean 'sawyer'?)"),
        (", segments: [cut]", "", "'scale' is used for nothing; allowed: equipment, segments or quality_plans"),
        ("number: 4", "number: 3", "mode 3 is 'manual'; allowed: 4"),
        ("cleaning: {number: 4", "manual: {number: 4", "'manual' is mode 3; allowed: 3"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(PlantFileError) as caught:
        read_plant(write_plant(tmp_path, plant=PLANT + SECTIONS.replace(old, new)))
    (problem,) = caught.value.problems
    assert words in str(problem)
    assert problem.line > len(PLANT.splitlines())


@pytest.mark.slow
def test_the_gearbox_shop_has_the_same_maintenance_from_its_record(root: Path) -> None:
    folder, scenario = root / "plant_models/gearbox_shop", root / "scenarios/gearbox_shop/maintained.yaml"
    run = twin.simulate(folder, scenario, until="3 d 4 h", seed=1)
    again = twin.replay(folder, run.journal.entries(), scenario)
    for table in ("maintenance", "maintenance_plans", "calibrations", "maintenance_indicators", "spare_parts"):
        pd.testing.assert_frame_equal(getattr(run, table)(), getattr(again, table)())
    table = run.maintenance()
    assert {"coolant_filter", "spindle_1", "furnace_seal"} <= set(table["plan"])
    assert not run.calibrations()["is_usable"].any()
    due_us = run.mes.maintenance.calibrations.all["gear_tester"].due_us
    started_us = [job.started_us for job in run.mes.job_orders.values() if job.equipment == "gear_tester_1"]
    assert started_us
    assert max(started_us) < due_us
    assert [entry.event for entry in again.journal.entries()] == [entry.event for entry in run.journal.entries()]


def test_rules_that_know_of_no_calibration_do_not_play_it(root: Path) -> None:
    with pytest.raises(NotByRule, match="equipment may wait for calibration gear_tester"):
        study.replicate(root / "plant_models/gearbox_shop", root / "scenarios/gearbox_shop/maintained.yaml", 2, until="1 d", by_rule=True)
