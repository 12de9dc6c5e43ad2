"""What people have said during a run is theirs in every replay of it, and is no part of what the plant did."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

import twin
from twin.model.events import JobOrderCommand, OperationsEvent
from twin.model.states import JobCommand, Source, WorkUnitState
from twin.run import carry
from twin.simulation.simpy_plant import SimulatedPlant
from twin.store.journal import Journal, open_journal

HOUR_US = 3_600_000_000


class WatchedPlant:
    """A simulated plant beside which somebody stands: every so often a machine is held, or a held one may go on."""

    origin = Source.SIMULATED

    def __init__(self, plant: SimulatedPlant, run: twin.Run) -> None:
        self._plant, self._run = plant, run
        self._round: Sequence[OperationsEvent] = ()
        self._word: list[OperationsEvent] = []
        self._is_users_round = False
        self._round_count = 0
        self.commands: list[str] = []

    def advance(self) -> Sequence[OperationsEvent] | None:
        self._is_users_round = bool(self._word)
        facts = self._word or self._plant.advance()
        self._word = []
        self._round = facts or ()
        return facts

    def origin_of(self, fact: OperationsEvent) -> Source:
        return Source.USER if self._is_users_round else self.origin

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        if self._is_users_round:
            commands = [*commands, *self._round]
        self._plant.send(commands)
        self._round_count += 1
        if self._round_count % 25 == 0 and not self._is_users_round:
            self._word = self._says(self._round[-1].effective_us)

    def _says(self, now_us: int) -> list[OperationsEvent]:
        wanted = WorkUnitState.HELD if self._round_count % 50 == 0 else WorkUnitState.EXECUTE
        command = JobCommand.RESTART if wanted == WorkUnitState.HELD else JobCommand.HOLD
        for equipment, record in self._run.mes.equipment.records.items():
            if record.state == wanted and record.job_orders and equipment in self._run.plant.layout.work_units:
                self.commands.append(command)
                at = {"effective_us": now_us, "equipment": equipment, "job_order": "+".join(record.job_orders)}
                return [JobOrderCommand(**at, command=command, reason="noise")]
        return []


def watched_run(root: Path, journal: Journal) -> tuple[twin.Run, list[str]]:
    plant = twin.read_plant(root / "plant_models/gearbox_shop")
    scenario = twin.read_scenario(root / "scenarios/gearbox_shop/baseline.yaml", plant)
    run = twin.Run(plant, scenario, journal, seed=4)
    source = WatchedPlant(SimulatedPlant(plant, scenario, 4, scenario.start_us + 10 * HOUR_US), run)
    return carry(source, run), source.commands


def told(run: twin.Run) -> list[tuple[str, OperationsEvent, bool]]:
    return [(entry.id, entry.event, entry.source == Source.USER) for entry in run.journal.entries()]


@pytest.mark.slow
def test_a_run_with_users_is_replayed_to_the_same_trace_and_the_users_stay_users(root: Path, database_url: str) -> None:
    run, commands = watched_run(root, open_journal(database_url))
    assert {JobCommand.HOLD, JobCommand.RESTART} <= set(commands), "the test is about something"
    again = twin.replay(root / "plant_models/gearbox_shop", database_url)
    assert again.trace_hash == run.trace_hash
    assert told(again) == told(run)
    assert sum(is_users for _, _, is_users in told(again)) == len(commands)
    run.journal.close()
