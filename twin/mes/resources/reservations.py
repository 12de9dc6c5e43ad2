"""Reservations: which person, tool, work unit or line is promised ahead to a job order, or kept for a while, and what that keeps from it.

What is promised to a job order is for nothing else, and the job order is done with that and no other of its kind. What would run into a
reservation that is to come is not begun. What is under way when it begins goes on. A `Function` and a `Requirement`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.mes.collection.functions import Reacting
from twin.mes.collection.reactions import Accepted
from twin.mes.equipment import WORKING_STATES
from twin.mes.execution import ENDED, NOT_STARTED, JobOrder
from twin.mes.resources.kinds import EQUIPMENT, KINDS, PERSON, TOOL
from twin.model import events as e
from twin.model.calendars import spoken_duration, written_local
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed

if TYPE_CHECKING:
    from twin.mes.mes import Mes

FOREVER_US = 2**62
_AHEAD_US = 3660 * 86_400_000_000  # ten years


@dataclass(slots=True, kw_only=True)
class Reservation:
    """One of them, and who said so."""

    reservation: str
    kind: str
    resource: str
    job_order: str  # "": for what `reason` says
    from_us: int
    until_us: int  # FOREVER_US: until the job order is done
    reason: str
    by: str
    terminal: str
    said_us: int
    ended_us: int = -1  # it was given back, or its job order is done
    ended_because: str = ""

    def standing(self, now_us: int) -> str:
        """How it stands: "ended", "over" (its time has passed), "to come" or "now"."""
        if self.ended_us >= 0:
            return "ended"
        return "over" if now_us >= self.until_us else "to come" if now_us < self.from_us else "now"

    def overlaps(self, from_us: int, until_us: int) -> bool:
        """Whether any of its time lies in [from_us, until_us)."""
        return self.ended_us < 0 and self.from_us < until_us and from_us < self.until_us


class Reservations(Reacting):
    """All of them by id."""

    def __init__(self, plant: Plant, mes: Mes) -> None:
        self._zone, self._persons, self._calendars = plant.layout.time_zone, plant.layout.persons, mes.calendars
        self._equipment, self._execution, self._commands = mes.equipment, mes.execution, mes.commands
        self._personnel, self._tool_room, self._maintenance = mes.personnel, mes.tool_room, mes.maintenance
        self._supervision, self._published = mes.supervision, mes.published
        self._line_of = {station: line for line, it in plant.layout.production_lines.items() for station in it.stations}
        mes.tool_room.reserved = mes.supervision.reserved = mes.maintenance.entries.reserved = self
        self.all: dict[str, Reservation] = {}
        self._open: list[Reservation] = []
        self._reactions = {
            e.ResourceReserved: Accepted(self._persons, self._doubt, self._take),
            e.ResourceReservationEnded: Accepted(self._persons, self._doubt_end, self._end),
            e.JobOrderCompleted: self._job_ended,
            e.JobOrderAborted: self._job_ended,
        }

    def open(self, now_us: int) -> list[Reservation]:
        """Those that hold, or will."""
        return [it for it in self._open if it.until_us > now_us]

    def now(self, kind: str, now_us: int) -> list[Reservation]:
        """Those of a kind that hold now."""
        return [it for it in self._open if it.kind == kind and it.from_us <= now_us < it.until_us]

    def promised(self, job_order: str, kind: str, now_us: int) -> list[str]:
        """What of a kind a job order is to have; empty: whatever there is."""
        return [it.resource for it in self._open if it.job_order == job_order and it.kind == kind and it.until_us > now_us]

    # What must be there before a job order starts

    def missing_at(self, job: JobOrder, equipment: str, now_us: int) -> str:
        """Whether that equipment is for something else, or the job order for another."""
        if not self._open:
            return ""
        units = self.promised(job.job_order, EQUIPMENT, now_us)
        if units and equipment not in units:
            return f"{job.job_order} is promised {listed(units)}; allowed: there"
        return self._kept(EQUIPMENT, (equipment, *self._stations(equipment)), job, equipment, now_us)

    def missing_of(self, person: str, job: JobOrder, equipment: str, now_us: int) -> str:
        """Whether that person is for something else, or the job order for another."""
        if not self._open:
            return ""
        persons = self.promised(job.job_order, PERSON, now_us)
        if persons and person not in persons:
            return f"{job.job_order} is promised {listed(persons)}"
        return self._kept(PERSON, (person,), job, equipment, now_us)

    def tool_kept(self, tool: str, job: JobOrder, equipment: str, now_us: int) -> str:
        """The same of a tool; `job` has another one only where it is promised none."""
        return self._kept(TOOL, (tool,), job, equipment, now_us) if self._open else ""

    def _kept(self, kind: str, resources: Collection[str], job: JobOrder, equipment: str, now_us: int) -> str:
        for it in self._open:
            if it.kind != kind or it.resource not in resources or it.job_order == job.job_order or it.until_us <= now_us:
                continue
            if it.from_us <= now_us:
                return self._words(it)
            busy_us = self._busy_us(kind, job, equipment)
            record = self._equipment.records[equipment]
            ahead_us = it.from_us - now_us
            if record.calendar is not None:
                ahead_us = self._calendars.work_times[record.calendar].worked_us(now_us, it.from_us)
            if busy_us > ahead_us:
                return f"{self._words(it)}, and {job.job_order} takes {spoken_duration(busy_us)}; allowed: what is done by then"
        return ""

    def _busy_us(self, kind: str, job: JobOrder, equipment: str) -> int:
        """How long a job order is expected to keep a resource."""
        setup_us = self._commands.setup_us(job, equipment)
        if kind == PERSON and job.step.attended == "setup":
            return setup_us
        return round(setup_us + job.step.busy_us(job.quantity, equipment))

    def _words(self, it: Reservation) -> str:
        since = f"{it.resource} is reserved for {it.job_order or it.reason}"
        if it.until_us >= FOREVER_US:
            return f"{since} from {self._at(it.from_us)} until that is done"
        return f"{since} from {self._at(it.from_us)} until {self._at(it.until_us)}"

    # Why not

    def taken(self, kind: str, resource: str, from_us: int, until_us: int) -> str:
        """What a resource is reserved for in some of that time, in words; "" if it is for nothing."""
        return next(
            (self._words(it) for it in self._open if (it.kind, it.resource) == (kind, resource) and it.overlaps(from_us, until_us)), ""
        )

    def _doubt(self, event: e.ResourceReserved) -> str:
        """All that is wrong with it."""
        if event.resource_kind not in KINDS:
            near = did_you_mean(event.resource_kind, KINDS)
            return f"nothing of the kind '{event.resource_kind}' is reserved{near}; allowed: {listed(KINDS)}"
        known = self._known(event.resource_kind)
        if event.resource not in known:
            near = did_you_mean(event.resource, known)
            return f"no {event.resource_kind} is called '{event.resource}'{near}; allowed: {listed(known)}"
        return "; ".join(self._doubts(event))

    def _doubts(self, event: e.ResourceReserved) -> Iterator[str]:
        from_us, until_us = _span(event)
        if not event.reservation or event.reservation in self.all:
            yield f"reservation '{event.reservation}' is there already, or has no id; allowed: an id that no other has"
        if not event.job_order and not event.reason.strip():
            yield "it does not say what for; allowed: a job order, or a reason"
        if not event.job_order and event.until_us < 0:
            yield "it has no end; allowed: until when, or a job order with which it ends"
        if from_us < event.recorded_us or until_us <= from_us:
            yield "its time ends before it begins, or has begun already; allowed: from now on, or later"
        elif from_us > event.effective_us + _AHEAD_US or FOREVER_US > until_us > event.effective_us + _AHEAD_US:
            yield "it is more than ten years away; allowed: within ten years"
        else:
            yield from self._conflicts(event, from_us, until_us)
        if event.job_order:
            yield from filter(None, (self._doubt_job(event, from_us, until_us),))

    def _conflicts(self, event: e.ResourceReserved, from_us: int, until_us: int) -> Iterator[str]:
        """What has the resource in that time."""
        kind, resource = event.resource_kind, event.resource
        if words := self.taken(kind, resource, from_us, until_us):
            yield words
        for order in self._maintenance.orders.values():
            is_of = order.equipment == resource if kind == EQUIPMENT else kind == PERSON and resource in order.persons
            if is_of and order.is_open and order.from_us < until_us and from_us < order.until_us:
                yield f"{resource} is for {order.maintenance} until {self._at(order.until_us)}"
        if kind == PERSON and until_us < FOREVER_US and not self._calendars.of_persons[resource].intervals(from_us, until_us):
            yield f"{resource} does not work between {self._at(from_us)} and {self._at(until_us)}"
        if event.from_us < 0 or from_us <= event.effective_us:
            at = [job for job in self._users(kind, resource) if job != event.job_order]
            if at:
                yield f"{resource} is at {listed(at)} now; allowed: from later on"

    def _users(self, kind: str, resource: str) -> list[str]:
        """Job orders that have the resource now."""
        records = self._equipment.records
        if kind == TOOL:
            return self._tool_room.users(self._tool_room.tools[resource])
        units = [resource] if kind == EQUIPMENT else self._personnel.places().get(resource, [])
        return [records[it].job_order for it in units if records[it].job_order and (kind == PERSON or records[it].state in WORKING_STATES)]

    def _doubt_job(self, event: e.ResourceReserved, from_us: int, until_us: int) -> str:
        """Why the job order cannot have it."""
        jobs, name, resource = self._execution.job_orders, event.job_order, event.resource
        job = jobs.get(name)
        if job is None:
            return f"nobody released job order '{name}'{did_you_mean(name, jobs)}"
        if job.status not in NOT_STARTED or job.status in ENDED or self._execution.is_at_a_unit(name):
            return f"job order {name} is {job.status}; allowed: before it starts"
        if event.resource_kind == EQUIPMENT:
            return self._doubt_unit(job, resource, from_us, until_us)
        if event.resource_kind == TOOL:
            kinds, tool = self._tool_room.kinds_for(job), self._tool_room.tools[resource]
            if tool.kind not in kinds:
                may = [it for it, of in self._tool_room.tools.items() if of.kind in kinds]
                return f"{name} needs no {tool.kind}; allowed: {listed(may)}"
            return f"{resource} is worn out ({tool.used} of {tool.life} pieces)" if tool.is_worn else ""
        wanted = job.step.personnel_class
        if wanted is None:
            return f"nobody is needed for {name}; allowed: a job order that needs somebody"
        if not self._personnel.is_qualified(resource, wanted):
            may = [person for person in self._persons if self._personnel.is_qualified(person, wanted)]
            return f"{resource} is no {wanted}, which {name} asks for; allowed: {listed(may)}"
        sent = self._supervision.persons.get(resource)
        return f"{resource} was assigned to {sent.equipment} by {sent.by}" if sent and sent.equipment not in job.step.equipment else ""

    def _doubt_unit(self, job: JobOrder, equipment: str, from_us: int, until_us: int) -> str:
        if not self._commands.can_do(job, equipment):
            return f"{equipment} cannot do {job.job_order}; allowed: {listed(job.step.equipment)}"
        if (sent := self._supervision.job_orders.get(job.job_order)) and sent.equipment != equipment:
            return f"{job.job_order} was assigned to {sent.equipment} by {sent.by}; allowed: that"
        if (pin := self._published.pins.get(job.job_order)) and pin.equipment != equipment:
            return f"{job.job_order} was put on {pin.equipment} by {pin.by}; allowed: that"
        calendar = self._equipment.records[equipment].calendar
        if until_us < FOREVER_US and calendar and not self._calendars.work_times[calendar].intervals(from_us, until_us):
            return f"{equipment} does not work between {self._at(from_us)} and {self._at(until_us)}"
        return ""

    def _known(self, kind: str) -> Collection[str]:
        known: dict[str, Callable[[], Collection[str]]] = {
            EQUIPMENT: self._equipment.records.keys,
            PERSON: self._persons.keys,
            TOOL: self._tool_room.tools.keys,
        }
        return known[kind]()

    def _stations(self, equipment: str) -> list[str]:
        """The stations of a line: it does nothing without one."""
        return [station for station, line in self._line_of.items() if line == equipment]

    def _doubt_end(self, event: e.ResourceReservationEnded) -> str:
        it, there = self.all.get(event.reservation), [one.reservation for one in self.open(event.effective_us)]
        if it is None:
            near = did_you_mean(event.reservation, there)
            return f"no reservation is called '{event.reservation}'{near}; allowed: {listed(there)}"
        if it.standing(event.effective_us) in ("ended", "over"):
            return f"reservation {event.reservation} has ended; allowed: {listed(there)}"
        return "" if event.reason.strip() else "it needs a reason"

    # What is said

    def _take(self, event: e.ResourceReserved) -> None:
        from_us, until_us = _span(event)
        it = self.all[event.reservation] = Reservation(
            reservation=event.reservation, kind=event.resource_kind, resource=event.resource, job_order=event.job_order, from_us=from_us,
            until_us=until_us, reason=event.reason.strip(), by=event.person, terminal=event.terminal, said_us=event.effective_us,
        )  # fmt: skip
        self._open = [*self.open(event.effective_us), it]

    def _end(self, event: e.ResourceReservationEnded) -> None:
        self._close(self.all[event.reservation], event, event.reason)

    def _job_ended(self, event: e.JobOrderCompleted | e.JobOrderAborted) -> list[OperationsEvent]:
        for it in [it for it in self._open if it.job_order == event.job_order]:
            self._close(it, event, "done" if isinstance(event, e.JobOrderCompleted) else "given up")
        return []

    def _close(self, it: Reservation, event: OperationsEvent, because: str) -> None:
        it.ended_us, it.ended_because = event.effective_us, because
        self._open = [one for one in self._open if one is not it]

    def _at(self, at_us: int) -> str:
        return written_local(at_us, self._zone)


def _span(event: e.ResourceReserved) -> tuple[int, int]:
    """From when until when, us."""
    return event.from_us if event.from_us >= 0 else event.effective_us, event.until_us if event.until_us >= 0 else FOREVER_US
