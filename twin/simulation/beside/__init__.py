"""A plant beside SimPy processes that a user has written."""
