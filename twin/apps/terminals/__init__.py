"""Terminals: pages at which persons work, and how what they say becomes an event."""
