"""What persons have told equipment to stop for, until it works again: such a stop is no failure, and has the words of whoever wanted it."""

from __future__ import annotations

from dataclasses import replace

from twin.mes.equipment import ABORTED_STATES, HELD_STATES, EquipmentRecord
from twin.model.events import EquipmentStateChanged
from twin.model.states import JobCommand, WorkUnitState

BY_CONTROLLER = "told to its controller"
_STOPS = (JobCommand.HOLD.value, JobCommand.ABORT.value)  # a command to a unit is called as that to its job order
_STANDS = HELD_STATES | ABORTED_STATES
_OVER = (WorkUnitState.COMPLETE, WorkUnitState.IDLE)
"""Entered before it stood: what it was to stop is done, and it stands for that no more."""
_NO_WORDS = ("", "held", "aborted", "abort", BY_CONTROLLER)
"""Reasons with which equipment says no more than that it was told to."""


class CommandedStops:
    """Words of the last stop that a person has asked of each piece of equipment, as long as it may still be the reason why it stands."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}

    def commanded(self, command: str, equipment: str, reason: str, *, by_person: bool) -> None:
        """A command goes to equipment; one that a rule gives, since a value is out of its limits, is no stop that a person wanted."""
        if command in _STOPS and by_person:
            self._words[equipment] = reason
        elif command not in _STOPS:
            self._words.pop(equipment, None)

    def not_done(self, command: str, equipment: str) -> None:
        """Such a command was refused, or never sent."""
        if command in _STOPS:
            self._words.pop(equipment, None)

    def explained(self, event: EquipmentStateChanged, record: EquipmentRecord) -> tuple[EquipmentStateChanged, bool]:
        """A report with the words of whoever wanted it, and whether it is of a stop that was wanted.

        Equipment that names another reason has one: then it has failed, whatever it was told.
        """
        if event.state not in _STANDS:
            if record.state in _STANDS or (event.state in _OVER and event.state != record.state):
                self._words.pop(event.equipment, None)
            return event, False
        words = self._words.get(event.equipment)
        if words is None or event.reason not in (*_NO_WORDS, words):
            return event, event.reason == BY_CONTROLLER
        return replace(event, reason=words or event.reason), True
