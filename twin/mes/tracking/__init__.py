"""Tracking and genealogy: what there is, where it is, and what it became."""
