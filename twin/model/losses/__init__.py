"""What is left out of a run to see what it has cost."""
