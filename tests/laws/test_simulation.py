"""What holds in every simulated plant, whatever it is made of."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.simulation.any_plant import plants_and_scenarios
from tests.rooms.simulation.scripted_control import ScriptedControl, run_all
from tests.rooms.simulation.small_floor import plant_of, scenario_of
from twin.model.events import (
    AlarmCleared,
    AlarmRaised,
    CountObserved,
    EnergyMetered,
    EquipmentStateChanged,
    Heartbeat,
    JobOrderCommand,
    OperationsEvent,
)
from twin.model.floor.failures import Failure
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import JobCommand, WorkUnitState
from twin.simulation.clock import FactRecorder
from twin.simulation.simpy_plant import SimulatedPlant
from twin.simulation.streams import RandomStream, drawing

Case = tuple[Plant, Scenario]
SEEDS = st.integers(0, 2**32)
MIN_US = 60_000_000


def played(case: Case, seed: int, until_us: int | None = None) -> list[OperationsEvent]:
    """Commanded by a few lines of Level 3, none of whose commands may be refused."""
    plant, scenario = case
    return run_all(SimulatedPlant(plant, scenario, seed, until_us), ScriptedControl(plant))


def ruled(case: Case, seed: int, conwip_lots: int | None = None, *, stops_at_deadlock: bool = False) -> list[OperationsEvent]:
    source = SimulatedPlant(*case, seed, control="rule", conwip_lots=conwip_lots, stops_at_deadlock=stops_at_deadlock)
    facts: list[OperationsEvent] = []
    while (round_facts := source.advance()) is not None:
        facts += round_facts
    return facts


def in_states(facts: Sequence[OperationsEvent]) -> dict[str, list[EquipmentStateChanged]]:
    told: dict[str, list[EquipmentStateChanged]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact, EquipmentStateChanged):
            told[fact.equipment].append(fact)
    return told


@settings(max_examples=30, deadline=None)
@given(case=plants_and_scenarios(), seed=SEEDS)
def test_the_same_seed_gives_the_same_facts(case: Case, seed: int) -> None:
    assert played(case, seed) == played(case, seed)


def shuffled(seed: int) -> Iterator[int]:
    """Event numbers in no order at all, instead of SimPy's 0, 1, 2, …: events of one instant and priority happen in any order."""
    numbers = random.Random(seed)
    while True:
        yield numbers.getrandbits(80)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(case=plants_and_scenarios(), seed=SEEDS, order=SEEDS)
def test_no_outcome_depends_on_the_order_in_which_simpy_takes_the_events_of_an_instant(case: Case, seed: int, order: int) -> None:
    as_scheduled = played(case, seed)
    with pytest.MonkeyPatch.context() as shuffling:
        shuffling.setattr(simpy.core, "count", lambda: shuffled(order))
        assert played(case, seed) == as_scheduled


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(case=plants_and_scenarios(with_persons=False), seed=SEEDS, order=SEEDS, conwip_lots=st.sampled_from([None, 1, 3]))
def test_nor_does_it_when_the_plant_decides_by_rule(case: Case, seed: int, order: int, conwip_lots: int | None) -> None:
    as_scheduled = ruled(case, seed, conwip_lots)
    with pytest.MonkeyPatch.context() as shuffling:
        shuffling.setattr(simpy.core, "count", lambda: shuffled(order))
        assert ruled(case, seed, conwip_lots) == as_scheduled


IN_STEP = """
plant: in_step
storage_units: {hall: {}, belt: {capacity: 1}}
work_centers: {press: {storage: hall}, weld: {storage: belt}}
work_units:
  press_1:
    equipment_class: press
    work_center: press
    failures: [&jam {reason: jam, clock: calendar, time_to_failure: 30 min, repair: 7 min, crew: two}]
  press_2:
    equipment_class: press
    work_center: press
    failures: [*jam, {reason: worn, clock: busy, time_to_failure: 15 min, repair: 5 min, crew: two}]
  press_3: {equipment_class: press, work_center: press, failures: [*jam]}
  weld_1: {equipment_class: weld, work_center: weld, failures: [*jam]}
  weld_2: {equipment_class: weld, work_center: weld, batch: {minimum: 1, maximum: 2}}
repair_crews: {two: {size: 1}}
process_segments: {press: {work_center: press}, weld: {work_center: weld}}
routings: {x: {"10": {segment: press, run: 5 min}, "20": {segment: weld, run: 10 min}, "30": {segment: press, run: 5 min}}}
"""


