"""What is kept in a journal holds on SQLite and on PostgreSQL."""

from __future__ import annotations

from tests.databases import database_url, fresh_database

__all__ = ["database_url", "fresh_database"]
