"""The compiled plant beside hand-written SimPy processes, in one environment."""

from __future__ import annotations

import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.simulation.any_plant import plants_and_scenarios
from tests.rooms.simulation.compiled_plant.kept_plants import Case
from tests.rooms.simulation.scripted_control import ScriptedControl, run_all
from tests.rooms.simulation.small_floor import plant_of, scenario_of, states_of
from twin.model.events import CountObserved, JobOrderCommand, OperationsEvent
from twin.model.states import JobCommand
from twin.results.run import Run
from twin.run import carry
from twin.simulation.beside.embedded_plant import EmbeddedPlant
from twin.simulation.clock import Life
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant

MIN_US = 60_000_000


def embedded(case: Case, seed: int = 1, control: str = "commands") -> EmbeddedPlant:
    plant = CompiledPlant(*case, seed, control=control)  # type: ignore[arg-type]
    return EmbeddedPlant(simpy.Environment(initial_time=case[1].start_us), plant)


def command(plant: EmbeddedPlant, what: JobCommand, job_order: str) -> JobOrderCommand:
    return JobOrderCommand(effective_us=int(plant.env.now), equipment="lathe", command=what, job_order=job_order)


def crew(plant: EmbeddedPlant, fitters: simpy.Resource) -> Life:
    """A maintenance crew: after every second lot it stops the next one, 2 minutes into its work, and cleans for 3 minutes."""
    while True:
        for _ in range(2):
            yield plant.fact(lambda fact: isinstance(fact, CountObserved))
        running = yield plant.fact(lambda fact: getattr(fact, "state", 0) == 6)
        yield plant.env.timeout(2 * MIN_US)
        plant.send([command(plant, JobCommand.PAUSE, running.job_order)])
        with fitters.request() as free:
            yield free
            yield plant.env.timeout(3 * MIN_US)
        plant.send([command(plant, JobCommand.RESUME, running.job_order)])


def somebody_elses_machine(env: simpy.Environment, fitters: simpy.Resource) -> Life:
    with fitters.request() as free:
        yield free
        yield env.timeout(13 * MIN_US)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(case=plants_and_scenarios(), seed=st.integers(0, 2**32))
def test_a_plant_that_nobody_says_anything_to_does_what_it_does_alone(case: Case, seed: int) -> None:
    alone = run_all(CompiledPlant(*case, seed), ScriptedControl(case[0]))
    assert run_all(embedded(case, seed), ScriptedControl(case[0])) == alone  # type: ignore[arg-type] # an event source


def test_a_crew_reacts_to_the_plant_and_commands_it_under_mes_and_erp() -> None:
    case = plant_of(materials="materials: {shaft: {kind: finished, lot_size: 1, price: 9 EUR}}"), scenario_of("shaft 4", horizon="1 h")
    plant = embedded(case)
    fitters = simpy.Resource(plant.env)
    plant.env.process(somebody_elses_machine(plant.env, fitters))
    plant.env.process(crew(plant, fitters))
    run = carry(plant, Run(*case, seed=1))
    facts: list[OperationsEvent] = [entry.event for entry in run.journal.entries() if entry.event.equipment == "lathe"]
    told = [(at, state, reason) for at, state, reason in states_of(facts, "lathe") if state in ("EXECUTE", "SUSPENDED")]
    assert told == [
        (0, "EXECUTE", ""), (5, "EXECUTE", ""), (10, "EXECUTE", ""), (12, "SUSPENDED", "paused"),  # the crew is elsewhere until 13
        (16, "EXECUTE", ""), (19, "EXECUTE", ""),
    ]  # fmt: skip
    assert run.mes.alerts == []


@pytest.mark.slow
def test_by_rule_the_environment_just_runs_and_takes_no_commands() -> None:
    case = plant_of(), scenario_of("shaft 2", horizon="20 min")
    plant, heard = embedded(case, control="rule"), []

    def listener() -> Life:
        heard.append((yield plant.fact(lambda fact: isinstance(fact, CountObserved))))

    plant.env.process(listener())
    plant.env.run(until=plant.ended)
    assert (heard[0].good, plant.env.now) == (2, plant.plant.end_us)
    with pytest.raises(ValueError, match="the rules decide in this plant"):
        plant.send([command(plant, JobCommand.PAUSE, "")])


def test_another_time_than_the_plants_is_refused() -> None:
    case = plant_of(), scenario_of("shaft 2")
    with pytest.raises(ValueError, match=r"allowed: simpy.Environment\(initial_time="):
        EmbeddedPlant(simpy.Environment(), CompiledPlant(*case, 1))
