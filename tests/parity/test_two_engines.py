"""The compiled plant and the readable one say the same, bit for bit: facts, refusals, journals, MES and ERP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.parity.any_case import Case, any_case
from tests.parity.checked_build import CORRUPTIONS
from tests.parity.meddler import Meddler
from tests.parity.playing import Facts, commanded, ruled
from tests.rooms.simulation.scripted_control import ScriptedControl
from twin import library, run
from twin.model.events import JobOrderCommandRefused
from twin.simulation.engines import ENGINES

SEEDS = st.integers(0, 2**32)
DAY_US = 86_400_000_000


def assert_same(make: Callable[[str], Facts]) -> Facts:
    """Both engines, fact by fact; the first difference is what is shown."""
    one, other = (make(engine) for engine in ENGINES)
    for place, (left, right) in enumerate(zip_longest(one, other)):
        assert left == right, f"fact {place}"
    return one


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(case=any_case(with_persons=False, with_losses=True), seed=SEEDS, conwip_lots=st.sampled_from([None, None, 1, 2, 5]))
def test_by_rule_both_engines_say_the_same(case: Case, seed: int, conwip_lots: int | None) -> None:
    assert_same(lambda engine: ruled(engine, case, seed, conwip_lots))


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(case=any_case(with_losses=True), seed=SEEDS)
def test_commanded_both_engines_say_the_same(case: Case, seed: int) -> None:
    assert_same(lambda engine: commanded(engine, case, seed, ScriptedControl(case[0])))


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(case=any_case(), seed=SEEDS)
def test_both_engines_obey_and_refuse_in_the_same_words(case: Case, seed: int) -> None:
    assert_same(lambda engine: commanded(engine, case, seed, Meddler(case[0], seed)))


@pytest.mark.slow
def test_the_meddler_is_refused_in_many_words_and_obeyed_too() -> None:
    """Else the law above would say little."""
    words: Counter[str] = Counter()
    obeyed: Counter[str] = Counter()

    @settings(max_examples=120, deadline=None, derandomize=True, database=None)
    @given(case=any_case(), seed=SEEDS)
    def meddle(case: Case, seed: int) -> None:
        for fact in commanded("compiled", case, seed, Meddler(case[0], seed)):
            if isinstance(fact, JobOrderCommandRefused):
                words[" ".join(word for word in fact.reason.split() if word.isalpha() and word.islower())] += 1
            elif getattr(fact, "reason", "") in ("paused", "held", "check", "stop", "abort"):
                obeyed[fact.reason] += 1  # type: ignore[attr-defined] # it has one

    meddle()
    assert len(words) > 20, words
    assert len(obeyed) == 5, obeyed


def journal(engine: str, root: Path, plant: str, seed: int, days: float) -> tuple[list[object], str]:
    read = library.read_plant(root / "plant_models" / plant)
    asked = library.read_scenario(root / "scenarios" / plant / "baseline.yaml", read)
    made = run.simulate(read, asked, seed=seed, until_us=round(days * DAY_US), engine=engine)
    return [(entry.id, entry.source, entry.cause, entry.event) for entry in made.journal.entries()], made.trace_hash


@pytest.mark.slow
@pytest.mark.parametrize(("plant", "days"), [("gearbox_shop", 0.5), ("bottling_line", 0.25), ("nist_cell", 5.0)])
def test_both_engines_write_the_same_journal(root: Path, plant: str, days: float) -> None:
    """What MES and ERP make of it included."""
    one, other = (journal(engine, root, plant, 1, days) for engine in ENGINES)
    assert one == other


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("plant", "days"), [("bottling_line", 0.003), ("nist_cell", 0.4)])
def test_both_engines_write_the_same_journal_for_thirty_seeds(root: Path, plant: str, days: float) -> None:
    """The gearbox shop's thirty are in notebook 07, which says so itself."""
    for seed in range(30):
        one, other = (journal(engine, root, plant, seed, days * (1 + seed / 15)) for engine in ENGINES)
        assert one == other, f"seed {seed}"


@pytest.mark.slow
def test_the_debug_build_finds_no_index_out_of_range_and_says_the_same(root: Path) -> None:
    """The same sources on arrays, every index checked, in a process of its own; and it does find wrong addresses."""
    checked, fast = (
        in_a_process_of_its_own(root, **environment)
        for environment in ({"NUMBA_BOUNDSCHECK": "1", "NUMBA_OPT": "0"}, {"NUMBA_BOUNDSCHECK": "0"})
    )
    assert (checked["checks"], fast["checks"]) == (True, False)
    assert checked["said"] == fast["said"]
    assert checked["bites"] == [corrupt.__name__ for corrupt in CORRUPTIONS]


def in_a_process_of_its_own(root: Path, **environment: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.parity.checked_build"],
        cwd=root, env={**os.environ, **environment}, capture_output=True, text=True, timeout=290, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
