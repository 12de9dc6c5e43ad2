"""The databases that a journal lives in, for tests that must hold on each: `from tests.databases import database_url` in a conftest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine

from tools.start_postgres import PostgresServer

POSTGRESQL = pytest.param("postgresql", marks=[pytest.mark.db, pytest.mark.xdist_group("postgresql")])
DATABASES = ["sqlite", POSTGRESQL]


END_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_CLEARED: list[str] = []  # PostgreSQL databases that a test is done with; making one takes longer than emptying one


@contextmanager
def databases(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Gives the URL of another empty database of that kind each time it is called."""
    if kind == "sqlite":
        numbers = count()
        yield lambda: f"sqlite:///{tmp_path / f'plant_{next(numbers)}.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    used: list[str] = []

    def next_database() -> str:
        used.append(_CLEARED.pop() if _CLEARED else server.create_database())
        return used[-1]

    yield next_database
    for url in used:
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            connection.exec_driver_sql(END_OTHERS)
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        _CLEARED.append(url)


@pytest.fixture(params=DATABASES)
def fresh_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Makes empty databases: SQLite, then PostgreSQL."""
    with databases(request.param, request, tmp_path) as make:
        yield make


@pytest.fixture
def database_url(fresh_database: Callable[[], str]) -> str:
    """URL of an empty database: SQLite, then PostgreSQL."""
    return fresh_database()
