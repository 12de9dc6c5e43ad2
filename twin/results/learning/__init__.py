"""Tables to learn from: what was known when a decision fell, and beside it what came of it."""
