"""Vehicles that carry lots, and the fleets that they belong to."""
