"""Phases of a recipe (ISA-88) as a simulated machine says them: one after the other, held with the unit, on the same state machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

import twin
from tests.rooms.files.small_plant import PLANT, write_plant
from tests.rooms.readiness.turning_shop import TurningShop
from twin import moment
from twin.model.events import EquipmentStateChanged, Heartbeat, JobOrderCommand, OperationsEvent, PhaseStateChanged
from twin.model.plant import Plant
from twin.model.problems import PlantFileError
from twin.model.states import Source
from twin.model.states import WorkUnitState as S
from twin.results.run import Run
from twin.simulation.beside.procedure_phases import ProcedurePhases
from twin.store.files import read_plant

MIN_US = 60_000_000
PROCEDURE = {
    "operations": ["10"], "unit_procedures": {"mill": {"prepare": ["clamp"], "cut": ["bore", "polish"]}},
    "phase_times": {"mill/prepare/clamp": "5 min", "mill/cut/bore": "10 min", "mill/cut/polish": "5 min"},
}  # fmt: skip


class Machine:
    """A mill that enters states at these minutes; the clock beats every five."""

    origin = Source.SIMULATED

    def __init__(self, *states: tuple[int, S, str]) -> None:
        self._rounds = {minute: [EquipmentStateChanged(equipment="mill_1", effective_us=minute * MIN_US, state=int(state), job_order=job)]
                        for minute, state, job in states}  # fmt: skip
        for minute in range(5, 70, 5):
            self._rounds.setdefault(minute, []).append(Heartbeat(effective_us=minute * MIN_US, reason="clock"))  # type: ignore[arg-type]

    def advance(self) -> Sequence[OperationsEvent] | None:
        return self._rounds.pop(min(self._rounds)) if self._rounds else None

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """It does what it does."""


def said(plant: Plant, *states: tuple[int, S, str]) -> list[tuple[int, str, str]]:
    """Minute, phase and state of all that is said of phases; both lots were started by the MES."""
    source = ProcedurePhases(Machine(*states), plant)
    for lot in ("A", "B"):
        start = JobOrderCommand(effective_us=0, equipment="mill_1", job_order=f"{lot}/10", command="Start", lots=(lot,),
                                materials=("VALVE",), operations=("10",), quantities=(5,))  # fmt: skip
        source.send([start])
    found = []
    while (facts := source.advance()) is not None:
        found += [it for it in facts if isinstance(it, PhaseStateChanged)]
    return [(it.effective_us // MIN_US, it.phase.rpartition("/")[2], S(it.state).label) for it in found]


@pytest.fixture(scope="module")
def plant() -> Plant:
    return TurningShop(procedures={"bore": PROCEDURE}).plant


def test_phases_follow_one_another_by_their_times_and_end_with_the_unit(plant: Plant) -> None:
    assert said(plant, (0, S.STARTING, "A/10"), (1, S.EXECUTE, "A/10"), (42, S.COMPLETE, "A/10"), (43, S.IDLE, "")) == [
        (1, "clamp", "Execute"), (10, "clamp", "Complete"), (10, "bore", "Execute"), (20, "bore", "Complete"), (20, "polish", "Execute"),
        (42, "polish", "Complete"),
    ]  # fmt: skip


def test_a_phase_is_held_with_its_unit_and_time_that_it_stands_does_not_count(plant: Plant) -> None:
    states = (1, S.EXECUTE, "A/10"), (3, S.HELD, "A/10"), (33, S.EXECUTE, "A/10"), (36, S.COMPLETE, "A/10")
    assert said(plant, *states) == [
        (1, "clamp", "Execute"), (3, "clamp", "Held"), (33, "clamp", "Execute"), (36, "clamp", "Complete"), (36, "bore", "Execute"),
        (36, "bore", "Complete"), (36, "polish", "Execute"), (36, "polish", "Complete"),
    ]  # fmt: skip


def test_a_failure_holds_the_phase_and_what_is_broken_off_is_aborted(plant: Plant) -> None:
    states = (1, S.EXECUTE, "A/10"), (3, S.ABORTED, ""), (9, S.EXECUTE, "A/10"), (11, S.ABORTED, "A/10"), (20, S.EXECUTE, "B/10")
    assert said(plant, *states)[:7] == [
        (1, "clamp", "Execute"), (3, "clamp", "Held"), (9, "clamp", "Execute"), (11, "clamp", "Held"), (20, "clamp", "Aborted"),
        (20, "clamp", "Execute"), (25, "clamp", "Complete"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def furnace(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """The shop whose furnace says its phases, until it has hardened two batches."""
    asked = (root / "scenarios/gearbox_shop/carburising.yaml").read_text()
    steps = "{carburise: [heat_up, soak], harden: [cool_down, quench]}"
    times = "{furnace/carburise/heat_up: 1 h, furnace/carburise/soak: 3 h, furnace/harden/cool_down: 45 min, furnace/harden/quench: 10 min}"
    assert steps in asked
    path = tmp_path_factory.mktemp("furnace") / "phased.yaml"
    path.write_text(asked.replace(steps, f"{steps}\n    phase_times: {times}"))
    return twin.simulate(root / "plant_models/gearbox_shop", path, until="20 h", seed=1), path


def test_the_furnace_of_the_gearbox_shop_says_its_procedure_and_no_phase_is_out_of_order(furnace: tuple[Run, Path], root: Path) -> None:
    run, path = furnace
    job = next(iter(run.mes.process.phases.states))  # of a batch the first
    table = run.phases_of(job)
    assert [it.rpartition("/")[2] for it in table["phase"]] == [it for it in ("heat_up", "soak", "cool_down", "quench") for _ in "be"]
    assert table["state"].tolist() == ["Execute", "Complete"] * 4
    assert run.mes.process.phases.state_of(job, "furnace") is S.COMPLETE
    assert [it.message for it in run.mes.alerts if it.alert == "phase"] == []
    again = twin.replay(root / "plant_models/gearbox_shop", run.journal.entries(), path)
    assert [entry.event for entry in again.journal.entries()] == [entry.event for entry in run.journal.entries()]
    with pytest.raises(moment.NotPlayedAgain, match="phases told"):
        moment.at(run, run.now_us)


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ("{oven/bake/warm: 5 min}", "how long oven/bake/hot takes is not said; allowed: a time for every phase, or for none"),
        ("{oven/bake/warm: 5 min, oven/bake/hot: 5 min, oven/bake/hott: 1 h}", "'baking' has no phase 'oven/bake/hott' (did you mean"),
    ],
)
def test_what_is_wrong_with_times_of_phases_is_said(tmp_path: Path, times: str, words: str) -> None:
    steps = "unit_procedures: {oven: {bake: [warm, hot]}}"
    baking = f"procedures:\n  baking:\n    materials: [cake]\n    {steps}\n    phase_times: {times}\n"
    with pytest.raises(PlantFileError) as caught:
        read_plant(write_plant(tmp_path, plant=PLANT + baking))
    assert any(words in str(problem) for problem in caught.value.problems)
