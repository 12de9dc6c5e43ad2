"""Plant Twin: a factory's digital twin, driven from notebooks."""
