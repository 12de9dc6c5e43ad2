"""What customers will order after the end of a run, by the orders that came in it."""
