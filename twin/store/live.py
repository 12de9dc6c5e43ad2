"""The live plant as an event source: follows the facts that the hardware bridge writes into a journal.

The bridge appends facts as they arrive, connection by connection, and from time to time a watermark: a Heartbeat that says
"every fact up to my `effective_us` is in the journal before me". Only then is an instant complete, and can be yielded.
What is yielded is a function of the journal's content alone, however often and however late it is read.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from twin.model.events import (
    EquipmentStateChanged,
    GoodsReceived,
    Heartbeat,
    LotDispositionChanged,
    OperationsEvent,
    SalesOrderConfirmed,
    StockCounted,
    WorkInProcessCounted,
)
from twin.model.plant import Plant
from twin.model.readiness.earlier import said_us
from twin.model.states import Source, WorkUnitState
from twin.store.journal import PLANT_SOURCES, StoreError

if TYPE_CHECKING:
    from twin.store.journal import Journal, JournalEntry

WATERMARK = "watermark"
"""Reason of the Heartbeat by which the bridge says that everything up to its time is known."""

POLL_S, READ_S = 0.004, 0.05
"""Seconds between two looks at whether the journal has grown: where it can tell, and where its rows have to be read."""

AT_ONCE = 10_000  # entries that are read before the first rounds of them are yielded
NOT_LIVE = PLANT_SOURCES - {Source.LIVE}

_WITHOUT_EQUIPMENT = (Heartbeat, StockCounted, WorkInProcessCounted, SalesOrderConfirmed, GoodsReceived)
_WITH_JOB = (WorkUnitState.STARTING, WorkUnitState.EXECUTE)
_WITHOUT_JOB = (WorkUnitState.STOPPED, WorkUnitState.IDLE, WorkUnitState.ABORTED, WorkUnitState.RESETTING, WorkUnitState.COMPLETE)


def why_not_live(journal: Journal) -> str:
    """Why this journal is none of a live plant, in words to stand after its name; "" if it is one, or still empty."""
    first = next((entry for entry in journal.entries() if entry.source in PLANT_SOURCES), None)
    return "" if first is None or first.source == Source.LIVE else _refusal(first)


def _refusal(entry: JournalEntry) -> str:
    return f"holds {entry.source} facts (entry {entry.seq}); allowed: a new journal, or one that a bridge has written"


class WatermarkedRounds:
    """Cuts what the bridge has heard and what users have said, entry by entry, into rounds of one instant each, in canonical order.

    Within an instant, what ends a job order comes before what starts the next: facts are ordered by how many job orders their
    equipment has started at this instant, then facts without equipment first, then by declared order; each equipment keeps its
    own order. A fact that arrives after the watermark has passed it is late: it keeps its `effective_us` and heads the next
    round, whose last fact always has the round's own time.
    """

    def __init__(self, equipment: Sequence[str] = ()) -> None:
        self._place = {name: place for place, name in enumerate(equipment)}
        self._instants: dict[int, list[JournalEntry]] = {}
        self._late: list[JournalEntry] = []
        self.yielded_us = -1  # every instant up to here is complete
        self._job_order: dict[str, str] = {}  # equipment -> job order that it has, after the last yielded instant
        self.late_count = 0

    @property
    def pending(self) -> list[JournalEntry]:
        """What no round was made of yet."""
        return [*self._late, *(entry for entries in self._instants.values() for entry in entries)]

    def take(self, entry: JournalEntry) -> list[list[JournalEntry]]:
        """Take the next entry in; the rounds that are complete now (none but after a watermark).

        Raises
        ------
        StoreError : a simulated or replayed fact, which has no place in the record of a live plant
        """
        if entry.source in NOT_LIVE:
            raise StoreError(f"the journal of a live plant {_refusal(entry)}")
        event, at_us = entry.event, said_us(entry.event) if entry.source == Source.USER else entry.event.effective_us
        if entry.source == Source.USER and at_us == self.yielded_us:
            return [[entry]]  # said of what is known now: a round of its own, since somebody waits for the answer
        if at_us < self.yielded_us:
            self._late.append(entry)
            self.late_count += 1
            return []
        self._instants.setdefault(at_us, []).append(entry)
        if isinstance(event, Heartbeat) and event.reason == WATERMARK:
            return self._complete(event.effective_us)
        return []

    def _complete(self, watermark_us: int) -> list[list[JournalEntry]]:
        due = sorted(instant for instant in self._instants if instant <= watermark_us)
        rounds = [self._in_order(self._instants.pop(instant)) for instant in due]
        rounds[0][:0] = self._late
        self._late = []
        self.yielded_us = watermark_us
        return rounds

    def _in_order(self, entries: list[JournalEntry]) -> list[JournalEntry]:
        started: dict[str, int] = {}
        keyed = []
        for entry in entries:
            event = entry.event
            if self._starts_job(event):
                started[event.equipment] = started.get(event.equipment, 0) + 1
            keyed.append(((started.get(event.equipment, 0), *self._canonical(event)), entry))
        keyed.sort(key=lambda pair: pair[0])
        return [entry for _, entry in keyed]

    def _starts_job(self, event: OperationsEvent) -> bool:
        if not isinstance(event, EquipmentStateChanged):
            return False
        had = self._job_order.get(event.equipment, "")
        if event.state in _WITHOUT_JOB:
            self._job_order[event.equipment] = ""
        elif event.state in _WITH_JOB and event.job_order:
            self._job_order[event.equipment] = event.job_order
            return event.job_order != had
        return False

    def _canonical(self, event: OperationsEvent) -> tuple[int, int, str, str]:
        if event.equipment:
            return 1, self._place.get(event.equipment, len(self._place)), "", ""
        if isinstance(event, LotDispositionChanged) and event.sender:  # before its count, or who waits for the material had it first
            return 0, 0, "", event.material
        kind = next((n for n, type_ in enumerate(_WITHOUT_EQUIPMENT) if isinstance(event, type_)), len(_WITHOUT_EQUIPMENT))
        return 0, kind, getattr(event, "order", ""), getattr(event, "material", "")


class LiveSource:
    """The live plant (EventSource): yields what the bridge has written, and waits for more.

    Parameters
    ----------
    journal : where the bridge writes; its facts have the source `live`
    plant : its declared order of equipment orders the facts of one instant
    poll_s : seconds between two looks at a journal that has nothing new; left out, `POLL_S`, or `READ_S` where a look has to read
    stop : set by whoever wants the end; then `advance` gives None, and the journal keeps what was not yielded
    until_idle_s : end by itself after so many seconds without a new fact; None: never

    Attributes
    ----------
    recorded : True: the facts are in the journal already, the path must not append them again (see `entry_of`)
    """

    origin = Source.LIVE
    recorded = True

    def __init__(
        self,
        journal: Journal,
        *,
        plant: Plant,
        poll_s: float | None = None,
        stop: threading.Event | None = None,
        until_idle_s: float | None = None,
    ) -> None:
        self._journal = journal
        self._poll_s = poll_s
        self._stamp: Hashable = None  # of the journal, when all of it was read
        self._stop = stop or threading.Event()
        self._until_idle_s = until_idle_s
        self._cut = WatermarkedRounds(plant.equipment)
        self._ready: deque[list[JournalEntry]] = deque()
        self._round: dict[int, JournalEntry] = {}
        self._seq = 0
        self._heard_s = time.monotonic()
        self._woken = threading.Event()

    @property
    def late_count(self) -> int:
        """Facts so far that came after the watermark had passed them."""
        return self._cut.late_count

    def advance(self) -> Sequence[OperationsEvent] | None:
        """The facts of the next instant; waits until it is complete. None once stopped, or idle for too long.

        Raises
        ------
        StoreError : somebody writes simulated or replayed facts into this journal
        """
        while not self._stop.is_set():
            if self._ready:
                entries = self._ready.popleft()
                self._round = {id(entry.event): entry for entry in entries}
                return [entry.event for entry in entries]
            if self._read():
                self._heard_s = time.monotonic()
            elif self._until_idle_s is not None and time.monotonic() - self._heard_s > self._until_idle_s:
                return None
            elif self._woken.wait(self._wait_s):
                self._woken.clear()
                return []
        return None

    @property
    def now_us(self) -> int | None:
        """Up to when everything is known; None before the first watermark."""
        return None if self._cut.yielded_us < 0 else self._cut.yielded_us

    def wake(self) -> None:
        """Have whoever waits in `advance` come back without facts."""
        self._woken.set()

    def journal_entry(self, said: OperationsEvent) -> JournalEntry:
        """Journal what a person says beside what the bridge writes; it comes back as a fact, in the journal's order."""
        entry = self._journal.append(said, source=Source.USER)
        self._journal.commit()
        return entry

    def entry_of(self, fact: OperationsEvent) -> JournalEntry:
        """The journal's entry of a fact of the round yielded last; its id is the cause of what follows from it."""
        return self._round[id(fact)]

    def applied_seq(self) -> int:
        """The entry up to which all of the journal was yielded and carried, with what follows from it."""
        pending = (*self._cut.pending, *(entry for ready in self._ready for entry in ready))
        if first := min((entry.seq for entry in pending), default=0):
            return first - 1
        applied = self._seq
        for entry in self._journal.entries(applied):
            if entry.source != Source.RULE:
                break  # nobody has read it yet
            applied = entry.seq
        return applied

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Nothing to do: the path has journaled the commands, and SetpointRequested entries of the journal are the bridge's outbox.

        The bridge writes the set-points that the MES has asked for, where signals.yaml declares them, and nothing else.
        """

    def _read(self) -> bool:
        """Read some more of the journal; whether it had a fact that was not known."""
        stamp = self._journal.stamp()
        if stamp is not None and stamp == self._stamp:
            return False
        entries = list(islice(self._journal.entries(self._seq), AT_ONCE))
        found = False
        for entry in entries:
            self._seq = entry.seq
            if entry.source != Source.RULE:
                found = True
                self._ready += self._cut.take(entry)
        self._stamp = stamp if len(entries) < AT_ONCE else None
        return found

    @property
    def _wait_s(self) -> float:
        """Somebody waits for what a state means: a look that costs microseconds is taken often."""
        return self._poll_s if self._poll_s is not None else READ_S if self._stamp is None else POLL_S


def rounds_of(entries: Iterable[JournalEntry], equipment: Sequence[str] = ()) -> Iterable[list[JournalEntry]]:
    """The rounds of a live recording: as LiveSource has yielded them. Facts after the last watermark are incomplete and left out."""
    cut = WatermarkedRounds(equipment)
    for entry in entries:
        if entry.source != Source.RULE:
            yield from cut.take(entry)
