"""Reassigning and expediting, by a person who answers for it: what makes no sense is refused in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.mes.collection.functions import Reacting
from twin.mes.collection.reactions import Accepted
from twin.mes.equipment import Equipment
from twin.mes.execution import ENDED, NOT_STARTED, Execution, JobOrder
from twin.mes.release import Release
from twin.mes.resources.kinds import EQUIPMENT
from twin.model import events as e
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed

if TYPE_CHECKING:
    from twin.mes.resources.reservations import Reservations

MOST_URGENT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """Where something shall be, who said so when and why."""

    equipment: str
    by: str
    at_us: int
    reason: str


class Supervision(Reacting):
    """Where job orders and persons were assigned to (a `Function`, a `Requirement`), and what was expedited: from the next decision on."""

    reserved: Reservations  # what is promised ahead; set once that is there

    def __init__(self, plant: Plant, equipment: Equipment, execution: Execution, release: Release) -> None:
        self._plant, self._persons = plant, plant.layout.persons
        self._equipment, self._execution, self._release = equipment, execution, release
        self.job_orders: dict[str, Assigned] = {}
        self.persons: dict[str, Assigned] = {}
        self._reactions = {
            e.JobOrderReassigned: Accepted(self._persons, self._doubt_job, self._assign_job),
            e.PersonReassigned: Accepted(self._persons, self._doubt_person, self._assign_person),
            e.RequestExpedited: Accepted(self._persons, self._doubt_request, self._expedite),
        }

    # What must be there before a job order starts

    def missing_at(self, job: JobOrder, equipment: str, now_us: int) -> str:
        """Whether it was assigned elsewhere."""
        it = self.job_orders.get(job.job_order)
        if it is None or it.equipment == equipment:
            return ""
        return f"{job.job_order} was assigned to {it.equipment} by {it.by}; allowed: there"

    def missing_of(self, person: str, job: JobOrder, equipment: str, now_us: int) -> str:
        """Whether the person was assigned elsewhere."""
        it = self.persons.get(person)
        return "" if it is None or it.equipment == equipment else f"{person} was assigned to {it.equipment} by {it.by}"

    # Doubts

    def _doubt_job(self, event: e.JobOrderReassigned) -> str:
        jobs = self._execution.job_orders
        job = jobs.get(event.job_order)
        if job is None:
            return f"nobody released job order '{event.job_order}'{did_you_mean(event.job_order, jobs)}"
        if job.status not in NOT_STARTED or self._execution.is_at_a_unit(event.job_order):
            return f"job order {event.job_order} is {job.status} on {job.equipment}; allowed: before it starts"
        if not event.equipment:
            return "" if event.job_order in self.job_orders else f"job order {event.job_order} was assigned to no equipment"
        able = job.step.equipment
        promised = self.reserved.promised(event.job_order, EQUIPMENT, event.effective_us)
        if promised and event.equipment not in promised:
            return f"{event.job_order} is promised {listed(promised)}; allowed: there, or elsewhere once that reservation is ended"
        return "" if event.equipment in able else f"{event.equipment} cannot do {event.job_order}; allowed: {listed(able)}"

    def _doubt_person(self, event: e.PersonReassigned) -> str:
        if event.worker not in self._persons:
            return f"nobody knows a person '{event.worker}'{did_you_mean(event.worker, self._persons)}; allowed: {listed(self._persons)}"
        records = self._equipment.records
        if not event.equipment:
            return "" if event.worker in self.persons else f"{event.worker} was assigned to no equipment"
        if event.equipment not in records:
            return f"no equipment is called '{event.equipment}'{did_you_mean(event.equipment, records)}; allowed: {listed(records)}"
        wanted = self.wanted_at(event.equipment)
        if not wanted & set(self._persons[event.worker].classes):
            return f"{event.worker} can do nothing at {event.equipment}, which wants {listed(sorted(wanted))}"
        return ""

    def _doubt_request(self, event: e.RequestExpedited) -> str:
        request = self._release.requests.get(event.request)
        if request is None:
            return f"nobody knows request '{event.request}'{did_you_mean(event.request, self._release.requests)}"
        if request.answered_us >= 0:
            return f"request {event.request} is finished"
        if not 0 <= event.priority <= MOST_URGENT:
            return f"{event.priority} is no priority; allowed: 0 to {MOST_URGENT}"
        return "" if event.priority != request.priority else f"request {event.request} has priority {event.priority} already"

    def wanted_at(self, equipment: str) -> set[str]:
        """Personnel classes that the operations of equipment need."""
        segments = self._plant.layout.process_segments
        able = (name for name in segments if equipment in self._plant.equipment_of(name))
        return {wanted for name in able if (wanted := segments[name].personnel_class)}

    # What they say is done

    def _assign_job(self, event: e.JobOrderReassigned) -> None:
        _assign(self.job_orders, event.job_order, event, event.reason)

    def _assign_person(self, event: e.PersonReassigned) -> None:
        _assign(self.persons, event.worker, event, event.reason)

    def _expedite(self, event: e.RequestExpedited) -> None:
        """Its job orders, and those that come, go before others wherever the rule goes by priority."""
        self._release.requests[event.request].priority = event.priority
        for job in self._execution.job_orders.values():
            if job.request == event.request and job.status not in ENDED:
                job.priority = event.priority


def _assign(assigned: dict[str, Assigned], name: str, event: e.Entry, reason: str) -> None:
    if event.equipment:
        assigned[name] = Assigned(equipment=event.equipment, by=event.person, at_us=event.effective_us, reason=reason)
    else:
        assigned.pop(name, None)
