"""Alarms as one fold: what the plant raises and clears, what MES and ERP want looked at, and what persons say to it. Read this first.

A time on the shelf and a time to answer end when they end, whatever the source; but somebody hears of it only at the first decision
after that: at any round, at the latest with the next heartbeat. A source that has none near says so late, and the event is effective
when it was due all the same. So every source gives the same events.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping
from typing import Any

from twin.mes.alarms.alarm import AlarmRecord, AlarmState, Key, Said
from twin.mes.alarms.entries import Entries, subject_of
from twin.mes.collection.functions import Reacting, Reaction
from twin.model import events as e
from twin.model.events import OperationsEvent, WorkAlertRaised
from twin.model.plant import Plant
from twin.model.states import DEADLOCK
from twin.model.upkeep.alarms import Alarm, Alarms, state_numbers

FLOOD, NOT_TOLD = "alarm_flood", "escalation_not_told"


class AlarmSystem(Reacting):
    """Every alarm and alert of one plant, by what it is about and its name."""

    def __init__(self, plant: Plant) -> None:
        declared = plant.layout.alarms
        self.declared = declared or Alarms()
        self._tells_of_floods = declared is not None
        self._class_of = {name: unit.equipment_class for name, unit in plant.layout.work_units.items()}
        self.all: dict[Key, AlarmRecord] = {}
        self._due: dict[Key, int] = {}
        self._next_us = -1  # the first of what is due; -1: nothing is
        self._recent: list[int] = []  # heard within the time of a flood
        self._is_flood = False
        self._states: dict[str, tuple[int, int]] = {}  # equipment -> since when, in which state
        self.entries = Entries(plant, self.all)
        said: dict[type[OperationsEvent], Reaction] = {
            e.AlarmAccepted: self._accepted,
            e.AlarmReset: self._reset,
            e.AlarmShelved: self._shelved,
            e.AlarmUnshelved: self._unshelved,
            e.AlarmTakenOutOfService: self._taken_out,
            e.AlarmReturnedToService: self._returned,
        }
        self._said = said
        self._reactions = {
            **dict.fromkeys(said, self._hear),
            e.AlarmRaised: self._raised,
            e.AlarmCleared: self._cleared,
            e.AlarmAcknowledged: self._acknowledged,
            e.AlarmEscalated: self._escalated,
            e.EscalationSent: self._sent,
            WorkAlertRaised: self._alerted,
        }
        self._reactions[e.EquipmentStateChanged] = self._state_changed
        self._suppresses = any(it.suppressed_in for it in self._all_declared())

    def declare(self, key: str, alarm: Alarm | None, from_us: int) -> None:
        """An alarm, as "lathe/spindle_fault", is new, otherwise, or (None) as all others; what stands stays as it was raised."""
        self._be(_with(self.declared.named, key, alarm), self.declared.alerts)

    def declare_alert(self, name: str, alert: Alarm | None, from_us: int) -> None:
        """The same of a kind of alert."""
        self._be(self.declared.named, _with(self.declared.alerts, name, alert))

    def _be(self, named: Mapping[str, Alarm], alerts: Mapping[str, Alarm]) -> None:
        self.declared = self.declared.otherwise(named, alerts)
        self._suppresses = self._suppresses or any(it.suppressed_in for it in self._all_declared())

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """What was on the shelf for long enough, and what nobody has acknowledged in time."""
        if not 0 <= self._next_us <= now_us:
            return []
        return [self._ends(self.all[key], due_us) for key, due_us in self._due.items() if due_us <= now_us]

    def calling(self) -> list[AlarmRecord]:
        """What somebody has to acknowledge: what is there before what has gone by itself; of both the most important, then the longest."""
        order = {"critical": 0, "high": 1, "medium": 2, "low": 3}

        def rank(it: AlarmRecord) -> tuple[bool, int, int, Key]:
            return not it.is_active, order[it.declared.priority], it.heard_us, it.key

        return sorted((it for it in self.all.values() if it.calls), key=rank)

    def heard(self) -> list[int]:
        """Instants at which alarms called somebody, in order, us; alerts are none."""
        return sorted(at_us for it in self.all.values() if not it.is_alert for at_us in it.heard)

    # The plant, and the folds

    def _raised(self, event: e.AlarmRaised) -> list[OperationsEvent]:
        record = self._record(event, event.alarm, is_alert=False)
        return self._comes(record, event.effective_us, event.message)

    def _cleared(self, event: e.AlarmCleared) -> list[OperationsEvent]:
        record = self._record(event, event.alarm, is_alert=False)
        if event.effective_us not in record.cleared[-1:]:
            insort(record.cleared, event.effective_us)
        self._watch(record)
        return []

    def _acknowledged(self, event: e.AlarmAcknowledged) -> list[OperationsEvent]:
        """Somebody pressed a button at the machine."""
        record = self._record(event, event.alarm, is_alert=False)
        missed = self._missed(record, event.effective_us)
        self._accept(record, Said(at_us=event.effective_us, person=event.person, terminal=event.equipment))
        return missed

    def _alerted(self, event: WorkAlertRaised) -> list[OperationsEvent]:
        """An alert stands until a person says that it is dealt with."""
        if event.alert == DEADLOCK and (False, subject_of(event), DEADLOCK) in self.all:
            return []  # the plant says it itself
        return self._comes(self._record(event, event.alert, is_alert=True), event.effective_us, event.message)

    def _comes(self, record: AlarmRecord, at_us: int, message: str) -> list[OperationsEvent]:
        """It was raised; nothing happens if that is known."""
        place = bisect_left(record.raised, at_us)
        if record.raised[place : place + 1] == [at_us] and not record.is_alert:
            return []
        if record.state is AlarmState.NORMAL:
            record.declared = self._definition(record.equipment, record.alarm, is_alert=record.is_alert)
        was_there, missed = record.is_active, self._missed(record, at_us)
        record.raised.insert(place, at_us)
        if place == len(record.raised) - 1:
            record.message = message
        if record.declared.suppressed_in and record.suppressed_us < 0 and self._means_nothing(record):
            record.suppressed_us = self._states[record.equipment][0]
        self._watch(record)
        return missed + (self._flood(record, at_us) if record.raised_us == at_us and record.calls and not was_there else [])

    def _state_changed(self, event: e.EquipmentStateChanged) -> list[OperationsEvent]:
        """Alarms that mean nothing in a state keep quiet in it."""
        since_us, _ = self._states.get(event.equipment, (-1, 0))
        if event.effective_us < since_us:
            return []
        self._states[event.equipment] = event.effective_us, event.state
        concluded: list[OperationsEvent] = []
        if not self._suppresses:
            return concluded
        for record in self.all.values():
            if record.equipment != event.equipment or not record.declared.suppressed_in:
                continue
            quiet = self._means_nothing(record)
            if quiet and record.suppressed_us < 0:
                concluded += self._missed(record, event.effective_us)
                record.suppressed_us = event.effective_us
                self._watch(record)
            elif record.suppressed_us >= 0 and not quiet:
                since_us, record.suppressed_us = record.suppressed_us, -1
                concluded += self._is_heard_again(record, since_us, event.effective_us)
        return concluded

    # What persons say

    def _hear(self, event: e.AlarmEntry) -> list[OperationsEvent]:
        if refused := self.entries.refuse(event):
            return refused
        missed = self._missed(self._of(event), event.effective_us)
        return [*missed, *self._said[type(event)](event)]

    def _accepted(self, event: e.AlarmAccepted) -> list[OperationsEvent]:
        self._accept(self._of(event), _said(event))
        return []

    def _reset(self, event: e.AlarmReset) -> list[OperationsEvent]:
        record = self._of(event)
        record.reset_us = event.effective_us
        if record.is_alert:
            insort(record.cleared, event.effective_us)
        self._watch(record)
        return []

    def _shelved(self, event: e.AlarmShelved) -> list[OperationsEvent]:
        record = self._of(event)
        record.shelved = _said(event, event.reason, event.until_us)
        self._watch(record)
        return []

    def _unshelved(self, event: e.AlarmUnshelved) -> list[OperationsEvent]:
        record = self._of(event)
        since, record.shelved = record.shelved, None
        return self._is_heard_again(record, since.at_us if since else -1, event.effective_us)

    def _taken_out(self, event: e.AlarmTakenOutOfService) -> list[OperationsEvent]:
        record = self._of(event)
        record.out_of_service = _said(event, event.reason)
        self._watch(record)
        return []

    def _returned(self, event: e.AlarmReturnedToService) -> list[OperationsEvent]:
        record = self._of(event)
        since, record.out_of_service = record.out_of_service, None
        return self._is_heard_again(record, since.at_us if since else -1, event.effective_us)

    def _escalated(self, event: e.AlarmEscalated) -> list[OperationsEvent]:
        record = self.all.get((event.is_alert, subject_of(event), event.alarm))
        if record is None:
            return []
        if event.effective_us >= record.heard_us:  # else it has come once more since, and counts anew
            record.handed_on = record.heard_us, max(record.step, event.escalation)
        self._watch(record)
        return []

    def _sent(self, event: e.EscalationSent) -> list[OperationsEvent]:
        """The server has told somebody of it, or could not: then somebody here has to."""
        record = self.all.get((event.is_alert, subject_of(event), event.alarm))
        if record is None:
            return []
        record.told.append((record.heard_us, event.address, event.failure))
        if not event.failure or event.alarm == NOT_TOLD:
            return []
        words = f"{record.alarm} went to the next, and nobody could be told: {event.failure}"
        return [WorkAlertRaised.about(event, NOT_TOLD, words)]

    # Inside

    def _of(self, event: e.AlarmEntry) -> AlarmRecord:
        return self.all[event.is_alert, subject_of(event), event.alarm]

    def _record(self, event: OperationsEvent, alarm: str, *, is_alert: bool) -> AlarmRecord:
        subject = subject_of(event)
        record = self.all.get((is_alert, subject, alarm))
        if record is None:
            declared = self._definition(event.equipment, alarm, is_alert=is_alert)
            record = AlarmRecord(
                alarm=alarm, is_alert=is_alert, declared=declared, equipment=event.equipment, lot=event.lot, job_order=event.job_order,
                request=event.request, subject=subject,
            )  # fmt: skip
            self.all[record.key] = record
        return record

    def _definition(self, equipment: str, alarm: str, *, is_alert: bool) -> Alarm:
        """As it was thought through, as far as anybody knows now."""
        return self.declared.alerts.get(alarm, self.declared.default) if is_alert else self._declared(equipment, alarm)

    def _declared(self, equipment: str, alarm: str) -> Alarm:
        of = self.declared.equipment
        for name in (equipment, self._class_of.get(equipment, "")):
            if alarm in of.get(name, {}):
                return of[name][alarm]
        return self.declared.default

    def _all_declared(self) -> list[Alarm]:
        named = [it for alarms in self.declared.equipment.values() for it in alarms.values()]
        return [self.declared.default, *named]

    def _means_nothing(self, record: AlarmRecord) -> bool:
        """Whether its equipment is in a state in which it is suppressed by design."""
        return self._states.get(record.equipment, (-1, 0))[1] in state_numbers(record.declared.suppressed_in)

    def _accept(self, record: AlarmRecord, said: Said) -> None:
        if record.acknowledged and record.acknowledged.at_us > said.at_us:
            return  # it became known late, and somebody has done so again since
        if record.calls and said.at_us >= record.heard_us:
            record.answers_us.append(said.at_us - record.heard_us)
        record.acknowledged = said
        self._watch(record)

    def _is_heard_again(self, record: AlarmRecord, since_us: int, at_us: int) -> list[OperationsEvent]:
        """One thing that kept it quiet is over."""
        record.quiet.append((since_us, at_us))
        self._watch(record)
        if not record.calls:
            return []
        if record.raised_us > at_us:  # it came after that, and nobody has heard meanwhile that it could be heard
            return self._flood(record, record.raised_us)
        record.heard_again.append(at_us)
        return self._flood(record, at_us)

    def _flood(self, record: AlarmRecord, at_us: int) -> list[OperationsEvent]:
        """More than anybody can follow: told once, until it is less than half as much again."""
        if record.is_alert:
            return []
        flood = self.declared.flood
        self._recent = [it for it in self._recent if at_us - it < flood.within] + [at_us]
        count = len(self._recent)
        if count * 2 < flood.times:
            self._is_flood = False
        if not self._tells_of_floods or self._is_flood or count < flood.times:
            return []
        self._is_flood = True
        message = f"{count} alarms in {flood.within // 60_000_000} min, the last one {record.alarm} of {record.equipment}"
        return [WorkAlertRaised(effective_us=at_us, alert=FLOOD, message=message)]

    def _missed(self, record: AlarmRecord, at_us: int) -> list[OperationsEvent]:
        """It should have gone to others before somebody says this, and no round has come meanwhile."""
        found: list[OperationsEvent] = []
        handed_on = record.handed_on
        while not record.shelved and 0 <= record.due_us < at_us:
            found.append(self._ends(record, record.due_us))
            record.handed_on = record.heard_us, record.step + 1
        record.handed_on = handed_on
        return found

    def _watch(self, record: AlarmRecord) -> None:
        """Remember when its time is over."""
        due_us = record.shelved.until_us if record.shelved else record.due_us
        if due_us >= 0:
            self._due[record.key] = due_us
        elif self._due.pop(record.key, None) is None:
            return
        self._next_us = min(self._due.values(), default=-1)

    @staticmethod
    def _ends(record: AlarmRecord, due_us: int) -> OperationsEvent:
        about: dict[str, Any] = {
            "effective_us": due_us, "equipment": record.equipment, "lot": record.lot, "job_order": record.job_order,
            "request": record.request, "alarm": record.alarm, "is_alert": record.is_alert,
        }  # fmt: skip
        if record.shelved:
            return e.AlarmUnshelved(**about)
        to = record.declared.escalate_to
        return e.AlarmEscalated(**about, to=to[record.step] if record.step < len(to) else "", escalation=record.step + 1)


def _with(known: Mapping[str, Alarm], name: str, it: Alarm | None) -> dict[str, Alarm]:
    others = {one: alarm for one, alarm in known.items() if one != name}
    return others if it is None else {**others, name: it}


def _said(event: e.AlarmEntry, reason: str = "", until_us: int = -1) -> Said:
    return Said(at_us=event.effective_us, person=event.person, terminal=event.terminal, reason=reason, until_us=until_us)
