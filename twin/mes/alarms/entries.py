"""What persons say to alarms: what makes no sense is refused in words, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from twin.mes.alarms.alarm import AlarmRecord, Key
from twin.model import events as e
from twin.model.calendars import spoken_duration, written_local
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned


def subject_of(event: OperationsEvent) -> str:
    """What an alarm or alert is about: its equipment; without one its lot, job order or request."""
    return event.equipment or event.lot or event.job_order or event.request


class Entries:
    """Finds what is wrong with an entry; "" if nothing is."""

    def __init__(self, plant: Plant, alarms: Mapping[Key, AlarmRecord]) -> None:
        self._persons, self._zone, self._alarms = plant.layout.persons, plant.layout.time_zone, alarms
        self._doubts: dict[type[OperationsEvent], Callable[[Any, AlarmRecord], str]] = {
            e.AlarmAccepted: self._accept,
            e.AlarmReset: self._reset,
            e.AlarmShelved: self._shelve,
            e.AlarmUnshelved: self._unshelve,
            e.AlarmTakenOutOfService: self._take_out,
            e.AlarmReturnedToService: self._return,
        }

    def refuse(self, event: e.AlarmEntry) -> list[OperationsEvent]:
        """The refusal of an entry, with the reason; nothing if it is accepted."""
        record = self._alarms.get((event.is_alert, subject_of(event), event.alarm))
        by_rule = record is not None and self._is_by_rule(event, record)
        reason = "" if by_rule else unsigned(event, self._persons)
        reason = reason or (self._doubts[type(event)](event, record) if record else self._unknown(event))
        return [refusal(event, reason)] if reason else []

    @staticmethod
    def _is_by_rule(event: e.AlarmEntry, record: AlarmRecord) -> bool:
        """A rule takes from the shelf what has been there for long enough, and nothing else."""
        due = record.shelved is not None and record.shelved.until_us <= event.effective_us
        return due and isinstance(event, e.AlarmUnshelved) and not event.person and not event.terminal

    def _unknown(self, event: e.AlarmEntry) -> str:
        subject = subject_of(event)
        here = [alarm for is_alert, about, alarm in self._alarms if (is_alert, about) == (event.is_alert, subject)]
        what = "alert" if event.is_alert else "alarm"
        near = did_you_mean(event.alarm, here)
        return f"{subject or 'the plant'} has raised no {what} '{event.alarm}'{near}; raised so far: {listed(here)}"

    def _accept(self, event: e.AlarmAccepted, record: AlarmRecord) -> str:
        if record.is_acknowledged:
            by = record.acknowledged
            told = f" by {by.person} at {written_local(by.at_us, self._zone)}" if by and by.person else ""
            return f"{record.alarm} is acknowledged already{told}"
        return "" if record.calls else f"{record.alarm} is {record.state}, and calls nobody"

    def _reset(self, _: e.AlarmReset, record: AlarmRecord) -> str:
        if record.is_alert:
            if not record.is_active:
                return f"{record.alarm} is dealt with already"
        elif record.is_active:
            return f"{record.alarm} is still there; allowed: when its cause is gone"
        elif not record.is_latched:
            return f"{record.alarm} is {record.state}, and not latched"
        return "" if record.is_acknowledged else f"nobody has acknowledged {record.alarm}; allowed: acknowledge it first"

    def _shelve(self, event: e.AlarmShelved, record: AlarmRecord) -> str:
        if record.shelved or record.out_of_service:
            return f"{record.alarm} is {record.state} already"
        longest_us = record.declared.longest_shelf
        if not 0 < event.until_us - event.effective_us <= longest_us:
            asked, most = written_local(event.until_us, self._zone), spoken_duration(longest_us)
            return f"{record.alarm} cannot be shelved until {asked}; allowed: from now on for {most} at most"
        return self._reason(event) or self._authority(event, record)

    def _unshelve(self, _: e.AlarmUnshelved, record: AlarmRecord) -> str:
        return "" if record.shelved else f"{record.alarm} is {record.state}, and not shelved"

    def _take_out(self, event: e.AlarmTakenOutOfService, record: AlarmRecord) -> str:
        if record.out_of_service:
            return f"{record.alarm} is out of service already"
        return self._reason(event) or self._authority(event, record)

    def _return(self, event: e.AlarmReturnedToService, record: AlarmRecord) -> str:
        return self._authority(event, record) if record.out_of_service else f"{record.alarm} is {record.state}, and in service"

    @staticmethod
    def _reason(event: e.AlarmShelved | e.AlarmTakenOutOfService) -> str:
        return "" if event.reason.strip() else "it needs a reason"

    def _authority(self, event: e.AlarmEntry, record: AlarmRecord) -> str:
        wanted, person = record.declared.authority, self._persons.get(event.person)
        if wanted is None or person is None or wanted in person.classes:
            return ""
        may = [name for name, it in self._persons.items() if wanted in it.classes]
        return f"{event.person} is no {wanted}, which {record.alarm} asks for; allowed: {listed(may)}"
