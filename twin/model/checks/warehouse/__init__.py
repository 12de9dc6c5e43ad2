"""What makes no sense together in what a plant declares of its warehouse."""
