"""Dispatching: what to start and resume now. It looks, ranks, and gives commands; it changes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from twin.kernels.dispatch import RULE_NUMBERS, batch_size, rank
from twin.mes.commands import Commands
from twin.mes.equipment import Equipment, EquipmentRecord
from twin.mes.execution import Execution, JobOrder
from twin.mes.personnel import Personnel, WorkCalendars
from twin.mes.tracking import Tracking
from twin.model.events import JobOrderCommand, OperationsEvent
from twin.model.plant import Batch, Plant
from twin.model.scenario import Policies
from twin.model.states import DispatchStatus, JobCommand, WorkUnitState

RESUMABLE = ("no_operator", "off_shift")  # reasons for which a job order goes on as soon as somebody is there


@dataclass(slots=True, kw_only=True)
class _Moment:
    """One decision phase: what it has given away already."""

    now_us: int
    persons: set[str]
    materials: Counter[str] = field(default_factory=Counter)


class Dispatching:
    """Ranked queues of the work centers, and the decisions that follow from them."""

    def __init__(
        self, plant: Plant, policies: Policies, execution: Execution, equipment: Equipment, tracking: Tracking, personnel: Personnel,
        calendars: WorkCalendars, commands: Commands,
    ) -> None:  # fmt: skip
        self._execution, self._tracking, self._personnel = execution, tracking, personnel
        self._calendars, self._commands = calendars, commands
        self._decides = policies.decisions == "mes"
        self._rules = {
            center: RULE_NUMBERS[policies.dispatch_by_center.get(center, policies.dispatch)] for center in plant.layout.work_centers
        }
        self._batches: dict[str, Batch] = {name: unit.batch for name, unit in plant.layout.work_units.items() if unit.batch}
        self._equipment: dict[str, list[EquipmentRecord]] = {center: [] for center in plant.layout.work_centers}
        for record in equipment.records.values():
            if not record.is_station:
                self._equipment[record.work_center].append(record)

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Commands for `now_us`: first who goes on, then what starts; work centers and equipment in declared order."""
        if not self._decides:
            return []
        moment: _Moment | None = None
        decided: list[OperationsEvent] = []
        for records in self._equipment.values():
            for record in records:
                if record.state == WorkUnitState.SUSPENDED and record.reason in RESUMABLE and self._is_free(record, now_us):
                    moment = moment or _Moment(now_us=now_us, persons=self._commands.persons_taken())
                    decided += self._resume(record, moment)
        for center, records in self._equipment.items():
            if self._execution.queues[center]:
                idle = [r for r in records if r.state == WorkUnitState.IDLE and self._is_free(r, now_us)]
                if idle:
                    moment = moment or _Moment(now_us=now_us, persons=self._commands.persons_taken())
                    decided += self._start(center, idle, moment)
        return decided

    def ranked(self, center: str, equipment: str, now_us: int) -> list[JobOrder]:
        """The queue of a work center as `equipment` would take it at `now_us`: Ready job orders that it can do, the best first."""
        return self._rank(center, self._ready(center, _Moment(now_us=now_us, persons=set())), equipment, now_us)

    # Inside

    def _is_free(self, record: EquipmentRecord, now_us: int) -> bool:
        return record.equipment not in self._commands.on_their_way and self._calendars.is_open(record.calendar, now_us)

    def _ready(self, center: str, moment: _Moment) -> list[JobOrder]:
        status, taken = self._commands.status, moment.materials
        return [job for job in self._execution.queues[center].values() if status(job, moment.now_us, taken)[0] == DispatchStatus.READY]

    def _rank(self, center: str, jobs: list[JobOrder], equipment: str, now_us: int) -> list[JobOrder]:
        rule, setup_us = self._rules[center], self._commands.setup_us
        keyed = [
            (
                rank(
                    rule, job.turn_us, job.due_us, job.step.run_us(job.quantity), job.step.remaining_us(job.quantity),
                    setup_us(job, equipment), job.priority, now_us,
                ),
                job.turn_us,
                job.job_order,
                job,
            )
            for job in jobs
            if equipment in job.step.equipment
        ]  # fmt: skip
        return [entry[-1] for entry in sorted(keyed)]

    def _start(self, center: str, idle: list[EquipmentRecord], moment: _Moment) -> list[OperationsEvent]:
        started: list[OperationsEvent] = []
        ready = self._ready(center, moment)
        for record in idle:
            if not ready:
                break
            ranked = self._rank(center, ready, record.equipment, moment.now_us)
            batch = self._batches.get(record.equipment)
            for jobs in self._batch_choices(ranked, batch, moment.now_us) if batch else ([job] for job in ranked):
                command = self._start_command(record, jobs, moment)
                if command:
                    started.append(command)
                    ready = [job for job in ready if job not in jobs]
                    break
        return started

    @staticmethod
    def _batch_choices(ranked: list[JobOrder], batch: Batch, now_us: int) -> list[list[JobOrder]]:
        """Batches that could start now, one a set-up family, the family of the best-ranked job order first."""
        families: dict[str | None, list[JobOrder]] = {}
        for job in ranked:
            families.setdefault(job.step.setup_family, []).append(job)
        choices = []
        for jobs in families.values():
            waited_us = now_us - min(job.turn_us for job in jobs)
            size = batch_size(len(jobs), batch.minimum, batch.maximum, waited_us, batch.wait)
            if size:
                choices.append(jobs[:size])
        return choices

    def _start_command(self, record: EquipmentRecord, jobs: list[JobOrder], moment: _Moment) -> JobOrderCommand | None:
        """Start `jobs` on one unit, if the material of all and a person are there and it was not refused a moment ago."""
        commands, person = self._commands, ""
        if commands.was_refused(JobCommand.START, record.equipment, "+".join(job.job_order for job in jobs), moment.now_us):
            return None
        for job in jobs:
            if not person and commands.needs_person(job, record.equipment):
                person = self._personnel.free(job.step.personnel_class or "", moment.now_us, moment.persons)
                if not person:
                    return None
        need: Counter[str] = Counter()
        for job in jobs:
            if commands.missing(job, moment.materials + need):
                return None
            if commands.consumes(job):
                need.update(self._tracking.bill(job.material, job.quantity))
        moment.materials += need
        moment.persons.add(person)
        return _command(JobCommand.START, moment.now_us, record.equipment, person, jobs)

    def _resume(self, record: EquipmentRecord, moment: _Moment) -> list[OperationsEvent]:
        """Let a suspended job order that needs somebody go on with the person who had it, or the first who is free."""
        jobs = [job for job in map(self._execution.job_orders.get, record.job_orders) if job and job.status == DispatchStatus.SUSPENDED]
        if not jobs or self._commands.was_refused(JobCommand.RESUME, record.equipment, record.job_order, moment.now_us):
            return []
        step = jobs[0].step
        if step.personnel_class is None or (step.attended == "setup" and record.phase != WorkUnitState.STARTING):
            return []  # nobody is needed: the plant goes on by itself
        person = self._personnel.free(step.personnel_class, moment.now_us, moment.persons, preferred=jobs[0].person)
        if not person:
            return []
        moment.persons.add(person)
        return [_command(JobCommand.RESUME, moment.now_us, record.equipment, person, jobs)]


def _command(command: JobCommand, now_us: int, equipment: str, person: str, jobs: list[JobOrder]) -> JobOrderCommand:
    """A command for the job orders of one unit, with all that the plant needs to carry it out."""
    return JobOrderCommand(
        effective_us=now_us, equipment=equipment, person=person, command=command.value,
        request="+".join(dict.fromkeys(job.request for job in jobs)), job_order="+".join(job.job_order for job in jobs),
        lot="+".join(job.lot for job in jobs), lots=tuple(job.lot for job in jobs), materials=tuple(job.material for job in jobs),
        operations=tuple(job.operation for job in jobs), quantities=tuple(job.quantity for job in jobs),
    )  # fmt: skip
