"""What a supervisor decides otherwise than the rules would: where a job order is done, where a person works, what goes first."""
