"""Level 3, people: who works on what, what a shift leaves to the next, who releases a record."""
