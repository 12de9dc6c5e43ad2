"""Pages that ask why: figures down to their facts, what holds the plant up."""
