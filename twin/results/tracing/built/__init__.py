"""How one unit, or one lot, was built."""
