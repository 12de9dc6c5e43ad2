"""The stage between the door and the journal: duplicates go, what is out of order by no more than the tolerance is put in order.

The stage keeps what it has taken in until a fact is there whose instant is later by more than the tolerance: then everything up to that
far back is complete, as with the bridge's watermark, and is given on, instant by instant. What comes for an instant that was given on
already is late: it goes on with the next instant, keeps when it happened, and is known from then on (`recorded_us`). The last instant stays
until `finish`. What is given on is a function of what was received, in its order, and of the tolerance alone.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from twin.model.events import OperationsEvent
from twin.model.problems import Problem
from twin.store.ingest.received import ReceivedFact

_LAST = 2**63


@dataclass(slots=True, kw_only=True)
class Counts:
    """What became of what was received: `received` = `taken` + `duplicates` + `refused`.

    `reordered` and `late` are among `taken`: put back in order, or come after its instant was given on. `most_behind_us`: how far the
    latest of both was behind the newest fact before it, so as large a tolerance would have put all in order.
    """

    received: int = 0
    taken: int = 0
    duplicates: int = 0
    refused: int = 0
    reordered: int = 0
    late: int = 0
    most_behind_us: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def nothing_is_lost(self) -> bool:
        return self.received == self.taken + self.duplicates + self.refused


class IngestStage:
    """Takes messages one by one, gives rounds of facts of one instant, in order.

    Parameters
    ----------
    tolerance_us : by how much facts may be out of order and still be put in order; larger costs memory, and a live plant that delay
    """

    def __init__(self, tolerance_us: int) -> None:
        assert tolerance_us >= 0
        self.tolerance_us = tolerance_us
        self.counts = Counts()
        self._digests: dict[str, int] = {}  # by the sender's id
        self._waiting: list[tuple[int, int, int, OperationsEvent]] = []  # a heap: instant, sequence, place in which it came
        self._late: list[OperationsEvent] = []
        self._newest_us = -1
        self._given_us = -1

    def take(self, message: ReceivedFact | Problem) -> list[list[OperationsEvent]]:
        """Take the next message in; the rounds that are complete now."""
        counts = self.counts
        counts.received += 1
        if isinstance(message, Problem):
            counts.refused += 1
            counts.problems.append(message)
            return []
        known = self._digests.get(message.id)
        if known is not None:
            self._meet_again(message, known)
            return []
        self._digests[message.id] = message.digest
        counts.taken += 1
        at_us = message.event.effective_us
        behind_us = self._newest_us - at_us
        counts.most_behind_us = max(counts.most_behind_us, behind_us)
        if at_us <= self._given_us:
            counts.late += 1
            self._late.append(replace(message.event, recorded_us=max(message.event.recorded_us, self._newest_us)))
            return []
        counts.reordered += behind_us > 0
        place = _LAST if message.sequence is None else message.sequence
        heapq.heappush(self._waiting, (at_us, place, counts.received, message.event))
        if behind_us >= 0:
            return []
        self._newest_us = at_us
        return self._give(at_us - self.tolerance_us)

    def finish(self) -> list[list[OperationsEvent]]:
        """Nothing more comes: the rounds that are left."""
        return self._give(_LAST)

    def _meet_again(self, message: ReceivedFact, known: int) -> None:
        if message.digest == known:
            self.counts.duplicates += 1
            return
        self.counts.refused += 1
        file, _, line = message.place.rpartition(":")
        what = f"the id '{message.id}' has come before, and said another thing"
        allowed = "an id for each fact; what was wrong is corrected by another fact"
        self.counts.problems.append(Problem(file=file, line=int(line or 0), column=1, what=what, allowed=allowed))

    def _give(self, before_us: int) -> list[list[OperationsEvent]]:
        rounds: list[list[OperationsEvent]] = []
        while self._waiting and self._waiting[0][0] < before_us:
            at_us, _, _, event = heapq.heappop(self._waiting)
            if at_us != self._given_us:
                rounds.append([])
                self._given_us = at_us
            rounds[-1].append(event)
        if rounds:
            rounds[0][:0] = self._late
            self._late = []
        return rounds


def needed_tolerance_us(messages: Iterable[ReceivedFact | Problem]) -> int:
    """The least tolerance that puts all of these messages in order; a fact that comes twice counts where it came first."""
    seen: set[str] = set()
    newest_us, needed_us = -1, 0
    for message in messages:
        if isinstance(message, ReceivedFact) and message.id not in seen:
            seen.add(message.id)
            needed_us = max(needed_us, newest_us - message.event.effective_us)
            newest_us = max(newest_us, message.event.effective_us)
    return needed_us


def rounds_of_messages(stage: IngestStage, messages: Iterable[ReceivedFact | Problem]) -> Iterable[list[OperationsEvent]]:
    """All rounds of all messages."""
    for message in messages:
        yield from stage.take(message)
    yield from stage.finish()
