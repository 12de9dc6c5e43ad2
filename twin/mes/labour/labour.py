"""Labour as one fold: clockings become working time of job orders, each instant of a person once. Read this first.

What equipment reports of who works there counts where that person has clocked nothing; where a person clocks, clocking counts alone. So the
ERP, which books each PersonnelActual, has no instant of anybody twice. Of a simulated plant nobody clocks: its staffing is all there is.

Who does a maintenance order is clocked on to that from its start to its end, and to nothing else meanwhile.

A clocking that becomes known late, or is corrected, changes what was posted already: the difference is posted now, in the open period,
as one more PersonnelActual, or as a PersonnelActualCorrected of less than nothing. What stood before stays in the journal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from twin.mes.collection.actuals import actuals
from twin.mes.collection.functions import Reacting, Reaction
from twin.mes.commands import Commands
from twin.mes.equipment import Equipment, StateInterval
from twin.mes.execution import ENDED, Execution
from twin.mes.labour.attendance import Attendance
from twin.mes.labour.entries import Entries
from twin.mes.labour.figures import Figures
from twin.mes.labour.people import People
from twin.mes.labour.skills import Skills
from twin.mes.labour.timesheets import Clocking, Correction, Purpose, Timesheet
from twin.mes.performance.time_model import overlap_us
from twin.mes.personnel import Personnel
from twin.model import events as e
from twin.model.calendars import Span, written_local
from twin.model.events import OperationsEvent, PersonnelActual, WorkAlertRaised
from twin.model.personnel.labour import MAINTENANCE
from twin.model.personnel.presence import PRESENCE
from twin.model.personnel.staff import STAFF, Staffing
from twin.model.plant import Plant
from twin.model.readiness.signed import refusal


class Labour(Reacting):
    """Time sheets of all persons of one plant (a `Function`)."""

    def __init__(
        self, plant: Plant, equipment: Equipment, execution: Execution, commands: Commands, personnel: Personnel,
        latest_us: Callable[[], int],
    ) -> None:  # fmt: skip
        calendars = personnel.calendars
        self._equipment, self._execution, self._commands = equipment, execution, commands
        self._rules, self._zone = plant.layout.labour, plant.layout.time_zone
        self._work_times = calendars.of_persons
        self.sheets = {name: Timesheet(name, self._work_times) for name in self._work_times}
        self.setup_standard_us: dict[str, int] = {}  # of job orders that were started: how long the set-up should take
        self.figures = Figures(plant, self.sheets, self._work_times, self.setup_standard_us, equipment, execution)
        self.clocked: set[str] = set()  # persons who have ever clocked anything
        self._entries = Entries(plant, self.sheets, execution, commands, calendars)
        self._latest_us = latest_us  # the latest instant that the MES has heard of
        self._hearing: dict[type[OperationsEvent], Reaction] = {
            e.ClockedOn: self._clock_on,
            e.ClockedOff: self._clock_off,
            e.ClockingCorrected: self._correct,
            e.ClockingEntered: self._enter,
        }
        self._reactions = {
            **dict.fromkeys(self._hearing, self._hear),
            **dict.fromkeys(PRESENCE, Attendance(plant, calendars, self.replanned, latest_us).take),
            e.JobOrderStarted: self._started,
            e.JobOrderCompleted: self._ended,
            e.JobOrderAborted: self._ended,
        }
        skills = Skills(plant)
        commands.require(skills)
        self.staffing = Staffing(plant.layout)
        self._people = People(self.staffing, personnel, self.sheets, skills, self.replanned)
        self._reactions |= {**dict.fromkeys(STAFF, self._people.take), e.Heartbeat: self._beat}
        commands.elsewhere = self.away

    # Who is where

    def away(self) -> set[str]:
        """Persons who are at an indirect activity or in a break now: no job order gets them. Maintenance says that by itself."""
        return {name for name in self.clocked if any(it.activity and not it.maintenance for it in self.sheets[name].open.values())}

    def worked_us(self, person: str, interval: StateInterval) -> int:
        """How long a person worked in a state interval by the equipment's word: what of it the person has not clocked, us."""
        sheet = self.sheets.get(person) if person in self.clocked else None
        return interval.duration_us - (overlap_us(interval, sheet.cover()) if sheet else 0)

    # What persons say

    def _hear(self, event: e.Entry) -> list[OperationsEvent]:
        if reason := self._entries.doubt(event, self._latest_us()):
            return [refusal(event, reason)]
        return self._hearing[type(event)](event)

    def _clock_on(self, event: e.ClockedOn) -> list[OperationsEvent]:
        sheet, to_us = self.sheets[event.person], event.effective_us
        before = sheet.cover()
        jobs = event.job_order.split("+") if event.job_order else [""]
        self.clocked.add(event.person)
        for place, name in enumerate(jobs):
            clocking = Clocking(
                person=event.person, job_order=name, activity=event.activity, share=event.shares[place] if event.shares else 1,
                on_us=event.effective_us, terminal=event.terminal,
            )  # fmt: skip
            sheet.add(clocking)
            job = self._execution.job_orders.get(name)
            if job and job.status in ENDED:  # it became known late, and nobody is on a job order that is done
                sheet.close(clocking, job.ended_us)
                to_us = max(to_us, job.ended_us)
        return self._post(event, sheet, event.effective_us, before, to_us)

    def _clock_off(self, event: e.ClockedOff) -> list[OperationsEvent]:
        sheet = self.sheets[event.person]
        before = sheet.cover()
        for clocking in self._entries.ending(event):
            sheet.close(clocking, event.effective_us)
        return self._post(event, sheet, event.effective_us, before)

    def _correct(self, event: e.ClockingCorrected) -> list[OperationsEvent]:
        sheet, clocking = self.sheets[event.worker], self._entries.corrected(event)
        assert clocking is not None  # else it was refused
        before, was_us = sheet.cover(), clocking.off_us
        clocking.corrections.append(
            Correction(told_us=self._latest_us(), was_us=was_us, off_us=event.off_us, person=event.person, reason=event.reason)
        )
        sheet.close(clocking, event.off_us)
        return self._post(event, sheet, min(event.off_us, was_us if was_us >= 0 else event.off_us), before)

    def _enter(self, event: e.ClockingEntered) -> list[OperationsEvent]:
        """What was forgotten takes its place, or that of what was clocked otherwise."""
        sheet, was = self.sheets[event.worker], self._entries.replaced(event)
        before = sheet.cover()
        now = Clocking(
            person=event.worker, job_order=event.job_order, activity=event.activity, on_us=event.on_us, off_us=event.off_us,
            terminal=event.terminal, share=was.share if was else 1, corrections=was.corrections if was else [],
        )  # fmt: skip
        now.corrections.append(
            Correction(
                told_us=self._latest_us(), was_us=was.off_us if was else -1, off_us=event.off_us, person=event.person, reason=event.reason,
                was_on_us=was.on_us if was else -1, was=was.what if was else "",
            )
        )  # fmt: skip
        if was:
            sheet.remove(was)
        self.clocked.add(event.worker)
        sheet.add(now)
        return self._post(event, sheet, min(event.on_us, was.on_us if was else event.on_us), before)

    def replanned(self, event: OperationsEvent, person: str, from_us: int) -> list[OperationsEvent]:
        """A person works by another calendar since then: its breaks, which are nobody's time, are others for what was clocked."""
        sheet = self.sheets[person]
        return self._post(event, sheet, from_us, sheet.cover()) if sheet.clockings else []

    # What follows

    def _started(self, event: e.JobOrderStarted) -> list[OperationsEvent]:
        job = self._execution.job_orders.get(event.job_order)
        if job and job.step.personnel_class:  # asked before the unit counts as set up for it
            self.setup_standard_us[job.job_order] = self._commands.setup_us(job, event.equipment)
        return []

    def _ended(self, event: e.JobOrderCompleted | e.JobOrderAborted) -> list[OperationsEvent]:
        """Whoever is clocked on to a job order that is done is clocked off it, before the request is answered and closed."""
        found: list[OperationsEvent] = []
        for name in sorted(self.clocked):
            sheet = self.sheets[name]
            if clocking := sheet.open.get(event.job_order):
                found += self._end(event, clocking)
        return found

    def _end(self, event: OperationsEvent, clocking: Clocking) -> list[OperationsEvent]:
        """What a clocking was for is done: it ends now, or when it should have."""
        name, sheet = clocking.person, self.sheets[clocking.person]
        before, off_us = sheet.cover(), self._last_there_us(name, clocking, event.effective_us)
        sheet.close(clocking, off_us)
        found = self._post(event, sheet, off_us, before)
        if off_us < event.effective_us:
            message = (
                f"{name} was clocked on to {clocking.what} since {written_local(clocking.on_us, self._zone)}, and has forgotten it:"
                f" it ends with the shift, {written_local(off_us, self._zone)}; a correction may say otherwise"
            )
            found.append(
                WorkAlertRaised(
                    effective_us=event.effective_us, job_order=clocking.job_order, person=name, alert="clocking", message=message
                )
            )  # fmt: skip
        return found

    # Maintenance, which says by itself when it begins and ends

    def maintain(self, event: e.MaintenanceStarted, equipment: str, persons: Iterable[str]) -> list[OperationsEvent]:
        """These persons do a maintenance order from now on."""
        found: list[OperationsEvent] = []
        for name in persons:
            if sheet := self.sheets.get(name):
                before = sheet.cover()
                self.clocked.add(name)
                sheet.add(
                    Clocking(
                        person=name, activity=MAINTENANCE, maintenance=event.maintenance, equipment=equipment, on_us=event.effective_us,
                        terminal=event.terminal,
                    )
                )  # fmt: skip
                found += self._post(event, sheet, event.effective_us, before)
        return found

    def maintained(self, event: e.MaintenanceEntry) -> list[OperationsEvent]:
        """A maintenance order is done, or given up: nobody is at it any more."""
        there = [self.sheets[name].open.get(event.maintenance) for name in sorted(self.clocked)]
        return [following for clocking in there if clocking for following in self._end(event, clocking)]

    def _last_there_us(self, person: str, clocking: Clocking, now_us: int) -> int:
        """When a clocking ended that nobody has ended: now, or with its shift where it lasted longer than anybody works."""
        if now_us - clocking.on_us <= self._rules.longest:
            return now_us
        near_us = self._rules.tolerance
        shifts = self._work_times[person].shifts(clocking.on_us, clocking.on_us + near_us + 1)
        return min(max(it.end_us for it in shifts), now_us) if shifts else now_us

    def _beat(self, event: e.Heartbeat) -> list[OperationsEvent]:
        return self._people.time_passes(event) + self._time_passes(event)

    def _time_passes(self, event: e.Heartbeat) -> list[OperationsEvent]:
        """Who is still clocked on long after the end of the shift may have forgotten it: somebody is asked, once."""
        found: list[OperationsEvent] = []
        for name in sorted(self.clocked):
            there = [it for it in self.sheets[name].open.values() if not it.was_asked_about]
            if not there or self._work_times[name].intervals(event.effective_us - self._rules.tolerance, event.effective_us + 1):
                continue
            if self._work_times[name].breaks(event.effective_us - self._rules.tolerance, event.effective_us + 1):
                continue
            for it in there:
                it.was_asked_about = True
            since = written_local(min(it.on_us for it in there), self._zone)
            message = f"{name} is clocked on to {' and '.join(it.what for it in there)} since {since}, and the shift is over"
            found.append(WorkAlertRaised(effective_us=event.effective_us, person=name, alert="clocking", message=message))
        return found

    # Inside

    def _post(
        self, event: OperationsEvent, sheet: Timesheet, changed_us: int, before: list[Span], to_us: int = -1
    ) -> list[OperationsEvent]:
        """What is due by now (or `to_us`) and was not posted yet, and what was posted and was not worked."""
        due = sheet.settle(changed_us, max(to_us, event.effective_us))
        if changed_us < self._latest_us():  # late: what equipment has said of that time was posted meanwhile
            due.update(self._staffed(sheet.person, changed_us, sheet.cover()))
            due.subtract(self._staffed(sheet.person, changed_us, before))
        found: list[OperationsEvent] = []
        at_us, reason = self._latest_us(), getattr(event, "reason", "") or "became known late"
        for (job_order, maintenance, equipment), work_us in due.items():
            job = self._execution.job_orders.get(job_order)
            if maintenance and work_us:
                found.append(
                    e.MaintenanceWorked(
                        effective_us=at_us, equipment=equipment, person=sheet.person, maintenance=maintenance, work_us=work_us
                    )
                )  # fmt: skip
            if job is None or not work_us:
                continue
            about: dict[str, Any] = {
                "effective_us": at_us, "equipment": job.equipment, "request": job.request, "job_order": job_order, "lot": job.lot,
                "person": sheet.person, "work_us": work_us,
            }  # fmt: skip
            found.append(PersonnelActual(**about) if work_us > 0 else e.PersonnelActualCorrected(**about, reason=reason))
        return found

    def _staffed(self, person: str, from_us: int, cover: list[Span]) -> Counter[Purpose]:
        """What equipment has reported of a person since then in intervals that are closed, by job order, us; less what was clocked."""
        found: Counter[Purpose] = Counter()
        for name, record in self._equipment.records.items():
            for interval in self._equipment.intervals(name, from_us, self._latest_us()):
                if interval.start_us < record.since_us and person in interval.person.split("+"):
                    told = actuals(interval, self._execution.job_orders, lambda _, it: it.duration_us - overlap_us(it, cover))
                    for it in told:
                        if isinstance(it, PersonnelActual) and it.person == person:
                            found[it.job_order, "", ""] += it.work_us
        return found
