"""What can be compared with what: outcomes of the same time, of plants that are simulated."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rooms.simulation.shop_floor.test_deadlock import THERE_AND_BACK
from twin.study import Comparison, compare, replicate

ITEMS = "materials: {shaft: {kind: finished, lot_size: 1, price: 9 EUR}}\ncustomers: {us: {}}\n"
SCENARIO = """\
plant: there_and_back
start: 2026-03-02T06:00:00Z
horizon: 8 h
demand: {orders: [{order: A, customer: us, material: shaft, quantity: 6, due: 1 h}]}
"""
WITH_PLACES = "changes: {storage_units.rack.capacity: 9}\n"


@pytest.fixture(scope="module")
def stuck(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """A plant that comes to a deadlock after twenty minutes, beside one that does not."""
    folder = tmp_path_factory.mktemp("stuck")
    plant = folder / "plant"
    plant.mkdir()
    (plant / "plant.yaml").write_text(THERE_AND_BACK)
    (plant / "items.yaml").write_text(ITEMS)
    (folder / "narrow.yaml").write_text(SCENARIO)
    (folder / "wide.yaml").write_text(SCENARIO + WITH_PLACES)
    files = [folder / "narrow.yaml", folder / "wide.yaml"]
    compare(files, 2, plant=plant, workers=1, folder=folder / "kept")
    return compare(files, 2, plant=plant, workers=1, folder=folder / "kept")  # what was kept says the same


def test_a_plant_that_comes_to_a_deadlock_stands_until_the_end_like_the_others(stuck: Comparison) -> None:
    narrow, wide = (result.outcomes for result in stuck.results[0])
    assert (narrow["shipped_per_day"], wide["shipped_per_day"]) == (0, 6 / (8 / 24))
    assert narrow["late_h_mean"] == 7  # of the eight hours, and not of the twenty minutes until it stood


def test_a_comparison_says_who_came_to_a_deadlock(stuck: Comparison) -> None:
    assert list(stuck.deadlocks) == ["narrow"]
    said = "2 of 2 replications; with seed 1 a deadlock, nothing here will ever move again: mill holds A-shaft.2"
    assert stuck.deadlocks["narrow"].startswith(said)
    assert stuck.summary()["deadlocks"] == stuck.deadlocks
    assert f"narrow came to a deadlock in {said}" in stuck._repr_html_()
    assert [bool(said) for said in stuck.replications["deadlock"]] == [True, False, True, False]


def test_by_rule_it_stands_until_the_end_too_and_says_so(stuck: Comparison) -> None:
    plant = stuck.cases[0].plant
    named = {case.name: case.scenario for case in stuck.cases}
    quick = compare(named, 2, plant=plant, by_rule=True)
    for name in quick.outcomes:
        assert quick.values(name).tolist() == stuck.values(name).tolist(), name
    assert list(quick.deadlocks) == ["narrow"]
    assert "mill holds A-shaft.2" in quick.deadlocks["narrow"]


def test_what_real_machines_did_is_not_simulated_anew(root: Path) -> None:
    with pytest.raises(ValueError, match="'decisions: observed'"):
        replicate(root / "plant_models/nist_cell", root / "scenarios/nist_cell/order_60.yaml", 2, workers=1)
