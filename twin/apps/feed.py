"""The run that the pages show: carried by one thread, seen by every session, at a speed that the viewer sets."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from twin.model.events import Entry, Heartbeat, JobOrderCommand, JobOrderCompleted, MasterDataChanged, OperationsEvent, RecordSigned
from twin.model.master_data.made import is_made
from twin.model.personnel.roles import lacks_role
from twin.model.readiness.earlier import happened_at, may_be_earlier
from twin.model.source import EventSource
from twin.model.states import Source
from twin.results.auditing.said_now import not_said_now
from twin.results.database.tabled import tabled, tabled_every
from twin.results.run import Run
from twin.run import carry
from twin.simulation.pacing import Paced
from twin.store.entries import Said, WithEntries
from twin.store.journal import StoreError
from twin.store.proof.badges import Badges, Session
from twin.store.proof.changing import Secrets
from twin.store.proof.lockout import Lockout
from twin.store.proof.signing import Signatures

T = TypeVar("T")
FRESH_FOR_S = 0.4
LONGEST_AGO_S = 10 * 86400.0
_log = logging.getLogger(__name__)


class Feed:
    """One run on its way through the path, with the means to look at it.

    Parameters
    ----------
    run : where the path leaves what happens
    source : where it comes from; a `Paced` one can be paused, stepped, made faster
    kind : "simulated", "by hand", "replayed" or "live", as the viewer reads it
    stop : set when the run shall end, for a source that waits for it too
    takes : what else than commands, of what persons say, the source is told: a plant that is worked by hand
    folder : of the plant's files, from which declared documents are opened; left out, those of entries alone can be
    tables_us : how often, by the wall, the tables in the run's database are brought up to date, and at the end; left out, at the end alone
    """

    def __init__(
        self, run: Run, source: EventSource, kind: str, stop: threading.Event | None = None, takes: tuple[type[OperationsEvent], ...] = (),
        tables_us: int | None = None, folder: Path | None = None,
    ) -> None:  # fmt: skip
        self.run, self.folder = run, folder
        self.files_said: list[str] = []  # what the plant's files declare otherwise than the journal that goes on, in words
        self.once_started: Callable[[], None] | None = None  # called then, in a thread of its own
        self.kind = kind
        self.pace = source if isinstance(source, Paced) else None
        self.failure = ""
        self._stop = stop or threading.Event()
        lockout = Lockout("secret", self.keep)
        self.signatures, self.badges = Signatures(run.journal, lockout=lockout), Badges(tell=self.keep)
        said = [it.event for it in run.journal.entries() if it.source == Source.USER]
        self.secrets: Secrets | None = None  # of a file that persons may change theirs in
        lockout.recall(said)
        self.badges.recall(said)
        self._tables_us, self._applied_seq = tables_us, getattr(source, "applied_seq", lambda: len(run.journal))
        self._source = WithEntries(source, run.journal, self._stop, takes)
        self._thread = threading.Thread(target=self._carry, name="the path", daemon=True)
        self._seen: dict[str, tuple[float, float, object]] = {}  # when, how long it took, what
        self._seen_lock = threading.Lock()
        self._kept_us: dict[str, int] = {}  # by terminal: from when the last counts that it has kept while the server was away

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen in the plant."""
        return self._source.is_over or bool(self.failure)

    @property
    def now_us(self) -> int:
        """The plant's time for whoever looks: where nothing happens for a while, it runs on all the same."""
        paced_us = self.pace.now_us if self.pace and not self.ended else None
        return max(self.run.now_us, paced_us or 0)

    def then_us(self, ago_s: float, now_us: int) -> int:
        """The plant's time so many seconds ago on the wall, at most `now_us`; now, where it stood still then, since nobody served it."""
        if self.pace is None:
            return now_us - round(ago_s * 1e6)
        then_us = self.pace.then_us(ago_s)
        return now_us if then_us is None else min(then_us, now_us)

    def as_of(self, event: OperationsEvent, ago_s: float, at_us: int) -> OperationsEvent:
        """What was pressed so long ago and could not be sent before: as of then, if what it says may be so.

        Pressed one after the other it stays in that order. What is too long ago, or needs what has come since, is so from now on.
        """
        is_by_hand = self.run.scenario.policies.reports == "persons"
        if not 0 < ago_s < LONGEST_AGO_S or not may_be_earlier(event, by_hand=is_by_hand):
            return event
        terminal, known = str(getattr(event, "terminal", "")), self.run.mes.happened_earlier
        then = happened_at(event, min(max(self.then_us(ago_s, at_us), self._kept_us.get(terminal, -1) + 1), at_us), at_us)
        kept = event if known.too_long_ago(then) or known.not_yet(then) else then
        self._kept_us[terminal] = kept.effective_us
        return kept

    def start(self) -> Feed:
        self._thread.start()
        if self.once_started:
            threading.Thread(target=self.once_started, name="once started", daemon=True).start()
        return self

    def enroll(self, secrets: Path) -> None:
        """Let those sign, and sign on with a PIN, who stand in a file of secrets.

        Raises
        ------
        ValueError : with every problem of the file
        """
        persons = self.run.plant.layout.persons
        self.signatures.enroll_all(secrets, persons)
        self.badges.enroll_all(secrets, persons)
        self.secrets = Secrets(secrets, persons, self.badges, self.signatures, self.keep)

    def enter(self, said: Said, entry_id: str = "", *, has_token: bool = False, session: Session | None = None) -> str:
        """Take what a person says, from any thread: an `Entry`, a command with person and terminal, a test result and the like.

        It is kept as the user's and goes through MES and ERP like everything else; an accepted command goes on to the plant. Gives back ""
        once it is taken, or in words why it is refused. It is effective at the instant at which it is taken, whatever it says itself; give
        a function of that instant (us) to make the event then. A `ValueError` of that function is a refusal with its words.
        `session`: in which it is said. Where persons have PINs nothing is taken without one of the person who says it: no page is believed.
        `has_token`: a program says it, whose token has the role; a person must have it, where the plant gives roles to persons, and so must
        the person as whom a program speaks: no token gives a person what the plant does not.
        The same `entry_id` again, of the event or given here, is the same entry: it is not taken twice, and has the same answer.
        """
        if not callable(said):
            if not said.person:
                return "nobody has signed it; allowed: one person, by id"
            if isinstance(said, JobOrderCommand) and not said.terminal:
                return "it does not say where it was said; allowed: the terminal"
            if words := self._past(said):
                return words
            if words := self._why_not_a_program(said) if has_token else self._why_not(said, session):
                return words

        def made(at_us: int) -> OperationsEvent:
            event = said(at_us) if callable(said) else said
            if (
                words := self._past(event)
                or (self._why_not_a_program(event) if has_token else self._why_not(event, session))
                or self.run.mes.happened_earlier.too_long_ago(event)
                or not_said_now(self.run, event)
            ):
                raise ValueError(words)
            return event

        return self._told(self._source.enter(made if callable(said) else said, entry_id))

    def heard(self, entry_id: str) -> tuple[OperationsEvent | None, str] | None:
        """What was said under an id before, and "" or why it was refused, before a restart too; None if nothing was."""
        return self._source.heard(entry_id)

    def _past(self, event: OperationsEvent) -> str:
        """Why nobody can command what has happened, nor have made what this plant cannot make."""
        if self.kind == "replayed" and isinstance(event, JobOrderCommand):
            return "this is a record, in which happens what has happened; allowed: commands to a simulated or a live plant"
        if self.kind == "simulated" and isinstance(event, MasterDataChanged) and is_made(event):
            return (
                f"the machines of a plant that plays itself were laid out before it began, and none would make '{event.declared}'; "
                "allowed: it stands among the entries of the scenario, or in a plant that is worked by hand or live"
            )
        return ""

    def _why_not(self, event: OperationsEvent, session: Session | None) -> str:
        """Why this person may not say this here."""
        return self.badges.why_not(event.person, session) or lacks_role(self.run.plant.layout.persons, event)

    def _why_not_a_program(self, event: OperationsEvent) -> str:
        """Why a program may not say this as the person that it speaks as; one that speaks as itself has the roles of its token."""
        persons = self.run.plant.layout.persons
        return lacks_role(persons, event) if event.person in persons else ""

    def sign(
        self, job_order: str, person: str, secret: str, meaning: str, *, terminal: str, entry_id: str = "", session: Session | None = None
    ) -> str:
        """Sign the record that a job order was completed, with id and secret; "" once it is signed, or in words why not.

        The secret is none of the journal's: only who has been enrolled in `signatures` can sign. The same `entry_id` again signs once.
        """

        if words := self.badges.why_not(person, session):
            return words

        def signed(at_us: int) -> RecordSigned:
            done = (it for it in self.run.journal.entries() if isinstance(it.event, JobOrderCompleted) and it.event.job_order == job_order)
            record = next(done, None)
            if record is None:
                raise ValueError(f"job order '{job_order}' is not completed: there is no record to be signed; allowed: one that is")
            signature = self.signatures.sign(record.id, person, secret, meaning, terminal=terminal, at_us=at_us)
            return replace(signature, entry_id=entry_id)

        return self.enter(signed, entry_id, session=session)

    def keep(self, event: Entry) -> None:
        """Keep what the doors have found, or the server has done, without waiting for it: the path itself may be asking."""
        self._source.enter(event, patience_s=0.0)

    def _told(self, words: str) -> str:
        """What was said may have changed what is seen: who has said it, sees it."""
        with self._seen_lock:
            self._seen.clear()
        return words

    def stop(self, wait_s: float = 10.0) -> None:
        """End the run after the round in progress. Where persons work, the journal says until when: there the shift goes on."""
        if self.kind == "by hand" and self._thread.is_alive() and not self.ended:
            self._source.enter(Heartbeat(effective_us=0, reason="stopped"), patience_s=wait_s)
        self._stop.set()
        if self.pace:
            self.pace.stop()
        self._thread.join(wait_s)

    def _carry(self) -> None:
        try:
            bring_tables_up_to_date = tabled_every(self._tables_us, self.run, self._applied_seq)
            carry(self._source, self.run, watch=lambda _: bring_tables_up_to_date(), stop=self._stop, prompt=True)
            tabled(self.run, self._applied_seq())
        except StoreError as error:  # in words already
            self.failure = "; ".join([str(error), *getattr(error, "__notes__", ())])
            _log.error("the run has ended: %s", self.failure)
        except Exception as error:  # the pages must say so: a run that stands still looks like a plant that stands still
            self.failure = "; ".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())])
            _log.exception("the run has ended with a fault")
        finally:
            self._source.close(f"the run has stopped: {self.failure}" if self.failure else "the pages are being closed")

    def look(self, what: Callable[[Run], T], fresh_for_s: float = FRESH_FOR_S) -> T:
        """`what(run)` between two rounds. Computed once for all sessions, and again when it is older than `fresh_for_s`.

        What takes long is looked at less often, so that no view takes more than a tenth of the time from the run.
        """
        key = f"{what.__module__}.{what.__qualname__}"
        with self._seen_lock:
            at_s, took_s, seen = self._seen.get(key, (0.0, 0.0, None))
            if not at_s or time.monotonic() - at_s > max(fresh_for_s, 10 * took_s):
                with self.run.lock:
                    began_s = time.monotonic()
                    seen = what(self.run)
                ended_s = time.monotonic()
                self._seen[key] = (ended_s, ended_s - began_s, seen)
            return seen  # type: ignore[return-value]  # kept under the name of the function that made it
