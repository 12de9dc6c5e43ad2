"""A plan in rows, read from its arrays when somebody asks: orders, and who is served by what."""
