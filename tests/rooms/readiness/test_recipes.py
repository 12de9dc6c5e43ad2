"""Master recipes: a document says which revision of a procedure holds; a job order keeps the one with which it began."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import twin
from tests.rooms.files.small_plant import PLANT, put, write_plant
from tests.rooms.quality.valve_shop import ITEMS, SCENARIO
from tests.rooms.readiness.test_process import observe
from tests.rooms.readiness.turning_shop import TurningShop
from twin.model.events import DocumentReleased, DocumentWithdrawn, ProcessValueObserved, StepConfirmed
from twin.model.problems import PlantFileError
from twin.store.files import read_plant

HOUR_US = 3_600_000_000
DOCUMENTS: dict[str, Any] = {
    "RCP-7": {
        "kind": "recipe", "operations": ["10"], "authority": "engineer",
        "revisions": {"A": {"text": "As it was."}, "B": {"text": "Cooler, and gauged.", "released": False}},
    }
}  # fmt: skip
WARM: dict[str, Any] = {"parameters": {"temperature": {"unit": "°C", "warn_above": 60}}}
COOL: dict[str, Any] = {
    "parameters": {"temperature": {"unit": "°C", "warn_above": 50}},
    "steps": {"gauge": {"text": "Gauge the bore.", "before_start": True}},
}


def shop_by(**revisions: dict[str, Any]) -> TurningShop:
    return TurningShop(documents=DOCUMENTS, procedures={"bore": {"operations": ["10"], "recipe": "RCP-7", "revisions": revisions}})


def test_a_job_order_is_done_by_the_revision_with_which_it_began_and_the_next_by_the_one_that_is_released() -> None:
    shop = shop_by(A=WARM, B=COOL).order("A", 5).order("B", 5)
    shop.begins("mill_1", "A-VALVE/10", "bo")
    said = {"document": "RCP-7", "revision": "B"}
    assert shop.say(DocumentReleased, "bo", **said) == "bo is no engineer, which 'RCP-7' asks for; allowed: ida"
    assert shop.say(DocumentReleased, "ida", document="RCP-7", revision="C", text="Hotter.") == (
        "what RCP-7 asks for is declared, as revisions A, B; allowed: one of them, without other words"
    )
    assert shop.say(DocumentReleased, "ida", **said) == ""
    assert observe(shop, 55) == [], "A-VALVE/10 has begun by revision A"
    assert shop.run.process_values["allowed"].tolist() == ["60 °C or less"]
    shop.does("mill_1", "A-VALVE/10", 5)
    assert shop.obstacle("boring", "B-VALVE/10").detail == "step 'gauge' is not confirmed: Gauge the bore."
    assert shop.say(StepConfirmed, "bo", job_order="B-VALVE/10", step="gauge") == ""
    shop.begins("mill_1", "B-VALVE/10", "bo")
    observe(shop, 55)
    assert shop.alerts("parameter") == ["temperature of mill_1 is 55 °C; allowed: 50 °C or less"]
    kept = shop.run.documents_of()
    assert list(zip(kept["job_order"], kept["revision"], strict=True)) == [("A-VALVE/10", "A"), ("B-VALVE/10", "B")]
    assert kept["digest"].is_unique
    assert shop.run.batch_record("A-VALVE")["lots"][0]["steps"][0]["documents"][0].startswith("RCP-7 rev A (")
    assert shop.run.steps_of("A-VALVE/10").empty
    other = shop_by(A={"parameters": {"temperature": {"unit": "°C", "warn_above": 61}}}, B=COOL)
    digests = [[one.digest for one in it.run.mes.documents.documents["RCP-7"].all.values()] for it in (shop, other)]
    assert [mine == its for mine, its in zip(*digests, strict=True)] == [False, True], "what is asked for is part of it"
    assert shop.is_the_same_from_every_source(lambda run: run.process_values)


def test_a_step_that_was_confirmed_by_one_revision_is_confirmed_again_by_the_next() -> None:
    hotter = {"steps": {"gauge": {"text": "Gauge the bore, and its depth.", "before_start": True}}}
    shop = shop_by(A=COOL, B=hotter).order("A", 5)
    said = {"job_order": "A-VALVE/10", "step": "gauge"}
    assert shop.say(StepConfirmed, "bo", **said) == ""
    steps, job = shop.run.mes.process.steps, shop.run.mes.job_orders["A-VALVE/10"]
    assert steps.missing(job) == []
    assert shop.say(DocumentReleased, "ida", document="RCP-7", revision="B") == ""
    assert steps.missing(job) == ["gauge"]
    assert shop.run.steps_of("A-VALVE/10")["is_confirmed"].tolist() == [False]
    assert shop.say(StepConfirmed, "eve", **said) == ""
    assert shop.say(StepConfirmed, "bo", **said) == "step 'gauge' of A-VALVE/10 is confirmed already"
    shop.begins("mill_1", "A-VALVE/10", "bo")
    assert (shop.alerts("step"), shop.run.steps_of("A-VALVE/10")["person"].tolist()) == ([], ["eve"])
    assert shop.is_the_same_from_every_source(lambda run: run.steps_of("A-VALVE/10"))


def test_nobody_starts_by_a_recipe_that_was_withdrawn_and_what_has_begun_keeps_it() -> None:
    shop = shop_by(A=WARM, B=COOL).order("A", 5).order("B", 5)
    shop.begins("mill_1", "A-VALVE/10", "bo")
    assert shop.say(DocumentWithdrawn, "ida", document="RCP-7", revision="A", reason="the oil has changed") == ""
    observe(shop, 61)
    assert len(shop.alerts("parameter")) == 1
    shop.does("mill_1", "A-VALVE/10", 5)
    words = "recipe RCP-7 has no released revision: Ida withdrew A, the oil has changed"
    assert shop.obstacle("boring", "B-VALVE/10").detail == words


def test_a_simulated_plant_runs_by_the_revision_that_is_valid_when_a_job_order_begins_by_its_file_or_since_somebody_says_so() -> None:
    """Revision B begins after two hours, C is released a quarter later: job orders that begin then are observed by it, to their end."""
    revisions = {
        "A": {"text": "a"}, "B": {"text": "b", "effective_from": "2026-03-02T08:00:00+00:00"}, "C": {"text": "c", "released": False},
    }  # fmt: skip
    drawn = {name: {"parameters": {"heat": {"drawn": {"mean": mean}}}} for name, mean in (("A", 10.0), ("B", 20.0), ("C", 30.0))}
    materials = {"CASTING": {**ITEMS["materials"]["CASTING"], "opening_stock": 30}, "VALVE": ITEMS["materials"]["VALVE"]}
    plant = TurningShop(
        {**ITEMS, "materials": materials}, documents={"R": {"kind": "recipe", "operations": ["10"], "revisions": revisions}},
        procedures={"bore": {"operations": ["10"], "recipe": "R", "revisions": drawn}},
    ).plant  # fmt: skip
    order = {"customer": "acme", "material": "VALVE", "quantity": 30, "order": "A", "at": 0, "due": "2 d"}
    scenario = SCENARIO.model_validate(
        {
            "plant": "valve_shop", "start": "2026-03-02T06:00:00Z", "horizon": "1 d", "demand": {"orders": [order]},
            "entries": [{"at": "135 min", "person": "ida", "says": "DocumentReleased", "about": {"document": "R", "revision": "C"}}],
        }
    )  # fmt: skip
    run = twin.simulate(plant, scenario, until="4 h", seed=1)
    begun = {name: job.started_us for name, job in run.mes.job_orders.items() if job.operation == "10" and job.started_us >= 0}
    seen = {(entry.event.job_order, entry.event.value) for entry in run.journal.entries() if isinstance(entry.event, ProcessValueObserved)}
    assert {value for _, value in seen} == {10.0, 20.0, 30.0}
    hours = {job: (begun[job] - scenario.start_us) / HOUR_US for job, _ in seen}
    assert all(value == (10.0 if hours[job] < 2 else 20.0 if hours[job] < 2.25 else 30.0) for job, value in seen)
    assert len(run.documents_of()) == len(begun)


RECIPE = """\
documents:
  RCP-1:
    kind: recipe
    materials: [cake]
    revisions: {A: {text: Once}, B: {text: Again, released: false}}
