"""The plants that ship do the same today as when their traces were written down, with either engine and in any database."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import twin
from tests.traces.golden import ROOT, RUNS, GoldenRun, hashes_of, newest_reason, standing

SIMULATED = [one for one in RUNS if not one.record]


@pytest.mark.slow
@pytest.mark.parametrize("one", SIMULATED, ids=lambda one: one.name)
def test_the_trace_is_the_one_that_stands(one: GoldenRun) -> None:
    assert hashes_of(one.play()) == standing()["runs"][one.name]


@pytest.mark.slow
@pytest.mark.parametrize("one", SIMULATED, ids=lambda one: one.name)
def test_the_readable_plant_gives_the_trace_that_stands(one: GoldenRun) -> None:
    assert hashes_of(one.play(engine="simpy")) == standing()["runs"][one.name]


@pytest.mark.slow
def test_a_record_gives_the_trace_that_stands_however_often_it_is_replayed() -> None:
    recorded = RUNS[-1]
    assert hashes_of(recorded.play()) == hashes_of(recorded.play()) == standing()["runs"][recorded.name]


@pytest.mark.slow
def test_the_hashes_are_the_same_in_a_database(database_url: str) -> None:
    shop = RUNS[0]
    assert hashes_of(shop.play(journal=database_url)) == standing()["runs"][shop.name]


@pytest.mark.slow
def test_a_trace_that_changed_says_why_in_the_changelog() -> None:
    assert standing()["because"] == newest_reason(), "python -m tests.traces.golden, and a [TRACE] line at the end of the version's list"
    assert list(standing()["runs"]) == [one.name for one in RUNS]


@pytest.mark.slow
def test_a_plant_that_is_a_little_slower_has_another_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The alarm rings: half a minute more for a set-up of the lathes, and the hash is another one."""
    shutil.copytree(ROOT / "plant_models/gearbox_shop", tmp_path / "gearbox_shop")
    file = tmp_path / "gearbox_shop/plant.yaml"
    file.write_text(file.read_text().replace("same: 3 min", "same: 3.5 min", 1))
    run = twin.simulate(tmp_path / "gearbox_shop", ROOT / "scenarios/gearbox_shop/baseline.yaml", until="5 d")
    assert run.trace_hash != standing()["runs"][RUNS[0].name]["trace"]
