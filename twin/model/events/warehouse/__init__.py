"""Events of the warehouse."""
