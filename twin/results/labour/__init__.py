"""What labour gave, as tables."""
