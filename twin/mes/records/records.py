"""Shift notes, hand-overs and reviews of batches as one fold. What makes no sense is refused in words, and changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from twin.mes.collection.functions import Reacting
from twin.mes.collection.reactions import Accepted
from twin.mes.personnel import WorkCalendars
from twin.mes.quality.quality import Quality
from twin.mes.tracking.tracking import Tracking
from twin.model import events as e
from twin.model.calendars import WorkInterval, written_local
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned

Reviewed = e.BatchRecordReleased | e.BatchRecordRejected | e.RecordExceptionAccepted


class Records(Reacting):
    """What persons have left to the next shift, which shifts were handed over, how batches were reviewed (a `Function`)."""

    def __init__(self, plant: Plant, calendars: WorkCalendars, tracking: Tracking, quality: Quality) -> None:
        self._plant, self._calendars, self._tracking, self._quality = plant, calendars, tracking, quality
        self.notes: list[e.ShiftNoteLeft] = []
        self.handovers: dict[tuple[str, int], e.ShiftHandedOver] = {}  # by shift and its beginning
        self.releases: dict[str, e.BatchRecordReleased] = {}  # by lot
        self.accepted: dict[str, dict[str, e.RecordExceptionAccepted]] = {}  # by lot and exception
        self.rejections: dict[str, list[e.BatchRecordRejected]] = {}  # by lot
        self._rejected_as: dict[str, str] = {}  # the nonconformance of the last of them, by lot; "": nothing of it was here
        persons = self._persons = plant.layout.persons
        self._reactions = {
            e.ShiftNoteLeft: Accepted(persons, self._doubt_note, self.notes.append),
            e.ShiftHandedOver: Accepted(persons, self._doubt_handover, self._hand_over),
            e.BatchRecordReleased: Accepted(persons, self._doubt_release, self._release),
            e.RecordExceptionAccepted: Accepted(persons, self._doubt_acceptance, self._accept),
            e.BatchRecordRejected: self._reject,
            e.SecretRefused: self._guessed,
        }

    def shifts(self, from_us: int, to_us: int) -> list[WorkInterval]:
        """The plant's shifts that touch the window, each once, whichever calendars have it, in order."""
        found = {
            (it.start_us, it.end_us, it.shift): it
            for name in self._plant.layout.calendars
            for it in self._calendars.work_times[name].shifts(from_us, to_us)
        }
        return [found[key] for key in sorted(found)]

    def _hand_over(self, event: e.ShiftHandedOver) -> None:
        self.handovers[event.shift, event.start_us] = event

    def _release(self, event: e.BatchRecordReleased) -> None:
        self.releases[event.lot] = event

    def accepted_of(self, lot: str) -> Mapping[str, e.RecordExceptionAccepted]:
        """Exceptions of its record that were accepted one by one, by their numbers."""
        return self.accepted.get(lot, {})

    def _accept(self, event: e.RecordExceptionAccepted) -> None:
        self.accepted.setdefault(event.lot, {})[event.exception] = event

    def _reject(self, event: e.BatchRecordRejected) -> list[OperationsEvent]:
        """A nonconformance about all that is here of the lot, which is held; of what is not here somebody is told."""
        if reason := unsigned(event, self._persons) or self._doubt_rejection(event):
            return [refusal(event, reason)]
        self.rejections.setdefault(event.lot, []).append(event)
        lot, words = self._tracking.lots[event.lot], f"its batch record is rejected by {event.person}: {event.reason}"
        here, away, told = (
            lot.on_hand + lot.in_process,
            (lot.produced if lot.made_here else lot.quantity) - lot.on_hand,
            list[OperationsEvent](),
        )
        if away > 0 or not here:
            of = f"{away} of it are not here" if here else "nothing of it is here"
            told.append(e.WorkAlertRaised.about(event, "rejected", f"lot {event.lot}: {words}; {of}: trace where it went"))
        name = self._rejected_as[event.lot] = self._quality.nonconformances.name_for(event.lot, "record") if here else ""
        at: dict[str, Any] = {"effective_us": event.effective_us, "lot": event.lot, "request": lot.request, "nonconformance": name}
        if here:
            told.append(e.NonconformanceRaised(**at, quantity=here, description=words))
            told.append(e.NonconformanceContained(**at, action="the lot is held"))
        return told

    def is_rejected(self, lot: str) -> bool:
        """Whether its record was rejected, and what becomes of the lot is not done with: nothing can, while nothing of it is here."""
        name = self._rejected_as.get(lot)
        if name == "":
            return self._is_away(lot)
        return name is not None and any(it.nonconformance == name for it in self._quality.nonconformances.open_of(lot))

    def _is_away(self, lot: str) -> bool:
        it = self._tracking.lots[lot]
        return not it.on_hand + it.in_process

    @staticmethod
    def _guessed(event: e.SecretRefused) -> list[OperationsEvent]:
        """Somebody has to look when a person is locked out: it was forgotten, or somebody else has tried (21 CFR 11.300(d))."""
        if not event.locked_until_s:
            return []
        words = f"{event.person} is locked out after wrong {event.secret_kind}s, the last at '{event.terminal}'"
        return [e.WorkAlertRaised.about(event, "locked_out", words)]

    # Doubts

    def _shift(self, event: e.ShiftNoteLeft | e.ShiftHandedOver) -> str:
        names = list(dict.fromkeys(name for it in self._plant.layout.calendars.values() for name in it.shift_names))
        if event.shift not in names:
            return f"no shift is called '{event.shift}'{did_you_mean(event.shift, names)}; allowed: {listed(names)}"
        when = written_local(event.start_us, self._plant.layout.time_zone)
        if event.effective_us < event.start_us:
            return f"the {event.shift} shift of {when} has not begun"
        there = self.shifts(event.start_us, event.start_us + 1) if event.start_us >= 0 else []
        began = any((it.shift, it.start_us) == (event.shift, event.start_us) for it in there)
        return "" if began else f"no {event.shift} shift begins {when}"

    def _doubt_note(self, event: e.ShiftNoteLeft) -> str:
        return self._shift(event) or ("" if event.text.strip() else "it says nothing")

    def _doubt_handover(self, event: e.ShiftHandedOver) -> str:
        if doubt := self._shift(event):
            return doubt
        if earlier := self.handovers.get((event.shift, event.start_us)):
            return f"{earlier.person} has handed it over already, {written_local(earlier.effective_us, self._plant.layout.time_zone)}"
        return self._fits(event.report, event.report_hash, "report")

    def _doubt_review(self, event: Reviewed) -> str:
        """Whoever reviews the record of a lot may do so, and it is not released."""
        lot = self._tracking.lots.get(event.lot)
        if lot is None:
            return f"nobody knows lot '{event.lot}'{did_you_mean(event.lot, self._tracking.lots)}"
        if earlier := self.releases.get(event.lot):
            return f"{earlier.person} has released it already, {written_local(earlier.effective_us, self._plant.layout.time_zone)}"
        return self._quality.entries.authority(event, lot.material)

    def _doubt_done(self, event: Reviewed) -> str:
        lot = self._tracking.lots[event.lot]
        if lot.made_here and not lot.begun:
            return f"lot {event.lot} is not begun; allowed: a lot that is done"
        return f"{lot.in_process} of lot {event.lot} are in process; allowed: a lot that is done" if lot.in_process else ""

    def _doubt_acceptance(self, event: e.RecordExceptionAccepted) -> str:
        if doubt := self._doubt_review(event):
            return doubt
        if earlier := self.accepted_of(event.lot).get(event.exception):
            return f"{earlier.person} has accepted it already, {written_local(earlier.effective_us, self._plant.layout.time_zone)}"
        if not event.exception or not event.words.strip():
            return "it does not say which exception; allowed: one of the record"
        return "" if event.reason.strip() else "it needs a reason"

    def _doubt_rejection(self, event: e.BatchRecordRejected) -> str:
        if doubt := self._doubt_review(event) or self._doubt_done(event):
            return doubt
        if self.is_rejected(event.lot):
            return self._rejected_already(event.lot)
        return self._fits(event.record, event.record_hash, "record") if event.reason.strip() else "it needs a reason"

    def _rejected_already(self, lot: str) -> str:
        name = self._rejected_as[lot]
        allowed = f"to say what becomes of {name}" if name else "once some of it has come back"
        return f"{self.rejections[lot][-1].person} has rejected it already; allowed: {allowed}"

    def _doubt_release(self, event: e.BatchRecordReleased) -> str:
        if doubt := self._doubt_review(event):
            return doubt
        if self._rejected_as.get(event.lot) == "" and self._is_away(event.lot):
            return self._rejected_already(event.lot)
        if why := self._quality.holds.why(event.lot):
            return f"lot {event.lot} is held: {why}"
        open_ones = [it.nonconformance for it in self._quality.nonconformances.open_of(event.lot)]
        if open_ones:
            return f"lot {event.lot} has open nonconformances: {listed(open_ones)}"
        if doubt := self._doubt_done(event):
            return doubt
        if event.exception_count and not event.reason.strip():
            return f"{event.exception_count} exceptions are accepted with it: it needs a reason"
        return self._fits(event.record, event.record_hash, "record")

    @staticmethod
    def _fits(text: str, written_hash: str, what: str) -> str:
        fits = hashlib.sha256(text.encode()).hexdigest() == written_hash
        return "" if fits else f"the {what} is not the one that has this hash"
