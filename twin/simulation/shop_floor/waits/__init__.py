"""Which lots an operation is done to, and how long they may wait for it."""
