"""Commands that report on people, shifts, batches and figures."""
