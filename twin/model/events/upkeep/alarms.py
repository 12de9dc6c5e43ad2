"""Level 3, alarms (ISA-18.2 / IEC 62682): what persons say to an alarm or an alert, and to whom it goes when nobody answers.

`alarm` and what it is about (its equipment; of an alert its equipment, lot, job order or request) say which one is meant.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.entries import Entry
from twin.model.events.operations_event import OperationsEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmEntry(Entry):
    """What somebody says to one alarm; `is_alert`: to an alert of MES or ERP."""

    alarm: str
    is_alert: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmAccepted(AlarmEntry):
    """A person has seen the alarm, and answers for it (ISA-18.2: acknowledge)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmReset(AlarmEntry):
    """What is latched may go; of an alert: it is dealt with."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmShelved(AlarmEntry):
    """It shall keep quiet until then, for a reason."""

    until_us: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmUnshelved(AlarmEntry):
    """It is heard again: a person wants so, or, without one, its time on the shelf is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmTakenOutOfService(AlarmEntry):
    """It is not heard until somebody returns it to service."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmReturnedToService(AlarmEntry):
    """It is heard again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmEscalated(OperationsEvent):
    """Nobody has acknowledged it in time: it goes to personnel class `to` ("": nobody is left). `escalation` counts from 1."""

    alarm: str
    to: str
    escalation: int
    is_alert: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationSent(AlarmEntry):
    """The server has told somebody of an escalation, or has given up; nobody stands there.

    `record`: the escalation's id in the journal. `address`: of a program, or of which class the mail was for. `failure`: "" if it arrived,
    else what went wrong at the last of so many `tries`.
    """

    record: str
    escalation: int
    address: str
    tries: int
    failure: str = ""
