"""Process management as one fold: limits, phases, guided steps, the route, and prompts. Read this first.

A value outside its first limits is told, outside the second its job order is held until somebody says that it is in order again. What
the floor does by itself (a phase too early, an operation out of its order) cannot be undone: it is kept, and told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from twin.mes.collection.functions import Reacting
from twin.mes.collection.reactions import Accepted
from twin.mes.documents.document_control import DocumentControl
from twin.mes.equipment import ABORTED_STATES, HELD_STATES, Equipment
from twin.mes.execution import ACTIVE, ENDED, Execution, JobOrder
from twin.mes.process import trends
from twin.mes.process.correcting import WORSE, ValueCorrections
from twin.mes.process.phases import CHANGES, Phases
from twin.mes.process.recipes import Recipes
from twin.mes.process.steps import GuidedSteps
from twin.model import events as e
from twin.model.calendars import spoken_duration
from twin.model.events import OperationsEvent, WorkAlertRaised
from twin.model.plant import Plant
from twin.model.readiness.procedures import Level, Parameter
from twin.model.readiness.signed import refusal, unsigned
from twin.model.scenario import Policies
from twin.model.states import DispatchStatus, JobCommand

_Wanted = tuple[JobCommand, str, str]
"""Command, job order, reason."""


class ProcessManagement(Reacting):
    """The procedures of one plant at work (a `Function`, and a `Requirement`: what has to be confirmed before a start)."""

    def __init__(
        self, plant: Plant, policies: Policies, execution: Execution, equipment: Equipment, documents: DocumentControl,
        latest_us: Callable[[], int],
    ) -> None:  # fmt: skip
        self.procedures, self.recipes = plant.layout.procedures, Recipes(plant, execution, documents, latest_us)
        self._persons, self._execution, self._equipment = plant.layout.persons, execution, equipment
        self._decides = policies.decisions in ("mes", "persons")
        self._declared = plant.layout.prompts
        self.steps, self.phases = GuidedSteps(self.recipes, execution), Phases(self.recipes)
        self._repetitions = trends.Repetitions(self._declared.repeated_stop)
        self.values: dict[tuple[str, str], list[tuple[int, float]]] = {}  # by job orders at the equipment and parameter: (when, value)
        self.corrections = ValueCorrections(self.values, self.recipes, execution)
        self.deviations: list[e.ProcessDeviationFound] = []
        self.prompts: list[e.WorkPromptRaised] = []
        self.held: dict[str, e.ProcessDeviationFound] = {}  # equipment -> what its job order is held for, or shall be
        self._levels: dict[tuple[str, str], Level] = {}
        self._prompted: set[tuple[str, str]] = set()
        self._to_command: dict[str, _Wanted] = {}  # by equipment
        self._commanded_last: dict[str, _Wanted] = {}
        self._refused: dict[str, _Wanted] = {}  # what the mode of the equipment does not take: tried again once that is another
        self._reactions = {
            e.StepConfirmed: Accepted(self._persons, self.steps.doubt, self.steps.take),
            e.StepCorrected: Accepted(self._persons, self.steps.doubt_correction, self.steps.correct),
            e.PhaseReported: self._phase_reported,
            e.JobOrderStarted: self._started,
            e.ProcessDeviationCleared: self._cleared,
            e.ProcessValueCorrected: self._corrected,
            e.WorkPromptRaised: self._prompt,
        }
        self._reactions |= {
            e.ProcessValueObserved: self._observed,
            e.ProcessDeviationFound: self._found,
            e.PhaseStateChanged: self._phase,
            e.JobOrderResumed: self._resumed,
            e.JobOrderCompleted: self._completed,
            e.JobOrderCommand: self._commanded,
            e.JobOrderCommandRefused: self._not_taken,
            e.EquipmentModeChanged: self._mode_changed,
        }
        if self._declared.repeated_stop:
            self._reactions[e.EquipmentStateChanged] = self._state_changed
        if self._declared.control_charts:
            self._reactions[WorkAlertRaised] = self._alert

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Hold what has left its limits; let go on what is in order again."""
        if not self._decides or not self._to_command:
            return []
        commands: list[OperationsEvent] = []
        wanted = {JobCommand.HOLD: DispatchStatus.RUNNING, JobCommand.RESTART: DispatchStatus.HELD}
        for equipment, (command, job_order, reason) in self._to_command.items():
            jobs = [job for job in map(self._execution.job_orders.get, job_order.split("+")) if job]
            if jobs and all(job.status == wanted[command] for job in jobs):
                commands.append(
                    e.JobOrderCommand(
                        effective_us=now_us, equipment=equipment, request=jobs[0].request, job_order=job_order, lot=jobs[0].lot,
                        command=command.value, reason=reason,
                    )
                )  # fmt: skip
        return commands

    # What has to be there before a start

    def missing_at(self, job: JobOrder, equipment: str, now_us: int) -> str:
        """The steps that have to be confirmed before the job order starts."""
        if not self.recipes.is_any:
            return ""
        steps = self.steps.steps_of(job)
        return "; ".join(f"step '{name}' is not confirmed: {steps[name].text}" for name in self.steps.missing(job, before_start=True))

    def missing_of(self, person: str, job: JobOrder, equipment: str, now_us: int) -> str:
        """Nothing: a step may be confirmed by anybody."""
        return ""

    def said_us(self, person: str, job: JobOrder, at_us: int) -> tuple[int, str]:
        """When the last of the steps before its start was confirmed."""
        return self.steps.confirmed_us(job)

    def recipes_of(self, jobs: Iterable[JobOrder]) -> tuple[tuple[str, str], ...]:
        """By which revisions of recipes job orders are done that start together: the plant is told with the start."""
        return self.recipes.named(jobs)

    # Process values

    def _observed(self, event: e.ProcessValueObserved) -> list[OperationsEvent]:
        if not self.recipes.is_any:
            return []
        record = self._equipment.records.get(event.equipment)
        label = event.job_order or (record.job_order if record else "")
        job = self._execution.job_orders.get(label.split("+")[0])
        found = self._parameter(job, event.property) if job else None
        if job is None or found is None or job.status not in ACTIVE:
            return []
        name, parameter = found
        if parameter.during and not any(self.phases.is_working(job.job_order, phase) for phase in parameter.during):
            return []
        key = (label, event.property)
        values = self.values.setdefault(key, [])
        values.append((event.effective_us, event.value))
        level, before = parameter.level(event.value), self._levels.get(key, "")
        self._levels[key] = level
        if WORSE[level] > WORSE[before]:
            return [
                e.ProcessDeviationFound(
                    effective_us=event.effective_us, equipment=event.equipment, request=job.request, job_order=label, lot=job.lot,
                    procedure=name, parameter=event.property, value=event.value, level=level, asked=parameter.asked(level),
                )
            ]  # fmt: skip
        return self._drift(event, key, parameter) if not level else []

    def _corrected(self, event: e.ProcessValueCorrected) -> list[OperationsEvent]:
        """A value was told wrong: what it is counts from now on, and what has left its limits by that is told, or held."""
        if reason := unsigned(event, self._persons) or self.corrections.doubt(event):
            return [refusal(event, reason)]
        is_newest = self.corrections.take(event)
        _, level, told = self.corrections.judged(event)
        if is_newest:
            self._levels[event.job_order, event.property] = level
            self._prompted.discard((event.job_order, event.property))
        return told

    def _parameter(self, job: JobOrder, name: str) -> tuple[str, Parameter] | None:
        return next(((key, it.parameters[name]) for key, it in self.recipes.of(job).items() if name in it.parameters), None)

    def _drift(self, event: e.ProcessValueObserved, key: tuple[str, str], parameter: Parameter) -> list[OperationsEvent]:
        ahead = None if key in self._prompted else trends.drifting(self.values[key], parameter)
        if ahead is None:
            return []
        limit, until_us = ahead
        self._prompted.add(key)
        title, unit = parameter.title or event.property, f" {parameter.unit}" if parameter.unit else ""
        why = (
            f"{title} of {event.equipment} was {self.values[key][-trends.DRIFT_COUNT][1]:.4g}{unit} and is {event.value:.4g}{unit}: "
            f"{limit:g}{unit} is reached in {spoken_duration(until_us)}"
        )
        return [trends.about(event, "drift", f"Stop the drift of {title} at {event.equipment}", why, _advice(parameter, title, unit))]

    def _found(self, event: e.ProcessDeviationFound) -> list[OperationsEvent]:
        if not self.recipes.is_any:
            return []
        procedure = self.recipes.of_job_orders(event.job_order).get(event.procedure)
        if procedure is None or event.parameter not in procedure.parameters:
            return [WorkAlertRaised.about(event, "parameter", f"no procedure '{event.procedure}' has a parameter '{event.parameter}'")]
        self.deviations.append(event)
        parameter = procedure.parameters[event.parameter]
        title, unit = parameter.title or event.parameter, f" {parameter.unit}" if parameter.unit else ""
        what = f"{title} of {event.equipment} is {event.value:.4g}{unit}; allowed: {event.asked}"
        concluded: list[OperationsEvent] = [WorkAlertRaised.about(event, "parameter", what)]
        if event.level == "stop":
            if event.equipment not in self.held:
                self._to_command[event.equipment] = (JobCommand.HOLD, event.job_order, f"{title} out of limits")
            self.held[event.equipment] = event
        wanted = f"Bring {title} of {event.equipment} back to {event.asked}"
        return [*concluded, trends.about(event, "limits", wanted, what, _advice(parameter, title, unit))]

    def _commanded(self, event: e.JobOrderCommand) -> list[OperationsEvent]:
        asked = self._to_command.get(event.equipment)
        if asked and asked[0] == event.command:
            self._commanded_last[event.equipment] = self._to_command.pop(event.equipment)
        return []

    def _not_taken(self, event: e.JobOrderCommandRefused) -> list[OperationsEvent]:
        """What was wanted and refused is not forgotten: somebody is told, and it is tried again in another mode."""
        asked = self._commanded_last.get(event.equipment)
        if asked is None or asked[:2] != (event.command, event.job_order) or event.person:
            return []
        self._refused[event.equipment] = self._commanded_last.pop(event.equipment)
        text = f"{event.job_order} at {event.equipment} was to get a {event.command} ({asked[2]}), and it was refused: {event.reason}"
        return [WorkAlertRaised.about(event, "parameter", text)]

    def _mode_changed(self, event: e.EquipmentModeChanged) -> list[OperationsEvent]:
        if asked := self._refused.pop(event.equipment, None):
            self._to_command[event.equipment] = asked
        return []

    # Phases, route, steps

    def _phase(self, event: e.PhaseStateChanged) -> list[OperationsEvent]:
        if not self.recipes.is_any:
            return []
        record = self._equipment.records.get(event.equipment)
        label = event.job_order or (record.job_order if record else "")
        job = self._execution.job_orders.get(label.split("+")[0])
        doubt = self.phases.take(event, job) if job else f"{event.equipment} tells of phase '{event.phase}' of no job order"
        return [WorkAlertRaised.about(event, "phase", doubt)] if doubt else []

    def _started(self, event: e.JobOrderStarted) -> list[OperationsEvent]:
        """Who starts out of the route, or without what has to be confirmed before, is told of."""
        job = self._execution.job_orders.get(event.job_order)
        if job is None:
            return []
        told: list[OperationsEvent] = []
        if job.before and job.before.status not in ENDED and not self._has_begun(job.before):
            text = f"lot {job.lot} is at operation {job.operation} on {event.equipment}, and {job.before.operation} before it is not done"
            told.append(WorkAlertRaised.about(event, "route", text))
        if self.recipes.is_any and (why := self.missing_at(job, event.equipment, event.effective_us)):
            told.append(WorkAlertRaised.about(event, "step", f"{job.job_order} was started, but {why}"))
        return told

    def _has_begun(self, job: JobOrder) -> bool:
        """Whether the floor works on it or has done so, at this instant too, though that is not concluded yet: operations may overlap."""
        report = self._execution.reports.get(job.job_order)
        return job.status in ACTIVE or (report is not None and report.phase in (*ACTIVE, *ENDED))

    def _completed(self, event: e.JobOrderCompleted) -> list[OperationsEvent]:
        if not self.recipes.is_any:
            return []
        job = self._execution.job_orders.get(event.job_order)
        steps = self.steps.steps_of(job) if job and job.status not in ENDED else {}
        missing = [name for name in self.steps.missing(job) if not steps[name].optional] if job and steps else []
        for wanted in (self.held, self._to_command, self._refused):
            wanted.pop(event.equipment, None)
        text = f"{event.job_order} was completed; not confirmed: {', '.join(missing)}"
        return [WorkAlertRaised.about(event, "step", text)] if missing else []

    def _resumed(self, event: e.JobOrderResumed) -> list[OperationsEvent]:
        """Somebody lets go on what was held, without a word about it: it is held no more, and its values are judged anew."""
        self._refused.pop(event.equipment, None)
        if event.equipment not in self._to_command and (held := self.held.pop(event.equipment, None)):
            self._judge_anew(held.job_order)
        return []

    def _judge_anew(self, job_order: str) -> None:
        """Values that are still beyond their second limits are told again."""
        for key, level in self._levels.items():
            if key[0] == job_order and level == "stop":
                self._levels[key] = ""
                self._prompted.discard(key)

    # What persons say

    def _phase_reported(self, event: e.PhaseReported) -> list[OperationsEvent]:
        """A person says what a controller would have said."""
        job = self._execution.job_orders.get(event.job_order)
        if reason := unsigned(event, self._persons) or self.phases.doubt(event, job):
            return [refusal(event, reason)]
        assert job is not None
        change = e.PhaseStateChanged(
            effective_us=event.effective_us, equipment=job.equipment, request=job.request, job_order=job.job_order, lot=job.lot,
            person=event.person, phase=event.phase, state=int(CHANGES[event.change][1]),
        )  # fmt: skip
        return [self.phases.said_by_person(change)]

    def _cleared(self, event: e.ProcessDeviationCleared) -> list[OperationsEvent]:
        held = self.held.get(event.equipment)
        reason = unsigned(event, self._persons) or ("" if event.reason.strip() else "it needs a reason: what was done")
        if not reason and held is None:
            reason = f"{event.equipment or 'no equipment'} is not held for a process value"
        if reason or held is None:
            return [refusal(event, reason)]
        del self.held[event.equipment]
        self._judge_anew(held.job_order)
        if event.equipment in self._to_command or event.equipment in self._refused:  # it was not held yet
            self._to_command.pop(event.equipment, None)
            self._refused.pop(event.equipment, None)
        else:
            self._to_command[event.equipment] = (JobCommand.RESTART, held.job_order, event.reason)
        return []

    # Prompts

    def _prompt(self, event: e.WorkPromptRaised) -> list[OperationsEvent]:
        self.prompts.append(event)
        return [WorkAlertRaised.about(event, "prompt", f"{event.what}: {event.why}. {event.suggestion[:1].upper()}{event.suggestion[1:]}")]

    def _state_changed(self, event: e.EquipmentStateChanged) -> list[OperationsEvent]:
        record = self._equipment.records.get(event.equipment)
        stops = HELD_STATES | ABORTED_STATES
        if record is None or event.state not in stops or record.state in stops:
            return []
        count = self._repetitions.count(event.equipment, event.reason, event.effective_us)
        return [trends.of_stops(event, event.reason, count, self._declared)] if count else []

    def _alert(self, event: WorkAlertRaised) -> list[OperationsEvent]:
        return [trends.of_chart(event, self._declared)] if event.alert == "control_chart" else []


def _advice(parameter: Parameter, title: str, unit: str) -> str:
    if parameter.advice:
        return parameter.advice
    return f"set {title} to {parameter.target:g}{unit}" if parameter.target is not None else f"find what has changed {title}"
