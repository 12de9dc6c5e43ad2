"""What operations do besides being done: parts come of what is taken apart, and some may be waited for only so long."""
