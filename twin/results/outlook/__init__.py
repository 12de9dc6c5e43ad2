"""What is to come if nothing new goes wrong: how far the work is, and when each order will leave. Frozen rows, no frames."""
