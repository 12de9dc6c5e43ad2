"""The journal in a database: everything live, everything that must last."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence, Set
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Connection, Engine, bindparam, func, select
from sqlalchemy.exc import SQLAlchemyError

from twin.model.events import OperationsEvent
from twin.model.states import Source
from twin.store.journal.database import Growth, attached, begin_writing, in_words, open_engine, parse_url, stored, trusted, writer
from twin.store.journal.hash_chain import JournalRow, StoredRow, canonical, derived_id, entry_of, fact_id, link_hash
from twin.store.journal.journal_entry import EMPTY_HEAD, JournalEntry, StoreError
from twin.store.journal.memory_journal import refuse_another
from twin.store.journal.occurrences import Occurrences
from twin.store.journal.schema import bring_up_to_date
from twin.store.journal.tables import JOURNAL

_PAGE = 5_000  # rows read at once: short transactions, so that a slow reader does not keep SQLite from tidying its log
_AHEAD = 1_000  # rows read along with one that is said again

_WITH_ID = select(JOURNAL).where(JOURNAL.c.id == bindparam("id"))
_NEXT_PAGE = select(JOURNAL).where(JOURNAL.c.seq > bindparam("after")).order_by(JOURNAL.c.seq).limit(bindparam("most"))
_TAIL = select(JOURNAL.c.seq, JOURNAL.c.hash).order_by(JOURNAL.c.seq.desc()).limit(1)
_LATEST_US = select(func.max(JOURNAL.c.effective_us))
_FIRST_OF = (
    select(JOURNAL.c.seq, JOURNAL.c.source)
    .where(JOURNAL.c.seq > bindparam("after"), JOURNAL.c.source.in_(bindparam("sources", expanding=True)))
    .order_by(JOURNAL.c.seq)
    .limit(1)
)

assert tuple(JOURNAL.c.keys()) == JournalRow._fields


class DatabaseJournal:
    """A `Journal` in SQLite or PostgreSQL; several processes may append to the same one.

    The first `append` after a commit takes the database's write lock and continues the chain from whoever wrote last; `commit`
    writes all rows at once, waits until they are on the disk, and gives the lock back. So commit before you wait for anything.

    Parameters
    ----------
    url : a path, "sqlite:///path" or "postgresql+psycopg://user@host/database"
    create : make the tables, or bring older ones up to date; else the journal must be there and of today
    excludes : sources of which nobody else may have entries here: `append` refuses as soon as there are some. Looked at under the
        write lock, so that of two runs that begin at once with the same empty journal one has it and the other is refused.

    Raises
    ------
    StoreError : what `url` names cannot be used as a journal, with the reason and what is allowed
    """

    def __init__(self, url: str | Path, *, create: bool = True, excludes: Set[Source] = frozenset()) -> None:
        self.url = parse_url(url)
        self.engine: Engine = open_engine(self.url, create=create)
        try:
            with in_words(self.url):
                bring_up_to_date(self.engine, create=create)
        except BaseException:
            self.engine.dispose()
            raise
        self._occurrences = Occurrences()
        self._writing: Connection | None = None
        self._growth: Growth | None = None
        self._looked_anew = 0  # times that we have begun to look: what was announced in between nobody has heard
        self._pending: dict[str, tuple[JournalEntry, JournalRow]] = {}  # by id, in order
        self._ahead: dict[str, JournalRow] = {}  # by id; rows never change
        self._excludes = sorted(source.value for source in excludes)
        self._looked_at = 0  # up to this seq nothing is excluded, or it is ours
        self._is_recalled = False
        # The end of the journal; true while we hold the write lock.
        self._seq = 0
        self._head = EMPTY_HEAD
        self._latest_us: int | None = None

    def append(
        self, event: OperationsEvent, *, source: Source, cause: str = "", rule: str = "", occurrence: int | None = None
    ) -> JournalEntry:
        """See `Journal.append`."""
        content, body = canonical(event)
        if self._writing is None:
            self._begin()
        if occurrence is None:
            occurrence = self._occurrences.count((cause, rule) if cause else content)
        entry_id = derived_id(cause, rule, occurrence) if cause else fact_id(content, occurrence)
        known = self._find(entry_id, event.effective_us, cause)
        if known is not None:
            refuse_another(known, event)
            return known
        if self._is_recalled:
            raise StoreError(
                f"'{self.url.render_as_string()}' does not hold what follows from its facts today, {type(event).__name__};"
                " allowed: the plant, scenario, seed and version of plant-twin that it was begun with, or a new journal"
            )
        self._seq += 1
        previous, said_by = self._head, source.value
        self._head = link_hash(previous, self._seq, entry_id, said_by, rule, cause, event.recorded_us, content)
        entry = JournalEntry(self._seq, entry_id, source, rule, cause, event, previous, self._head)
        row = JournalRow(
            self._seq, entry_id, int(event.effective_us), int(event.recorded_us), said_by, type(event).__name__,
            event.equipment, event.request, event.job_order, event.lot, event.person, cause, rule, body, previous, self._head,
        )  # fmt: skip
        self._pending[entry_id] = entry, row
        return entry

    def first_of(self, cause: str, rule: str, place: int = 0) -> JournalEntry | None:
        """See `Journal.first_of`."""
        if self._writing is None:
            self._begin()
        return self._find(derived_id(cause, rule, place), place, cause)

    @contextmanager
    def recalling(self) -> Iterator[None]:
        """Whatever is appended meanwhile is said again, and has to be there already. What is there is ours, as `excludes` sees it."""
        self._is_recalled, self._looked_at = True, len(self)
        try:
            yield
        finally:
            self._is_recalled = False

    @contextmanager
    def filling(self, beside: Path | None = None) -> Iterator[Connection]:
        """A transaction in which this journal, which is empty, gets rows that another has made already; kept at the end, or nothing of it.

        `beside`: a file of SQLite, which the transaction may read as `recorded`; who writes into it is not kept waiting.
        """
        self.rollback()
        with in_words(self.url), self.engine.connect() as connection, trusted(connection), attached(connection, beside, "recorded"):
            if beside:
                connection.begin()  # BEGIN IMMEDIATE would lock both files; so the first INSERT locks the one that it writes
            else:
                begin_writing(connection, announces=True)
            yield connection
            connection.commit()
        self._looked_at = len(self)

    def insert(self, connection: Connection, rows: Sequence[StoredRow]) -> None:
        """Write rows in the order of their columns."""
        mark = "?" if self.engine.dialect.paramstyle == "qmark" else "%s"
        marks = ", ".join([mark] * len(JournalRow._fields))
        connection.exec_driver_sql(f"INSERT INTO journal VALUES ({marks})", list(rows))

    def _begin(self) -> None:
        """Take the write lock and look where the journal ends now."""
        with in_words(self.url):
            self._writing = writer(self.engine)
            try:
                begin_writing(self._writing, announces=True)
                self._seq, self._head = _tail(self._writing)
                self._latest_us = self._writing.scalar(_LATEST_US)
                self._refuse_excluded(self._writing)
            except BaseException:
                self.rollback()
                raise

    def _refuse_excluded(self, writing: Connection) -> None:
        if not self._excludes or self._seq == self._looked_at:
            return
        found = writing.execute(_FIRST_OF, {"after": self._looked_at, "sources": self._excludes}).first()
        if found is not None:
            raise StoreError(
                f"'{self.url.render_as_string()}' holds {found.source} facts that somebody else has written (entry {found.seq}); "
                "allowed: a journal of its own for each run: a new file, or an empty database"
            )

    def _find(self, entry_id: str, effective_us: int, cause: str) -> JournalEntry | None:
        """The entry of that id; asks the database only if it may have it."""
        if entry_id in self._pending:
            return self._pending[entry_id][0]
        if cause in self._pending:  # what follows from a new entry is new
            return None
        if not cause and (self._latest_us is None or effective_us > self._latest_us):  # a fact's instant is part of its id
            return None
        row = self._ahead.get(entry_id) or self._look_up(entry_id)
        return None if row is None else entry_of(row)

    def _look_up(self, entry_id: str) -> JournalRow | None:
        """The row of that id; what is said again mostly goes on as the journal does, so the rows after it are read along."""
        assert self._writing is not None
        with in_words(self.url):
            found = self._writing.execute(_WITH_ID, {"id": entry_id}).first()
            if found is None:
                return None
            following = self._writing.execute(_NEXT_PAGE, {"after": found.seq - 1, "most": _AHEAD})
            self._ahead = {row.id: JournalRow._make(row) for row in following}
        return self._ahead[entry_id]

    def commit(self) -> None:
        """See `Journal.commit`. If the database refuses, everything since the last commit is forgotten."""
        if self._writing is None:
            return
        try:
            with in_words(self.url), trusted(self._writing):
                if self._pending:
                    self.insert(self._writing, [row for _, row in self._pending.values()])
                self._writing.commit()
            self._looked_at = self._seq
            self._occurrences.commit()
        finally:
            self.rollback()  # after a commit there is nothing left to roll back

    def rollback(self) -> None:
        """See `Journal.rollback`."""
        self._pending.clear()
        self._occurrences.rollback()
        if self._writing is None:
            return
        try:
            with in_words(self.url):
                self._writing.close()
        except StoreError:
            self._writing = None
            raise
        self._writing = None

    def rows(self, after_seq: int = 0) -> Iterator[JournalRow]:
        """Committed rows with a higher seq, in order, as they are stored."""
        return (JournalRow._make(row) for page in self._pages(self.engine.connect, after_seq, _PAGE) for row in page)

    def stored_pages(self, connection: Connection, most: int) -> Iterator[Sequence[StoredRow]]:
        """All rows as that transaction sees them, those that it has written itself among them, so many at a time."""
        return self._pages(lambda: nullcontext(connection), 0, most)

    def _pages(self, reached: Callable[[], AbstractContextManager[Connection]], after_seq: int, most: int) -> Iterator[Sequence[StoredRow]]:
        while True:
            with in_words(self.url), reached() as connection:
                page = stored(connection, _NEXT_PAGE, {"after": after_seq, "most": most})
            if not page:
                return
            yield page
            after_seq = page[-1][0]

    def entries(self, after_seq: int = 0) -> Iterator[JournalEntry]:
        """See `Journal.entries`."""
        for row in self.rows(after_seq):
            yield entry_of(row)
            after_seq = row.seq
        for entry, _ in list(self._pending.values()):
            if entry.seq > after_seq:
                yield entry

    def stamp(self) -> Hashable:
        """See `Journal.stamp`. A database that has gone away has none: whoever reads its rows then is told so."""
        try:
            if self._growth is None:
                self._growth = Growth(self.engine)
                self._looked_anew += 1
            return self._looked_anew, self._growth.look(), self._seq, len(self._pending)
        except (SQLAlchemyError, self.engine.dialect.loaded_dbapi.Error):
            self._forget_growth()
            return None

    def _forget_growth(self) -> None:
        growth, self._growth = self._growth, None
        if growth is not None:
            growth.close()

    def _end(self) -> tuple[int, str]:
        """Seq and hash of the last entry, those of this object's open transaction included."""
        if self._writing is not None:
            return self._seq, self._head
        with in_words(self.url), self.engine.connect() as connection:
            return _tail(connection)

    @property
    def head(self) -> str:
        """See `Journal.head`."""
        return self._end()[1]

    @property
    def uncommitted(self) -> int:
        """How many entries this object has appended since its last commit."""
        return len(self._pending)

    def __len__(self) -> int:
        return self._end()[0]

    def __iter__(self) -> Iterator[JournalEntry]:
        return self.entries()

    def close(self) -> None:
        """See `Journal.close`."""
        self.rollback()
        self._forget_growth()
        self.engine.dispose()


def _tail(connection: Connection) -> tuple[int, str]:
    row = connection.execute(_TAIL).first()
    return (0, EMPTY_HEAD) if row is None else (row.seq, row.hash)
