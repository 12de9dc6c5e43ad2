"""Commands: which may be given to a job order now, which are on their way, and which were refused.

A command that may not be given is answered with JobOrderCommandRefused and changes nothing else. It makes no difference who gave
it: what the MES decides goes through the same door as what a person presses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from twin.mes.collection.bound_units import unit_bound_to
from twin.mes.collection.functions import GoesWithStart, Interlock, Requirement, SaidBefore
from twin.mes.equipment import Equipment, EquipmentRecord
from twin.mes.execution import ACTIVE, ENDED, NOT_STARTED, Execution, JobOrder
from twin.mes.personnel import Personnel, WorkCalendars
from twin.mes.tracking.free_stock import FreeStock
from twin.mes.tracking.tracking import Tracking
from twin.model.calendars import written_local
from twin.model.events import EquipmentStateChanged, JobOrderAborted, JobOrderCommand, JobOrderCommandRefused, OperationsEvent
from twin.model.materials import needed
from twin.model.plant import Plant, most_at_once
from twin.model.problems import listed
from twin.model.states import DispatchStatus, JobCommand, WorkUnitState

ALLOWED: dict[str, frozenset[DispatchStatus]] = {
    JobCommand.START: frozenset({DispatchStatus.READY}),
    JobCommand.PAUSE: frozenset({DispatchStatus.RUNNING}),
    JobCommand.RESUME: frozenset({DispatchStatus.SUSPENDED}),
    JobCommand.HOLD: frozenset({DispatchStatus.RUNNING}),
    JobCommand.RESTART: frozenset({DispatchStatus.HELD}),
    JobCommand.STOP: ACTIVE,
    JobCommand.ABORT: ACTIVE | NOT_STARTED,
}
"""In which dispatch status of its job order a command may be given. Reset is missing: a work unit resets itself.