@pytest.mark.slow
@pytest.mark.parametrize("conwip_lots", [None, 2, 5])
def test_in_a_plant_where_all_happens_in_step_the_declared_order_decides(conwip_lots: int | None) -> None:
    """Orders, ends of work, failures and repairs of several units fall on the same instants, time and again."""
    orders = {f"s{n}": {"customer": "us", "material": "x", "interval": "15 min", "quantity": [1], "promise": "1 d"} for n in range(4)}
    case = plant_of(IN_STEP, "materials: {x: {kind: finished}}"), scenario_of(horizon="6 h", demand={"streams": orders})
    as_scheduled = ruled(case, 1, conwip_lots)
    for order in range(25):
        with pytest.MonkeyPatch.context() as shuffling:
            shuffling.setattr(simpy.core, "count", lambda order=order: shuffled(order))
            assert ruled(case, 1, conwip_lots) == as_scheduled


@settings(max_examples=30, deadline=None)
@given(case=plants_and_scenarios(), seed=SEEDS, share=st.floats(0.05, 0.95))
def test_a_shorter_run_is_the_beginning_of_a_longer_one_and_ends_exactly(case: Case, seed: int, share: float) -> None:
    plant, scenario = case
    until_us = scenario.start_us + int(scenario.horizon * share)
    source = SimulatedPlant(plant, scenario, seed, until_us)
    short, whole = run_all(source, ScriptedControl(plant)), played(case, seed)
    assert source.now_us == source.end_us == until_us
    assert source.advance() is None
    *short, end = short
    assert (type(end), end.effective_us) == (Heartbeat, until_us)
    assert short == whole[: len(short)]
    assert not [fact for fact in whole[len(short) :] if fact.effective_us < until_us]
    assert all(scenario.start_us <= fact.effective_us < until_us for fact in short)


@settings(max_examples=30, deadline=None)
@given(case=plants_and_scenarios(), seed=SEEDS)
def test_rounds_have_one_instant_never_go_back_and_are_in_canonical_order(case: Case, seed: int) -> None:
    plant, scenario = case
    source, control = SimulatedPlant(plant, scenario, seed), ScriptedControl(plant)
    before_us = scenario.start_us
    while (facts := source.advance()) is not None:
        assert {fact.effective_us for fact in facts} == {source.now_us}
        assert source.now_us >= before_us
        before_us = source.now_us
        again = FactRecorder(plant.equipment)
        again._round = list(facts)
        assert again.take_round() == list(facts)
        for fact in facts:
            control.apply(fact)
        source.send(control.decide(source.now_us))


S = WorkUnitState
BROKEN_OFF = {S.STOPPED, S.ABORTED}
AT_REST = {S.IDLE, S.STOPPED, S.ABORTED}
MAY_FOLLOW = {
    S.IDLE: {S.STARTING, S.EXECUTE, S.SUSPENDED, S.HELD, S.STOPPED, S.ABORTED},
    S.STARTING: {S.EXECUTE, S.SUSPENDED, S.HELD} | BROKEN_OFF,
    S.EXECUTE: {S.SUSPENDED, S.HELD, S.COMPLETE} | BROKEN_OFF,
    S.SUSPENDED: {S.STARTING, S.EXECUTE, S.SUSPENDED, S.HELD, S.COMPLETE} | BROKEN_OFF,
    S.HELD: {S.STARTING, S.EXECUTE, S.SUSPENDED, S.HELD} | BROKEN_OFF,
    S.COMPLETE: AT_REST,
    S.ABORTED: {S.IDLE, S.STOPPED, S.ABORTED, S.SUSPENDED},
    S.STOPPED: {S.IDLE, S.STOPPED, S.ABORTED},  # off shift, or maintained, one after the other
}
STATION_MAY_ALSO = {  # a station follows its line without Complete
    S.EXECUTE: AT_REST, S.SUSPENDED: AT_REST, S.HELD: AT_REST, S.ABORTED: {S.HELD, S.EXECUTE}, S.STOPPED: {S.SUSPENDED, S.EXECUTE},
}  # fmt: skip


