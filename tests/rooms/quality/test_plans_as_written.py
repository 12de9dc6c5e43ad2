"""Quality plans as people write them: what is wrong is said with its file, line and column, and with what is allowed."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from tests.rooms.files.small_plant import PLANT, put, write_plant
from twin.model.plant import Plant
from twin.model.problems import PlantFileError
from twin.store.files import read_plant, schemas
from twin.store.files.marked_yaml import read_marked_bytes

PLANS = """\
quality_plans:
  crust:
    title: Crust of the cake
    material: cake
    operation: bake
    authority: sawyer
    sampling: {skip_lot: {qualify: 5, one_in: 2}, pieces: 5}
    on_signal: hold
    characteristics:
      colour: {unit: "%", lower: 40, upper: 60, target: 50, chart: {kind: xbar_r, rules: nelson}}
      burnt: {kind: defectives, accept: 1, chart: {kind: p, mean: 0.02}}
      raw: {kind: yes_no}
  flour_in:
    material: flour
    characteristics:
      moisture: {upper: 14.5, chart: {kind: ewma, mean: 13, sigma: 0.4}, drawn: {mean: 13, sd: 0.4}}
"""
FIRST_LINE = len(PLANT.splitlines())


def test_a_plan_is_read_with_all_that_it_says(tmp_path: Path) -> None:
    plans = read_plant(write_plant(tmp_path, plant=PLANT + PLANS)).layout.quality_plans
    assert plans["crust"].sampling.skip_lot is not None
    assert plans["crust"].characteristics["colour"].asked == "40 to 60 %"
    assert plans["crust"].gate
    assert plans["flour_in"].operation is None
    assert plans["flour_in"].characteristics["moisture"].chart.sigma == 0.4  # type: ignore[union-attr]


def test_a_plan_reads_back_from_what_is_kept_of_it(tmp_path: Path) -> None:
    plant = read_plant(write_plant(tmp_path, plant=PLANT + PLANS))
    assert Plant.model_validate_json(plant.model_dump_json()) == plant


def test_editors_know_what_a_plan_may_say() -> None:
    good, bad = PLANT + PLANS, PLANT + put(PLANS, "rules: nelson", "rules: nelsen")
    refused = [
        list(jsonschema.Draft202012Validator(schemas()["plant"]).iter_errors(read_marked_bytes("a.yaml", text.encode()).data))
        for text in (good, bad)
    ]
    assert refused[0] == []
    assert refused[1] != []


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("material: cake\n", "material: cakes\n", 4, "no material is called 'cakes' (did you mean 'cake'?); allowed: flour, blank, cake"),
        ("authority: sawyer", "authority: sawer", 6, "no personnel class is called 'sawer' (did you mean 'sawyer'?); allowed: sawyer"),
        (
            "operation: bake",
            "operation: bakes",
            5,
            "the routing of 'cake' has no operation 'bakes' (did you mean 'bake'?); allowed: cut, bake, fill",
        ),
        (
            "{qualify: 5, one_in: 2}",
            "{qualify: 5, one_in: 2}, every_lots: 3",
            7,
            "'crust' chooses its lots by every_lots and by skip_lot; allowed: one of them",
        ),
        (
            "pieces: 5",
            "pieces: 1",
            10,
            "a subgroup of 1 has no chart 'xbar_r'; allowed: sampling: pieces from 2 to 25, or i_mr, ewma, cusum",
        ),
        ("upper: 60", "upper: 30", 10, "nothing lies between 40 and 30; allowed: more than 40"),
        ("target: 50", "target: 70", 10, "the target 70 is not allowed; allowed: 40 to 60 %"),
        ("kind: p,", "kind: i_mr,", 11, "what is defectives is on no chart 'i_mr'; allowed: p, np"),
        ("{kind: yes_no}", "{kind: yes_no, upper: 1}", 12, "'raw' is yes_no and so has no upper; allowed: kind: measured, or no upper"),
        (
            "mean: 13, sigma: 0.4}",
            "mean: 13}",
            16,
            "limits that are known need both: mean stands here, and no sigma; allowed: sigma, or none of both",
        ),
        (
            "    material: flour\n",
            "    material: flour\n    operation: mill\n",
            15,
            "the routing of 'flour' has no operation 'mill'; allowed: no operation: it is inspected when it was delivered",
        ),
        (
            "    material: flour\n",
            "    material: flour\n    sampling: {every: 1 h}\n",
            15,
            "'flour_in' samples in process, and names no operation; allowed: every_lots, or skip_lot",
        ),
        (
            "  flour_in:\n    material: flour\n    characteristics:\n      moisture:",
            "  again:\n    material: cake\n    characteristics:\n      colour:",
            16,
            "'colour' of 'cake' stands in 'crust' already; allowed: another name for it",
        ),
    ],
)
def test_what_is_wrong_in_a_plan_is_said_at_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    folder = write_plant(tmp_path, plant=PLANT + put(PLANS, old, new))
    with pytest.raises(PlantFileError) as raised:
        read_plant(folder)
    problems = raised.value.problems
    assert [(it.line - FIRST_LINE, str(it).split(": ", 1)[1]) for it in problems] == [(line, said)]
