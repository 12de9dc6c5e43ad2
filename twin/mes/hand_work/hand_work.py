"""Work by hand: what a person at a work unit counts, stops and calls for, as far as it makes sense.

Whether a machine says what happens or a person, the MES hears the same facts of Level 2: an entry that is accepted here is told to the
plant, which says what a machine would have said of it (`twin.simulation.beside.hand_worked_plant`). A call for help is an alarm anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from twin.mes.collection.functions import Reacting
from twin.mes.collection.reactions import Quietly
from twin.mes.dispatching import command_for
from twin.mes.equipment import ABORTED_STATES, HELD_STATES, STOPPED_STATES, Equipment, EquipmentRecord
from twin.mes.execution import Execution
from twin.mes.hand_work.correcting import Correcting, counted_words
from twin.mes.process.steps import GuidedSteps
from twin.mes.release import Release
from twin.mes.resources.tool_room import ToolRoom
from twin.mes.tracking.tracking import Tracking
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.events.production import MaterialActualCorrected
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned
from twin.model.scenario import Policies
from twin.model.states import JobCommand, WorkUnitState

Doubt = Callable[[Any, EquipmentRecord], str]
OF_ANY_PLANT = (e.CountCorrected, e.StopReasonCorrected, e.HelpCalled, e.HelpAnswered)
"""What a person says of a machine that reports by itself, too."""
CALL = "help: "
"""An alarm with this in front of what is needed is a call for help."""


_STANDS = HELD_STATES | ABORTED_STATES | STOPPED_STATES


class HandWork(Reacting):
    """Entries about the work at one work unit (a `Function`); persons decide.

    Attributes
    ----------
    corrections : counts and reasons of stops that were said again, in their order; what was said before is in the journal
    stops : work units that persons have reported to be stopped, by id, until they work again
    """

    def __init__(
        self, plant: Plant, policies: Policies, execution: Execution, equipment: Equipment, tracking: Tracking, release: Release,
        tool_room: ToolRoom, steps: GuidedSteps,
    ) -> None:  # fmt: skip
        self._persons, self._reasons = plant.layout.persons, plant.layout.reasons
        self._by_hand = policies.reports == "persons"
        self._execution, self._equipment, self._tool_room, self._steps = execution, equipment, tool_room, steps
        self.corrections: list[e.CountCorrected | e.StopReasonCorrected] = []
        self.stops: dict[str, e.StopReported] = {}
        self.correcting = Correcting(plant, execution, equipment, tracking, release)
        self._doubts: dict[type[OperationsEvent], Doubt] = {
            e.PiecesCounted: self._count,
            e.SetupDone: self._setup,
            e.StopReported: self._stop,
            e.StopEnded: self._go_on,
            e.CountCorrected: self.correcting.doubt_count,
            e.StopReasonCorrected: self.correcting.doubt_stop,
            e.HelpCalled: self._call,
            e.HelpAnswered: self._answer,
        }
        self._reactions = {
            **dict.fromkeys(self._doubts, self._hear),
            e.EquipmentStateChanged: Quietly(self._state_changed),
            MaterialActualCorrected: self.correcting.actual,
        }

    def left(self, job_order: str) -> int:
        """Pieces of a job order that nobody has counted yet."""
        job = self._execution.job_orders.get(job_order)
        return job.quantity - self._execution.reports[job_order].counted if job else 0

    def command(
        self, command: JobCommand, now_us: int, equipment: str, person: str, job_orders: str, *, reason: str = "", terminal: str = "",
        entry_id: str = "",
    ) -> e.JobOrderCommand:  # fmt: skip
        """What a person commands at a terminal, with all that the plant needs to carry it out; job orders of a batch are joined."""
        jobs = [job for job in map(self._execution.job_orders.get, job_orders.split("+")) if job]
        said: dict[str, Any] = {"reason": reason, "terminal": terminal, "entry_id": entry_id}
        if len(jobs) < job_orders.count("+") + 1:  # the MES will say so
            return e.JobOrderCommand(
                effective_us=now_us, equipment=equipment, person=person, job_order=job_orders, command=command.value, **said
            )  # fmt: skip
        recipes = self._steps.recipes_of(jobs) if command == JobCommand.START else ()
        return replace(command_for(command, now_us, equipment, person, jobs), recipes=recipes, **said)

    # Inside

    def _state_changed(self, event: e.EquipmentStateChanged) -> None:
        if event.state not in _STANDS:
            self.stops.pop(event.equipment, None)

    def _hear(self, event: e.Entry) -> list[OperationsEvent]:
        """What follows from an entry: that it was refused, or an alarm; what was done is said by the plant."""
        if doubt := self._doubt(event):
            return [refusal(event, doubt)]
        return self._follows(event)

    def _follows(self, event: e.Entry) -> list[OperationsEvent]:
        at: dict[str, Any] = {"effective_us": event.effective_us, "equipment": event.equipment, "person": event.person}
        match event:
            case e.PiecesCounted():
                self.correcting.counted(event)
            case e.StopReported():
                self.stops[event.equipment] = event
                self.correcting.stopped(event)
            case e.CountCorrected():
                self.corrections.append(event)
                worn = self._tool_room.counted_otherwise(event, self.correcting.more(event))
                return [*self.correcting.count(event), *worn]
            case e.StopReasonCorrected():
                self.corrections.append(event)
                return self.correcting.stop(event)
            case e.StopEnded():
                self.stops.pop(event.equipment, None)
            case e.HelpCalled():
                return [e.AlarmRaised(**at, alarm=CALL + event.help, message=event.note or f"{event.person} needs {event.help}")]
            case e.HelpAnswered():
                alarm = CALL + event.help
                return [e.AlarmAcknowledged(**at, alarm=alarm), e.AlarmCleared(**at, alarm=alarm)]
        return []

    def _doubt(self, event: e.Entry) -> str:
        if doubt := unsigned(event, self._persons):
            return doubt
        record = self._equipment.records.get(event.equipment)
        if record is None:
            known = self._equipment.records
            return f"nobody declared '{event.equipment}'{did_you_mean(event.equipment, known)}; allowed: {listed(known)}"
        if not self._by_hand and not isinstance(event, OF_ANY_PLANT):
            instead = "to hold it, with a reason, and to restart it; or " if isinstance(event, e.StopReported | e.StopEnded) else ""
            return (
                f"{event.equipment} says by itself what it does; allowed: {instead}in a plant that is worked by hand (`reports: persons`)"
            )
        return self._doubts[type(event)](event, record)

    def _count(self, event: e.PiecesCounted, record: EquipmentRecord) -> str:
        if event.job_order not in record.job_orders:
            there = record.job_order or "nothing"
            return f"{event.equipment} has {there}, not '{event.job_order}'"
        if record.state == WorkUnitState.STARTING:
            return f"{event.equipment} is being set up; allowed: to count once that is done"
        left = self.left(event.job_order)
        numbers = (event.good, event.scrap, event.rework)
        if min(numbers) < 0 or sum(numbers) > left or (not sum(numbers) and not event.is_last):
            return f"{counted_words(numbers)}; allowed: {'1 piece' if left == 1 else f'1 to {left} pieces'} in all"
        if event.scrap and event.reason not in self._reasons.scrap:
            return self._no_reason(event.reason, "scrap", self._reasons.scrap)
        if event.rework and event.reason not in self._reasons.rework:
            return self._no_reason(event.reason, "rework", self._reasons.rework)
        return self._steps.keeps_open(self._execution.job_orders[event.job_order]) if event.is_last or sum(numbers) == left else ""

    @staticmethod
    def _no_reason(reason: str, what: str, allowed: list[str]) -> str:
        return f"'{reason}' is no reason for {what}{did_you_mean(reason, allowed)}; allowed: {listed(allowed)}"

    def _setup(self, event: e.SetupDone, record: EquipmentRecord) -> str:
        if record.state == WorkUnitState.STARTING:
            if not event.job_order or {*event.job_order.split("+")} <= {*record.job_orders}:
                return ""
            return f"{event.equipment} is set up for {record.job_order}, not for '{event.job_order}'; allowed: that, or none said"
        return f"{event.equipment} is not being set up but {WorkUnitState(record.state).label}"

    def _stop(self, event: e.StopReported, record: EquipmentRecord) -> str:
        if event.reason not in self._reasons.stop:
            return self._no_reason(event.reason, "a stop", self._reasons.stop)
        if record.state in HELD_STATES | ABORTED_STATES | STOPPED_STATES:
            return f"{event.equipment} is stopped already: {record.reason}"
        return ""

    def _go_on(self, event: e.StopEnded, record: EquipmentRecord) -> str:
        if event.equipment in self.stops:
            return ""
        held = f"; {record.job_order} is held: Restart" if record.state in HELD_STATES else ""
        return f"nobody has reported {event.equipment} to be stopped{held}"

    def _call(self, event: e.HelpCalled, record: EquipmentRecord) -> str:
        if event.help not in self._reasons.help:
            allowed = self._reasons.help
            return f"nobody is called for '{event.help}'{did_you_mean(event.help, allowed)}; allowed: {listed(allowed)}"
        return f"{event.help} has been called already" if CALL + event.help in record.alarms else ""

    def _answer(self, event: e.HelpAnswered, record: EquipmentRecord) -> str:
        open_calls = [alarm.removeprefix(CALL) for alarm in record.alarms if alarm.startswith(CALL)]
        if event.help in open_calls:
            return ""
        return f"nobody has called for '{event.help}' at {event.equipment}; called for: {listed(open_calls) or 'nothing'}"
