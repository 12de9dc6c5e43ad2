"""Clocking as it is said: who may clock on to what, and when. What makes no sense is refused in words, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from twin.mes.commands import Commands
from twin.mes.execution import ENDED, Execution, JobOrder
from twin.mes.labour.timesheets import FOREVER_US, Clocking, Timesheet
from twin.mes.personnel import WorkCalendars
from twin.model import events as e
from twin.model.calendars import spoken_duration, written_local
from twin.model.personnel.labour import BREAK
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import unsigned

Doubt = Callable[[Any, int], str]
_LOOKED_BACK_US = 366 * 86_400_000_000


class Entries:
    """Finds what is wrong with a clocking; "" if nothing is."""

    def __init__(
        self, plant: Plant, sheets: Mapping[str, Timesheet], execution: Execution, commands: Commands, calendars: WorkCalendars
    ) -> None:
        self._persons, self._rules, self._zone = plant.layout.persons, plant.layout.labour, plant.layout.time_zone
        self._sheets, self._execution, self._commands, self._calendars = sheets, execution, commands, calendars
        self._doubts: dict[type[e.Entry], Doubt] = {
            e.ClockedOn: self._on,
            e.ClockedOff: self._off,
            e.ClockingCorrected: self._correct,
            e.ClockingEntered: self._enter,
        }

    def doubt(self, event: e.Entry, now_us: int) -> str:
        """Why this is not accepted, in words; "" if it is."""
        if not self._persons:
            return "this plant declares no persons; allowed: persons in plant.yaml"
        return unsigned(event, self._persons) or self._doubts[type(event)](event, now_us)

    # On

    def _on(self, event: e.ClockedOn, now_us: int) -> str:
        if bool(event.job_order) == bool(event.activity):
            return (
                "it names no job order and no activity; allowed: one of them"
                if not event.activity
                else "it names a job order and an activity"
            )
        return self._on_shift(event) or (self._on_activity(event) if event.activity else self._on_jobs(event))

    def _on_activity(self, event: e.ClockedOn) -> str:
        if doubt := self._activity(event.activity):
            return doubt
        if event.shares:
            return "an activity has all of the time; allowed: no shares"
        return self._busy(event, [event.activity], FOREVER_US)

    def _on_jobs(self, event: e.ClockedOn) -> str:
        jobs = event.job_order.split("+")
        if event.shares and (len(event.shares) != len(jobs) or min(event.shares) < 1):
            return f"shares {listed(map(str, event.shares))} for {listed(jobs)}; allowed: a whole number from 1 for each job order, or none"
        if len(set(jobs)) < len(jobs):
            return "it names a job order twice"
        known = [self._execution.job_orders.get(name) for name in jobs]
        if doubt := self._busy(event, jobs, max(it.ended_us if it and it.status in ENDED else FOREVER_US for it in known)):
            return doubt
        return next(filter(None, (self._may_do(event, name) for name in jobs)), "")

    def _may_do(self, event: e.ClockedOn, name: str) -> str:
        job = self._execution.job_orders.get(name)
        if job is None:
            return f"nobody released job order '{name}'{did_you_mean(name, self._execution.job_orders)}"
        if job.status in ENDED and event.effective_us >= job.ended_us:
            return f"job order {name} is {job.status}"
        if doubt := self._is_of_class(event.person, name, job):
            return doubt
        return self._commands.missing_of(event.person, job, event.equipment or job.equipment, event.effective_us)

    def _on_shift(self, event: e.ClockedOn) -> str:
        at_us, near_us = event.effective_us, self._rules.tolerance
        work_time = self._calendars.of_persons[event.person]
        if work_time.intervals(at_us - near_us, at_us + near_us + 1) or work_time.breaks(at_us, at_us + 1):
            return ""
        ahead_us = work_time.next_bound_us(at_us)
        begins = f"; the next shift begins {self._local(ahead_us)}" if ahead_us else ""
        return f"{event.person} is off shift{begins}; allowed: from {spoken_duration(near_us)} before it"

    def _busy(self, event: e.ClockedOn, whats: list[str], until_us: int) -> str:
        """What it cannot be beside: it goes on from its instant, which may be a past one, to now, or until what it was for was done."""
        stretch = [it for it in self._sheets[event.person].clockings if event.effective_us < it.end_us and it.on_us < until_us]
        there = {it.what: it for it in stretch if it.off_us < 0 or it.on_us <= event.effective_us}
        if event.activity == BREAK:
            there = {BREAK: there[BREAK]} if BREAK in there else {}
        if there := {name: it for name, it in there.items() if it.activity or event.activity or name in whats}:
            since = [f"{name} since {self._local(it.on_us)}" for name, it in there.items()]
            return f"{event.person} is clocked on to {' and '.join(since)} already; allowed: to clock off first"
        past = [it for it in stretch if any(_excludes(it, what, event.activity) for what in whats)]
        was = [f"{it.what} from {self._local(it.on_us)} to {self._local(it.off_us)}" for it in past]
        return f"{event.person} was clocked on to {' and '.join(was)}; allowed: after that, or Enter a clocking" if was else ""

    # Off

    def _off(self, event: e.ClockedOff, now_us: int) -> str:
        sheet = self._sheets[event.person]
        ending = self.ending(event)
        if not ending:
            named = event.job_order or event.activity
            there = f"; clocked on: {listed(sheet.open)}" if sheet.open else ""
            return f"{event.person} is not clocked on{f' to {named}' if named else ''}{there}"
        first = min(ending, key=lambda it: it.on_us)
        if event.effective_us < max(it.on_us for it in ending):
            return f"{event.person} clocked on to {first.what} {self._local(first.on_us)}, which is later"
        if event.effective_us - first.on_us > self._rules.longest:
            longest = spoken_duration(self._rules.longest)
            who = self._rules.supervisors or "somebody else"
            return f"{event.person} is clocked on since {self._local(first.on_us)}, longer than {longest}; {who} has to say when that ended"
        return ""

    def ending(self, event: e.ClockedOff) -> list[Clocking]:
        """What a clock-off ends: all that it names and that is open; everything if it names nothing; nothing if one of it is not open."""
        named = (
            event.job_order.split("+") if event.job_order else [event.activity] if event.activity else list(self._sheets[event.person].open)
        )
        found = [self._sheets[event.person].open.get(name) for name in named]
        return [it for it in found if it] if all(found) else []

    # Corrections

    def _correct(self, event: e.ClockingCorrected, now_us: int) -> str:
        if doubt := self._may_correct(event, event.worker):
            return doubt
        it = self.corrected(event)
        what = event.job_order or event.activity
        if it is None:
            known = [self._local(one.on_us) for one in self._sheets[event.worker].clockings if one.what == what]
            return f"{event.worker} did not clock on to '{what}' {self._local(event.on_us)}; there: {listed(known) if known else 'nothing'}"
        if not it.on_us <= event.off_us <= now_us:
            return f"it cannot have ended {self._local(event.off_us)}; allowed: from {self._local(it.on_us)} to now"
        if not event.reason.strip():
            return "it needs a reason"
        others = [one for one in self._sheets[event.worker].clockings if one is not it and _excludes(one, what, it.activity)]
        met = next((one for one in others if it.on_us < one.end_us and one.on_us < event.off_us), None)
        return f"{event.worker} was clocked on to {met.what} {self._local(met.on_us)}, before that" if met else ""

    def _may_correct(self, event: e.Entry, worker: str) -> str:
        """Somebody who may, and not the person it is about."""
        if worker not in self._persons:
            return f"nobody knows a person '{worker}'{did_you_mean(worker, self._persons)}; allowed: {listed(self._persons)}"
        wanted = self._rules.supervisors
        if wanted and wanted not in self._persons[event.person].classes:
            may = [name for name, it in self._persons.items() if wanted in it.classes]
            return f"{event.person} is no {wanted}; allowed: {listed(may)}"
        if event.person == worker:
            return f"{event.person} cannot correct the own clocking; allowed: somebody else"
        return ""

    def _enter(self, event: e.ClockingEntered, now_us: int) -> str:
        """What was clocked otherwise, or was forgotten."""
        if doubt := self._may_correct(event, event.worker):
            return doubt
        was = self.replaced(event)
        if was is None and (event.was_on_us >= 0 or event.was_work):
            known = [f"{one.what} {self._local(one.on_us)}" for one in self._sheets[event.worker].clockings]
            return f"{event.worker} did not clock on to '{event.was_work}' then; there: {listed(known[-5:]) if known else 'nothing'}"
        if was and was.maintenance:
            return f"{was.what} is maintenance, which begins and ends with its order; allowed: to correct when it ended"
        if bool(event.job_order) == bool(event.activity):
            return "it names no job order and no activity, or both; allowed: one of them"
        if doubt := self._stretch(event, now_us) or (self._entered_job(event) if event.job_order else self._activity(event.activity)):
            return doubt
        if not event.reason.strip():
            return "it needs a reason"
        what = event.job_order or event.activity
        end_us = FOREVER_US if event.off_us < 0 else event.off_us
        for one in self._sheets[event.worker].clockings:
            if one is not was and event.on_us < one.end_us and one.on_us < end_us and _excludes(one, what, event.activity):
                return f"{event.worker} was clocked on to {one.what} {self._local(one.on_us)}, in that time"
        return ""

    def _stretch(self, event: e.ClockingEntered, now_us: int) -> str:
        """From when to when: past, and no longer than anybody works."""
        off_us = now_us if event.off_us < 0 else event.off_us
        if not now_us - _LOOKED_BACK_US <= event.on_us < off_us <= now_us:
            until = "now" if event.off_us < 0 else self._local(event.off_us)
            return f"nobody worked from {self._local(event.on_us)} to {until}; allowed: a time that is past, of the last year"
        if off_us - event.on_us > self._rules.longest:
            return f"that is longer than {spoken_duration(self._rules.longest)}; allowed: no longer, or one for each shift"
        return ""

    def _entered_job(self, event: e.ClockingEntered) -> str:
        """A job order that was there then, for somebody of its class."""
        job = self._execution.job_orders.get(event.job_order)
        if job is None:
            return f"nobody released job order '{event.job_order}'{did_you_mean(event.job_order, self._execution.job_orders)}"
        if event.on_us < job.created_us:
            return f"job order {event.job_order} is there since {self._local(job.created_us)}; allowed: from then on"
        if job.status in ENDED and not 0 <= event.off_us <= job.ended_us:
            return f"job order {event.job_order} was {job.status} {self._local(job.ended_us)}; allowed: an end up to then"
        return self._is_of_class(event.worker, event.job_order, job)

    def _activity(self, name: str) -> str:
        allowed = [*self._rules.indirect, BREAK]
        return "" if name in allowed else f"no activity is called '{name}'{did_you_mean(name, allowed)}; allowed: {listed(allowed)}"

    def _is_of_class(self, person: str, name: str, job: JobOrder) -> str:
        wanted = job.step.personnel_class
        if wanted and wanted not in self._persons[person].classes:
            may = [other for other, it in self._persons.items() if wanted in it.classes]
            return f"{person} is no {wanted}, which {name} asks for; allowed: {listed(may)}"
        return ""

    def replaced(self, event: e.ClockingEntered) -> Clocking | None:
        """The clocking that another one takes the place of."""
        sheet = self._sheets[event.worker]
        return next((it for it in sheet.clockings if it.what == event.was_work and it.on_us == event.was_on_us), None)

    def corrected(self, event: e.ClockingCorrected) -> Clocking | None:
        """The clocking that a correction is about."""
        what = event.job_order or event.activity
        return next((it for it in self._sheets[event.worker].clockings if it.what == what and it.on_us == event.on_us), None)

    def _local(self, at_us: int) -> str:
        return written_local(at_us, self._zone)


def _excludes(one: Clocking, what: str, activity: str) -> bool:
    """Whether nobody can be clocked on to another thing while that one lasts. A break lies over all else, and not over another break."""
    return one.what == what or (BREAK not in (one.what, what) and bool(one.activity or activity))
