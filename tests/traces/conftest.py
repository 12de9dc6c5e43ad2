"""Traces are the same in memory, in SQLite and in PostgreSQL."""

from __future__ import annotations

from tests.databases import database_url, fresh_database

__all__ = ["database_url", "fresh_database"]
