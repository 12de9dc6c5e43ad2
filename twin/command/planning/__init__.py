"""The material plan in the terminal, with the capacity that it takes and what may be promised beside it."""
