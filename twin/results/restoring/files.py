"""The files with which a journal was begun, and goes on: what is declared otherwise by now is so once somebody accepts it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from twin.model.events import MasterDataChanged, OperationsEvent, PlantDeclared
from twin.model.master_data.differences import Differences, begun_with, differences, not_yet_so, with_changes
from twin.model.personnel.roles import lacks_role
from twin.model.plant import Plant
from twin.model.readiness.signed import stranger
from twin.store.journal import JournalEntry, StoreError

TERMINAL = "files"
ACCEPTED = "accepted with the plant's files"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesOfJournal:
    """`plant`: with which the journal is read; `found`: what today's files, `now`, declare otherwise than those accepted last.

    `accepted_by`: the person who accepts it, "" where nobody does. `is_known`: the journal says already with which files it goes on.
    """

    plant: Plant
    now: Plant
    found: Differences
    accepted_by: str
    is_known: bool

    @property
    def is_to_be_kept(self) -> bool:
        """Whether the journal has to say that it goes on with these files."""
        found = self.found
        return not self.is_known or bool(self.accepted_by if found.changes else found.others)

    def words(self) -> list[str]:
        """What a person should know before the run goes on; nothing where the files are as they were."""
        others = "; ".join(self.found.others)
        words = [f"the plant's files have changed, and what was concluded before goes by it, too: {others}"] if others else []
        if not self.found.changes:
            return words
        listed = "; ".join(map(str, self.found.changes))
        if self.accepted_by:
            return [*words, f"the plant's files declare otherwise, from now on: {listed}"]
        allowed = "allowed: --accept-changes PERSON makes it so from now on"
        return [*words, f"the plant's files declare otherwise, which is not in force: {listed}; {allowed}"]

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """What a journal does not follow from, when it is read inside: where else the files have changed, that is told too."""
        try:
            yield
        except StoreError as error:
            if self.found.others:
                others = "; ".join(self.found.others)
                words = f"The plant's files have changed: {others}; allowed: these as they were, or a new journal"
                raise StoreError(f"{error}. {words}") from error
            raise

    def entries(self, at_us: int, plant: Plant) -> Iterator[MasterDataChanged]:
        """What is accepted, as of an instant; `plant` as it is then: what an entry has said before is not said again."""
        for it in not_yet_so(self.found.changes, plant) if self.accepted_by else ():
            yield MasterDataChanged(
                effective_us=at_us, person=self.accepted_by, terminal=TERMINAL, table=it.table, declared=it.declared, changes=it.changes,
                reason=ACCEPTED, is_new=it.is_new,
            )  # fmt: skip

    def kept(self, at_us: int) -> PlantDeclared:
        """That the journal goes on with these files."""
        return PlantDeclared(effective_us=at_us, terminal=TERMINAL, written=self.now.model_dump_json())


def read_under(recorded: Iterable[JournalEntry | OperationsEvent], files: Plant, changed: Plant) -> Plant:
    """With which plant a journal, or a record, is played again under a scenario that makes `changed` of today's `files`."""
    plant = files_of(recorded, changed).plant
    return plant if changed is files else with_changes(plant, files, changed)


def files_of(recorded: Iterable[JournalEntry | OperationsEvent], now: Plant, accepted_by: str = "") -> FilesOfJournal:
    """With which plant a journal, or a record, is read, where today's files declare `now`.

    Raises
    ------
    ValueError : nobody knows who accepts the changes, or the person may not
    """
    events = (it.event if isinstance(it, JournalEntry) else it for it in recorded)
    declared = [it for it in events if isinstance(it, PlantDeclared)]
    found, plant = Differences(changes=(), others=()), now
    if declared:
        first, last = (Plant.model_validate_json(it.written) for it in (declared[0], declared[-1]))
        found, plant = differences(last, now), begun_with(first, now)
    if accepted_by:
        asked = MasterDataChanged(effective_us=0, person=accepted_by, table="", declared="", changes=(), reason="")
        if doubt := stranger(accepted_by, now.layout.persons) or lacks_role(now.layout.persons, asked):
            raise ValueError(f"--accept-changes: {doubt}")
    return FilesOfJournal(plant=plant, now=now, found=found, accepted_by=accepted_by, is_known=bool(declared))
