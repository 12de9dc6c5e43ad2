"""What a fault leaves of a run: its journal and its books as they were after the last round that was kept, never a round by half."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from twin.erp import Erp
from twin.mes import Mes
from twin.model.events import Heartbeat, JournalPosted, OperationsEvent, WorkAlertRaised
from twin.model.readiness.earlier import said_us
from twin.model.scenario import Scenario
from twin.model.states import Source
from twin.results.labour.of_run import StaffOfRun
from twin.results.restoring.went_on import WentOn
from twin.store.journal import Journal, JournalEntry, StoreError


class RestoringOfRun(StaffOfRun):
    """Remembers in which order the journal's entries were applied: a bridge that writes beside us is read in the order of time."""

    journal: Journal
    scenario: Scenario
    now_us: int
    has_ended: bool
    mes: Mes
    erp: Erp
    start: Callable[[], None]  # MES and ERP as they are before anything has happened
    reapply: Callable[[OperationsEvent], None]

    def __init__(self) -> None:
        self._kept: list[list[int]] = []  # first and last seq of entries applied one after the other, up to the last commit
        self._since: list[JournalEntry] = []  # applied since then
        self.went_on: WentOn | None = None  # with another plant, as `Moment.go_on` does
        self._refused: list[WorkAlertRaised] = []  # entries of the record that the books do not take, and of which it does not say so

    def applied(self, entry: JournalEntry) -> JournalEntry:
        """The entry, which MES and ERP are about to hear."""
        self._since.append(entry)
        return entry

    def settle(self) -> None:
        """Commit what was applied since the last time; until then a fault takes all of it back."""
        self.journal.commit()
        self._remember(self._since)
        self._since.clear()

    def reapply_all(self, events: Sequence[OperationsEvent]) -> None:
        """Apply events of the journal, in its order, to both folds: all to the MES, then all to the ERP.

        Neither knows of the other, each hears them in their order, and a processor that does one thing for a while does it faster: of
        2,000 events at a time by a tenth.
        """
        for event in events:
            self.now_us = max(self.now_us, event.effective_us if event.effective_us >= event.recorded_us else said_us(event))
            self.has_ended = self.has_ended or (isinstance(event, Heartbeat) and event.reason == "end")
        hear, book = self.mes.apply, self.erp.apply
        for event in events:
            hear(event)
        for event in events:
            self.heard(event, book(event))

    def heard(self, event: OperationsEvent, concluded: Iterable[OperationsEvent]) -> None:
        """Note what the books refuse of a record that they took, or did not refuse, when it was written."""
        if isinstance(event, JournalPosted):
            if concluded:
                self._refused += [it for it in concluded if isinstance(it, WorkAlertRaised)]
        elif self._refused and isinstance(event, WorkAlertRaised) and event.alert == "entry_refused":
            known = [it for it in self._refused if it.effective_us == event.effective_us]
            if known:
                self._refused.remove(known[0])

    def check_heard(self) -> None:
        """Raise StoreError if the books refuse what was in them: figures without it would be other ones than those of the record."""
        if self._refused:
            words = (
                f"the books refuse {len(self._refused)} entries of the record that they took then, the first: {self._refused[0].message}"
            )
            raise StoreError(f"{words}; allowed: a record with the plant, and so the chart of accounts, that it was written with")

    def remember_all(self) -> None:
        """All of the journal was applied in its order, and is committed."""
        self._kept = [[1, len(self.journal)]]

    @contextmanager
    def whole(self, *, is_watched: bool) -> Iterator[None]:
        """What is done inside is kept wholly or not at all.

        After a fault nothing of it is in the journal, and nobody waits for its write lock. The books are those of the journal, made again,
        if somebody may be watching them; else they are empty, since making them again may take as long as the run took.
        """
        try:
            yield
        except BaseException as fault:
            self.start()
            fault.add_note(self._fall_back(is_watched=is_watched and isinstance(fault, Exception)))
            raise

    def _fall_back(self, *, is_watched: bool) -> str:
        """Take back what is not committed; how the books stand now, in words."""
        lost, self._since = self._since, []
        try:
            self.journal.rollback()
            if not is_watched:
                return "nothing of what was under way is kept, and the books of this run are empty: its journal has all before it"
            entries = {entry.seq: entry for entry in self.journal.entries()}
        except StoreError as unread:
            return f"the books are empty here until the journal can be read again: {unread}"
        if lost and lost[-1].seq in entries and entries[lost[-1].seq].id == lost[-1].id:  # the fault came after the commit
            self._remember(lost)
        kept = [entries[seq] for first, until in self._kept for seq in range(first, until + 1)]
        self._refused.clear()
        for entry in kept:
            self.reapply(entry.event)
        facts_us = [entry.event.effective_us for entry in kept if entry.source != Source.RULE]
        self.now_us = max([self.scenario.start_us, *facts_us])  # what is concluded of late facts may be dated later
        return f"nothing of what was under way is kept: the books are as they were after the {len(kept)} entries before it"

    def _remember(self, entries: list[JournalEntry]) -> None:
        """The order in which entries that are committed were applied."""
        for entry in entries:
            if self._kept and self._kept[-1][1] == entry.seq - 1:
                self._kept[-1][1] = entry.seq
            else:
                self._kept.append([entry.seq, entry.seq])
