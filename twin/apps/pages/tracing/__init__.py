"""Pages of lots: where they came from and went, and what is scanned."""
