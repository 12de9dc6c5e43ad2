"""What is asked for on pages: orders of customers, and requests of the production."""
