"""The state of a compiled plant is a value: kept, gone on from, sent away, changed; the past stays and the original does not notice."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import twin
from tests.rooms.simulation.any_plant import any_plant, any_scenario, minutes, plants_and_scenarios
from tests.rooms.simulation.compiled_plant.kept_plants import Case, Played, play_elsewhere
from twin.model.events import Heartbeat, OperationsEvent
from twin.model.policies.dispatch import Weights
from twin.model.scenario import Disturbance, Scenario
from twin.simulation.compiled_plant.kept.snapshot import Snapshot
from twin.simulation.compiled_plant.layout import Control

MIN_US = 60_000_000
SEEDS = st.integers(0, 2**32)
CONTROLS = st.sampled_from([*get_args(Control)])
RULES = ["spt", "edd", "fifo", "setup_avoidance", "weighted"]
ROUNDS = st.integers(0, 60)


@st.composite
def controlled(draw: st.DrawFn) -> tuple[Case, Control]:
    """A plant, a scenario, and who decides."""
    control = draw(CONTROLS)
    return draw(plants_and_scenarios(with_persons=control != "rule")), control


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[ProcessPoolExecutor]:
    """Another process, which has nothing of this one."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


def begun(case: Case, seed: int, control: Control, rounds: int) -> tuple[Played, list[OperationsEvent]]:
    """A plant after so many rounds, its commands on their way, and what it has said up to there."""
    played, facts = Played.begin(case, seed, control), list[OperationsEvent]()
    for _ in range(rounds):
        facts += played.round() or []
    return played, facts


@settings(max_examples=20, deadline=None)
@given(case=controlled(), seed=SEEDS, cuts=st.lists(st.integers(0, 600), max_size=8))
def test_a_plant_played_in_slices_says_the_same(case: tuple[Case, Control], seed: int, cuts: list[int]) -> None:
    whole, sliced = (Played.begin(case[0], seed, case[1]) for _ in range(2))
    start_us, facts = case[0][1].start_us, list[OperationsEvent]()
    for cut in sorted(cuts):
        facts += sliced.play(start_us + cut * MIN_US)
        assert all(fact.effective_us <= start_us + cut * MIN_US for fact in facts)
    assert facts + sliced.play() == whole.play()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=controlled(), seed=SEEDS, rounds=ROUNDS)
def test_kept_gone_on_from_forked_or_sent_away_it_goes_on_alike(
    case: tuple[Case, Control], seed: int, rounds: int, elsewhere: ProcessPoolExecutor
) -> None:
    original, _ = begun(case[0], seed, case[1], rounds)
    kept = original.plant.snapshot()
    digest = kept.digest
    far = elsewhere.submit(play_elsewhere, *original.to_bytes())
    resumed, forked = original.copy(), original.copy(lambda plant: plant.fork(seed=seed))
    futures = [resumed.play(), forked.play(), original.play(), far.result()]
    assert futures[1:] == futures[:1] * 3
    assert kept.digest == digest
    assert Snapshot.from_bytes(kept.to_bytes()) == kept


@settings(max_examples=20, deadline=None)
@given(case=controlled(), seed=SEEDS, other=SEEDS, rounds=ROUNDS)
def test_a_fork_with_another_seed_disturbs_nobody(case: tuple[Case, Control], seed: int, other: int, rounds: int) -> None:
    original, past = begun(case[0], seed, case[1], rounds)
    forks = [original.copy(lambda plant: plant.fork(seed=other)) for _ in range(2)]
    future = forks[0].play()
    assert past + original.play() == Played.begin(case[0], seed, case[1]).play()
    assert forks[1].play() == future


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(case=controlled(), seed=SEEDS, rooms=st.lists(st.integers(0, 4), max_size=60))
def test_it_may_be_kept_in_the_midst_of_a_round(case: tuple[Case, Control], seed: int, rooms: list[int]) -> None:
    whole, played = (Played.begin(case[0], seed, case[1]) for _ in range(2))
    facts = [fact for room in rooms for fact in played.round_in_pieces(room) or []]
    assert facts + played.play() == whole.play()


