"""What maintenance costs."""
