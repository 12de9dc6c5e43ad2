"""PackML commands to controllers: what a command to a job order is to its unit, and what persons want of a unit; asked for, answered.

Only what signals.yaml declares is ever asked for, and nothing that the state of the unit does not take: that is refused in words before.
The journal is the outbox: whoever speaks with the controllers, the bridge or a simulated plant, carries out what is asked for, and says
what came of it. What the controller has done the equipment says by its state, like everything that it does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from twin.mes.collection.functions import Reacting
from twin.mes.commands import Commands
from twin.mes.dispatching import command_for
from twin.mes.equipment import Equipment
from twin.mes.execution import Execution
from twin.mes.packml.commanded_stops import BY_CONTROLLER, CommandedStops
from twin.mes.packml.phase_commands import STOPS_UNIT, PhaseCommands
from twin.mes.process.phases import Phases
from twin.model import events as e
from twin.model.events import OperationsEvent, WorkAlertRaised
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned
from twin.model.scenario import Policies
from twin.model.signals import UnitCommands
from twin.model.states import JobCommand, WorkUnitState
from twin.model.upkeep.transitions import COMMAND_NUMBERS, DONE_IN, OF_JOB_COMMAND, SET_UNIT_MODE, refused_in

_JOB_COMMANDS = {command: JobCommand(job_command) for job_command, command in OF_JOB_COMMAND.items() if job_command != JobCommand.START}

_NOT_DONE = ("refused", "not sent")


@dataclass(slots=True, kw_only=True)
class UnitCommandNow:
    """A command that was asked of a controller, by whom and why, and what came of it."""

    equipment: str
    command: str
    phase: str  # "": the unit itself
    mode: int
    person: str
    reason: str
    job_order: str
    asked_us: int
    standing: str = "asked for"  # taken, refused, no answer, not sent; done: its equipment says so
    why: str = ""
    answered_us: int = -1


class AskedCommands(Reacting):
    """Commands to the controllers of one plant (a `Function`, an `Interlock`).

    It hears what persons want and what job orders are told, and all else only where a controller takes commands.

    Attributes
    ----------
    declared : what is taken, by equipment
    asked : every command that was asked for, in their order
    stops : stops that persons wanted
    """

    def __init__(
        self, plant: Plant, policies: Policies, equipment: Equipment, execution: Execution, commands: Commands, phases: Phases
    ) -> None:
        self._by_hand = policies.reports == "persons"  # no machine is connected
        signals = plant.signals.equipment if plant.signals and not self._by_hand else {}
        self.declared: dict[str, UnitCommands] = {name: it.commands for name, it in signals.items() if it.commands}
        self.phases = PhaseCommands(plant, execution, phases, by_hand=self._by_hand)
        self.asked: list[UnitCommandNow] = []
        self.stops = CommandedStops()
        self._persons, self._equipment, self._execution, self._commands = plant.layout.persons, equipment, execution, commands
        self._last: dict[str, UnitCommandNow] = {}  # by equipment
        self._given: dict[str, e.UnitCommandGiven] = {}  # by equipment: what a command to its job order is for, until that is decided
        self._to_decide: list[OperationsEvent] = []
        self._reactions = {
            e.UnitCommandGiven: self._person_wants, e.JobOrderCommand: self._job_commanded, e.JobOrderCommandRefused: self._job_refused,
            e.PhaseCommandGiven: self._phase_wanted, e.PhaseStateChanged: self.phases.entered,
        }  # fmt: skip
        if self.declared or self.phases.declared:
            self._reactions |= {
                e.UnitCommandRequested: self._requested,
                e.UnitCommandAnswered: self._answered,
                e.EquipmentStateChanged: self._state_changed,
                e.EquipmentModeChanged: self._mode_changed,
            }

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """What is to be sent: commands to job orders, and those to controllers."""
        found, self._to_decide = self._to_decide, []
        return found

    def takes(self, equipment: str, command: str) -> bool:
        """Whether the controller of equipment takes a command."""
        return equipment in self.declared and command in self.declared[equipment].takes

    def ask_mode(self, event: e.ModeChangeRequested, number: int) -> None:
        """A person wants a mode, and may have it: its controller is asked."""
        self._ask(event, SET_UNIT_MODE, "", mode=number, person=event.person)

    def mode_doubt(self, person: str, equipment: str) -> str:
        """Why this person may not ask a controller for a mode now; "" if nothing is in the way."""
        return self._not_allowed(person, equipment) or self._on_its_way(SET_UNIT_MODE, equipment)

    def possible(self, equipment: str) -> list[str]:
        """The commands that its controller takes in the state that it is in."""
        state = self._equipment.records[equipment].state
        return [it for it in COMMAND_NUMBERS if self.takes(equipment, it) and not refused_in(it, state)]

    def told_by_controller(
        self, equipment: str, command: str, mode: int, phase: str, at_us: int
    ) -> e.JobOrderCommand | e.UnitCommandRequested:
        """What somebody wants who has told it to the unit's controller itself: as a command to the job order there, if it has one.

        Raises
        ------
        ValueError : there is no such equipment
        """
        if equipment not in self._equipment.records:
            raise ValueError(f"no equipment is called '{equipment}'; allowed: {listed(self._equipment.records)}")
        asked = e.UnitCommandRequested(
            effective_us=at_us, equipment=equipment, command=command, phase=phase, mode=mode, reason=BY_CONTROLLER
        )
        return asked if phase else self._to_its_job(equipment, command, at_us, BY_CONTROLLER) or asked

    # As an interlock of commands to job orders

    def refusal(self, command: str, equipment: str) -> str:
        """Why the state of the unit does not take what a command to its job order means there; "" if nothing is in the way."""
        name, record = OF_JOB_COMMAND.get(command, ""), self._equipment.records.get(equipment)
        if record is None or not self.takes(equipment, name):
            return ""
        if why := refused_in(name, record.state):
            return f"{equipment}: {why}"
        return self._on_its_way(name, equipment)

    # Inside

    def _person_wants(self, event: e.UnitCommandGiven) -> list[OperationsEvent]:
        if reason := unsigned(event, self._persons) or self._doubt(event):
            return [refusal(event, reason)]
        command = self._to_its_job(event.equipment, event.command, event.effective_us, event.reason)
        if command is None:
            self._ask(event, event.command, event.reason, person=event.person)
        elif reason := self._commands.doubt(command):
            return [refusal(event, reason)]
        else:
            self._given[event.equipment] = event
            self._to_decide.append(command)
        return []

    def _phase_wanted(self, event: e.PhaseCommandGiven) -> list[OperationsEvent]:
        if reason := unsigned(event, self._persons) or self.phases.doubt(event, self._lacks_class):
            return [refusal(event, reason)]
        self._to_decide.append(self.phases.asked(event))
        return []

    def _to_its_job(self, equipment: str, command: str, at_us: int, reason: str) -> e.JobOrderCommand | None:
        """The same as a command to the job order that the unit has; None if it has none, or the command is of the unit alone."""
        record, job_command = self._equipment.records[equipment], _JOB_COMMANDS.get(command)
        jobs = [job for job in map(self._execution.job_orders.get, record.job_orders) if job]
        if job_command is None or not jobs or record.state == WorkUnitState.COMPLETE:
            return None
        return replace(command_for(job_command, at_us, equipment, "", jobs), reason=reason)

    def _doubt(self, event: e.UnitCommandGiven) -> str:
        records, declared = self._equipment.records, self.declared.get(event.equipment)
        if event.equipment not in records:
            return f"no equipment is called '{event.equipment}'{did_you_mean(event.equipment, records)}; allowed: {listed(records)}"
        if self._by_hand:
            return "no machine is connected: persons do it; allowed: Pause, Hold and the like, at the terminal of its work center"
        if declared is None:
            with_some = listed(self.declared) if self.declared else "no equipment of this plant"
            return f"signals.yaml declares no commands of {event.equipment}: whoever is there has to do it; allowed: of {with_some}"
        named = [it for it in declared.takes if it != SET_UNIT_MODE]
        if event.command not in named:
            near, allowed = did_you_mean(event.command, named), listed(named) if named else "a mode alone"
            return f"the controller of {event.equipment} takes no '{event.command}'{near}; allowed: {allowed}"
        if why := refused_in(event.command, records[event.equipment].state):
            return f"{event.equipment}: {why}"
        if not event.reason.strip():
            return "it needs a reason: why the machine is to do that"
        return self._not_allowed(event.person, event.equipment) or self._on_its_way(event.command, event.equipment)

    def _not_allowed(self, person: str, equipment: str) -> str:
        return self._lacks_class(person, self.declared[equipment], equipment)

    def _lacks_class(self, person: str, commands: UnitCommands, of: str) -> str:
        """That a person has not the class that commands of something ask for, in words."""
        authority = commands.authority
        known = self._persons.get(person)
        if authority is None or known is None or authority in known.classes:
            return ""
        may = [name for name, it in self._persons.items() if authority in it.classes]
        return f"{person} is no {authority}, which the commands of {of} ask for; allowed: {listed(may)}"

    def _on_its_way(self, command: str, equipment: str) -> str:
        """Nothing is asked for twice: a controller that has not answered may be about to do it."""
        last = self._last.get(equipment)
        if last is None or (last.command, last.standing) != (command, "asked for"):
            return ""
        return f"{command} was asked of the controller of {equipment} already; allowed: once it has answered"

    def _ask(self, by: OperationsEvent, command: str, reason: str, *, mode: int = 0, person: str = "", equipment: str = "") -> None:
        self._to_decide.append(
            e.UnitCommandRequested(
                effective_us=by.effective_us, equipment=equipment or by.equipment, request=by.request, job_order=by.job_order, lot=by.lot,
                person=person, command=command, mode=mode, reason=reason,
            )
        )  # fmt: skip

    def _job_commanded(self, event: e.JobOrderCommand) -> list[OperationsEvent]:
        """Whoever commands it, a rule or a person: it goes to the controller, unless it is refused."""
        command = OF_JOB_COMMAND.get(event.command, "")
        equipment = self._equipment_of(event)
        self.stops.commanded(event.command, equipment, event.reason, by_person=bool(event.terminal))
        if not self.declared:
            return []
        said = self._given.pop(equipment, None)
        if self.takes(equipment, command) and not self._commands.doubt(event):
            person = said.person if said else event.person if event.terminal else ""
            self._ask(event, command, event.reason, person=person, equipment=equipment)
        return []

    def _job_refused(self, event: e.JobOrderCommandRefused) -> list[OperationsEvent]:
        equipment = self._equipment_of(event)
        self.stops.not_done(event.command, equipment)
        last = self._last.get(equipment)
        if last and last.standing == "asked for" and last.command == OF_JOB_COMMAND.get(event.command):
            last.standing, last.why, last.answered_us = "refused", event.reason, event.effective_us
        return []

    def _equipment_of(self, event: e.JobOrderCommand | e.JobOrderCommandRefused) -> str:
        """Where it is done, if nobody has said so: where the job order is."""
        job = None if event.equipment else self._execution.job_orders.get(event.job_order.split("+")[0])
        return job.equipment if job else event.equipment

    def _requested(self, event: e.UnitCommandRequested) -> list[OperationsEvent]:
        now = UnitCommandNow(
            equipment=event.equipment, command=event.command, phase=event.phase, mode=event.mode, person=event.person, reason=event.reason,
            job_order=event.job_order, asked_us=event.effective_us,
        )  # fmt: skip
        self.asked.append(now)
        if event.phase:
            self.phases.note(now)
            if event.command in STOPS_UNIT:  # where its unit stands with it, that is why
                self.stops.commanded("Hold", event.equipment, event.reason, by_person=True)
            return []
        self.stops.commanded(event.command, event.equipment, event.reason, by_person=bool(event.person))
        self._last[event.equipment] = now
        return []

    def _answered(self, event: e.UnitCommandAnswered) -> list[OperationsEvent]:
        those = (it for it in reversed(self.asked) if it.equipment == event.equipment and it.standing != "done")
        answered = event.command, event.phase, event.mode
        last = next((it for it in those if (it.command, it.phase, it.mode) == answered), None)
        if last is None:
            return []
        last.standing, last.why, last.answered_us = event.outcome, event.reason, event.effective_us
        if event.outcome == "taken":
            return []
        if event.outcome in _NOT_DONE and not event.phase:
            self.stops.not_done(event.command, event.equipment)
        wanted = f" ({last.reason})" if last.reason else ""
        whose = f"phase {event.phase} of {event.equipment}" if event.phase else event.equipment
        what = f"{whose} was to take {event.command}{f' {event.mode}' if event.mode else ''}{wanted}"
        text = f"{what}; {event.outcome}: {event.reason}. Whoever is there has to see to it"
        return [WorkAlertRaised.about(event, "unit_command", text)]

    def _state_changed(self, event: e.EquipmentStateChanged) -> list[OperationsEvent]:
        last = self._last.get(event.equipment)
        if last and last.command != SET_UNIT_MODE and last.standing not in _NOT_DONE and event.state in DONE_IN[last.command]:
            last.standing, last.why = "done", ""
        return []

    def _mode_changed(self, event: e.EquipmentModeChanged) -> list[OperationsEvent]:
        last = self._last.get(event.equipment)
        if last and last.command == SET_UNIT_MODE and last.mode == event.mode and last.standing not in _NOT_DONE:
            last.standing, last.why = "done", ""
        return []
