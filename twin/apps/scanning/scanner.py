"""What a scan means at one scanner: who I am, where I am, and what happens to the job order or the lot in my hands.

A badge says who scans, a work unit or a storage unit where; then a job order is started there, set up, or completed, and a lot is put
there. The undo label takes the last scan back as far as that can be done on a floor: a start is stopped again, a lot is where it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from twin.apps.feed import Feed
from twin.apps.speaking.naming import in_plant_time
from twin.mes.execution import ENDED, NOT_STARTED, JobOrder
from twin.model.events import JobOrderCommand, LotScanned, OperationsEvent, PiecesCounted, SetupDone
from twin.model.problems import listed
from twin.model.states import DispatchStatus, JobCommand, WorkUnitState
from twin.results.labels.codes import UNDO, Code, CodeKind, read_code
from twin.results.labels.label import label
from twin.results.run import Run
from twin.store.entries import Said
from twin.store.proof.badges import Session

KEPT = 50
HIDDEN = "PIN"
NOBODY = (
    "This plant declares no persons, so nobody can sign on and nothing is entered; allowed: persons in plant.yaml, then serve it again."
)
SCAN_AGAIN = "allowed: badge and PIN now, then again what was scanned after the badge"
UNDONE_AT_MOST = 20
ONE_SCAN_S = 2.0  # a reader that is triggered twice reads the same code again within this time: nobody means that twice
_COMMANDED: Mapping[str, str] = {
    JobCommand.START: "begins", JobCommand.RESUME: "begins", JobCommand.RESTART: "goes on", JobCommand.STOP: "was stopped",
    JobCommand.HOLD: "was held",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one scan; `words` are what was done, or why nothing was."""

    scanned: str
    is_accepted: bool
    words: str


def done_words(event: OperationsEvent) -> str:
    """What is so once an entry of a scanner was taken."""
    match event:
        case LotScanned():
            return f"lot {event.lot} is at {event.place or event.equipment}"
        case SetupDone():
            return f"{event.equipment} is set up for {event.job_order}"
        case PiecesCounted():
            return f"{event.job_order} is complete: {event.good} that were left are good"
        case JobOrderCommand():
            return f"{event.job_order} {_COMMANDED.get(event.command, 'was commanded')} at {event.equipment}"
    return "it is taken"


