"""Finds the steps of a program by itself, and lets one of them fail: calls of functions, and statements to a real database."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from sqlalchemy import Connection, Engine, event

TWIN = f"{Path(__file__).parents[3] / 'twin'}/"
Step = tuple[str, int]
"""What is done (a function entered or left, the beginning of a statement), and the how manieth time of it in this stretch."""


class Calls:
    """Every function of some rooms that is entered or left on the way: counted, or failing at one of them.

    Python's own profiler hook does it: the program is the shipped one, unchanged, and the fault comes from within it.
    """

    def __init__(self, *rooms: str) -> None:
        self._within = tuple(TWIN + room for room in rooms)
        self._names: dict[CodeType, str] = {}
        self._counts: dict[str, int] = {}
        self._seen: list[Step] = []
        self._fails_at: Step | None = None
        self._fault: Callable[[str], BaseException] = MemoryError

    def begin(self, fails_at: Step | None = None, fault: Callable[[str], BaseException] = MemoryError) -> None:
        """Count from here, in this thread."""
        self._counts, self._seen, self._fails_at, self._fault = {}, [], fails_at, fault
        sys.setprofile(self._see)

    def end(self) -> list[Step]:
        """The steps since it began, in their order."""
        sys.setprofile(None)
        return self._seen

    def _see(self, frame: FrameType, what: str, _: object) -> None:
        if what not in ("call", "return"):
            return
        name = self._names.get(frame.f_code)
        if name is None:
            file, of = frame.f_code.co_filename, frame.f_code.co_qualname
            is_ours = file.startswith(self._within) and not of.endswith("<genexpr>")  # one of these may end when nobody is there to hear it
            name = self._names[frame.f_code] = f"{file.removeprefix(TWIN)} {of}" if is_ours else ""
        if not name:
            return
        kind = f"{what} {name}"
        self._counts[kind] = number = self._counts.get(kind, 0) + 1
        self._seen.append((kind, number))
        if (kind, number) == self._fails_at:
            sys.setprofile(None)
            raise self._fault(f"the fault at {kind}")


class Statements:
    """Every statement to a database, BEGIN and COMMIT with them: counted, or refused by the database itself."""

    def __init__(self, engine: Engine, break_off: Callable[[Connection], None]) -> None:
        self.steps: list[str] = []
        self._fails_at = 0
        self._break_off = break_off
        event.listen(engine, "before_cursor_execute", lambda connection, _c, statement, *_: self._see(connection, statement))
        event.listen(engine, "commit", lambda connection: self._see(connection, "COMMIT"))

    def begin(self, fails_at: int = 0) -> None:
        self.steps, self._fails_at = [], fails_at

    def _see(self, connection: Connection, statement: str) -> None:
        self.steps.append(" ".join(statement.split())[:40])
        if len(self.steps) == self._fails_at:
            self._break_off(connection)


def refuse_once(connection: Connection) -> None:
    """SQLite refuses whatever comes next on this connection, and only that."""
    driver: Any = connection.connection.driver_connection
    answers = iter([sqlite3.SQLITE_DENY])
    driver.set_authorizer(lambda *_: next(answers, sqlite3.SQLITE_OK))


@contextmanager
def ender_of(url: str) -> Iterator[Callable[[Connection], None]]:
    """Ends the server's process that serves a connection of PostgreSQL, as an administrator, or the kernel, may."""
    import psycopg

    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as administrator:

        def end(connection: Connection) -> None:
            driver: Any = connection.connection.driver_connection
            administrator.execute("SELECT pg_terminate_backend(%s, 5000)", (driver.info.backend_pid,))

        yield end
