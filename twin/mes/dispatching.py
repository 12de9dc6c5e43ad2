"""Dispatching: what to start and resume now. It looks, ranks, and gives commands; it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from twin.kernels.dispatch import IDLE_ROUNDS, batch_of, in_order_asked
from twin.kernels.ranking import JobFacts, Ranking
from twin.mes.collection.setup_runs import SetupRuns
from twin.mes.commands import Commands
from twin.mes.equipment import Equipment, EquipmentRecord
from twin.mes.execution import Execution, JobOrder
from twin.mes.personnel import Personnel, WorkCalendars
from twin.mes.release import Release
from twin.mes.resources.obstacles import NEARNESS, SEEN_TO, Obstacle, Why
from twin.mes.resources.ranks import reason_of_rank
from twin.model.events import JobOrderCommand, OperationsEvent
from twin.model.plant import Batch, Plant, most_at_once
from twin.model.policies.own_rules import OWN_RULES
from twin.model.scenario import Policies
from twin.model.states import DispatchStatus, JobCommand, WorkUnitState

RESUMABLE = ("no_operator", "off_shift")  # reasons for which a job order goes on as soon as somebody is there


class _Moment:
    """One decision phase: who and what is still free in it."""

    def __init__(self, now_us: int, commands: Commands, personnel: Personnel) -> None:
        self.now_us = now_us
        self.stock = commands.free_stock(now_us)
        self._commands = commands
        self._personnel = personnel
        self._taken = commands.persons_taken()
        self._first_free: dict[str, str] = {}  # by personnel class; "" if nobody is free
        self.given: set[str] = set()  # job orders that start now
        self.engaged: set[str] = set()  # and the units that they start on

    def first_able(self, job: JobOrder, equipment: str, preferred: str = "") -> str:
        """The first free person of the class that `job` asks for who has what it takes, or the preferred one; "" if nobody is."""
        wanted, passed_over = job.step.personnel_class, set[str]()
        person = self._first_free_of(wanted) if wanted else ""
        if not wanted or not person:
            return ""  # nor is anybody preferred
        if preferred:
            person = self._personnel.free(wanted, self.now_us, self._taken, preferred)
        while person and self._commands.missing_of(person, job, equipment, self.now_us):
            passed_over.add(person)
            person = self._personnel.free(wanted, self.now_us, self._taken | passed_over, preferred)
        return person

    def missing_of_the_free(self, job: JobOrder, equipment: str) -> str:
        """What those who are free and qualified would need for `job`, person by person; "" if nobody is free."""
        wanted, missing = job.step.personnel_class or "", dict[str, str]()
        while person := self._personnel.free(wanted, self.now_us, self._taken | missing.keys()):
            missing[person] = self._commands.missing_of(person, job, equipment, self.now_us)
        return "; ".join(missing.values())

    def _first_free_of(self, personnel_class: str) -> str:
        person = self._first_free.get(personnel_class)
        if person is None:
            person = self._first_free[personnel_class] = self._personnel.free(personnel_class, self.now_us, self._taken)
        return person

    def engage(self, person: str) -> None:
        """`person` is taken from now on."""
        if person:
            self._taken.add(person)
            self._first_free.clear()


class Dispatching:
    """Ranked queues of the work centers, and the decisions that follow from them."""

    def __init__(
        self, plant: Plant, policies: Policies, execution: Execution, equipment: Equipment, personnel: Personnel,
        calendars: WorkCalendars, commands: Commands, release: Release, setup_runs: SetupRuns,
    ) -> None:  # fmt: skip
        self._execution, self._personnel, self._setup_runs = execution, personnel, setup_runs
        self._calendars, self._commands = calendars, commands
        self._centers = list(plant.layout.work_centers)
        self._sources, self._release = release.sources, release
        self._rounds = {name: IDLE_ROUNDS[center.idle_first] for name, center in plant.layout.work_centers.items()}
        self._orders = {name: center.idle_order for name, center in plant.layout.work_centers.items()}
        self.hot_lots: Mapping[str, str] = {}  # lot -> why it goes before others
        self.unfilled: Mapping[str, int] = {}  # job order -> from when on its batch may be below its minimum; in what is planned alone
        self.follow(policies)
        self._batches: dict[str, Batch] = {name: unit.batch for name, unit in plant.layout.work_units.items() if unit.batch}
        self._equipment: dict[str, list[EquipmentRecord]] = {center: [] for center in plant.layout.work_centers}
        for record in equipment.records.values():
            if record.is_scheduled:
                self._equipment[record.work_center].append(record)

    def follow(self, policies: Policies) -> None:
        """Go by these policies from now on."""
        self._decides, self._policies = policies.decisions == "mes", policies
        self._observes = policies.decisions in ("observed", "told")
        self._ranking = Ranking(self._centers, policies, OWN_RULES)
        self._planned_on = {job_order: where for where, jobs in policies.sequence.items() for job_order in jobs}

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Commands for `now_us`: first who goes on, then what starts; work centers and equipment in declared order."""
        if not self._decides:
            return []
        moment: _Moment | None = None
        decided: list[OperationsEvent] = []
        for records in self._equipment.values():
            for record in records:
                if record.state == WorkUnitState.SUSPENDED and record.reason in RESUMABLE and self._may_act(record, now_us):
                    moment = moment or _Moment(now_us, self._commands, self._personnel)
                    decided += self._resume(record, moment)
        for preference in range(1 + self._release.most_alternatives):
            for center, records in self._equipment.items():
                if any(self._execution.queues[source] for source in self._sources[center]):
                    asked = in_order_asked(records, self._orders[center], now_us)
                    idle = [r for r in asked if r.state == WorkUnitState.IDLE and self._may_act(r, now_us)]
                    for takes_setups in self._rounds[center] if idle else ():
                        moment = moment or _Moment(now_us, self._commands, self._personnel)
                        decided += self._start(center, idle, moment, preference, takes_setups=takes_setups)
        return decided

    def ranked(self, center: str, equipment: str, now_us: int) -> list[JobOrder]:
        """The queue of a work center as `equipment` would take it at `now_us`: Ready job orders that it can do, the best first."""
        stock, is_ready = self._commands.free_stock(now_us), self._commands.is_ready
        jobs = [job for job in self._waiting(center) if self._commands.can_do(job, equipment) and is_ready(job, now_us, stock)]
        return self._rank(center, jobs, equipment, now_us)

    def queue(self, center: str, now_us: int) -> list[tuple[JobOrder, str]]:
        """All that waits at a work center, by rank: first whose lots are there; each with why it stands there, in words.

        Ranked as the first idle unit would take it that can do it, or the first that can; by a sequence as the unit that it is planned for.
        """
        placed = []
        for job in self._execution.queues[center].values():
            takers = [record for it in self._equipment.values() for record in it if self._commands.can_do(job, record.equipment)]
            unit = self._taker(job, takers)
            equipment = unit.equipment if unit else ""
            at = unit.work_center if unit else center
            rank = self._place(at, job, equipment, now_us)
            said = reason_of_rank(self._policies.ranks(at), self._facts(job, equipment, now_us), rank[1])
            hot = self.hot_lots.get(job.lot, "")
            placed.append((not 0 <= job.turn_us <= now_us, rank, job, f"{hot}; {said}" if hot else said))
        return [(job, said) for _, _, job, said in sorted(placed, key=lambda entry: entry[:2])]

    def _taker(self, job: JobOrder, takers: list[EquipmentRecord]) -> EquipmentRecord | None:
        for it in takers:
            if it.equipment == self._planned_on.get(job.job_order) and "sequence" in self._policies.ranks(it.work_center):
                return it
        return next((it for it in takers if it.state == WorkUnitState.IDLE), takers[0] if takers else None)

    # Why nothing starts

    def standstills(self, now_us: int) -> dict[str, Obstacle]:
        """Of every idle unit or line that could do what waits at its work center: why it starts none of it.

        It asks what `decide` asks, in the same order; of several job orders the nearest to a start counts, and of those the first in rank.
        """
        found: dict[str, Obstacle] = {}
        moment = _Moment(now_us, self._commands, self._personnel)
        for center, records in self._equipment.items():
            waiting = [job for job in self._waiting(center) if job.status is DispatchStatus.WAITING]
            for record in records:
                able = [job for job in waiting if self._commands.can_do(job, record.equipment)]
                if record.state == WorkUnitState.IDLE and (able or record.equipment in self._commands.on_their_way):
                    found[record.equipment] = self._nearest(center, able, record, moment)
        return found

    def obstacles(self, center: str, now_us: int) -> dict[str, Obstacle]:
        """Of every job order that waits at a work center: what keeps it from its start, on the unit where it comes nearest to one."""
        moment = _Moment(now_us, self._commands, self._personnel)
        found: dict[str, Obstacle] = {}
        for job in self._execution.queues[center].values():
            takers = (record for other, sources in self._sources.items() if center in sources for record in self._equipment[other])
            units = [record for record in takers if self._commands.can_do(job, record.equipment)]
            each = [self._obstacle(job, record, moment) for record in units]
            if each:
                found[job.job_order] = max(each, key=lambda it: NEARNESS[it.why])
        return found

    # Inside

    def _nearest(self, center: str, jobs: list[JobOrder], record: EquipmentRecord, moment: _Moment) -> Obstacle:
        sent = self._commands.on_their_way.get(record.equipment)
        if sent:
            return Obstacle(job_order=sent.job_order, why="sent")
        ranked = self._rank(center, jobs, record.equipment, moment.now_us)
        return max((self._obstacle(job, record, moment) for job in ranked), key=lambda it: NEARNESS[it.why])  # the first of equals

    def _obstacle(self, job: JobOrder, record: EquipmentRecord, moment: _Moment) -> Obstacle:
        """What keeps `job` from its start on one unit, by the questions of `decide` in their order; and all else that it lacks."""
        if self._observes:
            return Obstacle(job_order=job.job_order, why="observed")
        if job.status is not DispatchStatus.WAITING:
            return Obstacle(job_order=job.job_order, why="sent")
        if not 0 <= job.turn_us <= moment.now_us:
            return Obstacle(job_order=job.job_order, why="lot", until_us=job.turn_us)
        first, *rest = [*self._lacks(job, record, moment)] or [self._at_last(job, record, moment)]
        others = tuple(it for it in rest if it.why in SEEN_TO)
        return replace(first, others=others) if others else first

    def _lacks(self, job: JobOrder, record: EquipmentRecord, moment: _Moment) -> Iterator[Obstacle]:
        """What is not there of all that a start needs."""
        commands, now_us = self._commands, moment.now_us
        if why := commands.held(job):
            yield Obstacle(job_order=job.job_order, why="held", detail=why)
        if commands.consumes(job) and not moment.stock.suffices(job.material, job.quantity, job.lot):
            yield Obstacle(job_order=job.job_order, why="material", detail=moment.stock.missing(job.material, job.quantity, job.lot))
        if not self._calendars.is_open(record.calendar, now_us):
            opens_us = self._calendars.work_times[record.calendar or ""].next_bound_us(now_us)
            yield Obstacle(job_order=job.job_order, why="off shift", until_us=opens_us or -1)
        elif record.state != WorkUnitState.IDLE or record.equipment in commands.on_their_way:
            yield Obstacle(job_order=job.job_order, why="unit", detail=record.equipment)
        if missing := commands.missing_at(job, record.equipment, now_us):
            yield Obstacle(job_order=job.job_order, why="requirement", detail=missing)
        if not self._is_staffed(job, record, moment):
            wanted = job.step.personnel_class or ""
            if missing := moment.missing_of_the_free(job, record.equipment):
                yield Obstacle(job_order=job.job_order, why="requirement", detail=missing)
            else:
                on_shift, absent = self._personnel.is_any_on_shift(wanted, now_us), self._personnel.absent_of(wanted, now_us)
                nobody: Why = "nobody free" if on_shift else "nobody on shift"
                yield Obstacle(job_order=job.job_order, why=nobody, detail=wanted, absent=absent)

    def _at_last(self, job: JobOrder, record: EquipmentRecord, moment: _Moment) -> Obstacle:
        """What keeps a job order from its start that lacks nothing."""
        kept = self._kept_family(record, moment) if self._decides else None
        if kept is not None and job.step.setup_family not in (None, kept):
            return Obstacle(job_order=job.job_order, why="minimum run", detail=kept)
        batch = self._batches.get(record.equipment)
        unfilled = self._unfilled(job, record, batch, moment) if batch and self._decides else None
        # Nothing is in its way: the plant did not take it, or nobody has started it yet.
        return unfilled or Obstacle(job_order=job.job_order, why="refused" if self._decides else "person")

    def _unfilled(self, job: JobOrder, record: EquipmentRecord, batch: Batch, moment: _Moment) -> Obstacle | None:
        """How full the batch of `job` is, and until when it waits for others; None if it could start."""
        here = [it for it in self._waiting(record.work_center) if self._commands.can_do(it, record.equipment)]
        family = [it for it in here if it.step.setup_family == job.step.setup_family]
        ready = [it for it in family if self._commands.is_ready(it, moment.now_us, moment.stock) and self._may_start(it, record, moment)]
        ranked = self._rank(record.work_center, ready, record.equipment, moment.now_us)
        if self._batch_choices(ranked, record.equipment, batch, moment):
            return None
        supplied, most = self._supplied(ranked, moment), most_at_once(batch, job.step.batch)
        there = sum(most.counted(it.quantity for it in supplied))
        enough = there >= most.minimum
        until_us = min(it.turn_us for it in supplied) + batch.wait if enough else -1
        detail = f"{there} of {most.maximum if enough else most.minimum}{' pieces' if most.counts == 'pieces' else ''}"
        return Obstacle(job_order=job.job_order, why="batch", detail=detail, until_us=until_us)

    def _may_act(self, record: EquipmentRecord, now_us: int) -> bool:
        return record.equipment not in self._commands.on_their_way and self._calendars.is_open(record.calendar, now_us)

    def _rank(self, center: str, jobs: list[JobOrder], equipment: str, now_us: int) -> list[JobOrder]:
        return sorted(jobs, key=lambda job: self._place(center, job, equipment, now_us))

    def _place(self, center: str, job: JobOrder, equipment: str, now_us: int) -> tuple[bool, tuple[float, ...], int, str]:
        """By what a job order is ranked: hot lots first, then by the rules; the smallest goes first."""
        key = self._ranking.key(center, equipment, job.job_order, self._facts(job, equipment, now_us))
        return job.lot not in self.hot_lots, key, job.turn_us, job.job_order

    def _facts(self, job: JobOrder, equipment: str, now_us: int) -> JobFacts:
        step, quantity, setup_us = job.step, job.quantity, self._commands.setup_us(job, equipment)
        run_us, remaining_us = step.run_us(quantity, equipment), step.remaining_us(quantity, equipment)
        return job.turn_us, job.due_us, run_us, remaining_us, setup_us, job.priority, step.operations_left, now_us

    def _waiting(self, center: str) -> list[JobOrder]:
        """What equipment of a work center may take: what waits there, and what waits elsewhere and has it as an alternative."""
        return [job for source in self._sources[center] for job in self._execution.queues[source].values()]

    def _start(
        self, center: str, idle: list[EquipmentRecord], moment: _Moment, preference: int, *, takes_setups: bool
    ) -> list[OperationsEvent]:
        """What the idle units of one work center start: each the best-ranked job order for which everything and everybody is there.

        Job orders for which a unit is a later choice than `preference` are left to others, which may be free too; and what a unit would
        have to be set up for, unless it `takes_setups`.
        """
        started: list[OperationsEvent] = []
        is_ready, can_do, now_us, stock = self._commands.is_ready, self._commands.can_do, moment.now_us, moment.stock
        ready = [
            job for source in self._sources[center] for job in self._execution.queues[source].values()
            if 0 <= job.turn_us <= now_us and job.job_order not in moment.given and is_ready(job, now_us, stock)
        ]  # fmt: skip
        for record in idle:
            able = [
                job for job in ready
                if can_do(job, record.equipment) and job.step.preference(record.equipment) <= preference
                and self._may_start(job, record, moment)
            ]  # fmt: skip
            able = self._with_its_setup(able, record, moment)
            if not able or record.equipment in moment.engaged:
                continue
            ranked = self._rank(center, able, record.equipment, now_us)
            batch = self._batches.get(record.equipment)
            choices = self._batch_choices(ranked, record.equipment, batch, moment) if batch else ([job] for job in ranked)
            jobs = next((jobs for jobs in choices if not self._was_refused(JobCommand.START, record, jobs, now_us)), [])
            if jobs and (takes_setups or not self._commands.setup_us(jobs[0], record.equipment)):
                started.append(self._start_command(record, jobs, moment))
                ready = [job for job in ready if job not in jobs and is_ready(job, now_us, stock)]
        return started

    def _with_its_setup(self, jobs: list[JobOrder], record: EquipmentRecord, moment: _Moment) -> list[JobOrder]:
        """Those that `record` may do with the set-up that it keeps to; all, if nothing keeps it."""
        kept = self._kept_family(record, moment)
        return jobs if kept is None else [job for job in jobs if job.step.setup_family in (None, kept)]

    def _kept_family(self, record: EquipmentRecord, moment: _Moment) -> str | None:
        """The family that it keeps to, because its minimum run is not over; None if it may be changed."""
        if not self._setup_runs.has(record.equipment):
            return None
        there = [
            job.step.setup_family
            for job in self._waiting(record.work_center)
            if job.job_order not in moment.given
            and job.status is DispatchStatus.WAITING
            and 0 <= job.turn_us <= moment.now_us
            and self._commands.can_do(job, record.equipment)
        ]
        return self._setup_runs.kept_family(record.equipment, there, moment.now_us)

    def _batch_choices(self, ranked: list[JobOrder], equipment: str, batch: Batch, moment: _Moment) -> list[list[JobOrder]]:
        """Batches that could start now, one a set-up family, the family of the best-ranked job order first."""
        families: dict[str | None, list[JobOrder]] = {}
        for job in ranked:
            families.setdefault(job.step.setup_family, []).append(job)
        choices = []
        for family in families.values():
            jobs = self._commands.for_one_person(self._supplied(family, moment), equipment, moment.first_able, moment.now_us)
            waited_us = moment.now_us - min(job.turn_us for job in jobs)
            most = most_at_once(batch, jobs[0].step.batch)
            minimum = 1 if self.unfilled and self._goes_unfilled(jobs, moment.now_us) else most.minimum
            size = batch_of(most.counted(job.quantity for job in jobs), minimum, most.maximum, waited_us, batch.wait)
            if size:
                choices.append(jobs[:size])
        return choices

    def _goes_unfilled(self, jobs: list[JobOrder], now_us: int) -> bool:
        """Whether a batch of these begins however full it is."""
        return any(now_us >= self.unfilled.get(job.job_order, now_us + 1) for job in jobs)

    def _supplied(self, jobs: list[JobOrder], moment: _Moment) -> list[JobOrder]:
        """Those for which there is material together, in their order; for the first alone there is."""
        stock, supplied = moment.stock.copy(), []
        for job in jobs:
            if not self._commands.consumes(job):
                supplied.append(job)
            elif stock.suffices(job.material, job.quantity, job.lot):
                stock.take(job.material, job.quantity, job.lot)
                supplied.append(job)
        return supplied

    def _may_start(self, job: JobOrder, record: EquipmentRecord, moment: _Moment) -> bool:
        """Whether somebody may start it on that unit, and everything is there."""
        return self._is_staffed(job, record, moment) and not self._commands.missing_at(job, record.equipment, moment.now_us)

    def _is_staffed(self, job: JobOrder, record: EquipmentRecord, moment: _Moment) -> bool:
        return not self._commands.needs_person(job, record.equipment) or bool(moment.first_able(job, record.equipment))

    def _was_refused(self, command: JobCommand, record: EquipmentRecord, jobs: list[JobOrder], now_us: int) -> bool:
        return self._commands.was_refused(command, record.equipment, "+".join(job.job_order for job in jobs), now_us)

    def _start_command(self, record: EquipmentRecord, jobs: list[JobOrder], moment: _Moment) -> JobOrderCommand:
        staffed = next((job for job in jobs if self._commands.needs_person(job, record.equipment)), None)
        person = moment.first_able(staffed, record.equipment) if staffed else ""
        for job in jobs:
            if self._commands.consumes(job):
                moment.stock.take(job.material, job.quantity, job.lot)
        moment.engage(person)
        moment.given.update(job.job_order for job in jobs)
        moment.engaged.add(record.equipment)
        return self._commands.by_recipe(command_for(JobCommand.START, moment.now_us, record.equipment, person, jobs), jobs)

    def _resume(self, record: EquipmentRecord, moment: _Moment) -> list[OperationsEvent]:
        """Let a suspended job order that needs somebody go on with the person who had it, or the first who is free."""
        jobs = [job for job in map(self._execution.job_orders.get, record.job_orders) if job and job.status == DispatchStatus.SUSPENDED]
        is_locked = self._commands.interlocked(JobCommand.RESUME, record.equipment)
        if not jobs or is_locked or self._was_refused(JobCommand.RESUME, record, jobs, moment.now_us):
            return []
        step = jobs[0].step
        if step.attended == "setup" and record.phase != WorkUnitState.STARTING:
            return []  # nobody is needed: the plant goes on by itself
        person = moment.first_able(jobs[0], record.equipment, preferred=jobs[0].person)
        if not person:
            return []
        moment.engage(person)
        return [command_for(JobCommand.RESUME, moment.now_us, record.equipment, person, jobs)]


def command_for(command: JobCommand, now_us: int, equipment: str, person: str, jobs: list[JobOrder]) -> JobOrderCommand:
    """A command for the job orders of one unit, with all that the plant needs to carry it out."""
    return JobOrderCommand(
        effective_us=now_us, equipment=equipment, person=person, command=command.value,
        request="+".join(dict.fromkeys(job.request for job in jobs)), job_order="+".join(job.job_order for job in jobs),
        lot="+".join(job.lot for job in jobs), lots=tuple(job.lot for job in jobs), materials=tuple(job.material for job in jobs),
        operations=tuple(job.operation for job in jobs), quantities=tuple(job.quantity for job in jobs),
    )  # fmt: skip