@dataclass(slots=True)
class Scanner:
    """One scanner in somebody's hands. It is asked by one thread at a time.

    Parameters
    ----------
    feed : where entries go, and what the plant is asked
    terminal : what every entry says of where it was made
    """

    feed: Feed
    terminal: str
    person: str = ""
    place: Code | None = None  # a work unit or a storage unit
    answers: list[Answer] = field(default_factory=list)  # newest last
    clock: Callable[[], float] = time.monotonic
    token: str = ""  # of the session, where badges have PINs
    asked: str = ""  # whose PIN is scanned or typed next
    _used_s: float = 0.0
    _scan_id: str = ""  # of the scan that is answered now: what it says is taken once
    _ago_s: float = 0.0  # since it was scanned, if the server was away then
    _last: tuple[str, float, str] = ("", 0.0, "")  # the last scan that was taken, when it was made, and what was said to it
    _last_id: str = ""  # of that scan
    _completing: str = ""  # the job order of which the last scan has asked whether all that is left is good
    _undo: list[tuple[str, Callable[[], str]]] = field(default_factory=list)  # what was done, and what takes it back

    def scan(self, text: str, scan_id: str = "", ago_s: float = 0.0) -> Answer:
        """Do what the scan means here. The same id again, from a page that has heard no answer, does nothing twice."""
        before = self.feed.heard(scan_id)
        is_pin = bool(self.asked) and not ago_s and not before  # a PIN is not kept, so nothing that was kept is one
        self._scan_id, self._ago_s = scan_id, ago_s
        try:
            words, is_accepted = self._answer_of_then(*before) if before else self._once(text.strip(), is_pin), True
        except ValueError as doubt:  # an unknown code is one, and so is a refusal
            words, is_accepted = str(doubt), False
        self._used_s = self.clock()
        answer = Answer(scanned=HIDDEN if is_pin else text.strip(), is_accepted=is_accepted, words=self._sentence(words))
        self.answers = [*self.answers[-KEPT + 1 :], answer]
        return answer

    def _once(self, text: str, is_pin: bool) -> str:
        """Do what it means, unless it is the last scan once more: sent again, or read twice off a job order."""
        last, last_s, words = self._last
        if self._scan_id and self._scan_id == self._last_id:
            return words
        at_s = self.clock() - self._ago_s
        if last == text and text.startswith(f"{CodeKind.JOB_ORDER}:") and abs(at_s - last_s) < ONE_SCAN_S:
            return words
        words = self._meant(text, is_pin)
        self._last, self._last_id = ("" if is_pin else text, at_s, words), self._scan_id
        return words

    def _meant(self, text: str, is_pin: bool) -> str:
        """Do what it means by who scans, where, and how things stand."""
        self._end_what_was_left()
        if is_pin:
            return self._prove(text)
        with self.feed.run.lock:
            code = read_code(self.feed.run, text)
        return self._do(code)

    @staticmethod
    def _answer_of_then(event: OperationsEvent | None, doubt: str) -> str:
        """What was said of a scan that is sent again: as things stand now, it would mean another act."""
        if doubt or event is None:
            raise ValueError(doubt)
        return done_words(event)

    @property
    def standing(self) -> dict[str, str]:
        """Who stands where, as `resume` takes it."""
        return {"person": self.person, "token": self.token, "place": self.place.text if self.place else ""}

    def resume(self, standing: Mapping[str, Any]) -> None:
        """The page was built anew after the server was away: whoever scanned there goes on, with the session of then.

        Who or what is not there any more, in a plant that was changed meanwhile, is left out; what to scan next says so.
        """
        if self.answers or self.person:
            return
        person, place = str(standing.get("person", "")), str(standing.get("place", ""))
        if person in self.feed.run.plant.layout.persons:
            self.person, self.token = person, str(standing.get("token", ""))
        with suppress(ValueError), self.feed.run.lock:
            code = read_code(self.feed.run, place)
            self.place = code if code.kind in (CodeKind.EQUIPMENT, CodeKind.PLACE) else None

    @property
    def next_step(self) -> str:
        """What to scan next, in words."""
        if not self._has_persons:
            return NOBODY
        if self.asked:
            return f"Type the PIN of {self.asked}."
        if not self.person:
            return "Scan your badge."
        if self.place is None:
            return "Scan where you are: a work unit or a storage unit."
        if self.place.kind is CodeKind.EQUIPMENT:
            return f"Scan a job order to start or complete it at {self.place.name}, or a lot that is here."
        return f"Scan the lots that you put into {self.place.name}."

    def _sentence(self, words: str) -> str:
        """With a capital in front, unless that is somebody's or something's id."""
        run, first = self.feed.run, words.partition(" ")[0]
        ids = (run.plant.layout.persons, run.plant.equipment, run.mes.lots, run.mes.job_orders)
        return words if any(first in names for names in ids) else words[:1].upper() + words[1:]

    # What a code does

    def _do(self, code: Code) -> str:
        asked, self._completing = self._completing, ""
        match code.kind:
            case CodeKind.PERSON:
                return self._sign_on(code.name)
            case CodeKind.EQUIPMENT | CodeKind.PLACE:
                return self._be_at(code)
            case CodeKind.JOB_ORDER:
                return self._job_order(code.name, is_asked=code.name == asked)
            case CodeKind.LOT:
                return self._lot(code.name)
            case CodeKind.PACKAGE:
                return f"package {code.name}: {', '.join(label(self.feed.run, code).lines)}"
        if code.name == UNDO and asked:
            return f"nothing of {asked} was counted"
        return self._take_back() if code.name == UNDO else self._sign_off()

    def _sign_on(self, person: str) -> str:
        if self.feed.badges.are_asked_for:
            if self._ago_s and person == self.person:
                return f"{person} scans here"
            self._leave()
            if self._ago_s:  # what was scanned after it is nobody's: neither this person's nor that of who scanned before
                raise ValueError(f"the badge of {person} was scanned while the server was away, and no PIN is kept; {SCAN_AGAIN}")
            self.asked = person
            return f"{person} types the PIN next, or scans it"
        before, self.person = self.person, person
        self._can_undo(f"{person} signed on", lambda: self._sign(before))
        return f"{person} scans here"

    def _sign(self, person: str) -> str:
        self.person = person
        return ""

    def _prove(self, pin: str) -> str:
        """A badge was scanned, and this is its PIN."""
        person, self.asked = self.asked, ""
        self.token = self.feed.badges.sign_on(person, pin, self.terminal)
        self.person = person
        return f"{person} scans here"

    def _end_what_was_left(self) -> None:
        """A session in which nothing was scanned for long is nobody's any more."""
        if not self.feed.badges.are_asked_for or self._ago_s or self.clock() - self._used_s <= self.feed.badges.idle_s:
            return
        was, self.asked = self.person, ""
        self._leave()
        if was:
            raise ValueError(f"the session of {was} has ended, since nothing was scanned for long; scan your badge again")

    def _leave(self) -> None:
        self.feed.badges.sign_off(self.token, self.person, self.terminal)
        self.person, self.token, self._completing = "", "", ""
        self._undo.clear()

    def _sign_off(self) -> str:
        if not self.person:
            raise ValueError("nobody is signed on; scan your badge first")
        said, self.place = f"{self.person} has signed off", None
        self._leave()
        return said

    def _be_at(self, place: Code) -> str:
        before, self.place = self.place, place
        self._can_undo(f"at {place.name}", lambda: self._stand(before))
        return f"at {place.name}"

    def _stand(self, place: Code | None) -> str:
        self.place = place
        return ""

    def _lot(self, lot: str) -> str:
        who = self._signed()
        if self.place is None:
            raise ValueError("it is not known where the lot is; scan a work unit or a storage unit first")
        run = self.feed.run
        with run.lock:
            before = run.mes.lots[lot].place
            is_storage = before in run.plant.layout.storage_units
            can_go_back = is_storage or before in run.plant.equipment
        self._enter(scanned := self._scanned(lot, self.place.kind is CodeKind.PLACE, self.place.name, who))
        if can_go_back:
            self._can_undo(f"lot {lot} at {self.place.name}", lambda: self._said(self._scanned(lot, is_storage, before, who)))
        else:
            self._cannot_undo(f"nobody knows where lot {lot} was before")
        return done_words(scanned)

    def _scanned(self, lot: str, is_storage: bool, name: str, who: str) -> LotScanned:
        place, equipment = (name, "") if is_storage else ("", name)
        return LotScanned(
            effective_us=0, lot=lot, person=who, terminal=self.terminal, place=place, equipment=equipment, entry_id=self._scan_id
        )

    def _job_order(self, name: str, *, is_asked: bool) -> str:
        who, run = self._signed(), self.feed.run
        with run.lock:
            job = run.mes.job_orders[name]
            equipment, status, left = self._where(job), job.status, run.mes.hand_work.left(name)
            state = run.mes.equipment.records[equipment].state
        if status in ENDED:
            raise ValueError(f"job order {name} is {status.value} already; allowed: a job order that is not ended")
        if status in NOT_STARTED or status == DispatchStatus.SUSPENDED:
            command = JobCommand.RESUME if status == DispatchStatus.SUSPENDED and job.equipment == equipment else JobCommand.START
            self._command(command, equipment, name, who)
            self._can_undo(f"{name} begun", lambda: self._commanded(JobCommand.STOP, equipment, name, who))
            return f"{name} {_COMMANDED[command]} at {equipment}"
        if status == DispatchStatus.HELD:
            self._command(JobCommand.RESTART, equipment, name, who)
            self._can_undo(f"{name} goes on", lambda: self._commanded(JobCommand.HOLD, equipment, name, who))
            return f"{name} {_COMMANDED[JobCommand.RESTART]} at {equipment}"
        at: dict[str, Any] = {"effective_us": 0, "equipment": equipment, "job_order": name, "person": who}
        at |= {"terminal": self.terminal, "entry_id": self._scan_id}
        if state == WorkUnitState.STARTING:
            self._enter(SetupDone(**at))
            self._cannot_undo("a set-up that is done is not undone by a scan")
            return done_words(SetupDone(**at))
        return self._complete(PiecesCounted(**at, good=left), is_asked=is_asked)

    def _complete(self, counted: PiecesCounted, *, is_asked: bool) -> str:
        """All that is left of a job order is good, if whoever scans says so twice: a kept scan saw no question, so it answers none."""
        name, is_by_hand = counted.job_order, self.feed.run.scenario.policies.reports == "persons"
        if is_by_hand and (self._ago_s or not is_asked):
            self._completing = name
            return f"{name}: {counted.good} are left; scan it again if all of them are good, or count them below"
        self._enter(counted)
        self._cannot_undo(f"pieces of {name} were counted; a count is not undone by a scan, but corrected below (Correct a count)")
        return done_words(counted)

    def _where(self, job: JobOrder) -> str:
        """The work unit that a scan of a job order is about: where it is, else where I am, else the only one that can do it."""
        if job.equipment and job.status not in NOT_STARTED:
            return job.equipment
        if self.place and self.place.kind is CodeKind.EQUIPMENT:
            if self.place.name not in job.step.equipment:
                raise ValueError(f"{self.place.name} cannot do {job.job_order}; allowed: {listed(job.step.equipment)}")
            return self.place.name
        if len(job.step.equipment) == 1:
            return job.step.equipment[0]
        raise ValueError(f"it is not known where; scan one of {listed(job.step.equipment)} first")

    # Undo

    def _take_back(self) -> str:
        if not self._undo:
            raise ValueError("there is nothing to undo; allowed: once something was scanned that can be taken back")
        done, back = self._undo[-1]
        if words := back():
            raise ValueError(words)
        self._undo.pop()
        return f"undone: {done}"

    def _can_undo(self, done: str, back: Callable[[], str]) -> None:
        self._undo = [*self._undo[-UNDONE_AT_MOST + 1 :], (done, back)]

    def _cannot_undo(self, why: str) -> None:
        """What was before it cannot be undone either: that would not be the last scan."""
        self._undo = [("", lambda: why)]

    # Entries

    @property
    def _has_persons(self) -> bool:
        return bool(self.feed.run.plant.layout.persons)

    def _signed(self) -> str:
        if not self._has_persons:
            raise ValueError(NOBODY)
        if not self.person:
            raise ValueError("nobody is signed on; scan your badge first")
        if words := self.feed.badges.doubt(self.token, self.person, self.terminal, was_kept=self._ago_s > 0):
            self._leave()
            raise ValueError(words)
        return self.person

    def _enter(self, event: OperationsEvent) -> None:
        if words := self._said(event):
            raise ValueError(words)

    def _said(self, said: Said) -> str:
        """Say it at the door; what was scanned while the server was away, as of then."""
        ago_s, session = self._ago_s, Session(person=self.person, terminal=self.terminal, token=self.token)

        def made(at_us: int) -> OperationsEvent:
            event = said(at_us) if callable(said) else replace(said, effective_us=at_us, recorded_us=at_us)
            return self.feed.as_of(event, ago_s, at_us)

        return in_plant_time(self.feed.run.plant, self.feed.now_us, self.feed.enter(made, self._scan_id, session=session))

    def _command(self, command: JobCommand, equipment: str, job_order: str, who: str) -> None:
        if words := self._commanded(command, equipment, job_order, who):
            raise ValueError(words)

    def _commanded(self, command: JobCommand, equipment: str, job_order: str, who: str) -> str:
        run: Run = self.feed.run

        def say(at_us: int) -> OperationsEvent:
            return run.mes.hand_work.command(command, at_us, equipment, who, job_order, terminal=self.terminal, entry_id=self._scan_id)

        return self._said(say)
