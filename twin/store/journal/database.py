"""Reaching a database: which URLs there are, how a connection is set up, and what went wrong in words."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, Connection, Engine, Executable, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from twin.store.journal.journal_entry import NoJournal, StoreError

ALLOWED = "a path, sqlite:///path or postgresql+psycopg://user@host/database"
BUSY_S = 30
"""How long to wait for another process that is writing."""

CHANNEL = "plant_twin_journal"
"""Where PostgreSQL announces that a journal has grown; it keeps channels apart by database."""

_WRITES = "journal_writes"
_WRITE_LOCK = 0x706C616E74  # "plant"; PostgreSQL keeps advisory locks apart by database

# What SQLite says -> what it means to whoever reads it.
_MEANINGS = {
    "file is not a database": "is a file, but no SQLite database",
    "malformed": "is damaged: SQLite finds its pages malformed; restore it from a copy",
    "unable to open database file": "cannot be opened: its folder does not exist or may not be used",
    "readonly database": "may only be read; a journal needs to be written, and so does the folder that it is in",
    "locked": f"has been locked by another process for more than {BUSY_S} s",
    "disk is full": "has no room left on its disk",
    "no such table": "holds no journal",
    "does not exist": "holds no journal, or is no database of this server",
    "password authentication failed": "refuses user and password",
    "no password supplied": "asks for a password, and the URL has none",
}


def parse_url(url: str | Path) -> URL:
    """The URL of a database, from what a person wrote.

    Raises
    ------
    StoreError : it is none that a journal can live in
    """
    text = str(url)
    try:
        parsed = make_url(text) if "://" in text else URL.create("sqlite", database=text)
    except (ArgumentError, ValueError):  # the message of the original might show a password
        raise StoreError(f"this is no URL of a database; allowed: {ALLOWED}") from None
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise StoreError(f"'{parsed.render_as_string()}': a journal cannot live in '{parsed.drivername}'; allowed: {ALLOWED}")
    if parsed.drivername == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StoreError(f"'{parsed}' has no path; allowed: {ALLOWED}; a journal in memory is a MemoryJournal")
    return parsed


@contextmanager
def in_words(url: URL) -> Iterator[None]:
    """Turn whatever the database raises inside into a StoreError without the statement, its values or a password."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(_say(url, str(error.orig))) from None
    except SQLAlchemyError as error:
        raise StoreError(_say(url, str(error))) from None


def _say(url: URL, reason: str) -> str:
    name = url.render_as_string(hide_password=True)
    if url.password:
        reason = reason.replace(str(url.password), "***")
    reason = " ".join(reason.split())
    for sign, meaning in _MEANINGS.items():
        if sign in reason:
            return f"'{name}' {meaning} ({reason}); allowed: {ALLOWED}"
    return f"'{name}': {reason}; allowed: {ALLOWED}"


def open_engine(url: URL, *, create: bool) -> Engine:
    """Connections to the database, each set up as a journal needs them. Nothing is opened yet.

    Raises
    ------
    NoJournal : there is no file, and none shall be made
    StoreError : the driver is not installed
    """
    name = url.render_as_string()
    if url.drivername == "sqlite":
        path = Path(str(url.database))
        is_uri = path.parts[:1] and path.parts[0].startswith("file:")
        if not create and not is_uri and not path.exists():
            raise NoJournal(f"'{name}': there is no such file; allowed: a journal that exists")
        engine = create_engine(url, connect_args={"timeout": BUSY_S})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return create_engine(url, pool_pre_ping=True)
    except (ImportError, NoSuchModuleError):
        raise StoreError(f"'{name}': PostgreSQL needs psycopg, which is not installed; allowed: a file, or plant-twin[postgres]") from None


def _set_up_sqlite(connection: Any, _record: object) -> None:
    """WAL and FULL: a commit is on the disk when it returns, and readers never wait for the writer."""
    connection.isolation_level = None  # sqlite3 shall not begin by itself; see _begin_sqlite
    connection.text_factory = _as_text
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_S * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA recursive_triggers = ON")  # so that INSERT OR REPLACE meets the trigger that refuses DELETE
    cursor.close()


