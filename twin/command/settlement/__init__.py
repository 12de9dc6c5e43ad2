"""What is owed and paid, in the terminal: the books of a run."""
