"""Promises where bills leave a choice."""
