"""What is worked by hand is kept in SQLite and in PostgreSQL."""

from __future__ import annotations

from tests.databases import database_url, fresh_database

__all__ = ["database_url", "fresh_database"]
