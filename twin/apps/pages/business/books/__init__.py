"""Cards of the books: what is owed, what was earned, and what a figure is made of."""
