"""The released revision is at the point of use; nobody starts without it, nor before he has acknowledged it; old revisions are blocked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import twin
from tests.rooms.files.small_plant import PLANT, put, write_plant
from tests.rooms.quality.valve_shop import MIN_US, SCENARIO, of_type
from tests.rooms.readiness.turning_shop import TurningShop
from twin.model.events import (
    DocumentAcknowledged,
    DocumentReleased,
    DocumentsInForce,
    DocumentWithdrawn,
    EntryRefused,
    JobOrderCommand,
    JobOrderCommandRefused,
)
from twin.model.plant import Plant
from twin.model.problems import PlantFileError
from twin.model.readiness.documents import digest_of
from twin.results.readiness.documents_now import documents_now
from twin.simulation.engines import play
from twin.simulation.rule_control import NotByRule
from twin.store.files import read_plant

B_TEXT, C_TEXT = "Clamp on the journal.", "Clamp on the bore."


def after(minutes: int) -> str:
    return (datetime.fromtimestamp(SCENARIO.start_us / 1e6, UTC) + timedelta(minutes=minutes)).isoformat()


def instruction(**revisions: dict[str, Any]) -> dict[str, Any]:
    """Work instruction WI-12 for boring, that has to be acknowledged."""
    declared = {"title": "Bore valves", "operations": ["10"], "acknowledge": True, "authority": "engineer", "revisions": revisions}
    return {"documents": {"WI-12": declared}}


def shop_with_two_revisions(c_after: int = 60) -> TurningShop:
    return TurningShop(**instruction(B={"text": B_TEXT}, C={"text": C_TEXT, "effective_from": after(c_after)}))


def test_who_has_not_acknowledged_the_instruction_does_not_start_and_the_queue_says_so() -> None:
    shop = TurningShop(**instruction(C={"text": C_TEXT})).order("A", 5)
    assert shop.sent() == []
    why = shop.obstacle("boring", "A-VALVE/10")
    assert why.why == "requirement"
    assert why.detail == "instruction WI-12 rev C is not acknowledged by Bo; instruction WI-12 rev C is not acknowledged by Eve"
    assert shop.say(DocumentAcknowledged, person="eve", document="WI-12", revision="C") == ""
    assert shop.sent() == [("A-VALVE/10", "eve")], "Bo comes first, and has not read it"
    read_us, job = shop.run.mes.documents.documents["WI-12"].all["C"].acknowledged["eve"], shop.run.mes.job_orders["A-VALVE/10"]
    start = JobOrderCommand(effective_us=read_us, person="eve", equipment="mill_1", job_order="A-VALVE/10", command="Start")
    said = [replace(start, effective_us=read_us + later_us, recorded_us=read_us + MIN_US) for later_us in (0, 1)]
    began = "instruction WI-12 was acknowledged by Eve Mon 2 Mar, 06:03; allowed: after that, to now"
    assert [shop.run.mes.commands.not_yet(it, job) for it in said] == [began, ""], "nobody has read it before that"
    assert shop.is_the_same_from_every_source()


def test_a_person_may_not_start_by_hand_what_he_has_not_acknowledged() -> None:
    shop = TurningShop(**instruction(C={"text": C_TEXT})).order("A", 5)
    start = {"equipment": "mill_1", "job_order": "A-VALVE/10", "command": "Start"}
    refused = of_type(shop.tell(JobOrderCommand(effective_us=shop.now_us, person="bo", **start)), JobOrderCommandRefused)
    assert [it.reason for it in refused] == ["instruction WI-12 rev C is not acknowledged by Bo"]


def test_without_a_released_revision_nobody_starts() -> None:
    shop = TurningShop(**instruction(A={"text": "old", "effective_to": after(-60)}, B={"text": B_TEXT, "released": False})).order("A", 5)
    assert shop.obstacle("boring", "A-VALVE/10").detail == "instruction WI-12 has no released revision"
    assert shop.say(DocumentReleased, person="bo", document="WI-12", revision="B") == (
        "bo is no engineer, which 'WI-12' asks for; allowed: ida"
    )
    assert shop.say(DocumentReleased, person="ida", document="WI-12", revision="B") == ""
    assert shop.say(DocumentAcknowledged, person="bo", document="WI-12", revision="B") == ""
    assert shop.sent() == [("A-VALVE/10", "bo")]
    assert shop.is_the_same_from_every_source()


def test_a_new_revision_blocks_the_old_one_from_its_instant_on() -> None:
    shop = shop_with_two_revisions(c_after=60)
    assert shop.say(DocumentAcknowledged, person="bo", document="WI-12", revision="B") == ""
    shop.now_us = SCENARIO.start_us + 60 * MIN_US
    shop.order("A", 5)
    assert shop.sent() == [], "Bo knows revision B alone"
    assert shop.say(DocumentAcknowledged, person="eve", document="WI-12", revision="B") == (
        "revision B of WI-12 is not valid now; allowed: C"
    )
    assert shop.say(DocumentAcknowledged, person="bo", document="WI-12", revision="C") == ""
    assert shop.sent() == [("A-VALVE/10", "bo")]
    assert shop.is_the_same_from_every_source()


def test_a_revision_that_comes_may_be_read_ahead() -> None:
    shop = shop_with_two_revisions(c_after=60)
    assert shop.say(DocumentAcknowledged, person="bo", document="WI-12", revision="C") == ""
    assert shop.say(DocumentAcknowledged, person="bo", document="WI-12", revision="C") == "Bo has acknowledged it already"
    shop.now_us = SCENARIO.start_us + 60 * MIN_US
    assert shop.order("A", 5).sent() == [("A-VALVE/10", "bo")]


def test_what_was_valid_stays_with_the_job_order_whatever_becomes_of_the_document() -> None:
    shop = shop_with_two_revisions(c_after=60)
    shop.say(DocumentAcknowledged, person="bo", document="WI-12", revision="B")
    shop.order("A", 5)
    followed = shop.begins("mill_1", "A-VALVE/10", "bo")
    kept = of_type(followed, DocumentsInForce)
    assert [(it.job_order, it.person, it.documents) for it in kept] == [("A-VALVE/10", "bo", (("WI-12", "B", digest_of(B_TEXT)),))]
    shop.now_us = SCENARIO.start_us + 70 * MIN_US
    shop.say(DocumentWithdrawn, person="ida", document="WI-12", revision="C", reason="wrong clamp")
    table = shop.run.documents_of("A-VALVE/10")
    assert list(zip(table["document"], table["revision"], table["digest"], strict=True)) == [("WI-12", "B", digest_of(B_TEXT))]
    assert shop.is_the_same_from_every_source()


def test_a_withdrawn_revision_does_not_bring_the_old_one_back() -> None:
    shop = shop_with_two_revisions(c_after=0)
    for person in ("bo", "eve"):
        shop.say(DocumentAcknowledged, person=person, document="WI-12", revision="C")
    assert shop.say(DocumentWithdrawn, person="ida", document="WI-12", revision="C", reason=" ") == "it needs a reason"
    assert shop.say(DocumentWithdrawn, person="ida", document="WI-12", revision="C", reason="wrong clamp") == ""
    shop.order("A", 5)
    assert shop.obstacle("boring", "A-VALVE/10").detail == "instruction WI-12 has no released revision: Ida withdrew C, wrong clamp"
    assert shop.say(DocumentReleased, person="ida", document="WI-12", revision="D", text="Clamp on both.") == ""
    assert shop.obstacle("boring", "A-VALVE/10").detail.startswith("instruction WI-12 rev D is not acknowledged by Bo")
    shop.say(DocumentAcknowledged, person="bo", document="WI-12", revision="D")
    assert shop.sent() == [("A-VALVE/10", "bo")]
    assert shop.is_the_same_from_every_source()


def test_a_plant_that_starts_by_itself_without_the_instruction_is_told_of() -> None:
    shop = TurningShop(**instruction(C={"text": C_TEXT})).order("A", 5)
    shop.begins("mill_1", "A-VALVE/10", "bo")
    assert shop.alerts("document") == ["A-VALVE/10 was started, but instruction WI-12 rev C is not acknowledged by Bo"]


@pytest.mark.parametrize(
    ("kind", "said", "reason"),
    [
        (
            DocumentAcknowledged,
            {"document": "WI-21", "revision": "C"},
            "no document is called 'WI-21' (did you mean 'WI-12'?); allowed: WI-12",
        ),
        (
            DocumentAcknowledged,
            {"document": "WI-12", "revision": "C", "terminal": ""},
            "it does not say where it was said; allowed: the terminal",
        ),
        (DocumentReleased, {"document": "WI-12", "revision": "C"}, "revision C of WI-12 is released already"),
        (DocumentReleased, {"document": "WI-12", "revision": "D"}, "WI-12 has no revision 'D'; allowed: C, or with a text or a file"),
        (
            DocumentReleased,
            {"document": "WI-12", "revision": "D", "text": "x", "effective_from_us": 0},
            "it would have been valid before it is released; allowed: from now on, or later",
        ),
        (DocumentReleased, {"document": "WI-12", "revision": "D", "text": "x", "effective_to_us": 5}, "it would end before it begins"),
        (DocumentWithdrawn, {"document": "WI-12", "revision": "D", "reason": "x"}, "WI-12 has no released revision 'D'; allowed: C"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words_and_changes_nothing(kind: type, said: dict[str, Any], reason: str) -> None:
    shop = TurningShop(**instruction(C={"text": C_TEXT}))
    before = shop.run.documents
    assert shop.say(kind, **{"person": "ida", **said}) == reason
    assert shop.run.documents.equals(before)


DOCUMENTS = """\
documents:
  WI-1:
    title: Bake
    kind: instruction
    materials: [cake]
    operations: [bake]
    acknowledge: true
    authority: sawyer
    revisions:
      A: {file: bake_a.md, effective_to: "2026-04-01T06:00:00+02:00"}
      B: {text: Two hours., effective_from: "2026-04-01T06:00:00+02:00"}
