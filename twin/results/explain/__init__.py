"""Why: what an order, a lot or a work unit waited for, in words and as a table. Begin with `ask.py`."""
