"""Pages of those who keep the plant in order: exceptions first, and maintenance."""