"""
FIRST_LINE = len(PLANT.splitlines())


def write(folder: Path, documents: str = DOCUMENTS) -> Path:
    folder = write_plant(folder, plant=PLANT + documents)
    (folder / "bake_a.md").write_text("Three hours.\n")
    return folder


def test_a_file_beside_the_plant_is_read_with_it_and_kept_with_a_saved_run(tmp_path: Path) -> None:
    plant = read_plant(write(tmp_path))
    revision = plant.layout.documents["WI-1"].revisions["A"]
    assert (revision.text, revision.seal) == ("Three hours.\n", digest_of("Three hours.\n"))
    assert Plant.model_validate_json(plant.model_dump_json()) == plant


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("bake_a.md", "bake_x.md", 10, "there is no file 'bake_x.md' beside plant.yaml; allowed: a file beside plant.yaml: bake_a.md"),
        ("operations: [bake]", "operations: [bakes]", 6, "no operation is called 'bakes' (did you mean 'bake'?); allowed: cut, bake, fill"),
        ("operations: [bake]", "work_centers: [sawing]\n    operations: [bake]", 2, None),
        ("authority: sawyer", "authority: sawer", 8, "no personnel class is called 'sawer' (did you mean 'sawyer'?); allowed: sawyer"),
        (
            "text: Two hours.",
            'text: ""',
            11,
            "revision B of 'WI-1' has neither text nor file; allowed: text, or the name of a file beside plant.yaml",
        ),
        (
            'B: {text: Two hours., effective_from: "2026-04-01T06:00:00+02:00"}',
            "B: {text: Two hours.}",
            11,
            "revisions A and B of 'WI-1' begin at the same instant; allowed: another effective_from, or released: false",
        ),
    ],
)
def test_what_is_wrong_in_a_document_is_said_at_its_line(tmp_path: Path, old: str, new: str, line: int, said: str | None) -> None:
    folder = write(tmp_path, put(DOCUMENTS, old, new))
    with pytest.raises(PlantFileError) as raised:
        read_plant(folder)
    said = said or "'WI-1' is for no work of this plant: its materials and operations and work centers do not meet"
    assert [(it.line - FIRST_LINE, str(it).split(": ", 1)[1].split("; allowed")[0]) for it in raised.value.problems] == [
        (line, said.split("; allowed")[0])
    ]


def test_in_the_gearbox_shop_a_new_instruction_stops_those_who_have_not_read_it(root: Path) -> None:
    scenario = root / "scenarios/gearbox_shop/new_instruction.yaml"
    run = twin.simulate(root / "plant_models/gearbox_shop", scenario, until="2 d", seed=1)
    kept, start = run.documents_of(), run.scenario.start
    hobbed = kept[kept["document"] == "WI-30"]
    c_from = start + timedelta(days=1)
    assert set(hobbed[hobbed["since"] < c_from]["revision"]) == {"B"}
    later = hobbed[hobbed["since"] >= c_from]
    assert set(later["revision"]) == {"C"}
    assert set(later["person"]) - {""} == {"boris"}, "Clara and Karim have not read it"
    assert not of_type([entry.event for entry in run.journal.entries()], EntryRefused)
    again = twin.simulate(root / "plant_models/gearbox_shop", scenario, until="2 d", seed=1, engine="simpy")
    assert again.journal.head == run.journal.head
    with pytest.raises(NotByRule, match="starts depend on document WI-30"):
        play("compiled", run.plant, run.scenario, 1, control="rule")


def test_words_that_are_valid_stay_valid_until_other_words_of_the_same_revision_begin() -> None:
    shop = TurningShop(**instruction(A={"text": "old"}, B={"text": B_TEXT, "effective_from": after(-60)}))
    document = shop.run.mes.documents.documents["WI-12"]
    assert shop.say(DocumentAcknowledged, person="bo", document="WI-12", revision="B") == ""
    later = {"document": "WI-12", "revision": "B", "text": C_TEXT, "effective_from_us": shop.now_us + 30 * MIN_US}
    assert shop.say(DocumentReleased, person="ida", **later) == ""
    valid = document.valid_at(shop.now_us)
    assert valid is not None
    assert (valid.revision, valid.text, list(valid.acknowledged)) == ("B", B_TEXT, ["bo"]), "A does not come back"
    assert shop.say(DocumentAcknowledged, person="bo", document="WI-12", revision="B") == "", "the new words, ahead"
    assert "already" in shop.say(DocumentAcknowledged, person="bo", document="WI-12", revision="B")
    shop.order("A", 5)
    assert shop.sent() == [("A-VALVE/10", "bo")]
    then = document.valid_at(later["effective_from_us"])
    assert then is not None
    assert (then.text, list(then.acknowledged)) == (C_TEXT, ["bo"])
    assert shop.say(DocumentWithdrawn, person="ida", document="WI-12", revision="B", reason="wrong") == ""
    assert document.valid_at(shop.now_us) is None
    assert document.valid_at(later["effective_from_us"]) is None
    assert shop.is_the_same_from_every_source()


def test_a_document_that_nobody_declared_comes_with_its_first_revision_and_is_asked_for_once_that_is_valid() -> None:
    shop = TurningShop()
    new: dict[str, Any] = {
        "document": "WI-31",
        "revision": "A",
        "title": "Deburr",
        "operations": ("10",),
        "acknowledge": True,
        "text": "Wear gloves.",
    }
    assert shop.say(DocumentReleased, person="ida", document="WI-31", revision="A", text="x").startswith(
        "no document is called 'WI-31'; allowed: none, or a new one with its title and the work that it is for"
    )
    wrong = {"document": "WI 31", "document_kind": "recipe", "operations": ("11",), "authority": "engineer", "text": "", "title": " "}
    said = shop.say(DocumentReleased, person="bo", **{**new, **wrong})
    for words in (
        "'WI 31' is no id of a document", "a new document needs a title", "'recipe' is no kind of a document",
        "no operation is called '11'; allowed: 10, 20", "bo is no engineer, which it asks for", "it has neither words nor a file",
    ):  # fmt: skip
        assert words in said, "all at once"
    assert "do not meet" in shop.say(DocumentReleased, person="ida", **new, work_centers=("grinding",))
    assert "no work center is called 'Ě'; allowed: " in shop.say(DocumentReleased, person="ida", **new, work_centers=("Ě", "mill line"))
    assert "it is for no work" in shop.say(DocumentReleased, person="ida", **{**new, "operations": ()})
    valid_us = shop.now_us + 30 * MIN_US
    assert shop.say(DocumentReleased, person="ida", **new, authority="engineer", effective_from_us=valid_us) == ""
    assert "WI-31 is there already" in shop.say(DocumentReleased, person="ida", **{**new, "revision": "B"})
    shop.order("A", 5)
    assert shop.sent() == [("A-VALVE/10", "bo")], "it is not valid yet"
    (document,) = documents_now(shop.run).values()
    assert (document.is_needed, document.revision, document.coming) == (False, "", [("A", valid_us)])
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.now_us = max(valid_us, shop.now_us)
    shop.order("B", 5)
    assert shop.obstacle("boring", "B-VALVE/10").detail.startswith("instruction WI-31 rev A is not acknowledged by")
    ends: dict[str, Any] = {"document": "WI-31", "revision": "", "is_over": True, "reason": "another tool"}
    assert shop.say(DocumentWithdrawn, person="bo", **ends).startswith("bo is no engineer")
    assert shop.say(DocumentWithdrawn, person="ida", **{**ends, "reason": ""}) == "it needs a reason"
    assert shop.say(DocumentWithdrawn, person="ida", **ends) == ""
    assert shop.say(DocumentWithdrawn, person="ida", **ends) == "WI-31 is not needed already"
    assert ("B-VALVE/10", "eve") in shop.sent(), "nobody needs to have read it"
    shop.does("mill_1", "B-VALVE/10", 5)
    assert shop.say(DocumentReleased, person="ida", document="WI-31", revision="B", text="Wear thick gloves.") == ""
    shop.order("C", 5)
    assert shop.obstacle("boring", "C-VALVE/10").detail.startswith("instruction WI-31 rev B is not acknowledged by")
    assert shop.say(DocumentAcknowledged, person="eve", document="WI-31", revision="B") == ""
    shop.begins("mill_1", "C-VALVE/10", "eve")
    assert shop.run.mes.documents.in_force["C-VALVE/10"][-1].documents == (("WI-31", "B", digest_of("Wear thick gloves.")),)
    assert shop.is_the_same_from_every_source()
