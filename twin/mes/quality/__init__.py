"""Quality: what is inspected, what charts say, what is held, and what becomes of what is wrong. Begin with `quality.py`."""
