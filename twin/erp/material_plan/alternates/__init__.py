"""Alternatives in a plan: other materials in a bill line, other bills, other suppliers; which is taken, how much of it, and why."""
