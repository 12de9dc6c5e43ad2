"""A plant that says deadlock would never move again, and one that never moves again says so."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from tests.laws.test_simulation import Case, ruled
from tests.rooms.simulation.any_plant import any_plant, plants_and_scenarios
from twin.model.events import AlarmRaised, CountObserved, EquipmentStateChanged, Heartbeat, OperationsEvent
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import DEADLOCK, WorkUnitState
from twin.run import replay, simulate
from twin.simulation.simpy_plant import SimulatedPlant

SEEDS = st.integers(0, 2**32)
MOVES = (WorkUnitState.STARTING, WorkUnitState.EXECUTE, WorkUnitState.COMPLETE)
NARROW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def narrowed(case: Case, *, horizon: str | None = None, around_the_clock: bool = False) -> Case:
    """The same with one place in every storage, and if so wanted without shifts and with time for everything to end."""
    tables: dict[str, Any] = case[0].model_dump(mode="json")
    layout = tables["layout"]
    for storage in layout["storage_units"].values():
        storage["capacity"] = 1
    if around_the_clock:
        for unit in (*layout["work_units"].values(), *layout["production_lines"].values()):
            unit["calendar"] = None
        for operation in (it for routing in layout["routings"].values() for it in routing.values() if it["batch"]):
            operation["batch"]["minimum"] = 1  # else a batch waits for ever for lots that never come
    scenario = case[1].model_dump(mode="json")
    return Plant.model_validate(tables), Scenario.model_validate({**scenario, "horizon": horizon or scenario["horizon"]})


def alarm_in(facts: list[OperationsEvent]) -> AlarmRaised | None:
    return next((fact for fact in facts if isinstance(fact, AlarmRaised) and fact.alarm == DEADLOCK), None)


def holders_in(message: str) -> set[str]:
    return set(re.findall(r"(\S+) holds \S+ and waits since", message))


@pytest.mark.slow
@NARROW
@given(case=plants_and_scenarios(with_persons=False), seed=SEEDS)
def test_what_is_stopped_for_deadlock_would_never_have_moved_again(case: Case, seed: int) -> None:
    case = narrowed(case)
    stopped, on_and_on = ruled(case, seed, stops_at_deadlock=True), ruled(case, seed)
    alarm = alarm_in(stopped)
    if alarm is None:
        assert stopped == on_and_on
        return
    assert [fact.effective_us for fact in stopped if isinstance(fact, Heartbeat) and fact.reason == "end"] == [alarm.effective_us]
    said = [fact for fact in stopped if fact is not alarm and not (isinstance(fact, Heartbeat) and fact.reason == "end")]
    assert said == on_and_on[: len(said)]
    holders = holders_in(alarm.message)
    assert alarm.equipment in holders
    for fact in on_and_on[len(said) :]:
        if fact.equipment in holders:
            assert not isinstance(fact, CountObserved)
            assert not (isinstance(fact, EquipmentStateChanged) and fact.state in MOVES), (alarm.message, fact)


def left_over(case: Case, seed: int) -> list[str]:
    """Lots that are still in the plant at the end, with nothing to stop it."""
    source = SimulatedPlant(*case, seed, control="rule")
    while source.advance() is not None:
        pass
    return list(source._flow.lots)


@pytest.mark.slow
@settings(NARROW, max_examples=30)
@given(case=plants_and_scenarios(with_persons=False), seed=SEEDS)
def test_every_lot_leaves_a_plant_that_works_around_the_clock_or_it_says_deadlock(case: Case, seed: int) -> None:
    case = narrowed(case, horizon="6 d", around_the_clock=True)
    assert bool(left_over(case, seed)) == bool(alarm_in(ruled(case, seed, stops_at_deadlock=True)))


@pytest.mark.slow
def test_such_plants_come_to_deadlocks_of_one_and_of_two() -> None:
    """So that the laws above have something to bite on."""
    orders = [{"order": f"o{n}", "customer": "us", "material": material, "quantity": 9, "due": "4 h"} for n, material in enumerate("xyxy")]
    scenario = Scenario.model_validate(
        {"plant": "any", "start": "2026-03-02T06:00:00Z", "horizon": "10 h", "demand": {"orders": orders}},
    )

    def holders(plant: Plant) -> set[str]:
        alarm = alarm_in(ruled(narrowed((plant, scenario), around_the_clock=True), 1, stops_at_deadlock=True))
        return holders_in(alarm.message) if alarm else set()

    any_will_do = settings(max_examples=3000, phases=[Phase.generate])  # nobody reads the smallest one
    for count in (1, 2):
        find(any_plant(with_persons=False), lambda plant, count=count: len(holders(plant)) == count, settings=any_will_do)


@pytest.mark.slow
@settings(NARROW, max_examples=15)
@given(case=plants_and_scenarios(), seed=SEEDS)
def test_with_the_mes_in_the_loop_a_stopped_run_is_whole_and_replays_to_the_same_words(case: Case, seed: int) -> None:
    case = narrowed(case)
    run = simulate(*case, seed=seed)
    assert run.violations(whole=True) == []
    again = replay(list(run.journal.entries()), *case)
    assert (again.trace_hash, again.now_us, again.deadlock) == (run.trace_hash, run.now_us, run.deadlock)
    if not run.deadlock:
        with pytest.MonkeyPatch.context() as unchecked:
            unchecked.setattr("twin.simulation.simpy_plant.SimulatedPlant._is_deadlocked", lambda _: False)
            assert simulate(*case, seed=seed).trace_hash == run.trace_hash
