"""What is said of one slip, exactly: file, line, column, what is wrong and what is allowed; and nothing else is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rooms.files.small_plant import problems_with
from tests.rooms.files.written_slips import Slip, written_slips


def test_the_small_plant_has_no_problem(tmp_path: Path) -> None:
    assert problems_with(tmp_path / "a", "plant") == []
    assert problems_with(tmp_path / "b", "scenario") == []


@pytest.mark.slow
@pytest.mark.parametrize("slip", written_slips(), ids=str)
def test_a_slip_is_named_where_it_stands_with_what_is_allowed(slip: Slip, tmp_path: Path) -> None:
    assert problems_with(tmp_path, slip.file, (slip.old, slip.new)) == list(slip.said)


def test_a_work_center_without_equipment_does_nothing(tmp_path: Path) -> None:
    slips = (
        ("  filling: {storage: shelf}", "  filling: {storage: shelf}\n  resting: {storage: shelf}"),
        ("  bake: {work_center: baking}", "  bake: {work_center: resting}"),
    )
    said = "plant.yaml:56:23: nothing can do 'bake': work center 'resting' has no work unit and no line"
    assert problems_with(tmp_path, "plant", *slips) == [f"{said}; allowed: a work center with a work unit or a line"]


def test_a_class_that_nobody_has_staffs_nothing(tmp_path: Path) -> None:
    slips = (
        ("  sawyer: {}", "  sawyer: {}\n  baker: {}"),
        ("bake: {work_center: baking}", "bake: {work_center: baking, personnel_class: baker}"),
    )
    said = "plant.yaml:56:48: nobody can staff 'bake' at work center 'baking': no person has class 'baker'"
    assert problems_with(tmp_path, "plant", *slips) == [f"{said}; allowed: a class that a person has, or a person with this class"]


def test_words_too_long_for_registers_are_named_at_the_equipment(tmp_path: Path) -> None:
    slips = (("  ada: {", "  augusta_ada_of_lovelace: {"), ("reason: jam", "reason: blade_jammed_in_its_guide"))
    assert problems_with(tmp_path, "plant", *slips) == [
        (
            "signals.yaml:6:23: person 'augusta_ada_of_lovelace', who may work at 'saw_1', is longer than a register string of 'plc_b';"
            " allowed: 20 characters, or an opcua connection"
        ),
        (
            "signals.yaml:6:23: reason 'blade_jammed_in_its_guide' of 'saw_1' is longer than a register string of 'plc_b';"
            " allowed: 16 characters, or an opcua connection"
        ),
    ]


def test_every_circle_of_the_bills_is_named(tmp_path: Path) -> None:
    slips = (
        ("bill: [{material: flour, quantity: 200}]", "bill: [{material: cake, quantity: 1}]"),
        ("- {material: flour, quantity: 20}", "- {material: cake, quantity: 20}"),
    )
    circles = [said.partition(": the bill goes round in a circle: ")[2] for said in problems_with(tmp_path, "items", *slips)]
    assert [circle.partition(";")[0] for circle in circles] == ["blank -> cake -> blank", "cake -> cake"]
