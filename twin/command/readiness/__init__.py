"""documents, queue: what is valid at the point of use, and what waits where and why, in the terminal."""