Stop takes a job order off its work unit, Suspended, until somebody gives it a Start again. Abort gives it up, and its lot with it.
"""


class Commands:
    """Commands on their way to the plant, by the equipment that they went to, until it answers by a state or by a refusal."""

    def __init__(
        self, plant: Plant, execution: Execution, equipment: Equipment, tracking: Tracking, personnel: Personnel, calendars: WorkCalendars
    ) -> None:
        self._setups = plant.layout.setups
        self._batches = {name: unit.batch for name, unit in plant.layout.work_units.items()} | dict.fromkeys(plant.layout.production_lines)
        self._setup_keys = {name: unit.equipment_class for name, unit in plant.layout.work_units.items()}
        self._has_persons, self._zone = bool(plant.layout.persons), plant.layout.time_zone
        self._execution, self._equipment, self._tracking = execution, equipment, tracking
        self._personnel, self._calendars = personnel, calendars
        self.on_their_way: dict[str, JobOrderCommand] = {}
        self.staffed: dict[str, str] = {}  # equipment -> persons whom we sent to the job order that is there
        self.requirements: list[Requirement] = []
        self._with_start: list[GoesWithStart] = []
        self.interlocks: list[Interlock] = []
        self.elsewhere: Callable[[], set[str]] = set  # persons who are at other work, or in a break
        self.too_early: Callable[[JobOrderCommand], str] = lambda _: ""  # why a person cannot have commanded it then
        self._refused_us = -1
        self._refused: set[tuple[str, str, str]] = set()  # (command, equipment, job order) refused at that instant
        self._turned_down: set[tuple[str, str, str]] = set()  # refused by us: the refusal is written, not yet applied

    # The life of a command

    def take(self, event: JobOrderCommand) -> list[OperationsEvent]:
        """Accept a command, or refuse it in words."""
        doubt = self.doubt(event)
        if doubt:
            self._turned_down.add(_key(event))
            return [
                JobOrderCommandRefused(
                    effective_us=event.effective_us, equipment=event.equipment, request=event.request, job_order=event.job_order,
                    lot=event.lot, person=event.person, command=event.command, reason=doubt,
                )
            ]  # fmt: skip
        concluded: list[OperationsEvent] = []
        if event.command == JobCommand.START:
            self._promise(event)
        if event.command in (JobCommand.START, JobCommand.RESUME):
            self.on_their_way[event.equipment or self._jobs(event)[0].equipment] = event
        for job in self._jobs(event):
            if event.command == JobCommand.START:
                self._execution.dispatch(job.job_order, event.equipment)
            elif event.command == JobCommand.ABORT:
                self._execution.ending.add(job.job_order)
                if job.status in NOT_STARTED:
                    concluded.append(
                        JobOrderAborted(
                            effective_us=event.effective_us, request=job.request, job_order=job.job_order, lot=job.lot,
                            reason=event.reason or "commanded",
                        )
                    )  # fmt: skip
        return concluded

    def refuse(self, event: JobOrderCommandRefused) -> None:
        """A refusal, by the plant or by ourselves: it is not tried again at this instant."""
        if event.effective_us != self._refused_us:
            self._refused_us = event.effective_us
            self._refused.clear()
        key = _key(event)
        self._refused.add(key)
        if key in self._turned_down:
            self._turned_down.discard(key)
            return
        sent = self.on_their_way.get(event.equipment)
        if sent and _key(sent) == key:
            del self.on_their_way[event.equipment]
        for job_order in event.job_order.split("+"):
            if event.command == JobCommand.START:
                self._execution.requeue(job_order)
            self._execution.ending.discard(job_order)

    def answer(self, event: EquipmentStateChanged, record: EquipmentRecord) -> None:
        """The equipment changed its state: whatever it was told, this is what it does. Job orders it did not take wait again."""
        sent = self.on_their_way.pop(event.equipment, None)
        if sent:
            self.staffed[event.equipment] = sent.person
        elif event.state == WorkUnitState.IDLE:
            self.staffed.pop(event.equipment, None)
        if sent and sent.command == JobCommand.START:
            for job_order in sent.job_order.split("+"):
                if job_order not in record.job_orders:
                    self._execution.requeue(job_order)

    def was_refused(self, command: str, equipment: str, job_order: str, now_us: int) -> bool:
        """Whether this very command was refused at this instant."""
        return now_us == self._refused_us and (command, equipment, job_order) in self._refused

    def turned_down(self, event: OperationsEvent) -> bool:
        """Whether it is a command that was refused at its instant, as the second of two for one tool: the plant never hears of it."""
        return isinstance(event, JobOrderCommand) and self.was_refused(event.command, event.equipment, event.job_order, event.effective_us)

    # What may be done

    def status(self, job: JobOrder, now_us: int) -> tuple[DispatchStatus, str]:
        """Dispatch status and its reason. Of a job order that has not been sent: Waiting for its lot, Pending for material, or Ready."""
        if job.status != DispatchStatus.WAITING:
            return job.status, job.reason
        if job.turn_us < 0 and (carried := self._execution.transports.whereabouts(job.job_order)):
            return DispatchStatus.WAITING, carried
        if job.turn_us < 0:
            before = job.before if job.before and job.before.status not in ENDED else None
            return DispatchStatus.WAITING, f"operation {before.operation} is not done" if before else "its lot is on the way"
        if job.turn_us > now_us:
            return DispatchStatus.WAITING, "its lot is on the way"
        if why := self.held(job):
            return DispatchStatus.PENDING, f"on hold: {why}"
        missing = self.free_stock(now_us).missing(job.material, job.quantity, job.lot) if self.consumes(job) else ""
        return (DispatchStatus.PENDING, missing) if missing else (DispatchStatus.READY, "")

    def can_do(self, job: JobOrder, equipment: str) -> bool:
        """Whether `equipment` can do it, and its lot has to come back to no other."""
        if equipment not in job.step.equipment:
            return False
        return job.step.same_unit_as is None or unit_bound_to(job, self._execution.job_orders, self._tracking.lots) in ("", equipment)

    def missing_at(self, job: JobOrder, equipment: str, now_us: int) -> str:
        """All that has to be there to start `job` on `equipment`, and is not (documents, gauges ...), in words; "" if it is."""
        return "; ".join(filter(None, (it.missing_at(job, equipment, now_us) for it in self.requirements)))

    def missing_of(self, person: str, job: JobOrder, equipment: str, now_us: int) -> str:
        """All that `person` would need to start `job`, and has not (an acknowledgement, a valid skill ...); "" if nothing is missing."""
        return "; ".join(filter(None, (it.missing_of(person, job, equipment, now_us) for it in self.requirements)))

    def not_yet(self, event: JobOrderCommand, job: JobOrder) -> str:
        """What a start needs and has now, and had not at the instant for which it is said, in words, with what is allowed; "" if it had."""
        at_us, tracking = event.effective_us, self._tracking
        known = [(tracking.let_go_us.get(job.lot, -1), f"lot {job.lot} was let go")]
        spans = self._equipment.out_of_use.get(event.equipment, ())
        known += [(it.until_us, f"maintenance of {event.equipment} ended") for it in spans if it.until_us <= event.recorded_us]
        said = [it for it in self.requirements if isinstance(it, SaidBefore)]
        known += [it.said_us(person, job, at_us) for it in said for person in event.person.split("+")]
        if self.consumes(job) and not tracking.issuing.leaves_choice(job.material):
            for component, each in tracking.bill(job.material).items():
                if tracking.was_on_hand(component, at_us) < needed(each, job.quantity):
                    came = [it.at_us for it in tracking.movements if it.material == component and it.quantity > 0]
                    known.append((max(came, default=-1), f"{component} came"))
        since_us, what = max(known)
        return f"{what} {written_local(since_us, self._zone)}; allowed: after that, to now" if at_us <= since_us else ""

    def by_recipe(self, event: JobOrderCommand, jobs: Iterable[JobOrder]) -> JobOrderCommand:
        """A start, with the recipes by which its job orders are done."""
        told = next(filter(None, (it.recipes_of(jobs) for it in self._with_start)), ())
        return replace(event, recipes=told) if told else event

    def require(self, *requirements: Requirement) -> None:
        """Whatever starts needs these too."""
        self.requirements += requirements
        self._with_start += [it for it in requirements if isinstance(it, GoesWithStart)]  # to ask that at each start takes long

    def interlocked(self, command: str, equipment: str) -> str:
        """What about `equipment` keeps it from taking a command, in words; "" if nothing does."""
        return next(filter(None, (it.refusal(command, equipment) for it in self.interlocks)), "")

    def for_one_person(
        self, jobs: list[JobOrder], equipment: str, first_able: Callable[[JobOrder, str], str], now_us: int
    ) -> list[JobOrder]:
        """Of a batch, those that one person may do: whoever is sent to the first of them that needs somebody."""
        led = next((job for job in jobs if self.needs_person(job, equipment)), None)
        person = first_able(led, equipment) if led else ""
        return [job for job in jobs if not self.missing_of(person, job, equipment, now_us)] if person else jobs

    def is_ready(self, job: JobOrder, now_us: int, stock: FreeStock) -> bool:
        """Whether it could start now, with what is left in `stock`."""
        if job.status is not DispatchStatus.WAITING or not 0 <= job.turn_us <= now_us or job.lot in self._tracking.restricted:
            return False
        if not job.step.is_first:
            return True
        lot = self._tracking.lots.get(job.lot)
        return lot is None or lot.begun or stock.suffices(job.material, job.quantity, job.lot)  # as `consumes`, which is asked as often

    def held(self, job: JobOrder) -> str:
        """Why its lot may not go on, in words; "" if it may."""
        return self._tracking.restricted.get(job.lot, "")

    def free_stock(self, now_us: int) -> FreeStock:
        """What is free now: job orders that were sent to a unit and have not started keep what they were promised."""
        stock = FreeStock(self._tracking, now_us)
        for sent in self.on_their_way.values():
            if sent.command == JobCommand.START:
                for job in self._jobs(sent):
                    if self.consumes(job):
                        stock.keep(job.material, job.quantity, job.lot)
        return stock

    def consumes(self, job: JobOrder) -> bool:
        """Whether starting it takes its bill from stock: it is the first that happens to its lot."""
        if not job.step.is_first:
            return False
        lot = self._tracking.lots.get(job.lot)
        return lot is not None and not lot.begun

    def setup_us(self, job: JobOrder, equipment: str) -> int:
        """Time to set `equipment` up for `job`, us, from the family that stands set up there."""
        matrix = self._setups.get(self._setup_keys.get(equipment, equipment))  # a line has a matrix of its own
        if matrix is None or job.step.setup_family is None:
            return 0
        return matrix.duration_us(self._execution.set_up_for.get(equipment, matrix.initial), job.step.setup_family)

    def needs_person(self, job: JobOrder, equipment: str) -> bool:
        """Whether somebody must be there to start `job`: always, or only while there is something to set up."""
        return job.step.personnel_class is not None and (job.step.attended == "all" or self.setup_us(job, equipment) > 0)

    def persons_taken(self) -> set[str]:
        """Persons who work somewhere, or were sent somewhere a moment ago, or are at other work."""
        taken = set(self._personnel.places()) | self.elsewhere()
        for sent in self.on_their_way.values():
            taken.update(sent.person.split("+"))
        return taken

    def _where(self, person: str) -> str:
        """At which units, and with which job orders; "" where no unit says so."""
        units = self._personnel.places().get(person, ())
        having = {it: self._equipment.records[it].job_order for it in units}
        return f" at {listed([f'{it} with {job}' for it, job in having.items()])}; allowed: once that is done" if units else ""

    def doubt(self, event: JobOrderCommand) -> str:
        """Why this command may not be given; "" if it may."""
        allowed = ALLOWED.get(event.command)
        if allowed is None:
            return f"{event.command or 'no command'} is not taken here; allowed: {', '.join(ALLOWED)}"
        if not event.job_order:
            return "it names no job order"
        if event.terminal and self._has_persons and (strangers := [it for it in event.person.split("+") if not self._personnel.knows(it)]):
            return f"nobody knows a person '{strangers[0]}'"
        if event.effective_us < event.recorded_us and (why := self.too_early(event)):
            return why
        for job_order in event.job_order.split("+"):
            job = self._execution.job_orders.get(job_order)
            if job is None:
                return f"nobody released job order '{job_order}'"
            status, reason = self.status(job, event.effective_us)
            taken_off = status == DispatchStatus.SUSPENDED and not self._execution.is_at_a_unit(job_order)
            if taken_off and event.command in (JobCommand.RESUME, JobCommand.STOP):
                return f"job order {job_order} was taken off its work unit; allowed: Start, Abort"
            if status not in allowed and not (event.command == JobCommand.START and taken_off):
                why = f" ({reason})" if reason else ""
                return f"job order {job_order} is {status}{why}; {event.command} needs {' or '.join(sorted(allowed))}"
            if event.command != JobCommand.START and event.equipment not in ("", job.equipment):
                return f"job order {job_order} is not at {event.equipment}"
            there = event.equipment or job.equipment
            if why := self.interlocked(event.command, there):
                return why
        if event.command == JobCommand.START:
            return self._doubt_unit(event) or self._doubt_persons(event)
        if event.command == JobCommand.RESUME:
            return self._doubt_persons(event) if event.person else ""
        return ""

    def double_bookings(self) -> list[str]:
        """Persons whom we sent to two places at once, units that we sent more job orders than they take.

        What a plant that decides for itself reports is no fault of ours: of that there are alerts.
        """
        sent, records = self.staffed, self._equipment.records
        persons = [
            f"{person} works at {' and '.join(units)} at a time"
            for person, units in self._personnel.places().items()
            if len(units) > 1 and all(person in sent.get(unit, "").split("+") for unit in units)
        ]
        units = [
            f"{unit} was sent {command.job_order}, more than it takes at a time"
            for unit, command in self.on_their_way.items()
            if command.job_order.count("+") >= records[unit].maximum_batch
        ]
        return persons + units

    # Inside

    def _doubt_unit(self, event: JobOrderCommand) -> str:
        record, jobs = self._equipment.records.get(event.equipment), self._jobs(event)
        if record is None:
            return f"nobody declared '{event.equipment}'"
        for job in jobs:
            if not self.can_do(job, event.equipment):
                bound_to = unit_bound_to(job, self._execution.job_orders, self._tracking.lots)
                return f"{event.equipment} cannot do {job.job_order}; allowed: {bound_to or ', '.join(job.step.equipment)}"
        if record.state != WorkUnitState.IDLE:
            return f"{event.equipment} is {WorkUnitState(record.state).label}"
        if event.equipment in self.on_their_way:
            return f"{event.equipment} was sent {self.on_their_way[event.equipment].job_order} already"
        if not self._calendars.is_open(record.calendar, event.effective_us):
            return f"{event.equipment} does not work at this time"
        if missing := next(filter(None, (self.missing_at(job, event.equipment, event.effective_us) for job in jobs)), ""):
            return missing
        most = most_at_once(self._batches[event.equipment], jobs[0].step.batch)
        if most.refusal(quantities := [job.quantity for job in jobs]):
            what = "job orders" if most.counts == "lots" else "pieces"
            return f"{event.equipment} takes {most.maximum} {what} at a time, not {sum(most.counted(quantities))}"
        if len({job.step.setup_family for job in jobs}) > 1:
            return "the job orders of a batch need one set-up family"
        return ""

    def _doubt_persons(self, event: JobOrderCommand) -> str:
        jobs, taken = self._jobs(event), self.persons_taken()
        wanted = jobs[0].step.personnel_class
        if event.command == JobCommand.START and not event.person:
            return f"it needs a {wanted}" if any(self.needs_person(job, event.equipment) for job in jobs) else ""
        for person in event.person.split("+"):
            if not self._personnel.knows(person):
                return f"nobody knows a person '{person}'"
            if wanted and not self._personnel.is_qualified(person, wanted):
                return f"{person} is no {wanted}"
            if not self._personnel.is_on_shift(person, event.effective_us):
                return self._personnel.absent(person, event.effective_us) or f"{person} is not on shift"
            if person in taken:
                return f"{person} is busy{self._where(person)}"
            missing = (self.missing_of(person, job, event.equipment or job.equipment, event.effective_us) for job in jobs)
            if why := next(filter(None, missing), ""):
                return why
        return ""

    def _promise(self, event: JobOrderCommand) -> None:
        """What goes into the lots that start is fixed, where their bills leave a choice."""
        choosers = [job for job in self._jobs(event) if self._tracking.issuing.leaves_choice(job.material) and self.consumes(job)]
        stock = self.free_stock(event.effective_us) if choosers else None
        for job in choosers:
            assert stock is not None
            self._tracking.issuing.promise(job.material, job.lot, job.quantity, event.effective_us, stock.free)
            stock.keep(job.material, job.quantity, job.lot)

    def _jobs(self, event: JobOrderCommand) -> list[JobOrder]:
        known: Iterable[JobOrder | None] = map(self._execution.job_orders.get, event.job_order.split("+"))
        return [job for job in known if job]


def _key(event: JobOrderCommand | JobOrderCommandRefused) -> tuple[str, str, str]:
    return event.command, event.equipment, event.job_order
