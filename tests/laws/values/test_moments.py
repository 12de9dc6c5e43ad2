"""A run at an instant is a value: what goes on from there is the run itself, or another with the same past."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from tests.rooms.simulation.any_plant import plants_and_scenarios
from tests.rooms.simulation.compiled_plant.kept_plants import Case
from twin import moment
from twin.model.scenario import Disturbance
from twin.results.run import Run
from twin.run import simulate

DAY_US = 86_400_000_000
SEEDS = st.integers(0, 2**32)


@pytest.fixture(scope="module")
def run() -> Run:
    """A day and a half of the gearbox shop, as it is going on."""
    return twin.simulate("plant_models/gearbox_shop", until="36 h", seed=3)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(case=plants_and_scenarios(), seed=SEEDS, share=st.floats(0, 1))
def test_a_run_goes_on_from_any_instant_entry_by_entry(case: Case, seed: int, share: float) -> None:
    run = simulate(*case, seed=seed)
    there = moment.at(run, run.scenario.start_us + int(share * (run.now_us - run.scenario.start_us)))
    other, same = there.go_on(seed=seed + 1), there.go_on()
    assert same.journal.head == run.journal.head
    assert same.summary() == run.summary()
    past = list(there.past.entries())
    assert list(other.journal.entries())[: len(past)] == past
    assert pickle.loads(pickle.dumps(there)).go_on().journal.head == run.journal.head


@pytest.mark.slow
def test_what_is_asked_of_a_fork_holds_for_plant_mes_and_erp(run: Run) -> None:
    noon = twin.at(run, "30 h")
    policies = run.scenario.policies.model_copy(update={"dispatch": "spt", "dispatch_by_center": {}})
    stop = Disturbance(equipment="mill_1", at="31 h", lasts="3 h", reason="storm")
    asked = run.scenario.model_copy(update={"policies": policies, "disturbances": [*run.scenario.disturbances, stop]})
    there = noon.go_on(scenario=asked, until_us=run.now_us)
    known_before = simulate(
        run.plant, run.scenario.model_copy(update={"disturbances": asked.disturbances}), seed=3, until_us=36 * 3_600_000_000
    )
    only_stopped = noon.go_on(scenario=known_before.scenario, until_us=run.now_us)
    assert only_stopped.journal.head == known_before.journal.head
    assert "storm" in set(there.states["reason"]) - set(run.states["reason"])
    assert noon.go_on(until_us=run.now_us).journal.head == run.journal.head


@pytest.mark.slow
def test_people_say_it_with_files_and_durations(run: Run, root: Path) -> None:
    noon = twin.at(run, "30 h")
    assert noon.go_on(until="36 h").journal.head == run.journal.head
    assert noon.go_on(scenario=root / "scenarios/gearbox_shop/baseline.yaml", until="36 h").journal.head == run.journal.head
    with pytest.raises(ValueError, match="say the same"):
        noon.go_on(until="36 h", until_us=run.now_us)


def longest(ready_us, due_us, run_us, remaining_us, setup_us, priority, operations_left, now_us):  # type: ignore[no-untyped-def] # a user's
    """Long operations first."""
    return -run_us


@pytest.mark.slow
def test_a_run_by_a_rule_of_ones_own_is_a_value_too(run: Run) -> None:
    twin.register_rule("longest", longest)
    policies = run.scenario.policies.model_copy(update={"dispatch": "longest"})
    made = simulate(run.plant, run.scenario.model_copy(update={"policies": policies}), seed=3, until_us=DAY_US)
    assert twin.at(made, "6 h").go_on(until_us=made.now_us).journal.head == made.journal.head


@pytest.mark.slow
def test_futures_draw_anew_what_is_under_way(run: Run) -> None:
    """From the same instant: the seed alone leaves what was drawn before, and each of them does the same again."""
    now = twin.at(run).without_past()
    futures = [now.go_on(seed=seed, until_us=now.now_us + DAY_US // 2, is_drawn_anew=anew) for seed in (7, 8) for anew in (False, True)]
    assert len({future.trace_hash for future in futures}) == 4
    again = now.go_on(seed=7, until_us=now.now_us + DAY_US // 2, is_drawn_anew=True)
    assert again.trace_hash == futures[1].trace_hash
    assert not again.violations(whole=True)


@pytest.mark.slow
def test_a_run_that_was_not_simulated_or_not_left_alone_is_refused(run: Run) -> None:
    replayed = twin.replay("plant_models/gearbox_shop", run.journal.entries())
    with pytest.raises(moment.NotPlayedAgain, match="this run was not simulated"):
        twin.at(replayed)
    other = Run(run.plant, run.scenario, run.journal, seed=4)
    other.now_us = run.now_us
    with pytest.raises(moment.NotPlayedAgain, match="somebody interfered with the run"):
        twin.at(other)
    with pytest.raises(ValueError, match=r"Tue 3 Mar, 22:00 is not within the run; allowed: Mon 2 Mar, 06:00 to \w+ \d Mar, \d\d:\d\d$"):
        twin.at(run, "40 h")
