"""A simulated plant whose units take modes, as controllers do: they are in the mode that they were told, at that instant.

What a command to a unit means for its job order, the plant hears as a command to that. All else no simulated unit does, and it says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from twin.model.events import EquipmentModeChanged, OperationsEvent, UnitCommandRequested
from twin.model.plant import Plant
from twin.model.problems import listed
from twin.model.source import EventSource
from twin.model.upkeep.transitions import OF_JOB_COMMAND, SET_UNIT_MODE
from twin.simulation.beside.beside_plant import AnsweringPlant, refused


def with_controllers(source: EventSource, plant: Plant) -> EventSource:
    """`source` itself where no controller takes commands, else with controllers that do."""
    declared = plant.signals.equipment.values() if plant.signals else ()
    return UnitControllers(source) if any(it.commands or it.phases for it in declared) else source


class UnitControllers(AnsweringPlant):
    """An event source around another. What a unit is told is answered in the next round, of the same instant."""

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Commands to units are answered here; all else goes on to the plant."""
        for it in commands:
            if isinstance(it, UnitCommandRequested):
                self._answers += self._answered(it)
        super().send([it for it in commands if not isinstance(it, UnitCommandRequested)])

    @staticmethod
    def _answered(it: UnitCommandRequested) -> Iterator[OperationsEvent]:
        if it.phase:
            why = "no simulated unit says that phase; allowed: of a procedure with phase_times"
            yield refused(it, why)
        elif it.command == SET_UNIT_MODE:
            yield EquipmentModeChanged(effective_us=it.effective_us, equipment=it.equipment, person=it.person, mode=it.mode)
        elif not it.job_order:
            allowed = listed([*OF_JOB_COMMAND.values()][1:])
            why = f"a simulated unit starts, resets and clears by itself; allowed: {allowed}, while it has a job order"
            yield refused(it, why)
