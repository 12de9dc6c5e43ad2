"""Columns of the tables that other programs read: each says what it means. Instants are microseconds since 1970-01-01 UTC."""

from __future__ import annotations

from sqlalchemy import Column, Double, Text

from twin.store.journal.tables import Int64


def key(name: str, comment: str) -> Column[str]:
    """A text that a row is found by."""
    return Column(name, Text, primary_key=True, comment=comment)


def place(name: str, comment: str) -> Column[int]:
    """A whole number that a row is found by."""
    return Column(name, Int64, primary_key=True, autoincrement=False, comment=comment)


def text(name: str, comment: str) -> Column[str]:
    """A text, empty where there is none."""
    return Column(name, Text, nullable=False, comment=comment)


def whole(name: str, comment: str) -> Column[int]:
    """A whole number: quantities in smallest units, money in minor units."""
    return Column(name, Int64, nullable=False, comment=comment)


def maybe(name: str, comment: str) -> Column[int]:
    """A whole number, or null."""
    return Column(name, Int64, nullable=True, comment=comment)


def measured(name: str, comment: str) -> Column[float]:
    """What was measured; neither money nor a quantity."""
    return Column(name, Double, nullable=False, comment=comment)


def at(name: str, comment: str) -> Column[int]:
    """An instant that every row has."""
    return whole(f"{name}_us", f"{comment}, microseconds since 1970-01-01 UTC")


def perhaps_at(name: str, comment: str) -> Column[int]:
    """An instant, or null."""
    return maybe(f"{name}_us", f"{comment}, microseconds since 1970-01-01 UTC; null if not")
