"""What a plant declares about the people who work in it."""
