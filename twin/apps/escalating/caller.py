"""Tells others of what nobody has answered in time: each escalation once, tried again, with what came of it in the journal.

It reads the journal like everybody else, so a run that goes on after a restart tells what is still open, and nothing twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from twin.apps.escalating.sending import NotDelivered, Notice, Person, mail, post, receivers_of
from twin.apps.feed import Feed
from twin.apps.words import equipment_title
from twin.mes.alarms.alarm import AlarmRecord
from twin.mes.alarms.entries import subject_of
from twin.model.events import AlarmEscalated, EscalationSent
from twin.store.escalating.ways import EVERYBODY, Mail, Ways, Webhook

BEAT_S = 0.5
TERMINAL = "server"
_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class _Open:
    """One escalation on one way."""

    record: str  # id of the escalation in the journal
    event: AlarmEscalated
    address: str
    send: Callable[[Notice], None]
    tries: int = 0
    due_s: float = 0.0
    failure: str = ""


class Caller:
    """A thread that sends, from `with` on to its end."""

    def __init__(self, feed: Feed, ways: Ways) -> None:
        self._feed, self._ways = feed, ways
        self._mark = 0
        self._known: set[tuple[str, str]] = set()  # by escalation and address: sent, given up, or on its way
        self._open: list[_Open] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="escalations", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join(15)

    def _watch(self) -> None:
        while not self._stop.wait(BEAT_S):
            try:
                self._look()
                for it in [it for it in self._open if it.due_s <= time.monotonic()]:
                    self._try(it)
            except Exception:  # whoever is to be told tomorrow must not miss it for what went wrong today
                _log.exception("an escalation could not be told")

    def _look(self) -> None:
        """What has come into the journal since."""
        with self._feed.run.lock:
            entries = list(self._feed.run.journal.entries(self._mark))
            self._mark = len(self._feed.run.journal)
        self._known |= {(it.event.record, it.event.address) for it in entries if isinstance(it.event, EscalationSent)}
        for entry in entries:
            if isinstance(entry.event, AlarmEscalated):
                for it in self._ways_of(entry.id, entry.event):
                    if (it.record, it.address) not in self._known:
                        self._known.add((it.record, it.address))
                        self._open.append(it)

    def _ways_of(self, record: str, event: AlarmEscalated) -> list[_Open]:
        ways = self._ways
        hooks = [it for it in ways.webhooks if not it.to or event.to in it.to or EVERYBODY in it.to]
        found = [_Open(record=record, event=event, address=it.shown, send=_posting(it)) for it in hooks]
        if ways.mail:
            found.append(_Open(record=record, event=event, address=f"mail to {event.to or 'everybody'}", send=_mailing(ways.mail)))
        return found

    def _try(self, it: _Open) -> None:
        notice = self._notice(it)
        if notice is None:  # somebody has answered
            self._open.remove(it)
            return
        it.tries += 1
        try:
            it.send(notice)
        except Exception as error:
            if not isinstance(error, NotDelivered):
                _log.exception("an escalation could not be told")
            it.failure = str(error) if isinstance(error, NotDelivered) else f"it cannot be sent: {type(error).__name__}"
            if it.tries <= len(self._ways.again):
                it.due_s = time.monotonic() + self._ways.again[it.tries - 1] / 1e6
                return
        else:
            it.failure = ""
        self._open.remove(it)
        about = {name: getattr(it.event, name) for name in ("equipment", "lot", "job_order", "request", "alarm", "is_alert", "escalation")}
        sent = EscalationSent(
            effective_us=0, **about, terminal=TERMINAL, record=it.record, address=it.address, tries=it.tries, failure=it.failure,
            entry_id=f"{it.record} {it.address}",
        )  # fmt: skip
        self._feed.keep(sent)

    def _notice(self, it: _Open) -> Notice | None:
        """What is to be told of it as things stand; None if it calls nobody any more."""
        event, run = it.event, self._feed.run
        with run.lock:
            alarm = run.mes.alarms.all.get((event.is_alert, subject_of(event), event.alarm))
            if alarm is None or not alarm.calls or alarm.step < event.escalation or event.effective_us < alarm.heard_us:
                return None
            return self._told(it.record, event, alarm)

    def _told(self, record: str, event: AlarmEscalated, alarm: AlarmRecord) -> Notice:
        run = self._feed.run
        persons = run.plant.layout.persons
        able = [name for name, it in persons.items() if event.to in it.classes]
        where = equipment_title(run.plant, event.equipment) if event.equipment else alarm.subject or "the plant"
        who = tuple(
            Person(id=name, title=persons[name].title or name, is_on_shift=run.mes.personnel.is_on_shift(name, run.now_us)) for name in able
        )  # fmt: skip
        return Notice(
            id=record, plant=run.plant.title or run.plant.id, what=event.alarm, title=alarm.declared.title or event.alarm.replace("_", " "),
            message=alarm.message, priority=alarm.declared.priority, response=alarm.declared.response, where=where,
            equipment=event.equipment, lot=event.lot, job_order=event.job_order, request=event.request, since=_iso(alarm.raised_us),
            escalated=_iso(event.effective_us), escalation=event.escalation, to=event.to, who=who,
        )  # fmt: skip


def _posting(way: Webhook) -> Callable[[Notice], None]:
    return lambda notice: post(notice, way)


def _mailing(way: Mail) -> Callable[[Notice], None]:
    def send(notice: Notice) -> None:
        if not (receivers := receivers_of(notice, way)):
            raise NotDelivered(f"nobody has an address for {notice.to or 'everybody'}")
        mail(notice, way, receivers)

    return send


def _iso(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / 1e6, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
