"""Losses as they come, and those that are left out."""
