"""Which lots a step is done to, and how long they may wait for it."""