def _as_text(stored: bytes) -> str:
    """A text that was damaged is read all the same, so that `verify` can say which record it is in."""
    return stored.decode(errors="surrogateescape")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def stored(connection: Connection, statement: Executable, values: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
    """All rows of a SELECT as the driver gives them: nothing is converted, and SQLAlchemy makes no object for each.

    SQLite decodes texts by itself, three times as fast as `_as_text`, and refuses one that was damaged: then they are read again.
    """
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite":
        return _fetched(connection, statement, values)
    driver.text_factory = str  # type: ignore[union-attr]
    try:
        return _fetched(connection, statement, values)
    except DBAPIError as error:
        if "decode" not in str(error.orig):
            raise
    finally:
        driver.text_factory = _as_text  # type: ignore[union-attr]
    return _fetched(connection, statement, values)


def _fetched(connection: Connection, statement: Executable, values: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
    found: Any = connection.execute(statement, values)
    with closing(found):
        try:
            rows: Sequence[tuple[Any, ...]] = found.cursor.fetchall()
        except connection.dialect.loaded_dbapi.Error as error:  # SQLAlchemy does not see what is asked of the driver
            raise DBAPIError(None, None, error) from None
    return rows


@contextmanager
def attached(connection: Connection, file: Path | None, name: str) -> Iterator[None]:
    """Meanwhile a connection to SQLite, which is in no transaction, reads another file too, if there is one."""
    driver: Any = connection.connection.driver_connection
    try:
        if file:
            driver.execute(f"ATTACH DATABASE ? AS {name}", (str(file),))
        yield
        if file:
            driver.execute(f"DETACH DATABASE {name}")  # after a fault nobody gets this connection any more: `trusted`
    except connection.dialect.loaded_dbapi.Error as error:  # SQLAlchemy would begin a transaction, in which nothing can be attached
        raise DBAPIError(None, None, error) from None


def writer(engine: Engine) -> Connection:
    """A connection for `begin_writing`. It holds nothing yet, so that whoever loses it keeps nobody waiting."""
    return engine.connect().execution_options(**{_WRITES: True})


def begin_writing(connection: Connection, *, announces: bool = False) -> None:
    """Begin a transaction that no other process can write beside: what it reads stays true until it commits.

    `announces`: PostgreSQL tells whoever listens to `CHANNEL` when it commits, and nobody if it does not.
    """
    connection.begin()
    if connection.dialect.name == "postgresql":
        also = f", pg_notify('{CHANNEL}', '')" if announces else ""  # beside the lock, so that it takes no way of its own
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock(%s){also}", (_WRITE_LOCK,))


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction of `begin_writing`, committed at the end, rolled back if anything goes wrong."""
    connection = writer(engine)
    try:
        with trusted(connection):
            begin_writing(connection)
            yield connection
            connection.commit()
    finally:
        connection.close()


@contextmanager
def trusted(connection: Connection) -> Iterator[None]:
    """Give a connection on which something went wrong to nobody any more.

    A COMMIT that was refused leaves SQLite in its transaction, with the write lock, and SQLAlchemy takes it for over.
    """
    try:
        yield
    except BaseException:
        connection.invalidate()
        raise


class Growth:
    """A connection that never writes, so what it notices is what others have committed.

    SQLite counts these commits itself. PostgreSQL announces them (LISTEN and NOTIFY): a look reads what the socket has received.
    """

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.raw_connection()
        self._driver = cast(Any, self._connection.driver_connection)
        self._listens = engine.dialect.name == "postgresql"
        self._announced = 0
        if self._listens:
            self._connection.detach()  # it is nobody else's any more: it goes on listening
            self._driver.autocommit = True
            self._driver.execute(f"LISTEN {CHANNEL}")

    def look(self) -> Hashable:
        """A value that is another one when others have committed."""
        if self._listens:
            self._announced += sum(1 for _ in self._driver.notifies(timeout=0))
            return self._announced
        found: Hashable = self._driver.execute("PRAGMA data_version").fetchone()
        return found

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()
