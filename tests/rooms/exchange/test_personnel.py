"""Persons, classes and qualifications of another system: read in as changes, all that is wrong at once, there and back the same."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.rooms.exchange.said import message
from tests.rooms.labour.clocked_shop import START_US, ClockedShop
from twin import exchange, library
from twin.command.exchange.staffing import read_in
from twin.mes.labour.skills import Skills
from twin.model.exchange.messages import read_message
from twin.model.plant import Plant
from twin.model.problems import PlantFileError
from twin.store.exchange.taking import told_by_message


@pytest.fixture(scope="module")
def shop() -> ClockedShop:
    return ClockedShop()


@pytest.fixture
def plant(shop: ClockedShop) -> Plant:
    return shop.plant


def said(*persons: dict[str, Any], **more: list[dict[str, Any]]) -> dict[str, Any]:
    return message("SyncPersonnelInformation", "hr/1", {"ID": "hr", "Person": list(persons), **more})


def person(name: str, *classes: str, ends: tuple[tuple[str, str], ...] = (), **properties: str) -> dict[str, Any]:
    return {
        "ID": name,
        "PersonnelClassID": list(classes),
        "PersonProperty": [{"ID": key, "Value": {"ValueString": value}} for key, value in properties.items()],
        "QualificationTestResult": [
            {"ID": f"{n}", "QualificationTestSpecificationID": test, "Expiration": at} for n, (test, at) in enumerate(ends)
        ],
    }  # fmt: skip


WELDING = {
    "PersonnelClass": [{"ID": "welder", "Description": "Welder"}, {"ID": "operator", "Description": "Operates"}],
    "QualificationTestSpecification": [{"ID": "ISO 9606", "PersonnelClassID": "welder"}],
}


def test_what_goes_out_comes_in_and_changes_nothing(shop: ClockedShop, plant: Plant) -> None:
    again, changes = exchange.read_personnel(plant, shop.run.b2mml("personnel"))
    assert (changes, again.layout.persons, again.layout.personnel_classes) == ({}, plant.layout.persons, plant.layout.personnel_classes)


def test_a_plant_that_knows_nobody_has_all_of_them_afterwards(shop: ClockedShop, plant: Plant) -> None:
    nobody = plant.model_copy(update={"layout": plant.layout.model_copy(update={"persons": {}})})
    again, changes = exchange.read_personnel(nobody, shop.run.b2mml("personnel"))
    assert again.layout.persons == plant.layout.persons
    assert set(changes) == {f"persons.{name}" for name in plant.layout.persons}


def test_new_classes_persons_and_qualifications_are_changes_and_what_is_not_said_stays(plant: Plant) -> None:
    new = person(
        "wim", "welder", "operator", ends=(("ISO 9606", "2026-06-30T00:00:00Z"),), HourlyCost="41.50 EUR/h", WorkCalendarID="early"
    )
    olga = person("olga", "operator", "welder", ends=(("ISO 9606", "2026-04-01T12:00:00Z"),))
    again, changes = exchange.read_personnel(plant, said(new, olga, person("otto", "clerk"), **WELDING))
    assert set(changes) == {
        "personnel_classes.welder", "personnel_classes.operator.title", "persons.wim", "persons.olga.classes", "persons.olga.valid_until",
        "persons.otto.classes", "persons.otto.valid_until",
    }  # fmt: skip
    persons = again.layout.persons
    assert (persons["wim"].hourly_cost, persons["wim"].calendar, persons["wim"].classes) == (4150, "early", ["welder", "operator"])
    assert persons["wim"].valid_until == {"welder": date(2026, 6, 29)}, "it is over when the last day of June begins"
    assert persons["olga"].valid_until == {"welder": date(2026, 3, 31)}, "and the first of April is no whole day"
    assert (persons["olga"].hourly_cost, persons["olga"].calendar) == (3600, "early"), "nothing was said of that"
    assert (persons["otto"].classes, persons["otto"].valid_until) == (["clerk"], {})
    assert persons["sam"] == plant.layout.persons["sam"]
    skills, day_us = Skills(again), 86_400_000_000
    assert skills.over("wim", "welder", START_US + 100 * day_us) == ""
    assert skills.over("wim", "welder", START_US + 130 * day_us) == "wim was qualified as welder until 29 Jun 2026"


def test_all_that_is_wrong_is_said_at_once_with_its_path_and_what_is_allowed(plant: Plant) -> None:
    wrong = said(
        person("wim", "welder", HourlyCost="40 EUR/h"),
        person("olga", "operater", WorkCalendarID="earli", HourlyCosts="1"),
        person("otto", "clerk", ends=(("ISO", "2026-06-30T00:00:00Z"), ("crane", "2026-06-30T00:00:00Z"))),
        person("sam", "supervisor", HourlyCost="40 USD/h"),
        person("sam", "supervisor"),
        QualificationTestSpecification=[{"ID": "crane", "PersonnelClassID": "crane"}],
    )
    with pytest.raises(PlantFileError) as refused:
        exchange.read_personnel(plant, wrong)
    told = [str(it).removeprefix("PersonnelInformation/0/") for it in refused.value.problems]
    for words in (
        "Person/0: nobody here knows 'wim', and WorkCalendarID is not said; allowed: a known person, or all that a new one needs",
        "Person/1/PersonProperty/1: there is no property 'HourlyCosts' of a person (did you mean 'HourlyCost'?); allowed: WorkCalendarID,",
        "Person/1: no calendar is called 'earli' (did you mean 'early'?); allowed: always, early",
        "Person/1/PersonnelClassID/0: no personnel class is called 'operater' (did you mean 'operator'?)",
        "Person/2/QualificationTestResult/0: no test 'ISO' of a qualification is specified; allowed: crane",
        "Person/2/QualificationTestResult/1: otto is no crane; allowed: clerk",
        "Person/4: person 'sam' stands here twice; allowed: each once",
        "QualificationTestSpecification/0: nobody declared class 'crane'; allowed: operator, supervisor, clerk",
    ):
        assert [it for it in told if it.startswith(words)], (words, told)
    assert "Person/3: '40 USD/h' is not in EUR, the currency of this plant; allowed: 40 EUR/h" in told


def test_a_plant_that_runs_takes_what_it_says_itself_and_what_is_otherwise_of_its_persons(shop: ClockedShop, plant: Plant) -> None:
    said_by_us = read_message(json.dumps(shop.run.b2mml("personnel")))
    assert [told_by_message(said_by_us, plant, side, START_US) for side in ("mes", "erp")] == [[], []]
    other = read_message(json.dumps(said(person("olga", "operator", "clerk"), person("otto", "clerk"))))
    told = [it.event for it in told_by_message(other, plant, "mes", START_US)]
    assert [(type(it).__name__, getattr(it, "worker", ""), getattr(it, "classes", ())) for it in told] == [
        ("PersonnelChanged", "olga", ("operator", "clerk")),
        ("PersonnelChanged", "otto", ("clerk",)),
    ]
    with pytest.raises(PlantFileError) as refused:
        told_by_message(read_message(json.dumps(said(person("olga", "welder"), **WELDING))), plant, "mes", START_US)
    assert [str(it).partition("; allowed: ")[0] for it in refused.value.problems] == [
        "PersonnelInformation/0/PersonnelClass/0: the plant says otherwise: it would change 'personnel_classes.welder'",
        "PersonnelInformation/0/PersonnelClass/1: the plant says otherwise: it would change 'personnel_classes.operator.title'",
    ]


def test_a_message_of_something_else_and_one_that_is_none_are_refused_in_words(plant: Plant) -> None:
    for document, words in (
        (message("SyncMaterialInformation", "m", {"ID": "s"}), "a MaterialInformation says nothing of persons"),
        (said({"ID": "olga", "Persn": 1}), "unknown key 'Persn'"),
        (said(person("olga", ends=(("x", "noon"),))), "'noon' is no instant"),
    ):
        with pytest.raises(PlantFileError, match=words):
            exchange.read_personnel(plant, document)


def test_the_command_writes_a_scenario_in_which_they_work(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = root / "plant_models/gearbox_shop"
    before = library.read_plant(folder)
    name, known = next(iter(before.layout.persons.items()))
    more = [it for it in before.layout.personnel_classes if it not in known.classes][:1]
    asked = tmp_path / "persons.json"
    asked.write_text(json.dumps(said(person(name, *known.classes, *more))))
    read_in(folder, [asked], None, None)
    assert f'  "persons.{name}.classes": ' in capsys.readouterr().out
    read_in(folder, [asked], None, tmp_path / "changed.yaml")
    scenario = library.read_scenario(tmp_path / "changed.yaml", folder)
    assert scenario.changes == {f"persons.{name}.classes": [*known.classes, *more]}
    assert {**scenario.model_dump(), "changes": {}} == {**library.read_scenario(None, folder).model_dump(), "changes": {}}