@settings(max_examples=20, deadline=None)
@given(case=controlled(), seed=SEEDS, rounds=ROUNDS, longer=st.integers(1, 2000))
def test_a_later_end_is_as_if_it_had_been_known_from_the_beginning(case: tuple[Case, Control], seed: int, rounds: int, longer: int) -> None:
    (plant, scenario), control = case
    long = scenario.model_copy(update={"horizon": scenario.horizon + longer * MIN_US})
    original, past = begun(case[0], seed, control, rounds)
    forked = original.copy(lambda plant: plant.fork(scenario=long))
    is_deadlocked = original.plant.snapshot().is_deadlocked
    over = [fact for fact in past if isinstance(fact, Heartbeat) and fact.reason == "end" and not is_deadlocked]
    assert [fact for fact in past + forked.play() if fact not in over] == Played.begin((plant, long), seed, control).play()


@st.composite
def surprised(draw: st.DrawFn) -> tuple[Case, Control, Scenario]:
    """And the same scenario with more stops, at the end of those that are planned."""
    control = draw(CONTROLS)
    plant = draw(any_plant(with_persons=control != "rule"))
    scenario = draw(any_scenario(plant))
    stops = [
        Disturbance(equipment=draw(st.sampled_from(plant.equipment)), at=draw(minutes(61, 200)), lasts=draw(minutes(1, 90)), reason="storm")
        for _ in range(draw(st.integers(1, 4)))
    ]
    return (plant, scenario), control, scenario.model_copy(update={"disturbances": [*scenario.disturbances, *stops]})


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(case=surprised(), seed=SEEDS)
def test_a_stop_that_is_planned_later_is_as_if_it_had_always_been_planned(case: tuple[Case, Control, Scenario], seed: int) -> None:
    (plant, scenario), control, surprise = case
    original = Played.begin((plant, scenario), seed, control)
    past = original.play(scenario.start_us + 60 * MIN_US)
    if original.plant.snapshot().has_ended:
        return
    forked = original.copy(lambda plant: plant.fork(scenario=surprise))
    assert past + forked.play() == Played.begin((plant, surprise), seed, control).play()
    assert past + original.play() == Played.begin((plant, scenario), seed, control).play()


def longest(ready_us, due_us, run_us, remaining_us, setup_us, priority, operations_left, now_us):  # type: ignore[no-untyped-def] # a user's
    """Long operations first."""
    return -run_us


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(
    case=plants_and_scenarios(with_persons=False),
    seed=SEEDS,
    rule=st.sampled_from(["spt", "edd", "fifo", "setup_avoidance", "weighted", "sequence", "longest"]),
)
def test_another_rule_before_anything_waits_is_as_if_it_had_been_the_rule(case: Case, seed: int, rule: str) -> None:
    """Its weights, its sequence and a rule of one's own go with it, also through bytes."""
    twin.register_rule("longest", longest)
    plant, scenario = case
    asked = {"dispatch": rule, "weighted": Weights(run=1, slack=2), "sequence": {"cut": ["o1-x/10", "o0-x/10", "o2-y/10"]}}
    other = scenario.model_copy(update={"policies": scenario.policies.model_copy(update=asked)})
    forked = Played.begin(case, seed, "rule").copy(lambda plant: plant.fork(scenario=other).fork())
    kept = Snapshot.from_bytes(forked.plant.snapshot().to_bytes())
    assert kept == forked.plant.snapshot()
    assert forked.play() == Played.begin((plant, other), seed, "rule").play()


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(case=plants_and_scenarios(with_persons=False), seed=SEEDS, rule=st.sampled_from(["spt", "edd", "fifo"]), rounds=ROUNDS)
def test_a_rule_that_is_changed_and_changed_back_has_changed_nothing(case: Case, seed: int, rule: str, rounds: int) -> None:
    original, _ = begun(case, seed, "rule", rounds)
    other = case[1].model_copy(update={"policies": case[1].policies.model_copy(update={"dispatch": rule})})
    forked = original.copy(lambda plant: plant.fork(scenario=other).fork(scenario=case[1]))
    assert forked.play() == original.play()
