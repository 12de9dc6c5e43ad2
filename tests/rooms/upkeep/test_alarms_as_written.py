"""Alarms as people write them: what is wrong is said with its line, and the shop that declares them is the same from its record."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import twin
from tests.rooms.files.small_plant import PLANT, write_plant
from twin.model.events import AlarmEscalated
from twin.model.plant import Plant
from twin.model.problems import PlantFileError
from twin.store.files import read_plant

ALARMS = """\
alarms:
  operators: 2
  default: {priority: low}
  equipment:
    saw_1:
      blade_broken: {priority: high, within: 5 min, escalate_to: [sawyer], suppressed_in: [Stopped], response: change the blade}
  alerts:
    quality: {priority: medium, longest_shelf: 1 h}
"""


def test_alarms_are_read_and_kept(tmp_path: Path) -> None:
    plant = read_plant(write_plant(tmp_path, plant=PLANT + ALARMS))
    assert plant.layout.alarms is not None
    assert plant.layout.alarms.equipment["saw_1"]["blade_broken"].within == 300_000_000
    assert plant.layout.alarms.flood.times == 11
    assert Plant.model_validate_json(plant.model_dump_json()) == plant


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("saw_1:", "saw_7:", "no equipment and no equipment class is called 'saw_7' (did you mean 'saw_1'?)"),
        ("[sawyer]", "[sawer]", "no personnel class is called 'sawer' (did you mean 'sawyer'?)"),
        ("within: 5 min, ", "", "it goes from one to the next, and nobody says after how long; allowed: within: a time"),
        ("[Stopped]", "[Stoped]", "'Stoped'"),
        ("priority: high", "priority: urgent", "'urgent'"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(PlantFileError) as caught:
        read_plant(write_plant(tmp_path, plant=PLANT + ALARMS.replace(old, new)))
    (problem,) = caught.value.problems
    assert words in str(problem)
    assert problem.line > len(PLANT.splitlines())


def test_the_gearbox_shop_has_the_same_alarms_from_its_record(root: Path) -> None:
    folder, scenario = root / "plant_models/gearbox_shop", root / "scenarios/gearbox_shop/answered_alarms.yaml"
    run = twin.simulate(folder, scenario, until="2 d", seed=1)
    again = twin.replay(folder, run.journal.entries(), scenario)
    pd.testing.assert_frame_equal(run.alarms(), again.alarms())
    handed_on = [entry.event for entry in run.journal.entries() if isinstance(entry.event, AlarmEscalated)]
    assert {it.to for it in handed_on} >= {"turner", "miller"}
    assert [entry.event for entry in again.journal.entries()] == [entry.event for entry in run.journal.entries()]
