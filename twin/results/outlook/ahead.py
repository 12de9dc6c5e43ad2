"""The floor as it stands, made ready to be played on: job orders that are open, equipment and persons with when they are free."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from twin.mes.collection.bound_units import unit_bound_to
from twin.mes.collection.setup_runs import done_alongside_us
from twin.mes.equipment import ABORTED_STATES, HELD_STATES, SETUP_STATES, STOPPED_STATES, EquipmentRecord
from twin.mes.execution import ENDED, JobOrder
from twin.mes.release import Step
from twin.model.personnel.working_hours import WorkingHours
from twin.model.plant import Batch, SetupMatrix, job_order_id
from twin.model.states import WorkUnitState
from twin.results.outlook.work_left import run_left_us, spent_us
from twin.results.run import Run

SHORTEST_REPAIR_US = 3_600_000_000
DOWN_STATES = HELD_STATES | ABORTED_STATES


@dataclass(slots=True, kw_only=True, eq=False)
class JobAhead:
    """One operation on one lot that is still to be done, or is being done."""

    job_order: str
    request: str
    step: Step
    quantity: int
    due_us: int
    priority: int
    ready_us: int
    consumes: bool
    left_us: float | None = None  # run time left of a job order that has begun
    after: JobAhead | None = None
    person: str = ""  # who is at it, or was before a break
    done_on: dict[str, str] = field(default_factory=dict)  # operations that its lot was at: the equipment; one for all jobs of a lot

    def may_go_to(self, equipment: str) -> bool:
        """Whether `equipment` can do it, and its lot does not have to come back to another."""
        bound_to = self.step.same_unit_as
        return equipment in self.step.equipment and (bound_to is None or self.done_on.get(bound_to, equipment) == equipment)

    def run_us(self, equipment: str) -> float:
        """Expected run time, or what is left of it, on `equipment`."""
        return self.step.run_us(self.quantity, equipment) if self.left_us is None else self.left_us

    def busy_us(self, equipment: str) -> float:
        """Expected time for which it keeps `equipment` busy from now on."""
        return self.step.busy_us(self.quantity, equipment) if self.left_us is None else self.left_us


@dataclass(slots=True, kw_only=True, eq=False)
class UnitAhead:
    """A work unit or a line."""

    name: str
    place: tuple[int, int]  # of its work center, and there: in which order the MES looks at equipment
    center: str
    hours: WorkingHours
    matrix: SetupMatrix | None
    batch: Batch | None
    free_us: int
    family: str | None
    ran_from_us: int = -1  # when the run of its last job began; -1: none was seen
    jobs: list[JobAhead] = field(default_factory=list)  # that are on it now

    def setup_us(self, family: str | None) -> int:
        return self.matrix.duration_us(self.family, family) if self.matrix and family is not None else 0

    def left_to_set_up_us(self, jobs: Sequence[JobAhead], now_us: int) -> int:
        """What is left of the set-up for jobs that start now, where some was done while the one before still ran."""
        needed_us = self.setup_us(jobs[0].step.setup_family)
        begins_here = any(job.step.begins_here for job in jobs)
        if self.matrix is None or not self.matrix.alongside or self.free_us != now_us or self.ran_from_us < 0 or begins_here:
            return needed_us
        return max(0, needed_us - (now_us - max(self.ran_from_us, *(job.ready_us for job in jobs))))


@dataclass(slots=True, kw_only=True, eq=False)
class PersonAhead:
    name: str
    classes: frozenset[str]
    hours: WorkingHours
    free_us: int


def units_ahead(run: Run, hours: dict[str | None, WorkingHours]) -> dict[str, UnitAhead]:
    """Work units and lines in declared order; one that is down is free when its repair should be over."""
    layout, set_up_for = run.plant.layout, run.mes.execution.set_up_for
    found: dict[str, UnitAhead] = {}
    centers = list(run.plant.layout.work_centers)
    for name, record in run.mes.equipment.records.items():
        if not record.is_scheduled:
            continue
        unit = layout.work_units.get(name)
        matrix = layout.setups.get(unit.equipment_class if unit else name)
        found[name] = UnitAhead(
            name=name,
            place=(centers.index(record.work_center), len(found)),
            center=record.work_center,
            hours=hours[record.calendar],
            matrix=matrix,
            batch=unit.batch if unit else None,
            free_us=up_again_us(run, record),
            family=set_up_for.get(name, matrix.initial if matrix else None),
        )
    return found


def up_again_us(run: Run, record: EquipmentRecord) -> int:
    """When equipment that is down should work again; now, if it is not down.

    By the end that the scenario names, else by the mean repair time of its declared failure; and where that has passed, or nobody
    knows the failure, after as long again as it has lasted already.
    """
    unit = run.plant.layout.work_units.get(record.equipment)
    going_on = next((it for it in run.plant.maintenance.get(record.equipment, ()) if it.reason == record.reported), None)
    if going_on and record.state in STOPPED_STATES:
        return max(run.now_us, record.since_us + round(going_on.lasts.mean_us))
    if record.state not in DOWN_STATES:
        return run.now_us
    for stop in run.scenario.disturbances:
        from_us = run.scenario.start_us + stop.at
        if stop.equipment == record.equipment and stop.reason == record.reported and from_us <= run.now_us < from_us + stop.lasts:
            return from_us + stop.lasts
    for failure in run.plant.failures[record.equipment] if unit else []:
        if failure.reason == record.reported and record.since_us + failure.repair.mean_us > run.now_us:
            return record.since_us + round(failure.repair.mean_us)
    return run.now_us + max(SHORTEST_REPAIR_US, run.now_us - record.since_us)


def persons_ahead(run: Run, hours: dict[str | None, WorkingHours]) -> list[PersonAhead]:
    """Everybody, free now; who is busy is said by what is on the units."""
    name_of = run.mes.calendars.name_of
    return [
        PersonAhead(name=name, classes=frozenset(it.classes), hours=hours[name_of[name]], free_us=run.now_us)
        for name, it in run.plant.layout.persons.items()
    ]


def jobs_ahead(run: Run) -> tuple[list[JobAhead], dict[str, list[JobAhead]]]:
    """Every open job order: those whose lot is there or on its way, and those that are on a unit, by its name."""
    found: dict[str, JobAhead] = {}
    done_on: dict[str, dict[str, str]] = {}
    waiting: list[JobAhead] = []
    at_units: dict[str, list[JobAhead]] = {}
    for job in run.mes.job_orders.values():
        if job.status in ENDED:
            continue
        report = run.mes.execution.reports.get(job.job_order)
        ahead = found[job.job_order] = JobAhead(
            job_order=job.job_order,
            request=job.request,
            step=job.step,
            quantity=max(0, job.quantity - (report.scrap + report.rework if report else 0)),
            due_us=job.due_us,
            priority=job.priority,
            ready_us=since_us if (since_us := expected_us(run, job)) >= 0 else run.now_us,
            consumes=run.mes.commands.consumes(job),
            left_us=run_left_us(run, job) if job.started_us >= 0 else None,
            person=job.person if job.started_us >= 0 else "",
            done_on=done_on.setdefault(job.lot, {}),
        )
        bound_to = unit_bound_to(job, run.mes.job_orders, run.mes.lots)
        if job.step.same_unit_as and bound_to:
            ahead.done_on[job.step.same_unit_as] = bound_to
        if report and report.equipment:
            at_units.setdefault(report.equipment, []).append(ahead)
        elif job.before is None or job.before.status in ENDED:
            waiting.append(ahead)
        if job.before and job.before.job_order in found:
            found[job.before.job_order].after = ahead
    return waiting, at_units


def expected_us(run: Run, job: JobOrder) -> int:
    """When the lot of a job order is there; if it will be scanned, when it should be. -1: what is before it is not done."""
    done = job.before or run.mes.job_orders.get(run.mes.lots[job.lot].split_by if job.lot in run.mes.lots else "")
    while job.turn_us < 0 and done and done.status in ENDED and done.started_us < 0 and done.before:  # it was no sample
        done = done.before
    return (
        job.turn_us if job.turn_us >= 0 or done is None or done.ended_us < 0 else round(done.ended_us + done.step.away_us(done.equipment))
    )


def planned_jobs(run: Run, material: str, request: str, lots: Iterable[tuple[str, int]], due_us: int, ready_us: int) -> list[JobAhead]:
    """The first job order of each lot of a request that is not on the floor yet, the others chained behind it."""
    steps = list(run.mes.release.steps[material].values())
    first = []
    for lot, quantity in lots:
        chain: JobAhead | None = None
        done_on: dict[str, str] = {}
        for step in reversed(steps):
            chain = JobAhead(
                job_order=job_order_id(lot, step.operation),
                request=request,
                step=step,
                quantity=quantity,
                due_us=due_us,
                priority=0,
                ready_us=ready_us,
                consumes=step.is_first,
                after=chain,
                done_on=done_on,
            )
        first += [chain] if chain else []
    return first


def on_it_us(run: Run, unit: UnitAhead, jobs: Iterable[JobAhead]) -> tuple[float, float]:
    """Set-up and run time that are left of what is on a unit now."""
    record = run.mes.equipment.records[unit.name]
    job = run.mes.execution.job_orders[record.job_orders[0]]
    run_us = max(it.busy_us(unit.name) for it in jobs)
    if record.phase != WorkUnitState.STARTING or unit.matrix is None or job.step.setup_family is None:
        return 0.0, run_us
    before = next(
        (known for it in reversed(record.intervals) if (known := _family(run, it.job_order)) and it.job_order != record.job_order), None
    )
    expected_us = unit.matrix.duration_us(before or unit.matrix.initial, job.step.setup_family)
    gone_us = sum(spent_us(record, state, run.now_us) for state in SETUP_STATES)
    alongside_us = done_alongside_us(unit.matrix, record, [job], run.mes.execution.job_orders)
    return max(0.0, expected_us - alongside_us - job.setup_us - gone_us), run_us


def _family(run: Run, job_orders: str) -> str | None:
    job = run.mes.execution.job_orders.get(job_orders.split("+")[0])
    return job.step.setup_family if job else None
