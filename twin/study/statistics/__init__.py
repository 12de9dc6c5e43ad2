"""Statistics of replications: intervals, probabilities to be best, warm-up, selection. Arrays in, numbers out; each with its source."""
