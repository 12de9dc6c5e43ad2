"""What the MES knows of the floor: lots where they are, what is in hand and how far it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from twin.mes.collection.bound_units import unit_that_did
from twin.mes.collection.setup_runs import done_alongside_us
from twin.mes.equipment import ABORTED_STATES, HELD_STATES, RUN_STATES, SUSPENDED_STATES, WORKING_STATES, EquipmentRecord, StateInterval
from twin.mes.execution import ENDED, JobOrder
from twin.model.floor.failures import Power
from twin.model.plant import SetupMatrix
from twin.model.states import DispatchStatus, WorkUnitState
from twin.now.asked_seen import root_of
from twin.now.failures_seen import down_reasons
from twin.results.run import Run
from twin.simulation.compiled_plant.begun.asked import Asked
from twin.simulation.compiled_plant.begun.causes import SeenStation, tell_line
from twin.simulation.compiled_plant.begun.floor import Floor, SeenJob, SeenLot, SeenRun, SeenWay
from twin.simulation.compiled_plant.begun.ground import Ground

S = WorkUnitState
_W_US_PER_WH = 3_600_000_000


def open_jobs(run: Run) -> dict[str, JobOrder]:
    """Of every lot in the making what is done with it, or comes next."""
    found: dict[str, JobOrder] = {}
    for job in run.mes.execution.job_orders.values():
        if job.status not in ENDED:
            found.setdefault(job.lot, job)
    return found


class FloorSeen:
    """Tells the floor what the MES of a run knows."""

    def __init__(
        self, ground: Ground, asked: Asked | None, run: Run, jobs: dict[str, JobOrder], notes: list[str], waits_until_us: Mapping[str, int]
    ) -> None:  # fmt: skip
        self._ground, self._asked, self._run, self._notes = ground, asked, run, notes
        self._jobs, self._waits_until_us = jobs, waits_until_us
        self._floor = Floor(ground)
        self._persons = list(run.plant.layout.persons)
        self._blocked: list[tuple[int, int, str, list[JobOrder], bool]] = []
        self._taken: set[str] = set()

    def tell(self) -> None:
        """Everything, in an order in which what is referred to comes first."""
        self._tell_lots()
        self._tell_samples()
        families, ground = self._families_before(), self._ground
        for name, record in self._run.mes.equipment.records.items():
            if record.is_scheduled and name in ground.layout.equipment:
                self._tell_equipment(record, families.get(name))
        for name in (
            name for name in ground.layout.equipment if name not in self._run.mes.equipment.records
        ):  # it says itself how it stands
            self._floor.tell_state(name, int(S.UNKNOWN), "", self._run.now_us, 0, 0)
        for since_us, _, name, jobs, is_told in sorted(self._blocked, key=lambda it: it[:2]):
            self._tell_blocked(name, jobs, since_us, is_told=is_told)
        for record in self._run.mes.equipment.records.values():
            if record.is_station and record.job_order:
                self._floor.share_label(record.line, record.equipment)
        for lot, job in self._jobs.items():
            if lot not in self._taken and lot in self._floor.lots:
                if job.turn_us >= 0 or lot in self._waits_until_us:
                    self._floor.let_wait(lot)
                else:
                    self._floor.let_come(lot, self._way(job))
                if job.status is DispatchStatus.DISPATCHED and self._asked:
                    self._notes.append(f"{job.job_order} was sent to {job.equipment}, which has not answered: taken to wait still")
        self._floor.tell_names()

    # -- lots

    def _tell_lots(self) -> None:
        deepest: dict[str, int] = {}
        lots, queue_times = self._run.mes.tracking.lots, self._run.mes.queue_times
        carried = {lot for lot, job in self._jobs.items() if self._run.mes.transports.whereabouts(job.job_order)}
        if self._run.plant.vehicles:
            self._notes.append(
                f"where vehicles drive: all are taken to be free where they park, and {len(carried)} lots to be there already"
            )
        for lot in lots:
            root = root_of(self._run, lot)
            deepest[root] = max(deepest.get(root, 0), _depth(lot, root))
        for lot, job in self._jobs.items():
            root, known = root_of(self._run, lot), lots.get(lot)
            if self._asked is None and not self._is_on_the_floor(lot, job):
                continue  # it comes into being with the command that starts it
            part = root[len(job.request) + 1 :] if self._asked and root.startswith(f"{job.request}.") else ""
            is_begun = known.begun if known else True
            self._floor.tell_lot(
                SeenLot(
                    lot=lot, root=root, depth=_depth(lot, root), part=int(part) if part.isdigit() else 0, part_digits=len(part),
                    material=job.material, operation=job.operation, quantity=job.quantity,
                    ready_us=self._waits_until_us.get(lot, self._run.now_us if lot in carried else job.turn_us), due_us=job.due_us,
                    priority=job.priority, request=self._asked.rows[job.request] if self._asked else -1,
                    request_number=self._asked.numbers[job.request] if self._asked else -1,
                    consumes=job.step.is_first and not is_begun and bool(self._run.mes.tracking.bill(job.material)),
                    is_stored=self._is_stored(lot, job),
                    waits_since_us=queue_times.waits_since_us.get(lot, {}), sent_back=queue_times.sent_back.get(lot, {}),
                    done_on=self._done_on(job),
                )
            )  # fmt: skip
        for root, depth in deepest.items():
            if root in self._floor.lots:
                self._floor.tell_deepest(root, depth)

    def _is_stored(self, lot: str, job: JobOrder) -> bool:
        known = self._run.mes.tracking.lots.get(lot)
        return job.before is not None or lot != root_of(self._run, lot) or (known is not None and known.was_found)

    def _is_on_the_floor(self, lot: str, job: JobOrder) -> bool:
        known = self._run.mes.tracking.lots.get(lot)
        return self._is_stored(lot, job) or known is None or known.begun

    def _done_on(self, job: JobOrder) -> dict[str, str]:
        """Equipment that its lot may have to come back to."""
        mes, routing = self._run.mes, self._run.plant.layout.routings[job.material]
        operations = dict.fromkeys(it.same_unit_as for it in routing.values() if it.same_unit_as)
        done_on = {it: unit_that_did(it, job, job.lot, mes.job_orders, mes.lots) for it in operations}
        return {operation: equipment for operation, equipment in done_on.items() if equipment in self._ground.layout.equipment}

    def _way(self, job: JobOrder) -> SeenWay:
        """Where a lot comes from that has not been scanned yet: what was done with it last, or took it off another."""
        jobs, done = self._run.mes.execution.job_orders, job.before
        while done and done.status is DispatchStatus.COMPLETED and done.started_us < 0:  # it was no sample
            done = done.before
        done = done or jobs[self._run.mes.tracking.lots[job.lot].split_by]
        record = self._run.mes.equipment.records[done.equipment]
        chain = [record.open_interval(self._run.now_us), *reversed(record.intervals)]
        label = next((names for it in chain if done.job_order in (names := it.job_order.split("+"))), [done.job_order])
        together = [jobs[name] for name in label if name in jobs]
        return SeenWay(
            lot=done.lot, material=done.material, operation=done.operation, equipment=done.equipment, since_us=done.ended_us,
            jobs=[SeenRun(lot=it.lot, material=it.material, operation=it.operation, quantity=it.quantity) for it in together],
        )  # fmt: skip

    def _tell_samples(self) -> None:
        """How many lots have come to each operation that is done to every n-th: from the operation before it, not put down there."""
        came: Counter[tuple[str, str]] = Counter()
        for job in self._run.mes.execution.job_orders.values():
            came[job.material, job.operation] += (
                job.before is not None and job.before.status is DispatchStatus.COMPLETED and job.before.good > 0
            )
        for material, routing in self._run.plant.layout.routings.items():
            for operation in (name for name, it in routing.items() if it.sample_every):
                self._ground.tell_samples(material, operation, came[material, operation])

    # -- equipment

    def _tell_equipment(self, record: EquipmentRecord, family: str | None) -> None:
        name = record.equipment
        self._tell_state(record)
        if (matrix := self._matrix(name)) is not None:
            self._floor.tell_family(name, family if family is not None else matrix.initial)
            if matrix.minimum_run:
                self._floor.tell_run(name, *self._run.mes.setup_runs.so_far(name))
        jobs = [job for job in map(self._run.mes.execution.job_orders.get, record.job_orders) if job]
        if len(jobs) < len(record.job_orders):
            self._notes.append(f"{name} works on {record.job_order}, which nobody released: taken not to be there")
        if blocked := self._blocked_jobs(record, jobs):
            since_us = max(job.ended_us for job in blocked)
            place = list(self._run.plant.equipment).index(name)
            self._blocked.append((since_us, place, name, blocked, bool(record.job_order)))
        elif in_hand := [job for job in jobs if self._jobs.get(job.lot) is job]:
            self._tell_job(record, in_hand)
        self._tell_stations(name, next((job for job in jobs if job.status not in ENDED), None))

    def _tell_state(self, record: EquipmentRecord) -> None:
        if record.state == S.UNKNOWN:
            self._notes.append(f"{record.equipment} has never said its state: taken to be idle")
            return
        persons = [person for person in record.persons if person in self._persons]
        if len(persons) > 1:
            self._notes.append(f"{len(persons)} persons are at {record.equipment}: {persons[0]} alone is taken to be bound by it")
        number = self._persons.index(persons[0]) + 1 if persons else 0
        self._floor.tell_state(record.equipment, record.state, record.reported, record.since_us, number, self._unread(record))

    def _unread(self, record: EquipmentRecord) -> int:
        """Energy below a Wh that the meter has not told yet: what was drawn up to the last state, less what was told."""
        power = self._power(record.equipment)
        watts = {S.EXECUTE: power.execute, S.STARTING: power.setup, S.HELD: power.down, S.ABORTED: power.down, S.STOPPED: 0}
        drawn = sum(watts.get(S(it.state), power.idle) * it.duration_us - it.energy_wh * _W_US_PER_WH for it in record.intervals)
        return drawn if 0 <= drawn < _W_US_PER_WH else 0

    def _power(self, equipment: str) -> Power:
        layout = self._run.plant.layout
        stations = {name: it for line in layout.production_lines.values() for name, it in line.stations.items()}
        declared = layout.work_units.get(equipment) or stations.get(equipment)
        return declared.power if declared else Power()

    def _matrix(self, equipment: str) -> SetupMatrix | None:
        layout = self._run.plant.layout
        unit = layout.work_units.get(equipment)
        return layout.setups.get(unit.equipment_class if unit else equipment)

    def _families_before(self) -> dict[str, str]:
        """What each unit stands set up for: the family of the last job that came to its run, or is there."""
        found: dict[str, tuple[int, str]] = {}
        records = self._run.mes.equipment.records
        for job in self._run.mes.execution.job_orders.values():
            if not job.step.setup_family or job.started_us < 0 or job.equipment not in records:
                continue
            is_here = job.job_order in records[job.equipment].job_orders and job.status not in ENDED
            has_run = job.run_us > 0 or job.status is DispatchStatus.COMPLETED
            if has_run and not is_here and job.started_us >= found.get(job.equipment, (-1, ""))[0]:
                found[job.equipment] = job.started_us, job.step.setup_family
        return {name: family for name, (_, family) in found.items()}

    # -- what is in hand

    def _tell_job(self, record: EquipmentRecord, jobs: Sequence[JobOrder]) -> None:
        name, now_us = record.equipment, self._run.now_us
        chain = self._chain(record)
        ran, was_set_up = (any(it.state in states for it in chain) for states in (RUN_STATES, {S.STARTING}))
        alongside_us = done_alongside_us(self._matrix(name), record, jobs, self._run.mes.execution.job_orders)
        is_in_setup = not ran and (was_set_up or self._run.mes.commands.setup_us(jobs[0], name) > alongside_us)
        states = {S.STARTING} if is_in_setup else RUN_STATES
        person = next((p for it in reversed(chain) for p in it.person.split("+") if p in self._persons), "")
        person = person or self._run.mes.commands.staffed.get(name, "").split("+")[0]
        needs_somebody = any(job.step.personnel_class and (is_in_setup or job.step.attended == "all") for job in jobs)
        idle = [it for it in chain if it.start_us >= max((w.end_us for w in chain if w.state in WORKING_STATES), default=0)]
        self._floor.tell_job(
            name,
            SeenJob(
                lots=[job.lot for job in jobs], person=self._persons.index(person) + 1 if person in self._persons else 0,
                is_in_setup=is_in_setup, alongside_us=alongside_us,
                ran_from_us=next((it.start_us for it in chain if it.state in RUN_STATES), now_us),
                worked_us=sum(it.duration_us for it in chain if it.state in states),
                is_at_work=record.state in WORKING_STATES, ordered=self._ordered(record),
                is_deserted=needs_somebody and self._is_deserted(record, person, idle[0].start_us if idle else now_us),
            ),
            is_told=True,
        )  # fmt: skip
        self._taken.update(job.lot for job in jobs)

    def _chain(self, record: EquipmentRecord) -> list[StateInterval]:
        """The intervals up to now in which it had what it has in hand."""
        chain = [record.open_interval(self._run.now_us)]
        for interval in reversed(record.intervals):
            if interval.job_order != record.job_order:
                break
            chain.append(interval)
        return chain[::-1]

    def _ordered(self, record: EquipmentRecord) -> tuple[int, str] | None:
        """A Hold or Pause that somebody commanded."""
        known = down_reasons(self._run, record.equipment)
        is_held = record.state in HELD_STATES and record.reported not in known
        is_paused = record.state in SUSPENDED_STATES and record.reported not in ("no_operator", "off_shift", "blocked", "starved")
        if not (is_held or is_paused):
            return None
        what = f"{record.job_order} is {'held' if is_held else 'paused'} on {record.equipment} for '{record.reported}'"
        if self._run.scenario.policies.decisions != "mes":  # the machine says so, and nobody has commanded it
            self._notes.append(f"{what}, which is no declared failure: taken to go on at once")
            return None
        self._notes.append(f"{what}: taken to stay so")
        return int(S.HELD if is_held else S.SUSPENDED), record.reported

    def _is_deserted(self, record: EquipmentRecord, person: str, since_us: int) -> bool:
        """Whether somebody has to be sent before it goes on: who was there has gone, if only for a break, since it stands."""
        if record.state in WORKING_STATES:
            return False
        if record.reported == "no_operator":
            return True
        calendars = self._run.mes.calendars
        names = [record.calendar, calendars.name_of.get(person)]
        spans = [calendars.interval_at(name, self._run.now_us) for name in names if name is not None]
        return bool(person) and any(span is None or span.start_us > since_us for span in spans)

    # -- what cannot leave

    def _blocked_jobs(self, record: EquipmentRecord, jobs: list[JobOrder]) -> list[JobOrder]:
        """The jobs that are done on it, if lots of theirs still wait on it for a place."""
        if record.state in ABORTED_STATES and not record.job_order:
            before = next((it for it in reversed(record.intervals) if it.state not in ABORTED_STATES), None)
            if before is None or before.reason != "blocked":
                return []
            jobs = [job for job in map(self._run.mes.execution.job_orders.get, before.job_order.split("+")) if job]
        elif record.state not in SUSPENDED_STATES or record.reported != "blocked":
            return []
        return jobs if self._waiting_lots(jobs) else []

    def _waiting_lots(self, jobs: Sequence[JobOrder]) -> list[str]:
        """Lots of these jobs that have been started nowhere since."""
        at_units = {name for record in self._run.mes.equipment.records.values() for name in record.job_orders}
        return [job.lot for job in jobs if job.lot in self._jobs and self._jobs[job.lot].job_order not in at_units]

    def _tell_blocked(self, name: str, jobs: Sequence[JobOrder], since_us: int, *, is_told: bool) -> None:
        lots = self._waiting_lots(jobs)
        done = [(job.lot, job.material, job.operation) for job in jobs]
        self._floor.tell_blocked(name, lots, done, since_us, is_told=is_told)
        if len(lots) > 1:
            self._notes.append(f"{name} cannot get rid of its batch: all {len(lots)} lots are taken to be on it still")

    # -- stations

    def _tell_stations(self, line: str, job: JobOrder | None) -> None:
        declared = self._run.plant.layout.production_lines.get(line)
        if declared is None:
            return
        records = [self._run.mes.equipment.records[name] for name in declared.stations]
        for record in records:
            self._tell_state(record)
        seen = [self._station(record, job) for record in records]
        if job is None or self._jobs.get(job.lot) is not job:
            for name, it in zip(declared.stations, seen, strict=True):
                self._floor.tell_cycles(name, it.cycles)
            return
        misfits = tell_line(self._floor, self._ground, line, job.job_order, job.quantity, seen)
        if misfits:
            self._notes.append(f"{misfits} transfer lots of {line} do not add up between its stations: taken not to be there")

    def _station(self, record: EquipmentRecord, job: JobOrder | None) -> SeenStation:
        now_us = self._run.now_us
        counts = [it for it in record.counts if job and it.job_order == job.job_order]
        since_us = counts[-1].at_us if counts else (job.started_us if job else now_us)
        intervals = [it for it in self._run.mes.equipment.intervals(record.equipment, since_us, now_us) if it.end_us > since_us]
        worked = [it for it in intervals if it.state in RUN_STATES and job and it.job_order == job.job_order]
        has_transfer = bool(worked) or bool(job and record.state in RUN_STATES and record.job_order == job.job_order)
        return SeenStation(
            done=[(it.good, it.scrap) for it in counts], has_transfer=has_transfer,
            worked_us=sum(min(it.end_us, now_us) - max(it.start_us, since_us) for it in worked),
            is_at_work=record.state in RUN_STATES, cycles=len(record.counts) + has_transfer,
        )  # fmt: skip


def _depth(lot: str, root: str) -> int:
    return lot[len(root) :].count(".R") if lot.startswith(root) else 0
