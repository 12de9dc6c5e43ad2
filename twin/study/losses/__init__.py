"""What each loss of a run has cost: the same run without it."""