VEHICLE_MAY_ALSO = {S.EXECUTE: {S.EXECUTE}}  # another leg of its trip


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(case=plants_and_scenarios(), seed=SEEDS)
def test_states_are_legal_follow_one_another_and_tile_time(case: Case, seed: int) -> None:
    plant, scenario = case
    told = in_states(played(case, seed))
    assert list(told) == plant.equipment
    commanded = {*plant.layout.work_units, *plant.layout.production_lines}
    for equipment, facts in told.items():
        assert facts[0].effective_us == scenario.start_us
        for one, next_one in pairwise(facts):
            assert one.effective_us <= next_one.effective_us
            assert (one.state, one.reason, one.job_order, one.person) != (
                next_one.state,
                next_one.reason,
                next_one.job_order,
                next_one.person,
            )
            state, follower = S(one.state), S(next_one.state)
            allowed = MAY_FOLLOW[state] | (STATION_MAY_ALSO.get(state, set()) if equipment not in commanded else set())
            allowed = allowed | VEHICLE_MAY_ALSO.get(state, set()) if equipment in plant.vehicles else allowed
            assert follower in allowed, (equipment, one, next_one)
            # What fails at the very instant at which it is done, and cannot get rid of it, has no job order any more.
            if state in (S.STARTING, S.EXECUTE) and equipment in commanded and not (follower == S.ABORTED and not next_one.job_order):
                assert next_one.job_order == one.job_order
        if equipment not in plant.vehicles:  # they carry lots, and do no job
            assert all(bool(fact.job_order) == (fact.state not in AT_REST) for fact in facts)


@settings(max_examples=40, deadline=None)
@given(case=plants_and_scenarios(), seed=SEEDS)
def test_a_job_is_worked_on_for_exactly_the_time_that_was_drawn_for_it(case: Case, seed: int) -> None:
    plant, _ = case
    facts = played(case, seed)
    worked: dict[str, int] = defaultdict(int)
    for equipment, states in in_states(facts).items():
        if equipment in plant.layout.work_units:
            for one, next_one in pairwise(states):
                if one.state == S.EXECUTE:
                    worked[one.job_order] += next_one.effective_us - one.effective_us
    for count in (fact for fact in facts if isinstance(fact, CountObserved) and fact.equipment in plant.layout.work_units):
        if count.job_order in worked:  # alone, not in a batch
            material = count.job_order.split("-")[1][0]
            operation = plant.layout.routings[material][count.job_order.split("/")[1]]
            _, way = plant.other_ways(operation).get(count.equipment, (0, operation))
            drawn_us = drawing(way.run)(RandomStream(seed, "run", count.job_order))
            pieces = count.good + count.scrap + count.rework if operation.per == "piece" else 1
            unit = plant.layout.work_units[count.equipment]
            is_cascade = operation.interval is not None  # then loading takes the lot's time
            expected_us = (operation.interval or 0) * pieces if is_cascade else drawn_us * pieces + unit.load + unit.unload
            assert worked[count.job_order] == expected_us


class Watched(ScriptedControl):
    """Remembers the quantity that each job order was started with."""

    def __init__(self, plant: Plant) -> None:
        super().__init__(plant)
        self.begun: dict[str, int] = {}

    def decide(self, now_us: int) -> list[OperationsEvent]:
        commands = super().decide(now_us)
        for command in commands:
            if isinstance(command, JobOrderCommand) and command.command == JobCommand.START:
                self.begun |= dict(zip(command.job_order.split("+"), command.quantities, strict=True))
        return commands


@settings(max_examples=40, deadline=None)
@given(case=plants_and_scenarios(), seed=SEEDS)
def test_no_piece_appears_or_vanishes(case: Case, seed: int) -> None:
    plant, scenario = case
    source, control = SimulatedPlant(plant, scenario, seed), Watched(plant)
    facts = run_all(source, control)
    counted: dict[str, int] = defaultdict(int)
    for fact in facts:
        if isinstance(fact, CountObserved) and (
            fact.equipment in plant.layout.work_units or fact.equipment in plant.layout.production_lines
        ):
            counted[fact.job_order] += fact.good + fact.scrap + fact.rework
    completed = {
        job for fact in facts if isinstance(fact, EquipmentStateChanged) and fact.state == S.COMPLETE for job in fact.job_order.split("+")
    }
    for job_order, quantity in control.begun.items():
        assert counted[job_order] <= quantity
        if job_order in completed or (counted[job_order] and job_order not in control.running):
            assert counted[job_order] == quantity
    flow, found = source._flow, {it["lot"] for it in scenario.counted_work()}
    for name, storage in flow._storages.items():
        assert storage.count == sum(lot.storage is storage for lot in flow.lots.values())
        stands_anyway = sum(lot.storage is storage and (".R" in lot.name or lot.name in found) for lot in flow.lots.values())
        assert storage.capacity is None or storage.count - stands_anyway <= storage.capacity, name


