"""What a person says may have happened earlier: an entry is effective at that instant, and recorded at the one at which it is taken.

How long ago that may be is declared (`labour: earlier`), else it is since the shift of that person began: who says it now is asked so, at
the door; what is read again was taken then, and is not asked. It cannot contradict what is known of a later instant: of equipment, and of
the job order that is worked on there; of a lot, a step or a document (`since_then.py`). Clockings and maintenance look at their own times.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from twin.mes.collection.functions import Reaction
from twin.mes.commands import Commands
from twin.mes.equipment import Equipment
from twin.mes.execution import Execution
from twin.mes.hand_work.since_then import SinceThen
from twin.mes.personnel import WorkCalendars
from twin.model import events as e
from twin.model.calendars import spoken_duration, written_local
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.readiness.earlier import OF_THE_BOOKS, OF_THINGS, OF_WORK, is_earlier
from twin.model.readiness.signed import refusal
from twin.model.scenario import Policies
from twin.model.states import JobCommand, WorkUnitState

DAY_US = 86_400_000_000


class HappenedEarlier:
    """Finds why an instant cannot be that of an entry; "" if it can."""

    def __init__(
        self, plant: Plant, policies: Policies, commands: Commands, equipment: Equipment, execution: Execution, calendars: WorkCalendars,
        since: SinceThen,
    ) -> None:  # fmt: skip
        self._persons, self._rules, self._zone = plant.layout.persons, plant.layout.labour, plant.layout.time_zone
        self._by_hand = policies.reports == "persons"
        self._commands, self._equipment, self._execution, self._calendars = commands, equipment, execution, calendars
        self._since = since
        commands.too_early = self.doubt

    def guarded(self, kind: type[OperationsEvent], reactions: list[Reaction]) -> list[Reaction]:
        """Reactions to a class of events: what cannot have happened then is refused, and goes no further. Commands refuse by themselves."""
        is_asked = issubclass(kind, (*OF_WORK, *OF_THINGS)) and kind is not e.JobOrderCommand
        return [_Guarded(self, reactions)] if is_asked else reactions

    def doubt(self, event: OperationsEvent) -> str:
        """Why it cannot have happened then, in words."""
        if not is_earlier(event) or isinstance(event, OF_THE_BOOKS):
            return ""
        if isinstance(event, OF_WORK):
            return self._work(event)
        since_us, what = self._since.latest(event)
        return f"{what} {self._at(since_us)}; allowed: from then on, to now" if event.effective_us < since_us else ""

    def too_long_ago(self, event: OperationsEvent) -> str:
        """Why it cannot be said any more, in words; papers of the books are of their date as long as its period is open."""
        if not is_earlier(event) or isinstance(event, OF_THE_BOOKS):
            return ""
        earliest_us, since = self._earliest(event)
        if event.effective_us < earliest_us:
            return f"it cannot be entered for {self._at(event.effective_us)}; allowed: from {self._at(earliest_us)}, {since}, to now"
        return ""

    def not_yet(self, event: OperationsEvent) -> str:
        """What a start needs and had not then, though it has it now, in words; of a thing, what has come of it since."""
        if isinstance(event, OF_THINGS):
            return self.doubt(event)
        if not is_earlier(event) or not isinstance(event, e.JobOrderCommand) or event.command != JobCommand.START:
            return ""
        jobs = filter(None, map(self._execution.job_orders.get, event.job_order.split("+")))
        return next(filter(None, (self._commands.not_yet(event, job) for job in jobs)), "")

    def _earliest(self, event: OperationsEvent) -> tuple[int, str]:
        """The first instant that is near enough, and why."""
        if self._rules.earlier is not None:
            return event.recorded_us - self._rules.earlier, f"{spoken_duration(self._rules.earlier)} ago"
        person = self._persons.get(event.person)
        if person is None:
            return event.recorded_us - DAY_US, "a day ago"
        shifts = self._calendars.of_persons[event.person].shifts(event.recorded_us - DAY_US, event.recorded_us + 1)
        if not shifts:
            return event.recorded_us, f"since {event.person} has no shift"
        return shifts[-1].start_us - self._rules.tolerance, f"when the shift of {event.person} began"

    def _work(self, event: OperationsEvent) -> str:
        """Work by hand: after the last that is known of the equipment and of the job order."""
        if not self._by_hand:
            return "a machine does it when it hears of it; allowed: in a plant that is worked by hand (`reports: persons`)"
        record = self._equipment.records.get(event.equipment)
        if record and event.effective_us <= record.since_us:
            state = WorkUnitState(record.state).label
            return f"{event.equipment} is {state} since {self._at(record.since_us)}; allowed: after that, to now"
        if record and record.counts and event.effective_us <= record.counts[-1].at_us:
            return f"pieces were counted at {event.equipment} {self._at(record.counts[-1].at_us)}; allowed: after that, to now"
        if isinstance(event, e.JobOrderCommand) and event.command == JobCommand.START:
            for job in filter(None, map(self._execution.job_orders.get, event.job_order.split("+"))):
                there_us = max(job.created_us, job.turn_us, job.before.ended_us if job.before else -1)
                if event.effective_us < there_us:
                    return f"{job.job_order} waits since {self._at(there_us)}; allowed: from then on, to now"
        return self.not_yet(event)

    def _at(self, at_us: int) -> str:
        return written_local(at_us, self._zone)


class _Guarded:
    """All reactions to a class of entries, after it was asked once whether one can have happened then."""

    def __init__(self, asked: HappenedEarlier, reactions: list[Reaction]) -> None:
        self._asked, self._reactions = asked, reactions

    def __call__(self, event: Any) -> list[OperationsEvent]:
        if event.effective_us < event.recorded_us and (reason := self._asked.doubt(event)):
            return [replace(refusal(event, reason), effective_us=event.recorded_us, recorded_us=event.recorded_us)]
        return [concluded for reaction in self._reactions for concluded in reaction(event)]
