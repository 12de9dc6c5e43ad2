"""Detailed scheduling: what is to be done where, when and by whom from now on. Begin with `scheduling.py`."""
