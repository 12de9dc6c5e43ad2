"""The databases that a journal lives in, for tests that must hold on each: `from tests.databases import database_url` in a conftest."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tools.start_postgres import PostgresServer

POSTGRESQL = pytest.param("postgresql", marks=[pytest.mark.db, pytest.mark.xdist_group("postgresql")])
DATABASES = ["sqlite", POSTGRESQL]


def databases(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Gives the URL of another empty database of that kind each time it is called."""
    if kind == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        return server.create_database
    numbers = count()
    return lambda: f"sqlite:///{tmp_path / f'plant_{next(numbers)}.db'}"


@pytest.fixture(params=DATABASES)
def fresh_database(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes empty databases: SQLite, then PostgreSQL."""
    return databases(request.param, request, tmp_path)


@pytest.fixture
def database_url(fresh_database: Callable[[], str]) -> str:
    """URL of an empty database: SQLite, then PostgreSQL."""
    return fresh_database()
