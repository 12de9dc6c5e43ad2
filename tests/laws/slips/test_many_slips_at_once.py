"""However many slips of whatever kinds are planted in the shipped plants: each is said where it is, and nothing else is."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.slips.planted_slips import PLANTS, PlantedSlip, slips_of, texts_of
from twin.store.files import check_paths

Place = tuple[str, int, int]
"""File, line and column."""


@functools.cache
def slips(plant: str) -> dict[str, list[PlantedSlip]]:
    """The slips of a plant by kind, so that rare kinds are planted as often as others."""
    by_kind: dict[str, list[PlantedSlip]] = {}
    for slip in slips_of(plant):
        by_kind.setdefault(slip.kind, []).append(slip)
    return by_kind


@st.composite
def planted(draw: st.DrawFn) -> tuple[str, list[PlantedSlip]]:
    plant = draw(st.sampled_from(sorted(PLANTS)))
    chosen: list[PlantedSlip] = []
    one = st.sampled_from(sorted(slips(plant))).flatmap(lambda kind: st.sampled_from(slips(plant)[kind]))
    for slip in draw(st.lists(one, min_size=1, max_size=6)):
        if all(slip.bears(other) for other in chosen):
            chosen.append(slip)
    return plant, sorted(chosen, key=lambda slip: (slip.file, slip.start))


def with_slips(text: str, made: list[PlantedSlip]) -> tuple[str, dict[PlantedSlip, tuple[int, int]]]:
    """The text with the slips in it, and the line and column at which each must be said."""
    new, shift_at, done = "", [], 0
    for slip in made:
        new += text[done : slip.start] + slip.new
        done = slip.end
        shift_at.append((slip.start, len(slip.new) - (slip.end - slip.start)))
    new += text[done:]
    places = {}
    for slip in made:
        index = slip.said_at + slip.said_in_new + sum(shift for start, shift in shift_at if start < slip.said_at)
        places[slip] = new.count("\n", 0, index) + 1, index - new.rfind("\n", 0, index)
    return new, places


def said_and_meant(plant: str, made: list[PlantedSlip]) -> tuple[set[Place], dict[PlantedSlip, Place]]:
    """Where problems are said, and where they must be."""
    meant: dict[PlantedSlip, Place] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / plant
        folder.mkdir()
        for file, text in texts_of(plant).items():
            new, places = with_slips(text, [slip for slip in made if slip.file == file])
            (folder.parent if file == "scenario" else folder).joinpath(f"{file}.yaml").write_text(new, encoding="utf-8")
            meant |= {slip: (f"{file}.yaml", *place) for slip, place in places.items()}
        problems = check_paths([folder, folder.parent / "scenario.yaml"], plant_folder=folder)
    return {(Path(problem.file).name, problem.line, problem.column) for problem in problems}, meant


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(planted())
def test_every_slip_is_said_where_it_is_and_nothing_else_is_said(plan: tuple[str, list[PlantedSlip]]) -> None:
    """What rests on something that another slip leaves unknown may wait: a dangling reference, a row that makes no sense."""
    plant, made = plan
    said, meant = said_and_meant(plant, made)
    waiting = {slip for slip in made if any(slip.may_wait_for(other) for other in made)}
    assert said <= set(meant.values())
    assert {place for slip, place in meant.items() if slip not in waiting} <= said
