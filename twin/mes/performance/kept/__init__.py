"""What of the indicators is summed already, so that any window of a year costs no more than its two ends."""
