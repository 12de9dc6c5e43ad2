"""Vehicles that carry lots: who calls for one, who is sent, what a trip is made of."""