@settings(max_examples=30, deadline=None)
@given(case=plants_and_scenarios(), seed=SEEDS)
def test_energy_is_power_times_time(case: Case, seed: int) -> None:
    plant, _ = case
    facts = played(case, seed)
    metered: dict[str, int] = defaultdict(int)
    for fact in facts:
        if isinstance(fact, EnergyMetered):
            metered[fact.equipment] += fact.energy_wh
    for equipment, states in in_states(facts).items():
        if equipment in plant.layout.work_units:
            power = plant.layout.work_units[equipment].power
            by_state = {S.STOPPED: 0, S.STARTING: power.setup, S.EXECUTE: power.execute, S.HELD: power.down, S.ABORTED: power.down}
            w_us = sum(by_state.get(S(a.state), power.idle) * (b.effective_us - a.effective_us) for a, b in pairwise(states))
            assert metered[equipment] == w_us // 3_600_000_000


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(case=plants_and_scenarios(), seed=SEEDS)
def test_a_busy_clock_counts_exactly_the_time_in_execute(case: Case, seed: int) -> None:
    plant, scenario = case
    told: dict[str, list[OperationsEvent]] = defaultdict(list)
    for fact in played(case, seed):
        told[fact.equipment].append(fact)
    for equipment, failures in _declared_failures(plant).items():
        for failure in failures:
            if failure.clock == "busy":
                draw, numbers = drawing(failure.time_to_failure), RandomStream(seed, "failure", f"{equipment}/{failure.reason}")
                for worked_us in _work_to_failures(told[equipment], failure.reason, scenario.start_us):
                    assert worked_us == draw(numbers)


def _work_to_failures(facts: Sequence[OperationsEvent], alarm: str, start_us: int) -> list[int]:
    """Time in Execute before each failure of one kind, since the repair before it."""
    worked_us, state, since_us, found = 0, S.IDLE, start_us, []
    for fact in facts:
        if isinstance(fact, EquipmentStateChanged):
            worked_us += fact.effective_us - since_us if state == S.EXECUTE else 0
            state, since_us = S(fact.state), fact.effective_us
        elif isinstance(fact, AlarmRaised) and fact.alarm == alarm:
            found.append(worked_us)
        elif isinstance(fact, AlarmCleared) and fact.alarm == alarm:
            worked_us = 0
    return found


def repairs(facts: Sequence[OperationsEvent]) -> dict[tuple[str, str], list[int]]:
    """How long each repair took, by equipment and reason, in order."""
    begun: dict[tuple[str, str], int] = {}
    took: dict[tuple[str, str], list[int]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact, AlarmRaised):
            begun[fact.equipment, fact.alarm] = fact.effective_us
        elif isinstance(fact, AlarmCleared):
            took[fact.equipment, fact.alarm].append(fact.effective_us - begun[fact.equipment, fact.alarm])
    return took


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(case=plants_and_scenarios(), other_orders=st.integers(0, 3), seed=SEEDS)
def test_the_nth_repair_takes_as_long_whatever_else_happens(case: Case, other_orders: int, seed: int) -> None:
    """Common random numbers: another demand changes when things fail, and not how long the n-th repair takes (crews apart: they wait)."""
    plant, scenario = case
    declared = _declared_failures(plant)
    free = {(equipment, failure.reason) for equipment, failures in declared.items() for failure in failures if failure.crew is None}
    fewer = scenario.model_copy(update={"demand": scenario.demand.model_copy(update={"orders": scenario.demand.orders[:other_orders]})})
    one, other = repairs(played(case, seed)), repairs(played((plant, fewer), seed))
    for key in free & one.keys() & other.keys():
        both = min(len(one[key]), len(other[key]))
        assert one[key][:both] == other[key][:both]


def _declared_failures(plant: Plant) -> dict[str, list[Failure]]:
    return plant.failures
