"""Procure to pay: what we want of suppliers, what has come of it."""
