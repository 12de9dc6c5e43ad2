"""How Level 3 decides, as a scenario says it, and rules that a user brings."""
