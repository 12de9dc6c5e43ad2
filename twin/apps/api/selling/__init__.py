"""What programs read about what is sold."""
