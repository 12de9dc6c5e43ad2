"""Modes: Production, Maintenance, Manual and those that a plant declares; when they may change, and which commands each takes.

A person asks for a mode, and it is refused in words where a state does not allow it; a controller that takes modes is asked for it then.
A controller that changes its mode where it may not has done so; somebody is told.
"""

from __future__ import annotations

from twin.mes.collection.functions import Reacting
from twin.mes.equipment import Equipment
from twin.mes.execution import JobOrder
from twin.mes.packml.unit_commands import AskedCommands
from twin.model import events as e
from twin.model.events import OperationsEvent, WorkAlertRaised
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned
from twin.model.states import JobCommand, WorkUnitMode, WorkUnitState
from twin.model.upkeep.alarms import state_numbers
from twin.model.upkeep.packml import Mode, PackMl
from twin.model.upkeep.transitions import COMMANDED, SET_UNIT_MODE, TRANSITIONS

S = WorkUnitState
Transition = tuple[WorkUnitState, str, WorkUnitState]
COMPLETED_EARLY = frozenset({(S.HELD, "complete", S.COMPLETING), (S.SUSPENDED, "complete", S.COMPLETING)})
"""What the edition of 2022 allows besides: a unit that is held or suspended need not go back to work to be done."""


def transitions(edition: int = 2015) -> frozenset[Transition]:
    """All legal transitions of an edition of PackML: 46 (ANSI/ISA-TR88.00.02-2015), or two more (2022)."""
    return TRANSITIONS | COMPLETED_EARLY if edition >= 2022 else TRANSITIONS


def modes_of(declared: PackMl | None) -> dict[str, Mode]:
    """Every mode by its name: the three of the standard, as they are or as declared, then those of the plant."""
    every = [command.value for command in JobCommand]
    known = {
        "production": Mode(title="Production", number=int(WorkUnitMode.PRODUCTION), commands=every),
        "maintenance": Mode(title="Maintenance", number=int(WorkUnitMode.MAINTENANCE)),
        "manual": Mode(title="Manual", number=int(WorkUnitMode.MANUAL)),
    }
    return known | (declared.modes if declared else {})


class Modes(Reacting):
    """Modes of the equipment of one plant (a `Function`, a `Requirement`, an `Interlock`)."""

    def __init__(self, plant: Plant, equipment: Equipment, asked: AskedCommands) -> None:
        declared = plant.layout.packml
        self._asked = asked
        self._is_declared, self._equipment, self._persons = declared is not None, equipment, plant.layout.persons
        self.edition = declared.edition if declared else 2015
        self.modes = modes_of(declared)
        self._names = {it.number: name for name, it in self.modes.items()}
        self._reactions = {
            e.ModeChangeRequested: self._requested,
            e.EquipmentModeChanged: self._changed,
        }

    def mode_of(self, equipment: str) -> str:
        """Name of the mode that equipment is in; its number, if nobody declared it."""
        return self.name_of(self._equipment.records[equipment].mode)

    def name_of(self, number: int) -> str:
        """Name of the mode with that number; the number, if nobody declared it."""
        return self._names.get(number, str(number))

    def commands_of(self, equipment: str) -> list[str]:
        """PackML commands that the state of equipment allows, by the edition of the plant."""
        state = self._equipment.records[equipment].state
        order = [*COMMANDED, "complete"]
        return sorted({name for source, name, _ in transitions(self.edition) if source == state and name in order}, key=order.index)

    # What must be there before a job order starts, and which commands are taken

    def missing_at(self, job: JobOrder, equipment: str, now_us: int) -> str:
        """Why its mode lets nothing start there; "" if it does."""
        return self.refusal(JobCommand.START, equipment)

    def missing_of(self, person: str, job: JobOrder, equipment: str, now_us: int) -> str:
        """A mode asks nothing of persons."""
        return ""

    def refusal(self, command: str, equipment: str) -> str:
        """Why a command is not taken in the mode of equipment; "" if it is."""
        record = self._equipment.records.get(equipment)
        mode = self.modes.get(self._names.get(record.mode, "")) if record else None
        if record is None or (mode and command in mode.commands):
            return ""
        able = [it.title or name for name, it in self.modes.items() if command in it.commands]
        title = (mode.title or self._names[record.mode]) if mode else str(record.mode)
        return f"{equipment} is in mode {title}, which takes no {command}; allowed: in {listed(able)}"

    # Inside

    def _requested(self, event: e.ModeChangeRequested) -> list[OperationsEvent]:
        if reason := unsigned(event, self._persons) or self._doubt(event):
            return [refusal(event, reason)]
        number = self.modes[event.wanted_mode].number
        if self._asked.takes(event.equipment, SET_UNIT_MODE):  # its controller says when it is in that mode
            if reason := self._asked.mode_doubt(event.person, event.equipment):
                return [refusal(event, reason)]
            self._asked.ask_mode(event, number)
            return []
        return [
            e.EquipmentModeChanged(effective_us=event.effective_us, equipment=event.equipment, person=event.person, mode=number)
        ]  # fmt: skip

    def _doubt(self, event: e.ModeChangeRequested) -> str:
        records = self._equipment.records
        if event.equipment not in records:
            return f"no equipment is called '{event.equipment}'{did_you_mean(event.equipment, records)}; allowed: {listed(records)}"
        if event.wanted_mode not in self.modes:
            return f"no mode is called '{event.wanted_mode}'{did_you_mean(event.wanted_mode, self.modes)}; allowed: {listed(self.modes)}"
        record = records[event.equipment]
        if record.mode == self.modes[event.wanted_mode].number:
            return f"{event.equipment} is in mode {event.wanted_mode} already"
        return self._not_in(record.state, record.mode, self.modes[event.wanted_mode].number, event.equipment)

    def _not_in(self, state: int, before: int, after: int, equipment: str) -> str:
        """Why the mode may not change in this state, in words; "" if it may. Both modes have a say."""
        both = [self.modes[name] for name in (self._names.get(before), self._names.get(after)) if name]
        if state == S.UNKNOWN or all(state in state_numbers(it.change_in) for it in both):
            return ""
        first, *others = (it.change_in for it in both)
        allowed = [name for name in first if all(name in other for other in others)]
        names = " to ".join(self._names.get(number, str(number)) for number in (before, after))
        return f"{equipment} is {S(state).label}, and does not change from {names} then; allowed: {listed(allowed)}"

    def _changed(self, event: e.EquipmentModeChanged) -> list[OperationsEvent]:
        record = self._equipment.records.get(event.equipment)
        if not self._is_declared or record is None or record.mode == event.mode:
            return []
        if event.mode not in self._names:
            message = f"{event.equipment} is in mode {event.mode}, which nobody declared"
            return [WorkAlertRaised.about(event, "packml", message)]
        why = self._not_in(record.state, record.mode, event.mode, event.equipment)
        return [WorkAlertRaised.about(event, "packml", f"a mode changed all the same: {why}")] if why else []
