"""Traces, recalls and labels, in the terminal."""
