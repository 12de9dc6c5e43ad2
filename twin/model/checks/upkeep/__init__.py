"""Alarms, maintenance and what supervisors say: what they name is there, and makes sense together."""