procedures:
  baking:
    materials: [cake]
    operations: [bake]
    recipe: RCP-1
    revisions:
      A: {steps: {door: {text: Close the door.}}}
      B: {steps: {weight: {text: Weigh it., asks: value, lower: 1, upper: 2}}}
"""
FIRST_LINE = len(PLANT.splitlines())


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("recipe: RCP-1", "recipe: RCP-2", 10, "no document is called 'RCP-2' (did you mean 'RCP-1'?); allowed: RCP-1"),
        ("kind: recipe", "kind: drawing", 10, "'RCP-1' is of kind drawing; allowed: a document with kind: recipe"),
        ("      B: {steps", "      C: {steps", 13, "'RCP-1' has no revision 'C'; allowed: A, B"),
        (
            "    recipe: RCP-1\n", "", 10,
            "'baking' has revisions, and no document says which of them is valid; allowed: with recipe: a document",
        ),
        (
            "    materials: [cake]\n    rev", "    operations: [cut]\n    rev", 10,
            "'RCP-1' is not for operation bake of 'cake', which 'baking' is for; allowed: a document for all of its work",
        ),
        (
            "recipe: RCP-1", "recipe: RCP-1\n    steps: {x: {text: y}}", 11,
            "steps of 'baking' stand in none of its revisions; allowed: in each revision for which they hold",
        ),
        ("upper: 2", "upper: 0", 13, "nothing lies between 1 and 0; allowed: more than 1"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_recipe_is_said_at_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    folder = write_plant(tmp_path, plant=PLANT + put(RECIPE, old, new))
    with pytest.raises(PlantFileError) as raised:
        read_plant(folder)
    assert (line, said) in [(it.line - FIRST_LINE, str(it).split(": ", 1)[1]) for it in raised.value.problems]


def test_a_recipe_reads_back_from_what_is_kept_of_it(tmp_path: Path) -> None:
    plant = read_plant(write_plant(tmp_path, plant=PLANT + RECIPE))
    assert type(plant).model_validate_json(plant.model_dump_json()) == plant
