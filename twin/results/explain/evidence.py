"""What the questions are answered from: the states of MES and ERP, looked up by lot, job order, equipment and instant."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from twin.erp.requests import Request
from twin.mes.equipment import HELD_STATES, WORKING_STATES, StateInterval
from twin.mes.execution import JobOrder
from twin.mes.resources.kinds import EQUIPMENT
from twin.mes.tracking.lots import Movement
from twin.model.states import WorkUnitState
from twin.results.run import Run

LONG_AGO_US = -(2**62)
_BOUND = WORKING_STATES | HELD_STATES  # whoever stands at a failed machine is still bound to it


class Evidence:
    """One look at a run; make another when it has gone on. Everything here comes from events alone, so any run can be asked."""

    def __init__(self, run: Run) -> None:
        self.plant, self.mes, self.erp = run.plant, run.mes, run.erp
        self.start_us, self.now_us = run.scenario.start_us, max(run.now_us, run.scenario.start_us)
        self.job_orders = run.mes.execution.job_orders
        self.jobs_of_lot: defaultdict[str, list[JobOrder]] = defaultdict(list)
        for job in self.job_orders.values():
            self.jobs_of_lot[job.lot].append(job)
        self.visits: defaultdict[str, list[StateInterval]] = defaultdict(list)  # by job order, where and how it was, in time
        self._work_of: defaultdict[str, list[StateInterval]] = defaultdict(list)  # by person, where it was bound, in time
        for name, record in run.mes.equipment.records.items():
            if record.is_scheduled:
                for interval in run.mes.equipment.intervals(name, LONG_AGO_US, self.now_us):
                    for job_order in interval.job_order.split("+") if interval.job_order else ():
                        self.visits[job_order].append(interval)
                    for person in interval.person.split("+") if interval.person and interval.state in _BOUND else ():
                        self._work_of[person].append(interval)
        for visits in (*self.visits.values(), *self._work_of.values()):
            visits.sort(key=lambda it: it.start_us)
        self.lots_of_request: defaultdict[str, list[str]] = defaultdict(list)
        for lot in run.mes.tracking.lots.values():
            self.lots_of_request[lot.request].append(lot.lot)
        self._movements: defaultdict[str, list[Movement]] = defaultdict(list)
        self._arrivals: dict[str, int] = {}
        for movement in sorted(run.mes.tracking.movements, key=lambda it: it.at_us):
            self._movements[movement.material].append(movement)
            if movement.quantity > 0:
                self._arrivals[movement.lot] = movement.at_us
        self._levels = {material: self._level_of(its) for material, its in self._movements.items()}
        self._queues: defaultdict[str, list[tuple[int, int, str]]] = defaultdict(list)  # storage -> (from, to, lot)
        for job in self.job_orders.values():
            self._note_place(job)

    # Equipment

    def timeline(self, equipment: str, from_us: int, to_us: int) -> list[StateInterval]:
        """State intervals that tile [from_us, to_us); Unknown before the first report."""
        found = [
            replace(it, start_us=max(it.start_us, from_us), end_us=min(it.end_us, to_us))
            for it in self.mes.equipment.intervals(equipment, from_us, to_us)
            if it.end_us > from_us and it.start_us < to_us
        ]
        known_us = found[0].start_us if found else to_us
        if known_us > from_us:
            unknown = StateInterval(
                equipment=equipment, start_us=from_us, end_us=known_us, state=WorkUnitState.UNKNOWN, reason="", job_order="", person=""
            )
            found.insert(0, unknown)
        return found

    def first_visit(self, job: JobOrder) -> StateInterval | None:
        visits = self.visits.get(job.job_order)
        return visits[0] if visits else None

    def work_of(self, person: str, from_us: int, to_us: int) -> list[StateInterval]:
        """Where a person was bound in [from_us, to_us), uncut."""
        its = self._work_of.get(person, [])
        first = bisect_right(its, from_us, key=lambda it: it.end_us)
        return its[first : bisect_left(its, to_us, key=lambda it: it.start_us)]

    # Storage

    def storage_of(self, job: JobOrder) -> str:
        """Where its lot waits for it."""
        return self.plant.layout.work_centers[job.work_center].storage

    def lots_in(self, storage: str, at_us: int) -> list[str]:
        """Lots that lay in a storage at an instant."""
        return [lot for from_us, to_us, lot in self._queues[storage] if from_us <= at_us < to_us]

    def takers(self, storage: str, at_us: int) -> list[StateInterval]:
        """Where the lots of a storage were started at that very instant."""
        first = (self.first_visit(job) for job in self.job_orders.values() if self.storage_of(job) == storage)
        return [visit for visit in first if visit and visit.start_us == at_us]

    def blocked_until(self, job: JobOrder) -> int:
        """Until when a finished lot was on its equipment, as far as the equipment said so; -1: not at all."""
        visits = self.visits.get(job.job_order)
        return visits[-1].end_us if visits and 0 <= job.ended_us < visits[-1].end_us else -1

    # Stock

    def arrival_us(self, lot: str) -> int | None:
        """When the last of a lot came into stock."""
        return self._arrivals.get(lot)

    def level(self, material: str, at_us: int) -> int:
        """On hand after all that happened at an instant."""
        times, levels = self._levels.get(material, ([], []))
        place = bisect_right(times, at_us)
        return levels[place - 1] if place else 0

    def movements(self, material: str, from_us: int, to_us: int) -> Sequence[Movement]:
        """Movements after `from_us`, up to and including `to_us`."""
        times, _ = self._levels.get(material, ([], []))
        return self._movements[material][bisect_right(times, from_us) : bisect_right(times, to_us)]

    def came(self, material: str, from_us: int, arrival_us: int) -> str:
        """The last lot of a material that came into stock at that very instant; "" if none did."""
        its = [it.lot for it in self.movements(material, from_us, arrival_us) if it.at_us == arrival_us and it.quantity > 0]
        return its[-1] if its else ""

    def to_come(self, material: str, wanted_by: str) -> Request | None:
        """The open request that is to give a material: the own one of the request that wants it, else the first; None if there is none."""
        requests = [it for it in self.erp.requests.requests.values() if it.material == material and it.closed_us is None]
        return next((it for it in requests if it.parent == wanted_by), requests[0] if requests else None)

    def taken(self, material: str, from_us: int, to_us: int) -> dict[str, list[str]]:
        """Of each lot of a material of which something was taken in [from_us, to_us): the lots that were begun with it then."""
        found: dict[str, list[str]] = {}
        for it in self.movements(material, from_us - 1, to_us - 1):
            if it.quantity < 0:
                went = self.mes.tracking.genealogy.went_into(it.lot)
                begun = [lot for lot in went if any(job.started_us == it.at_us for job in self.jobs_of_lot.get(lot, ()))]
                found.setdefault(it.lot, []).extend(lot for lot in begun if lot not in found[it.lot])
        return {lot: takers for lot, takers in found.items() if takers}

    def held(self, material: str, at_us: int) -> int:
        """How much of what is on hand was on hold, of lots that still are."""
        lots, since_us = self.mes.tracking.lots, self.mes.quality.holds.since_us
        its = (lots[lot] for lot in self.mes.tracking.restricted if lot in lots and since_us.get(lot, LONG_AGO_US) <= at_us)
        return sum(it.on_hand for it in its if it.material == material)

    # What else has to be there

    def kept_free(self, equipment: str, at_us: int) -> str:
        """The maintenance for which nothing could begin on equipment: in its window, under way, or overdue where its plan blocks; or ""."""
        for it in self.mes.maintenance.orders.values():
            blocks = it.declared is not None and it.declared.blocks
            began_us = [us for us in (it.started_us, it.overdue_us if blocks else -1) if us >= 0]
            ends_us = it.ended_us if it.ended_us >= 0 else self.now_us + 1
            is_kept = it.from_us <= at_us < min(it.until_us, ends_us) or any(us <= at_us < ends_us for us in began_us)
            if is_kept and it.equipment == equipment and not it.by_plant:
                return it.maintenance
        return ""

    def reserved(self, job: JobOrder, equipment: str, at_us: int) -> str:
        """For what equipment was reserved, where that is something else than a job order; or ""."""
        for it in self.mes.reservations.all.values():
            ends_us = it.until_us if it.ended_us < 0 else min(it.ended_us, it.until_us)
            is_it = (it.kind, it.resource) == (EQUIPMENT, equipment) and it.job_order != job.job_order
            if is_it and max(it.from_us, it.said_us) <= at_us < ends_us:
                return it.job_order or it.reason
        return ""

    def users(self, kind: str) -> dict[str, list[JobOrder]]:
        """Of each tool of a kind the job orders that have had it."""
        room = self.mes.tool_room
        users: dict[str, list[JobOrder]] = {name: [] for name, it in room.tools.items() if it.kind == kind}
        for name, tools in room.assigned.items():
            for tool in users.keys() & tools:
                users[tool].append(self.job_orders[name])
        return users

    def instants_of(self, job: JobOrder, equipment: str) -> list[int]:
        """When it may have become another matter whether equipment, tools and its lot were there for a job order."""
        orders = [it for it in self.mes.maintenance.orders.values() if it.equipment == equipment]
        kinds = self.mes.tool_room.kinds_for(job)
        jobs = [it for kind in kinds for its in self.users(kind).values() for it in its]
        return [
            *(us for it in self.mes.reservations.all.values() for us in (it.from_us, it.until_us, it.ended_us) if it.resource == equipment),
            *(us for it in orders for us in (it.from_us, it.until_us, it.started_us, it.ended_us, it.overdue_us)),
            *(us for it in jobs for us in (it.started_us, it.ended_us)),
            *self.mes.quality.holds.since_us.values(),
        ]

    # Requests

    def previous(self, request: Request) -> Request | None:
        """The request whose shortage a follow-up makes up for; None if it is the first of its name."""
        if request.request == request.name:
            return None
        number = int(request.request.rpartition(".F")[2])
        return self.erp.requests.requests.get(request.name if number == 2 else f"{request.name}.F{number - 1}")

    def last_lot(self, request: str) -> str:
        """The lot of a request that decides when it is done: the last to end, or if some are open that with most left to do; "" if none."""

        def key(lot: str) -> tuple[float, int]:
            jobs = self.jobs_of_lot[lot]
            open_jobs = [job for job in jobs if job.ended_us < 0]
            left_us = sum(max(1.0, job.run_expected_us) for job in open_jobs)
            return left_us, max((job.ended_us for job in jobs), default=-1)

        return max(self.lots_of_request.get(request, ()), key=key, default="")

    # Inside

    @staticmethod
    def _level_of(movements: Sequence[Movement]) -> tuple[list[int], list[int]]:
        times, levels, level = [], [], 0
        for movement in movements:
            level += movement.quantity
            times.append(movement.at_us)
            levels.append(level)
        return times, levels

    def _note_place(self, job: JobOrder) -> None:
        if job.before and job.before.ended_us >= 0 and job.turn_us >= 0:
            first = self.first_visit(job)
            to_us = first.start_us if first else self.now_us + 1 if job.ended_us < 0 else job.ended_us
            ride = self.mes.transports.rides.get(job.job_order)
            from_us = ride.set_down_us if ride else max(job.before.ended_us, self.blocked_until(job.before))
            self._queues[self.storage_of(job)].append((from_us, to_us, job.lot))
