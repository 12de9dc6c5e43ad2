"""Playing a compiled plant piece by piece, here or in another process."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass

from tests.rooms.simulation.scripted_control import ScriptedControl
from twin.kernels.floor.advancing import advance_at
from twin.kernels.floor.rows import plant_rows as at
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.kept.snapshot import Snapshot
from twin.simulation.compiled_plant.layout import Control

Case = tuple[Plant, Scenario]


@dataclass(slots=True)
class Played:
    """A plant, and who commands it if it does not decide by rule."""

    plant: CompiledPlant
    control: ScriptedControl | None

    @classmethod
    def begin(cls, case: Case, seed: int, control: Control) -> Played:
        return cls(
            CompiledPlant(*case, seed, control=control, stops_at_deadlock=True), ScriptedControl(case[0]) if control == "commands" else None
        )

    def round(self, to_us: int | None = None) -> list[OperationsEvent] | None:
        """The next round, its commands sent and not yet obeyed."""
        return self._hear(self.plant.advance(to_us))

    def round_in_pieces(self, room: int) -> list[OperationsEvent] | None:
        """The next round; whenever the log holds `room` rows more, the plant is kept and gone on from, wherever it is."""
        while not self.plant._has_ended:
            state = self.plant.state
            capacity = int(state.plant[at.LOG_CAPACITY])
            state.plant[at.LOG_CAPACITY] = int(state.plant[at.LOG_COUNT]) + int(state.plant[at.LOG_RESERVE]) + room
            state.plant[at.END] = self.plant.end_us
            status = int(advance_at(*state.addresses()))
            state.plant[at.LOG_CAPACITY] = capacity
            if status == at.LOG_FULL:
                self.plant = CompiledPlant.resume(self.plant.snapshot())
            elif status == at.ROUND:
                state.read_events()
                if self.plant._is_deadlocked():  # as `CompiledPlant.advance` ends there
                    self.plant._has_ended = True
                    state.end()
                    state.read_events()
                return self._hear(self.plant._recorder.take_round())
            else:
                return self.round()  # the kernel says the same again
        return None

    def _hear(self, facts: list[OperationsEvent] | None) -> list[OperationsEvent] | None:
        if facts and self.control:
            for fact in facts:
                self.control.apply(fact)
            self.plant.send(self.control.decide(self.plant.now_us))
        return facts

    def play(self, to_us: int | None = None) -> list[OperationsEvent]:
        """All rounds up to there, or to the end."""
        facts: list[OperationsEvent] = []
        while (following := self.round(to_us)) is not None:
            facts += following
        return facts

    def copy(self, change: Callable[[CompiledPlant], CompiledPlant] = lambda plant: CompiledPlant.resume(plant.snapshot())) -> Played:
        return Played(change(self.plant), pickle.loads(pickle.dumps(self.control)))

    def to_bytes(self) -> tuple[bytes, bytes]:
        return self.plant.snapshot().to_bytes(), pickle.dumps(self.control)


def play_elsewhere(plant: bytes, control: bytes) -> list[OperationsEvent]:
    """Go on with what another process has kept, to the end."""
    return Played(CompiledPlant.resume(Snapshot.from_bytes(plant)), pickle.loads(control)).play()
