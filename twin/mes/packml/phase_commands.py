"""Commands to phases of procedures (ISA-88), on the state machine of units and on the same way to controllers as commands to these.

A person wants a phase started, held, let go on, aborted or reset; what its state does not take is refused in words before. What the
controller, or a simulated unit, has made of it the phase says by its state.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from twin.mes.execution import ACTIVE, Execution, JobOrder
from twin.mes.process.phases import Phases
from twin.model import events as e
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.signals import UnitCommands
from twin.model.upkeep.transitions import COMMAND_NUMBERS, DONE_IN, refused_in

if TYPE_CHECKING:
    from twin.mes.packml.unit_commands import UnitCommandNow


STOPS_UNIT = ("Hold", "Stop", "Abort")
"""Commands to a phase with which its unit may stand, as a simulated one does."""


class PhaseCommands:
    """What of the phases of one plant may be commanded now, and what was asked for last of each.

    Attributes
    ----------
    declared : what is taken, by equipment and phase
    """

    def __init__(self, plant: Plant, execution: Execution, phases: Phases, *, by_hand: bool) -> None:
        signals = plant.signals.equipment if plant.signals and not by_hand else {}
        self.declared: dict[str, dict[str, UnitCommands]] = {name: it.phases for name, it in signals.items() if it.phases}
        self._by_hand, self._execution, self._phases = by_hand, execution, phases
        self._last: dict[tuple[str, str], UnitCommandNow] = {}  # by equipment and phase

    def possible(self, job: JobOrder) -> list[tuple[str, str]]:
        """(phase, command) of all that its controller takes now of the phases of a job order that is under way."""
        declared = self.declared.get(job.equipment, {}) if job.status in ACTIVE else {}
        return [
            (phase, command)
            for phase in self._phases.paths_of(job)
            for command in COMMAND_NUMBERS
            if phase in declared and command in declared[phase].takes and not self._refused(job, phase, command)
        ]

    def doubt(self, event: e.PhaseCommandGiven, not_allowed: Callable[[str, UnitCommands, str], str]) -> str:
        """Why a phase is not told that, in words; "" if it is. `not_allowed`: who may not, by person, commands and of what."""
        job = self._execution.job_orders.get(event.job_order)
        if job is None:
            near = did_you_mean(event.job_order, self._execution.job_orders)
            return f"nobody released job order '{event.job_order}'{near}"
        if why := self._phases.unknown(job, event.phase):
            return why
        if self._by_hand:
            return "no machine is connected: persons do it; allowed: begin, hold, resume, end, said of the phase at the terminal"
        if job.status not in ACTIVE:
            return f"job order {job.job_order} is {job.status}; allowed: while it is under way"
        declared = self.declared.get(job.equipment, {})
        if event.phase not in declared:
            of = f"of {listed(declared)}" if declared else "begin, hold, resume, end, said of it at the terminal"
            return f"signals.yaml declares no commands of phase {event.phase} of {job.equipment}; allowed: {of}"
        takes = declared[event.phase].takes
        if event.command not in takes:
            near = did_you_mean(event.command, takes)
            return f"phase {event.phase} of {job.equipment} takes no '{event.command}'{near}; allowed: {listed(takes)}"
        if why := self._refused(job, event.phase, event.command):
            return why
        if not event.reason.strip():
            return "it needs a reason: why the phase is to do that"
        return not_allowed(event.person, declared[event.phase], f"phase {event.phase} of {job.equipment}")

    def asked(self, event: e.PhaseCommandGiven) -> e.UnitCommandRequested:
        """What goes to the controller."""
        job = self._execution.job_orders[event.job_order]
        return e.UnitCommandRequested(
            effective_us=event.effective_us, equipment=job.equipment, request=job.request, job_order=job.job_order, lot=job.lot,
            person=event.person, command=event.command, phase=event.phase, reason=event.reason,
        )  # fmt: skip

    def note(self, now: UnitCommandNow) -> None:
        """It was asked for."""
        self._last[now.equipment, now.phase] = now

    def entered(self, event: e.PhaseStateChanged) -> list[e.OperationsEvent]:
        """What a phase was told it has done, once it says so."""
        last = self._last.get((event.equipment, event.phase))
        if last and last.standing in ("asked for", "taken", "no answer") and event.state in DONE_IN[last.command]:
            last.standing, last.why = "done", ""
        return []

    def _refused(self, job: JobOrder, phase: str, command: str) -> str:
        """Why its state does not take the command, or what has to come before."""
        if why := refused_in(command, self._phases.state(job.job_order, phase)):
            return f"phase {phase} of {job.job_order}: {why}"
        if command == "Start" and (undone := self._phases.undone_before(job, phase)):
            return f"phase {phase} of {job.job_order} comes after {listed(undone)}; allowed: once that is complete"
        last = self._last.get((job.equipment, phase))
        if last and (last.command, last.standing) == (command, "asked for"):
            return f"{command} was asked of phase {phase} of {job.equipment} already; allowed: once its controller has answered"
        return ""
