"""Virtual controllers that take PackML commands, to units and phases: those that are declared, in states that allow them."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from hardware_bridge.wiring import Wire
from twin.model.upkeep.transitions import COMMAND_NUMBERS, SET_UNIT_MODE, refused_in

Obey = Callable[[str, str, int, str], None]
"""Hands a command (equipment, command, mode, phase or "") on to the plant behind the controllers."""
COMMAND_OF_NUMBER = {number: name for name, number in COMMAND_NUMBERS.items()}
MODES = range(1, 32)


class Refusal(StrEnum):
    """Why a controller does not take a command."""

    UNKNOWN = "unknown"  # it knows no such command
    STATE = "state"  # not in the state that it is in
    NOBODY = "nobody"  # it plays a record, in which happens what has happened


class ObeyedCommands:
    """The commands of the equipment of one connection."""

    def __init__(self, wire: Wire, obey: Obey | None) -> None:
        self.declared = {(name, ""): it.commands for name, it in wire.equipment.items() if it.commands}
        self.declared |= {(name, phase): commands for name, it in wire.equipment.items() for phase, commands in it.phases.items()}
        self._obey = obey

    def take(self, equipment: str, phase: str, command: str | None, mode: int, state: int) -> Refusal | None:
        """Take a command to a unit, or a phase ("": none), in its state (WorkUnitState), and hand it on; None if it was taken."""
        declared = self.declared.get((equipment, phase))
        if declared is None or command is None or command not in declared.takes or (command == SET_UNIT_MODE and mode not in MODES):
            return Refusal.UNKNOWN
        if refused_in(command, state):
            return Refusal.STATE
        if self._obey is None:
            return Refusal.NOBODY
        self._obey(equipment, command, mode, phase)
        return None
