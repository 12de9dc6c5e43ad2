"""Detailed scheduling in the MES: the schedule that was published, and how the floor keeps to it."""
