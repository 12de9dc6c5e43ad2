"""Lots on their way: demand, release, queues, storage."""
